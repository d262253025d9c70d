#include "scanner/model/json.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/model/random_values.h"
#include "tests/output/sample_records.h"

using namespace scanner;

namespace {

std::string line_of(const Observation& observation)
{
    std::string line;
    write_observation(line, observation);
    return line;
}

std::string line_of(const Record& record)
{
    std::string line;
    write_record(line, record);
    return line;
}

// "observation", "record", or the code of the failure.
std::string kind_of(std::string_view line)
{
    const resolvers::Outcome<LineFormat> format = format_of(line);
    if (!format.has_value())
        return format.error().code;
    return *format == LineFormat::record ? "record" : "observation";
}

// A line that has the least an observation must have, with more members put in.
std::string observation_with(std::string_view more)
{
    return R"({"format":"servedby.observation/1","input":{"line":1,"text":"x"},)"
           R"("observed_at":"2026-11-22T03:04:05.123Z","source":"scan","chain_end":"address")" +
           std::string(more.empty() ? "" : ",") + std::string(more) + "}";
}

std::string record_with(std::string_view front, std::string_view more)
{
    const std::string host = R"({"role":"host","status":"unknown","grade":"none"})";
    return R"({"format":"servedby.record/1","state":"live","front":)" + std::string(front) +
           R"(,"host":)" + host + R"(,"notice":{"ready":false,"reasons":[]},"addressees":null,)" +
           R"("observation":)" + observation_with("") + std::string(more) + "}";
}

}  // namespace

TEST_CASE("an observation with nothing in it keeps what says that nothing was seen")
{
    Observation observation;
    observation.subject.line = 7;
    observation.subject.text = "x";
    CHECK(line_of(observation) ==
          R"({"format":"servedby.observation/1","input":{"line":7,"text":"x"},)"
          R"("observed_at":null,"source":"","chain_end":"not_observed"})");
}

TEST_CASE("members are written in their order, without those at their default")
{
    Observation observation;
    observation.subject.line = 1;
    observation.subject.text = "example.com";
    observation.subject.host = "example.com";
    observation.subject.weight = 0.5;
    observation.subject.extra = {{"column", "cell"}};
    observation.observed_at = samples::at("2026-11-22T03:04:05.123Z");
    observation.source = "scan";
    resolvers::DnsAnswer answer = samples::answer("example.com", "HTTPS", {"1 . alpn=h3"});
    answer.errors = {{15, "Blocked"}};
    resolvers::ServiceBinding service;
    service.priority = 1;
    service.target = ".";
    service.port = 8443;
    service.ech = {{0xFE0D, 7, 32, {{1, 1}, {1, 3}}, "ech.example", true}};
    service.other = {{"key667", "68"}};
    answer.records[0].service = service;
    observation.dns = {answer};
    observation.addresses = {samples::seen("192.0.2.1", "192.0.2.0/24", 64500, "")};
    resolvers::Probe probe;
    probe.scheme = "http";
    probe.address = samples::ip("2001:db8::1");
    probe.port = 80;
    probe.host = "example.com";
    probe.purpose = resolvers::ProbePurpose::root;
    probe.tcp = {resolvers::StepStatus::refused, "ECONNREFUSED"};
    probe.connect_time = resolvers::Milliseconds{3};
    resolvers::TlsFacts tls;
    tls.trusted = false;
    resolvers::Certificate leaf;
    leaf.sha256 = "ab";
    leaf.not_before = samples::at("2026-01-02T00:00:00Z");
    tls.chain = {leaf};
    probe.tls_facts = tls;
    resolvers::HttpFacts http;
    http.status = 301;
    http.headers = {{"server", "nginx"}};
    http.body_length = 0;
    probe.http_facts = http;
    observation.probes = {probe};

    CHECK(line_of(observation) ==
          R"({"format":"servedby.observation/1",)"
          R"("input":{"line":1,"text":"example.com","host":"example.com","weight":0.5,)"
          R"("extra":[["column","cell"]]},)"
          R"("observed_at":"2026-11-22T03:04:05.123Z","source":"scan",)"
          R"("dns":[{"name":"example.com","type":"HTTPS","status":"noerror","rcode":0,"records":[)"
          R"({"name":"example.com","type":"HTTPS","ttl":300,"data":"1 . alpn=h3","service":)"
          R"({"priority":1,"target":".","port":8443,"ech":[{"version":65037,"config_id":7,)"
          R"("kem":32,"suites":[[1,1],[1,3]],"public_name":"ech.example",)"
          R"("public_name_valid":true}],"other":[["key667","68"]]}}],)"
          R"("errors":[{"code":15,"text":"Blocked"}],"resolver":"192.0.2.53:53","attempts":1,)"
          R"("asked_at":"2026-11-22T03:04:05.123Z","took_ms":23}],"chain_end":"not_observed",)"
          R"("addresses":[{"address":"192.0.2.1","origin":{"prefix":"192.0.2.0/24",)"
          R"("asn":64500}}],)"
          R"("probes":[{"scheme":"http","address":"2001:db8::1","port":80,"host":"example.com",)"
          R"("purpose":"root","tcp":{"status":"refused","detail":"ECONNREFUSED"},)"
          R"("tls":{"status":"not_tried"},"http":{"status":"not_tried"},)"
          R"("tls_facts":{"chain":[{"sha256":"ab","not_before":"2026-01-02T00:00:00.000Z"}],)"
          R"("trusted":false},"http_facts":{"status":301,"headers":[["server","nginx"]],)"
          R"("body_length":0},"connect_time_ms":3}]})");
}

TEST_CASE("a record says everything, even what is empty, and carries its observation")
{
    Record record;
    record.observation.subject.line = 2;
    record.observation.subject.text = "a b";
    record.observation.subject.invalid = "not a name";
    record.attribution.state = State::invalid_input;
    const std::string finding =
        R"("status":"unknown","provider":"","product":"","name":"","grade":"none","reason":"",)"
        R"("share":1,"score":0,"evidence":[],"against":[]})";
    CHECK(
        line_of(record) ==
        R"({"format":"servedby.record/1",)"
        R"("input":{"line":2,"text":"a b","host":"","invalid":"not a name"},)"
        R"("observed_at":null,"state":"invalid_input","state_reason":"",)"
        R"("front":{"role":"front",)" +
            finding + R"(,"host":{"role":"front",)" + finding +
            R"(,"chain":[],"others":[],"flags":[],"claims":[],"addresses":[],"evidence":[],)"
            R"("notice":{"ready":false,"reasons":[]},"addressees":null,)"
            R"("provenance":{"tool":"","catalogue_date":"","catalogue_sha256":""},"observation":)" +
            line_of(record.observation) + "}");
    record.routed = true;
    CHECK(line_of(record).find(R"("addressees":[],)") != std::string::npos);
}

TEST_CASE("any observation reads back equal, and writes the same bytes again")
{
    for (unsigned seed = 0; seed < 1500; ++seed) {
        CAPTURE(seed);
        const Observation observation = random_values::observation(seed);
        const std::string line = line_of(observation);
        const resolvers::Outcome<Observation> read = read_observation(line);
        REQUIRE(read.has_value());
        REQUIRE(*read == observation);
        REQUIRE(line_of(*read) == line);
    }
}

TEST_CASE("any record reads back equal, and writes the same bytes again")
{
    for (unsigned seed = 0; seed < 500; ++seed) {
        CAPTURE(seed);
        const Record record = random_values::record(seed);
        const std::string line = line_of(record);
        const resolvers::Outcome<Record> read = read_record(line);
        REQUIRE(read.has_value());
        REQUIRE(*read == record);
        REQUIRE(line_of(*read) == line);
        // The observation in a record is the line that it would be by itself.
        REQUIRE(line.ends_with(R"(,"observation":)" + line_of(record.observation) + "}"));
        REQUIRE(kind_of(line) == "record");
    }
}

TEST_CASE("lines are JSON to another parser, and order and white space of others do not matter")
{
    for (unsigned seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        Observation observation = random_values::observation(seed);
        // Boost.JSON 1.81 is a digit off with some doubles.
        observation.subject.weight = 0.5;
        const std::string line = line_of(observation);
        boost::system::error_code error;
        const boost::json::value document = boost::json::parse(line, error);
        REQUIRE_FALSE(error);
        // Members backwards, "format" last: as after sorting by another tool.
        boost::json::object backwards;
        const boost::json::object& object = document.as_object();
        for (std::size_t i = object.size(); i-- > 0;)
            backwards.insert(object.begin()[i]);
        std::string spaced = " \t" + boost::json::serialize(backwards) + " \r\n";
        const resolvers::Outcome<Observation> read = read_observation(spaced);
        REQUIRE(read.has_value());
        REQUIRE(line_of(*read) == line);
    }
}

TEST_CASE("bytes that are not UTF-8 are replaced once, and are stable from then on")
{
    Record record = samples::fronted();
    record.observation.subject.text = "caf\xE9 \xED\xA0\x80 \xF0\x9F";
    record.observation.probes[0].http_facts->headers.push_back({"x\xFF", "\xC0\xAF"});
    const std::string line = line_of(record);
    const resolvers::Outcome<Record> read = read_record(line);
    REQUIRE(read.has_value());
    CHECK(read->observation.subject.text ==
          "caf\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD");
    CHECK(line_of(*read) == line);
}

TEST_CASE("members of later versions are passed over, at every level")
{
    const std::string line = observation_with(
        R"("later":{"deep":[1,{"x":null}]},"dns":[{"name":"a","type":"A","status":"nodata",)"
        R"("later":"\ud800"}],"probes":[])");
    const resolvers::Outcome<Observation> read = read_observation(line);
    REQUIRE(read.has_value());
    CHECK(read->dns.size() == 1);
    CHECK(read->dns[0].status == resolvers::DnsStatus::nodata);

    const std::string later =
        R"({"format":"servedby.observation/1.7",)" +
        observation_with("").substr(
            std::string_view(R"({"format":"servedby.observation/1",)").size());
    CHECK(read_observation(later).has_value());
}

TEST_CASE("an unknown time may be null, empty or left out")
{
    const resolvers::Outcome<Observation> read = read_observation(
        R"({"format":"servedby.observation/1","input":{"line":1,"text":"x"},"observed_at":"",)"
        R"("source":"har","chain_end":"not_observed","dns":[{"name":"a","type":"A",)"
        R"("status":"skipped","asked_at":null},{"name":"a","type":"A","status":"skipped"}]})");
    REQUIRE(read.has_value());
    CHECK_FALSE(read->observed_at.has_value());
    CHECK(read->dns[0] == read->dns[1]);
}

TEST_CASE("a wrong observation is refused with the name of the member")
{
    struct Case {
        const char* why;
        std::string line;
        const char* detail;
    };
    const Case cases[] = {
        {"wrong type", observation_with(R"("vantage":5)"), "vantage: expected a string"},
        {"wrong type deep down",
         observation_with(R"("dns":[{"name":"a","type":"A","status":"nodata"},)"
                          R"({"name":"a","type":"A","status":"noerror","records":[{"ttl":"9"}]}])"),
         "dns[1].records[0].ttl: expected a number"},
        {"out of range",
         observation_with(R"("dns":[{"name":"a","type":"A","status":"noerror","rcode":65536}])"),
         "dns[0].rcode: expected a whole number from 0 to 65535"},
        {"a word that is none",
         observation_with(R"("dns":[{"name":"a","type":"A","status":"fine"}])"),
         "dns[0].status: a word that this version does not know"},
        {"an address that is none", observation_with(R"("addresses":[{"address":"1.2.3"}])"),
         "addresses[0].address: expected an IP address"},
        {"host bits in a prefix",
         observation_with(R"("addresses":[{"address":"192.0.2.1",)"
                          R"("origin":{"prefix":"192.0.2.1/24"}}])"),
         "addresses[0].origin.prefix: expected a prefix like 192.0.2.0/24 without host bits"},
        {"a time that is none",
         observation_with(R"("dns":[{"name":"a","type":"A","status":"nodata",)"
                          R"("asked_at":"yesterday"}])"),
         "dns[0].asked_at: expected a time like 2026-11-22T03:04:05.123Z"},
        {"a header that is no pair",
         observation_with(R"("probes":[{"http_facts":{"headers":[["a","b"],["a"]]}}])"),
         "probes[0].http_facts.headers[1]: expected a list of two"},
        {"a header of three",
         observation_with(R"("probes":[{"http_facts":{"headers":[["a","b","c"]]}}])"),
         "probes[0].http_facts.headers[0]: expected a list of two"},
        {"null where there must be a list", observation_with(R"("dns":null)"),
         "dns: expected a list"},
        {"twice the same member", observation_with(R"("vantage":"a","vantage":"b")"),
         "vantage: stands here twice"},
        {"a reason that there is not",
         observation_with(R"("addresses":[{"address":"192.0.2.1","not_probed":"cap:x"}])"),
         "addresses[0].not_probed: a word that this version does not know"},
        {"an empty reason", observation_with(R"("refused":"")"),
         "refused: a word that this version does not know"},
        {"a required member of a list's element",
         observation_with(R"("addresses":[{"not_probed":"cap"}])"),
         "addresses[0].address: missing"},
        {"required member",
         R"({"format":"servedby.observation/1","observed_at":null,"source":"scan"})",
         "input: missing"},
        {"required member of the input",
         R"({"format":"servedby.observation/1","input":{"line":1}})", "input.text: missing"},
        {"something behind the object", observation_with("") + "{}",
         "something follows the end of the value"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const resolvers::Outcome<Observation> read = read_observation(c.line);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == "malformed");
        CHECK(read.error().detail.substr(0, read.error().detail.find(" (byte")) == c.detail);
    }
}

TEST_CASE("a wrong record is refused with the name of the member")
{
    const std::string front = R"({"role":"front","status":"none","grade":"none"})";
    REQUIRE(read_record(record_with(front, "")).has_value());
    const auto detail_of = [](const std::string& line) {
        const resolvers::Outcome<Record> read = read_record(line);
        REQUIRE_FALSE(read.has_value());
        return read.error().detail.substr(0, read.error().detail.find(" (byte"));
    };
    CHECK(detail_of(record_with(R"({"role":"front","status":"none","grade":"sure"})", "")) ==
          "front.grade: a word that this version does not know");
    CHECK(detail_of(record_with(R"({"role":"front","status":"none"})", "")) ==
          "front.grade: missing");
    struct Case {
        const char* why;
        std::string front;
        std::string addressees;
        const char* where;
    };
    const Case unknown_words[] = {
        {"a status", R"({"role":"front","status":"perhaps","grade":"none"})", "null",
         "front.status"},
        {"an empty status", R"({"role":"front","status":"","grade":"none"})", "null",
         "front.status"},
        {"a reason", R"({"role":"front","status":"unknown","grade":"none","reason":"tired"})",
         "null", "front.reason"},
        {"a place in the order", front, R"([{"rank":1,"kind":"first"}])", "addressees[0].kind"},
        {"a type of channel", front,
         R"([{"rank":1,"kind":"also","role":"host","channels":[{"type":"fax"}]}])",
         "addressees[0].channels[0].type"},
    };
    for (const Case& c : unknown_words) {
        CAPTURE(c.why);
        std::string line = record_with(c.front, "");
        const std::string_view nobody = R"("addressees":null)";
        line.replace(line.find(nobody), nobody.size(), R"("addressees":)" + c.addressees);
        CHECK(detail_of(line) == std::string(c.where) + ": a word that this version does not know");
    }
    CHECK(detail_of(record_with(front, R"(,"provenance":[])")) == "provenance: expected an object");
    CHECK(detail_of(record_with(front, R"(,"chain":[{"role":"front"}])")) ==
          "chain[0].status: missing");

    // The observation inside must be one too, of a version that can be read.
    std::string inner = record_with(front, "");
    inner.replace(inner.find("servedby.observation/1"), 22, "servedby.observation/2");
    CHECK(detail_of(inner) == "observation.format: expected servedby.observation/1");
}

TEST_CASE("the kind of a line is told by its format, wherever that stands")
{
    CHECK(kind_of(R"({"format":"servedby.observation/1"})") == "observation");
    CHECK(kind_of(R"({"format":"servedby.record/1.2","x":)") == "record");
    CHECK(kind_of(R"( {"a":{"format":"no"},"format" : "servedby.record/1"})") == "record");

    struct Case {
        const char* why;
        const char* line;
        const char* code;
        const char* says;
    };
    const Case cases[] = {
        {"another major version", R"({"format":"servedby.record/2"})", "format",
         "another major version than servedby.record/1"},
        {"a major version that begins alike", R"({"format":"servedby.observation/10"})", "format",
         "another major version than servedby.observation/1"},
        {"something else", R"({"format":"har"})", "format", "servedby import"},
        {"no format", R"({"url":"https://example.com"})", "format", "no member \"format\""},
        {"format is no text", R"({"format":1})", "malformed", "format: expected a string"},
        {"a list", R"([{"format":"servedby.record/1"}])", "malformed", "expected an object"},
        {"not JSON", "example.com", "malformed", "expected an object"},
        {"empty", "", "malformed", "expected an object"},
        {"broken before the format", R"({"a":tru,"format":"servedby.record/1"})", "malformed",
         "expected"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const resolvers::Outcome<LineFormat> format = format_of(c.line);
        REQUIRE_FALSE(format.has_value());
        CHECK(format.error().code == c.code);
        CHECK(format.error().detail.find(c.says) != std::string::npos);
    }
    CHECK(read_observation(line_of(samples::fronted())).error().code == "format");
    CHECK(read_record(line_of(samples::fronted().observation)).error().code == "format");
}

TEST_CASE("no line cut short is read")
{
    const std::string line = line_of(samples::fronted());
    for (std::size_t length = 0; length < line.size(); length += 7) {
        CAPTURE(length);
        const std::string cut = line.substr(0, length);
        CHECK_FALSE(read_record(cut).has_value());
    }
}
