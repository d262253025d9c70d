#include "scanner/observe/views.h"

#include "tests/observe/fake_world.h"

using namespace fake;
using scanner::Observation;
using scanner::View;

TEST_CASE("every view is asked for the addresses of the name, and nothing else of it")
{
    Scene scene;
    Dns isp;
    Dns far;
    scene.dns.add("www.example.org", "A", "8.8.8.8");
    isp.add("www.example.org", "A", "203.0.113.80");
    far.add("www.example.org", "A", "8.8.8.8");
    far.add("www.example.org", "AAAA", "2001:4860::8");
    scene.world.views = {{"isp", "192.0.2.1:53", &isp}, {"far", "192.0.2.2:53", &far}};

    const Observation seen = scene.look("www.example.org");
    REQUIRE(seen.views.size() == 2);
    CHECK(seen.views[0].name == "isp");
    CHECK(seen.views[0].resolver == "192.0.2.1:53");
    REQUIRE(seen.views[0].answers.size() == 2);
    CHECK(seen.views[0].answers[0].records.at(0).data == "203.0.113.80");
    CHECK(seen.views[1].answers[1].records.at(0).data == "2001:4860::8");
    CHECK(isp.asked == std::vector<std::string>{"www.example.org A", "www.example.org AAAA"});
    // They decide nothing: what is talked to is the reference view's.
    REQUIRE(seen.addresses.size() == 1);
    CHECK(seen.addresses[0].address.text() == "8.8.8.8");
}

TEST_CASE("a view that stops at an alias costs one question more, and no view more than three")
{
    Scene scene;
    Dns half;
    scene.dns.add("www.example.org", "A", "8.8.8.8");
    half.records[{"www.example.org", "A"}] = {
        {"www.example.org", "CNAME", 60, "a.example.net", {}}};
    half.add("a.example.net", "A", "8.8.4.4");
    scene.world.views = {{"half", "192.0.2.1:53", &half}};
    const Observation seen = scene.look("www.example.org");
    CHECK(half.asked ==
          std::vector<std::string>{"www.example.org A", "www.example.org AAAA", "a.example.net A"});
    REQUIRE(seen.views.size() == 1);
    CHECK(answer_in(seen.views[0].answers, "a.example.net", "A") != nullptr);
    REQUIRE(answer_in(seen.views[0].answers, "a.example.net", "AAAA") == nullptr);
}

TEST_CASE(
    "an answer that was lost is asked for once more, one that was refused for a reason is not")
{
    struct Case {
        const char* why;
        DnsStatus status;
        bool reason;
        std::size_t asked;
    };
    const Case cases[] = {
        {"silence", DnsStatus::timeout, false, 3},
        {"SERVFAIL", DnsStatus::servfail, false, 3},
        {"REFUSED", DnsStatus::refused, false, 3},
        {"REFUSED by order", DnsStatus::refused, true, 2},
        {"NXDOMAIN", DnsStatus::nxdomain, false, 2},
        {"our own limit", DnsStatus::local_error, false, 2},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        Dns isp;
        isp.failing = c.status;
        if (c.reason)
            isp.errors = {{16, "by order"}};
        scene.dns.add("example.org", "A", "8.8.8.8");
        scene.world.views = {{"isp", "192.0.2.1:53", &isp}};
        const Observation seen = scene.look("example.org");
        CHECK(isp.asked.size() == c.asked);
        REQUIRE(seen.views.at(0).answers.size() == 2);
        CHECK(seen.views[0].answers[0].attempts == c.asked - 1);
        CHECK(seen.views[0].answers[1].attempts == 1);
        CHECK(seen.views[0].answers[0].tried.size() == (c.asked == 2 ? 0 : c.asked - 1));
        CHECK(seen.views[0].answers[1].tried.empty());
    }
}

TEST_CASE("an address, an opted-out name and an unreadable line are put to no view")
{
    for (const char* host : {"8.8.8.8", "out.example.org"}) {
        CAPTURE(std::string(host));
        Scene scene;
        Dns isp;
        scene.world.views = {{"isp", "192.0.2.1:53", &isp}};
        scene.refusals.host = fake::refuses("out.example.org");
        scene.look(host);
        CHECK(isp.asked.empty());
    }
}

TEST_CASE("what canaries showed of a view's resolvers goes with its answers")
{
    Scene scene;
    Dns isp;
    scene.dns.add("example.org", "A", "8.8.8.8");
    scene.world.views = {{"isp", "192.0.2.1:53", &isp}};
    scene.health.of = [](const std::string& view) {
        View health;
        if (view == "isp")
            health.signs = {"rewrites_nxdomain"};
        return health;
    };
    Observation seen = scene.look("example.org");
    REQUIRE(seen.views.size() == 1);
    CHECK(seen.views[0].name == "isp");
    CHECK(seen.views[0].signs == std::vector<std::string>{"rewrites_nxdomain"});
    CHECK(seen.views[0].answers.size() == 2);

    // Of the reference there is something to say only when it has signs.
    scene.health.of = [](const std::string& view) {
        View health;
        if (view == "reference") {
            health.signs = {"rewrites_nxdomain"};
            health.nxdomain_addresses = {*IpAddress::parse("203.0.113.9")};
        }
        return health;
    };
    seen = scene.look("example.org");
    REQUIRE(seen.views.size() == 2);
    CHECK(seen.views[0].name == "reference");
    CHECK(seen.views[0].answers.empty());
    CHECK(seen.views[0].nxdomain_addresses.size() == 1);
    CHECK(seen.views[1].signs.empty());
}
