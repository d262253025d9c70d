// The vectors as a whole: that each is of a kind some test runs, that every one goes both ways
// between octets and presentation text, through the readers that users' files meet as well, and
// where we decide otherwise than others do. What each means is in svcb_test, ech_test and
// dns_message_test.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "resolvers/base/hex.h"
#include "resolvers/dnswire/ech.h"
#include "resolvers/dnswire/message.h"
#include "resolvers/dnswire/name.h"
#include "resolvers/dnswire/svcb.h"
#include "resolvers/resolvers.h"
#include "scanner/input/importers/importers.h"
#include "tests/support/shared_folder.h"
#include "tests/support/vector_file.h"

using namespace resolvers;
namespace json = boost::json;

namespace {

std::vector<json::object> objects_of(const json::object& file, std::string_view list)
{
    std::vector<json::object> objects;
    for (const json::value& value : file.at(list).as_array())
        objects.push_back(value.as_object());
    return objects;
}

std::vector<json::object> vectors_of(std::string_view kind)
{
    std::vector<json::object> vectors;
    for (json::object& vector : objects_of(tests::vector_file("svcb_ech.json"), "vectors"))
        if (tests::text_of(vector, "kind") == kind)
            vectors.push_back(std::move(vector));
    return vectors;
}

bool is_malformed(const ServiceBinding& service)
{
    return !service.flags.empty() && service.flags[0].starts_with("malformed:");
}

// The one HTTPS record of what an importer makes of a text.
std::optional<DnsRecord> imported(std::string_view importer, const std::string& text)
{
    std::optional<DnsRecord> found;
    std::istringstream in(text);
    scanner::input::importer_named(importer)->run(in, {}, [&found](scanner::Observation seen) {
        for (DnsAnswer& answer : seen.dns)
            for (DnsRecord& record : answer.records)
                found = std::move(record);
    });
    return found;
}

std::string as_dig(const std::string& data)
{
    return "a.example.\t300\tIN\tHTTPS\t" + data + "\n";
}

std::string as_massdns(const std::string& data)
{
    const json::object record = {
        {"ttl", 300}, {"type", "HTTPS"}, {"class", "IN"}, {"name", "a.example."}, {"data", data}};
    const json::object line = {{"name", "a.example."},
                               {"type", "HTTPS"},
                               {"class", "IN"},
                               {"status", "NOERROR"},
                               {"data", json::object{{"answers", json::array{record}}}}};
    return json::serialize(line) + "\n";
}

}  // namespace

TEST_CASE("every vector is of a kind that a test runs, and none is missing")
{
    const json::object file = tests::vector_file("svcb_ech.json");
    std::map<std::string, unsigned> kinds;
    std::set<std::string> ids;
    for (const json::object& vector : objects_of(file, "vectors")) {
        ++kinds[tests::text_of(vector, "kind")];
        ids.insert(tests::text_of(vector, "id"));
    }
    for (const json::object& message : objects_of(file, "messages"))
        ids.insert(tests::text_of(message, "id"));
    // svcb_test runs the first kind, ech_test the second.
    CHECK(kinds == std::map<std::string, unsigned>{{"ech_config_list", 33}, {"svcb_rdata", 43}});
    CHECK(ids.size() == 76 + 6);
    for (int number = 1; number <= 6; ++number)  // by name in dns_message_test
        CHECK(ids.contains("M0" + std::to_string(number)));
}

TEST_CASE("our copy has the octets and the verdict of every published vector")
{
    const std::filesystem::path published =
        support::shared_folder() / "vectors" / "svcb-ech-vectors.json";
    std::ifstream in(published);
    if (!in) {
        MESSAGE("skipped: no ", published.string());
        return;
    }
    std::ostringstream text;
    text << in.rdbuf();
    std::map<std::string, std::string> wanted;
    std::map<std::string, std::string> ours;
    const json::object theirs = json::parse(text.str()).as_object();
    const json::object copy = tests::vector_file("svcb_ech.json");
    for (const json::object& vector : objects_of(theirs, "vectors"))
        wanted[tests::text_of(vector, "id")] =
            tests::text_of(vector, "hex") + (vector.at("ok").as_bool() ? " fine" : " malformed");
    for (const json::object& vector : objects_of(copy, "vectors"))
        ours[tests::text_of(vector, "id")] =
            tests::text_of(vector, "hex") +
            (vector.at("well_formed").as_bool() ? " fine" : " malformed");
    for (const json::object& message : objects_of(theirs, "messages"))
        wanted[tests::text_of(message, "id")] = tests::text_of(message, "hex");
    for (const json::object& message : objects_of(copy, "messages"))
        ours[tests::text_of(message, "id")] = tests::text_of(message, "hex");
    CHECK(ours == wanted);
}

TEST_CASE("what a vector's presentation text says is what its octets say, by every reader")
{
    // Octets that are no record at all have no presentation form but that of RFC 3597.
    const std::set<std::string> generic_only = {
        "X01", "X02", "X03", "X04", "X05", "X06", "X07", "X08", "X09", "X10",
        "X11", "X12", "X13", "X14", "X15", "X18", "X19", "X20", "X21", "X22",
    };
    std::set<std::string> generic;
    for (const json::object& vector : vectors_of("svcb_rdata")) {
        const std::string id = tests::text_of(vector, "id");
        CAPTURE(id);
        const std::vector<std::uint8_t> octets = tests::octets_of(vector);
        const ServiceBinding said = resolvers::dnswire::decode_service(octets);
        const std::string text = resolvers::dnswire::service_text(octets);
        if (text.starts_with("\\#"))
            generic.insert(id);
        // As a server of ours would print it, and as octets of a type that a tool does not know.
        for (const std::string& form : {text, resolvers::dnswire::unknown_rdata_text(octets)}) {
            CAPTURE(form);
            const Outcome<ServiceBinding> read =
                resolvers::dnswire::parse_service_presentation(form);
            REQUIRE(read.has_value());
            CHECK(*read == said);
            for (const auto& [importer, whole] :
                 {std::pair{"dig", as_dig(form)}, std::pair{"massdns", as_massdns(form)}}) {
                CAPTURE(importer);
                const std::optional<DnsRecord> record = imported(importer, whole);
                REQUIRE(record);
                CHECK(record->type == "HTTPS");
                REQUIRE(record->service);
                CHECK(*record->service == said);
            }
        }
    }
    CHECK(generic == generic_only);
}

TEST_CASE("an ECHConfigList goes both ways as the parameter that carries it")
{
    // By itself it has no presentation form: RFC 9848 prints it as base64 in "ech" alone. X22 is
    // the one value that cannot be: an empty one is malformed.
    for (const json::object& vector : vectors_of("ech_config_list")) {
        const std::string id = tests::text_of(vector, "id");
        CAPTURE(id);
        const std::vector<std::uint8_t> octets = tests::octets_of(vector);
        const std::string text = "1 . ech=" + base64_of(octets);
        const Outcome<std::vector<std::uint8_t>> rdata = resolvers::dnswire::service_octets(text);
        REQUIRE(rdata.has_value());
        REQUIRE(rdata->size() == 2 + 1 + 4 + octets.size());
        CHECK(std::equal(octets.begin(), octets.end(), rdata->begin() + 7));
        CHECK(resolvers::dnswire::service_text(*rdata) == text);

        const std::optional<DnsRecord> record = imported("dig", as_dig(text));
        REQUIRE(record);
        REQUIRE(record->service);
        const Outcome<dnswire::EchConfigList> list =
            resolvers::dnswire::decode_ech_config_list(octets);
        CHECK(record->service->has_ech);
        CHECK(list.has_value() == vector.at("well_formed").as_bool());
        if (!list.has_value()) {
            CHECK(record->service->ech.empty());
            CHECK(record->service->flags ==
                  std::vector<std::string>{"ech-malformed:" + list.error().detail});
            continue;
        }
        CHECK(record->service->ech == list->configs);
        CHECK(record->service->ech_unknown_versions == list->unknown_versions);
        CHECK(record->service->flags.empty());
    }
}

TEST_CASE("of a message we write the question alone, and it is the vectors' own")
{
    // We never answer, so the rest of a response has no second direction.
    for (const json::object& vector : objects_of(tests::vector_file("svcb_ech.json"), "messages")) {
        const std::string id = tests::text_of(vector, "id");
        CAPTURE(id);
        const std::vector<std::uint8_t> octets = tests::octets_of(vector);
        const Outcome<dnswire::DnsMessage> message = resolvers::dnswire::parse_message(octets);
        REQUIRE(message.has_value());
        REQUIRE(message->question);
        const Question question{DomainName::parse(message->question->name).value(),
                                resolvers::dnswire::type_text(message->question->type)};
        const Outcome<std::vector<std::uint8_t>> query =
            resolvers::dnswire::encode_query(question, message->header.id, {.enabled = false});
        REQUIRE(query.has_value());
        REQUIRE(query->size() <= octets.size());
        CHECK(std::equal(query->begin(), query->begin() + 2, octets.begin()));
        CHECK(std::equal(query->begin() + 12, query->end(), octets.begin() + 12));
    }
}

TEST_CASE("where decoders disagree we follow the text of RFC 9460")
{
    struct Case {
        const char* id;
        const char* others;
        const char* why;
        bool malformed;
        const char* flag;
    };
    // What dnspython really does with these is pinned by wire_differential_test.py.
    const Case cases[] = {
        {"O04", "dnspython refuses it", "2.4.2: recipients MUST ignore the parameters of AliasMode",
         false, "alias-mode-params-ignored"},
        {"O07", "dnspython refuses it", "7.1.1: not self-consistent is not malformed", false,
         "no-default-alpn-without-alpn"},
        {"X02", "dnspython takes it, the last one wins", "2.2: keys strictly increasing", true,
         "malformed:SvcParamKeys not strictly increasing"},
        {"X07", "dnspython takes it", "7.1.1: at least one id", true, "malformed:alpn: empty"},
        {"X13", "dnspython takes it", "7.3: an empty list of addresses is malformed", true,
         "malformed:ipv4hint: length 0"},
        {"X22", "dnspython takes it", "2.2, RFC 9849 4: a list holds at least one", true,
         "malformed:ech: empty"},
        {"E12", "OpenSSL refuses a list for one entry it cannot use",
         "an observer reads what a client could not use", false, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.id);
        CAPTURE(c.why);
        for (const char* kind : {"svcb_rdata", "ech_config_list"})
            for (const json::object& vector : vectors_of(kind)) {
                if (tests::text_of(vector, "id") != c.id)
                    continue;
                std::vector<std::uint8_t> octets = tests::octets_of(vector);
                if (kind == std::string_view("ech_config_list"))
                    octets =
                        resolvers::dnswire::service_octets("1 . ech=" + base64_of(octets)).value();
                const ServiceBinding service = resolvers::dnswire::decode_service(octets);
                CHECK(is_malformed(service) == c.malformed);
                CHECK(service.flags == (std::string_view(c.flag).empty()
                                            ? std::vector<std::string>{}
                                            : std::vector<std::string>{c.flag}));
            }
    }
}
