#include "scanner/observe/edge_answer.h"

#include "scanner/observe/profile.h"

#include "tests/observe/fake_world.h"

using namespace fake;
using scanner::Observation;

namespace {

const Probe* edge_probe(const Observation& seen)
{
    for (const Probe& probe : seen.probes)
        if (probe.purpose == resolvers::ProbePurpose::edge)
            return &probe;
    return nullptr;
}

Policy::Answer edge_at(const char* address)
{
    return scanner::observe::FurtherProbe{*IpAddress::parse(address), "example.org", "/edge/trace"};
}

}  // namespace

TEST_CASE("the path that an edge answers itself is asked of the same address, and little is read")
{
    Scene scene;
    scene.dns.add("example.org", "A", "8.8.8.8");
    scene.http.status_by_host["example.org"] = 200;
    scene.policy.edge = [](const Observation& seen) {
        // Everything else has been seen by then.
        CHECK(seen.probes.size() == 1);
        return edge_at("8.8.8.8");
    };
    const Observation seen = scene.look("example.org");
    REQUIRE(seen.probes.size() == 2);
    CHECK(seen.probes[1].purpose == resolvers::ProbePurpose::edge);
    CHECK(seen.probes[1].http_facts->url == "https://example.org/edge/trace");
    const ProbeRequest& request = scene.http.requests.at(1);
    CHECK(request.scheme == "https");
    CHECK(request.host == "example.org");
    CHECK(request.address.text() == "8.8.8.8");
    CHECK(request.target == "/edge/trace");
    CHECK(request.body_cap > 0);
    CHECK(request.body_cap <= 4096);
    CHECK_FALSE(request.handshake_only);
}

TEST_CASE("an edge is asked only when that can tell something, and within the budget")
{
    struct Case {
        const char* why;
        bool decides;
        unsigned root_status;
        bool wanted;
        unsigned budget;
        bool asked;
    };
    const Case cases[] = {
        {"it would tell something", true, 200, true, 3, true},
        {"an error page is an answer too", true, 403, true, 3, true},
        {"it would tell nothing", false, 200, true, 3, false},
        {"nobody answers there", true, 0, true, 3, false},
        {"somebody asks to be left alone", true, 429, true, 3, false},
        {"the profile leaves it out", true, 200, false, 3, false},
        {"the budget is spent", true, 200, true, 1, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.add("example.org", "A", "8.8.8.8");
        if (c.root_status != 0)
            scene.http.status_by_host["example.org"] = c.root_status;
        if (c.decides)
            scene.policy.edge = [](const Observation&) { return edge_at("8.8.8.8"); };
        scene.plan.edge_answer = c.wanted;
        scene.plan.request_budget = c.budget;
        const Observation seen = scene.look("example.org");
        CHECK((edge_probe(seen) != nullptr) == c.asked);
        CHECK(scene.http.requests.size() <= c.budget);
    }
    CHECK_FALSE(scanner::observe::plan_named("quick")->edge_answer);
}

TEST_CASE("plain HTTP is used where https did not work, and a redirect of it is not followed")
{
    Scene scene;
    scene.dns.add("example.org", "A", "8.8.8.8");
    scene.http.status_by_host["example.org"] = 301;
    scene.http.only_plain = true;
    scene.http.location = "https://example.org/elsewhere";
    scene.plan.redirect_limit = 0;
    scene.policy.edge = [](const Observation&) { return edge_at("8.8.8.8"); };
    const Observation seen = scene.look("example.org");
    const Probe* asked = edge_probe(seen);
    REQUIRE(asked != nullptr);
    CHECK(asked->scheme == "http");
    CHECK(asked->port == 80);
    CHECK(seen.redirects.size() == 1);  // of the page
    CHECK(scene.http.requests.size() == 3);
    CHECK(scene.http.requests.back().purpose == resolvers::ProbePurpose::edge);
}

TEST_CASE("the address that the policy names is asked, if the subject's root answered there")
{
    struct Case {
        const char* why;
        const char* named;
        bool asked;
    };
    const Case cases[] = {
        {"the second of two that answered", "8.8.8.8", true},
        {"one that nobody talked to", "9.9.9.9", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.add("example.org", "A", "8.8.4.4");
        scene.dns.add("example.org", "A", "8.8.8.8");
        scene.http.status_by_host["example.org"] = 200;
        scene.policy.edge = [&](const Observation&) { return edge_at(c.named); };
        const Observation seen = scene.look("example.org");
        const Probe* asked = edge_probe(seen);
        REQUIRE((asked != nullptr) == c.asked);
        if (asked != nullptr)
            CHECK(asked->address->text() == c.named);
    }
}
