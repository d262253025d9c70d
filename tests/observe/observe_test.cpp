#include "scanner/observe/observe.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>

#include "scanner/model/words.h"
#include "tests/observe/fake_policy.h"
#include "tests/observe/fake_surroundings.h"

namespace asio = boost::asio;
using namespace resolvers;
using scanner::NotProbed;
using scanner::Observation;
using scanner::Refusal;
using scanner::Subject;
using scanner::observe::Plan;
using scanner::observe::World;

namespace {

// A world of literals: what is not in it does not exist.
class FakeDns : public DnsResolver {
public:
    std::map<std::pair<std::string, std::string>, std::vector<DnsRecord>> records;
    unsigned asked = 0;
    /// "TYPE name", in order.
    std::vector<std::string> questions;

    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> put, Deadline) override
    {
        std::vector<DnsAnswer> answers;
        for (const Question& question : put) {
            ++asked;
            questions.push_back(question.type + " " + question.name.text());
            DnsAnswer& answer = answers.emplace_back();
            answer.name = question.name.text();
            answer.type = question.type;
            const auto found = records.find({answer.name, answer.type});
            answer.status = found == records.end() ? DnsStatus::nodata : DnsStatus::noerror;
            if (found != records.end())
                answer.records = found->second;
        }
        co_return answers;
    }

    void a(const std::string& name, const std::string& address)
    {
        records[{name, "A"}].push_back({name, "A", 60, address, {}});
    }
};

class FakeHttp : public HttpProber {
public:
    /// By "scheme host target": status and location. Absent: connection refused.
    std::map<std::string, std::pair<unsigned, std::string>> pages;
    /// What a page says of a refresh: by header, or by <meta>.
    std::map<std::string, std::string> refresh_header;
    std::map<std::string, std::string> meta_refresh;
    std::vector<std::string> visits;
    std::optional<bool> name_matches;

    asio::awaitable<Probe> probe(ProbeRequest request, Deadline) override
    {
        Probe probe;
        probe.scheme = request.scheme;
        probe.address = request.address;
        probe.port = request.port;
        probe.host = request.host;
        probe.purpose = request.purpose;
        const std::string key = request.scheme + " " + request.host + " " + request.target;
        visits.push_back(key + " " + request.address.text());
        const auto page = pages.find(key);
        if (page == pages.end()) {
            probe.tcp.status = StepStatus::refused;
            co_return probe;
        }
        probe.tcp.status = probe.http.status = StepStatus::ok;
        probe.tls.status = request.scheme == "https" ? StepStatus::ok : StepStatus::not_tried;
        if (request.scheme == "https")
            probe.tls_facts.emplace().name_matches = name_matches;
        probe.http_facts.emplace();
        probe.http_facts->url = request.scheme + "://" + request.host + request.target;
        probe.http_facts->status = page->second.first;
        if (!page->second.second.empty())
            probe.http_facts->headers = {{"location", page->second.second}};
        if (const auto found = refresh_header.find(key); found != refresh_header.end())
            probe.http_facts->headers.emplace_back("refresh", found->second);
        if (const auto found = meta_refresh.find(key); found != meta_refresh.end())
            probe.http_facts->meta_refresh = found->second;
        co_return probe;
    }
};

struct Scene {
    FakeDns dns;
    FakeHttp http;
    Plan plan;
    fake::Policy policy;
    fake::Refusals refusals;
    fake::Suffixes suffixes;
    fake::Clock clock;
    World world;

    Scene()
    {
        world.dns = &dns;
        world.policy = &policy;
        world.http = &http;
        world.refusals = &refusals;
        world.suffixes = &suffixes;
        world.clock = &clock;
    }

    Observation look(const std::string& host)
    {
        Subject subject;
        subject.line = 1;
        subject.text = subject.host = host;
        subject.is_address = IpAddress::parse(host).has_value();
        if (!subject.is_address)
            subject.registrable_domain = suffixes.registrable_domain(host);
        asio::io_context io(1);
        Observation seen;
        asio::co_spawn(io, scanner::observe::observe(subject, world, plan),
                       [&](std::exception_ptr error, Observation got) {
                           REQUIRE_FALSE(error);
                           seen = std::move(got);
                       });
        io.run();
        return seen;
    }
};

std::vector<std::string> outcomes(const Observation& seen)
{
    std::vector<std::string> list;
    for (const scanner::Redirect& step : seen.redirects)
        list.emplace_back(word(step.outcome));
    return list;
}

}  // namespace

TEST_CASE("a name is resolved, its root fetched at one address a holder")
{
    Scene scene;
    scene.dns.a("example.org", "8.8.8.8");
    scene.dns.a("example.org", "8.8.4.4");
    scene.dns.a("example.org", "9.9.9.9");
    scene.policy.holders = {{"8.8.8.8", "one"}, {"8.8.4.4", "one"}, {"9.9.9.9", "two"}};
    scene.http.pages["https example.org /"] = {200, ""};
    const Observation seen = scene.look("example.org");
    CHECK(seen.probes.size() == 2);
    REQUIRE(seen.addresses.size() == 3);
    CHECK_FALSE(seen.addresses[0].not_probed);
    CHECK(seen.addresses[1].not_probed == NotProbed::same_network);
    CHECK_FALSE(seen.addresses[2].not_probed);
    CHECK(scene.dns.asked <= 12);
}

TEST_CASE("no request ever goes to a special-purpose address")
{
    for (const char* address : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1",
                                "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255"}) {
        CAPTURE(address);
        Scene scene;
        scene.dns.a("example.org", address);
        scene.http.pages["https example.org /"] = {200, ""};
        const Observation seen = scene.look("example.org");
        CHECK(scene.http.visits.empty());
        REQUIRE(seen.addresses.size() == 1);
        CHECK(seen.addresses[0].not_probed == NotProbed::special_purpose);
    }
}

TEST_CASE("a redirect is followed one checked hop at a time")
{
    struct Case {
        const char* why;
        std::string location;
        std::vector<std::string> outcomes;
    };
    const Case cases[] = {
        {"to a path of the same host", "/home", {"followed"}},
        {"to the host's www", "https://www.example.org/", {"followed"}},
        {"to another site: looked up, not visited", "https://other.test/", {"other_site"}},
        {"to a name that leads home", "https://inside.example.org/", {"blocked"}},
        {"to a loopback literal", "http://127.0.0.1/admin", {"blocked"}},
        {"to an IPv6 form of it", "http://[::ffff:127.0.0.1]/", {"blocked"}},
        {"to cloud metadata", "http://169.254.169.254/latest/", {"blocked"}},
        {"to itself", "https://example.org/", {"loop"}},
        {"to something that is no web address", "ftp://example.org/", {"not_http"}},
        {"to a name without addresses", "https://gone.example.org/", {"failed"}},
        {"to another site with backslashes", "https:\\\\other.test\\", {"other_site"}},
        {"with one slash", "http:/other.test", {"other_site"}},
        {"with many", "////other.test", {"other_site"}},
        {"with an encoded host", "http://oth%65r.test/", {"other_site"}},
        {"with blanks inside", "\thttps://oth\ter.test/ ", {"other_site"}},
        {"a backslash before the at sign: a path of the same host",
         "https://example.org\\@127.0.0.1/",
         {"followed"}},
        {"to loopback as a number", "http://2130706433/", {"blocked"}},
        {"to a name of the same site in its own letters",
         "https://b\xc3\xbc"
         "cher.example.org/",
         {"followed"}},
        {"to the same host with a final dot", "https://example.org./home", {"followed"}},
        {"to a port of another protocol", "http://example.org:25/", {"bad_port"}},
        {"to nobody's port", "http://example.org:0/", {"bad_port"}},
        {"to what is no URL", "https://exa mple.org/", {"unreadable"}},
        {"to an application", "intent://example.org/#Intent;end", {"not_http"}},
        {"empty: to itself", " ", {"loop"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.a("example.org", "8.8.8.8");
        scene.dns.a("www.example.org", "9.9.9.9");
        scene.dns.a("inside.example.org", "10.0.0.7");
        scene.dns.a("other.test", "9.9.9.9");
        scene.dns.a("xn--bcher-kva.example.org", "9.9.9.9");
        scene.http.pages["https xn--bcher-kva.example.org /"] = {200, ""};
        scene.http.pages["https example.org /"] = {301, c.location};
        scene.http.pages["https example.org /home"] = {200, ""};
        scene.http.pages["https example.org /@127.0.0.1/"] = {200, ""};
        scene.http.pages["https www.example.org /"] = {200, ""};
        scene.http.pages["https other.test /"] = {200, ""};
        const Observation seen = scene.look("example.org");
        CHECK(outcomes(seen) == c.outcomes);
        const bool followed = c.outcomes.back() == "followed";
        CHECK(scene.http.visits.size() == (followed ? 2 : 1));
    }
}

TEST_CASE("a refresh that does not wait is followed as a redirect is")
{
    struct Case {
        const char* why;
        std::string header;
        std::string meta;
        std::vector<std::string> outcomes;
    };
    const Case cases[] = {
        {"to another site by header", "0; url=https://other.test/", "", {"other_site"}},
        {"to another site by the page", "", "0; url=https://other.test/", {"other_site"}},
        {"to a page of the same site", "", "0; url=/home", {"followed"}},
        {"to something that is no web address", "", "0; url=market://x", {"not_http"}},
        {"a reload", "5", "", {}},
        {"a reload by name", "", "1; url=/", {}},
        {"after half a minute", "", "30; url=https://other.test/", {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.a("example.org", "8.8.8.8");
        scene.dns.a("other.test", "9.9.9.9");
        scene.http.pages["https example.org /"] = {200, ""};
        scene.http.pages["https example.org /home"] = {200, ""};
        if (!c.header.empty())
            scene.http.refresh_header["https example.org /"] = c.header;
        if (!c.meta.empty())
            scene.http.meta_refresh["https example.org /"] = c.meta;
        const Observation seen = scene.look("example.org");
        CHECK(outcomes(seen) == c.outcomes);
        const bool followed = c.outcomes == std::vector<std::string>{"followed"};
        CHECK(scene.http.visits.size() == (followed ? 2 : 1));
        if (!seen.redirects.empty())
            CHECK(seen.redirects[0].status == 200);
    }
}

TEST_CASE("redirects end at the budget, however many there are")
{
    Scene scene;
    scene.dns.a("example.org", "8.8.8.8");
    for (int i = 0; i < 50; ++i)
        scene.http.pages["https example.org /" + (i == 0 ? "" : std::to_string(i))] = {
            302, "/" + std::to_string(i + 1)};
    const Observation seen = scene.look("example.org");
    CHECK(scene.http.visits.size() == scene.plan.request_budget);
    CHECK(seen.redirects.back().outcome == scanner::RedirectOutcome::limit);
}

TEST_CASE("plain HTTP is tried when TLS cannot be had")
{
    Scene scene;
    scene.dns.a("example.org", "8.8.8.8");
    scene.http.pages["http example.org /"] = {200, ""};
    const Observation seen = scene.look("example.org");
    REQUIRE(seen.probes.size() == 2);
    CHECK(seen.probes[0].tcp.status == StepStatus::refused);
    CHECK(seen.probes[1].http.status == StepStatus::ok);
}

TEST_CASE("plain HTTP is tried when the answer over TLS may be another site's")
{
    struct Case {
        const char* why;
        unsigned status;
        std::optional<bool> name_matches;
        std::size_t probes;
    };
    const Case cases[] = {
        {"an error under another name's certificate", 404, false, 2},
        {"a page, whatever the certificate says", 200, false, 1},
        {"an error of its own", 404, true, 1},
        {"a certificate that was not compared", 404, std::nullopt, 1},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.a("example.org", "8.8.8.8");
        scene.http.pages["https example.org /"] = {c.status, ""};
        scene.http.pages["http example.org /"] = {200, ""};
        scene.http.name_matches = c.name_matches;
        CHECK(scene.look("example.org").probes.size() == c.probes);
    }
}

TEST_CASE("the DNS budget holds against chains that never end")
{
    Scene scene;
    for (int i = 0; i < 50; ++i) {
        const std::string name = i == 0 ? "example.org" : "n" + std::to_string(i) + ".example.org";
        const std::string next = "n" + std::to_string(i + 1) + ".example.org";
        scene.dns.records[{name, "A"}] = {{name, "CNAME", 60, next, {}}};
        scene.dns.records[{name, "AAAA"}] = {{name, "CNAME", 60, next, {}}};
    }
    scene.look("example.org");
    CHECK(scene.dns.asked == scene.plan.dns_budget);
}

TEST_CASE("an opted-out host is not even asked for")
{
    Scene scene;
    scene.dns.a("example.org", "8.8.8.8");
    scene.refusals.host = fake::refuses("example.org");
    const Observation seen = scene.look("example.org");
    CHECK(seen.refused == Refusal::opt_out);
    CHECK(scene.dns.asked == 0);
    CHECK(scene.http.visits.empty());
}

TEST_CASE("nothing is sent to what is on a list, at whatever turn it shows")
{
    struct Case {
        const char* why;
        const char* host;
        std::optional<Refusal> refused;
        std::vector<std::string> asked;
        unsigned visits;
        std::vector<std::string> outcomes;
    };
    const auto zone_of = [](const std::string& name) {
        return std::vector<std::string>{"A " + name, "AAAA " + name, "HTTPS " + name, "NS " + name,
                                        "SOA " + name};
    };
    const Case cases[] = {
        {"its own name", "wished.org", Refusal::opt_out, {}, 0, {}},
        {"its address alone", "blocked.org", Refusal::blocked, zone_of("blocked.org"), 0, {}},
        {"one address of two", "half.org", {}, zone_of("half.org"), 1, {}},
        {"the name it is an alias of", "alias.org", Refusal::opt_out, zone_of("alias.org"), 0, {}},
        {"a redirect to a name: not even asked for",
         "moved.org",
         {},
         zone_of("moved.org"),
         1,
         {"opt_out"}},
        {"an address literal", "9.9.9.9", Refusal::blocked, {}, 0, {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.a("wished.org", "8.8.8.8");
        scene.dns.a("blocked.org", "9.9.9.9");
        scene.dns.a("half.org", "8.8.8.8");
        scene.dns.a("half.org", "9.9.9.9");
        scene.dns.records[{"alias.org", "A"}] = {{"alias.org", "CNAME", 60, "cdn.wished.org", {}}};
        scene.dns.a("cdn.wished.org", "8.8.8.8");
        scene.dns.a("moved.org", "8.8.8.8");
        scene.http.pages["https half.org /"] = {200, ""};
        scene.http.pages["https moved.org /"] = {301, "https://www.wished.org/"};
        scene.refusals.host = [](const std::string& host) -> std::optional<Refusal> {
            if (is_under(host, "wished.org"))
                return Refusal::opt_out;
            return std::nullopt;
        };
        scene.refusals.address = fake::refuses("9.9.9.9", Refusal::blocked);
        const Observation seen = scene.look(c.host);
        CHECK(seen.refused == c.refused);
        CHECK(scene.dns.questions == c.asked);
        CHECK(scene.http.visits.size() == c.visits);
        CHECK(outcomes(seen) == c.outcomes);
        for (const scanner::SeenAddress& address : seen.addresses)
            if (address.address.text() == "9.9.9.9")
                CHECK(address.not_probed == NotProbed::blocked);
    }
}

TEST_CASE("an unreadable line is an observation too")
{
    Scene scene;
    Subject subject;
    subject.line = 7;
    subject.text = "not a name!!";
    subject.invalid = "contains a space";
    asio::io_context io(1);
    Observation seen;
    asio::co_spawn(io, scanner::observe::observe(subject, scene.world, scene.plan),
                   [&](std::exception_ptr, Observation got) { seen = std::move(got); });
    io.run();
    CHECK(seen.subject == subject);
    CHECK(scene.dns.asked == 0);
}
