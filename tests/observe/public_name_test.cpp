#include "scanner/observe/public_name.h"

#include "tests/observe/fake_world.h"

using namespace fake;
using scanner::Observation;

namespace {

ServiceBinding with_outer_name(const std::string& name, bool valid = true)
{
    ServiceBinding service;
    service.priority = 1;
    service.target = ".";
    service.has_ech = true;
    service.ech = {{0xFE0D, 7, 0x20, {{1, 1}}, name, valid}};
    return service;
}

}  // namespace

TEST_CASE("the outer name of ECH is put to the address that answered, with a handshake alone")
{
    Scene scene;
    scene.dns.add("example.org", "A", "8.8.8.8");
    scene.dns.https("example.org", with_outer_name("outer.example.net"));
    scene.http.status_by_host["example.org"] = 200;
    scene.http.status_by_host["outer.example.net"] = 200;
    const Observation seen = scene.look("example.org");
    REQUIRE(seen.probes.size() == 2);
    CHECK(seen.probes[1].purpose == resolvers::ProbePurpose::public_name);
    CHECK(seen.probes[1].host == "outer.example.net");
    CHECK(seen.probes[1].address->text() == "8.8.8.8");
    CHECK_FALSE(seen.probes[1].http_facts.has_value());
    REQUIRE(scene.http.requests.size() == 2);
    CHECK(scene.http.requests[1].handshake_only);
    // Nobody looks its own name up: the address is what is in question.
    CHECK_FALSE(scene.dns.was_asked("outer.example.net A"));
}

TEST_CASE("the outer name is tried only when it can tell something, and may be")
{
    struct Case {
        const char* why;
        const char* published;
        bool valid;
        const char* suggested;
        bool answers;
        bool profile_wants;
        unsigned budget;
        bool tried;
    };
    const Case cases[] = {
        {"published in the HTTPS record", "outer.example.net", true, "", true, true, 3, true},
        {"a name that breaks RFC 9849", "outer.example.net", false, "", true, true, 3, false},
        {"suggested by the address", "", true, "outer.example.net", true, true, 3, true},
        {"nothing suggests one", "", true, "", true, true, 3, false},
        {"nobody answers there", "outer.example.net", true, "", false, true, 3, false},
        {"the profile leaves it out", "outer.example.net", true, "", true, false, 3, false},
        {"the budget is spent", "outer.example.net", true, "", true, true, 1, false},
        {"its owner does not want to be asked", "out.example.net", true, "", true, true, 3, false},
        {"the subject's own name", "example.org", true, "", true, true, 3, false},
        {"no name at all", "not a name", true, "", true, true, 3, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.dns.add("example.org", "A", "8.8.8.8");
        if (*c.published != '\0')
            scene.dns.https("example.org", with_outer_name(c.published, c.valid));
        scene.policy.public_name = [&](const Observation&) -> Policy::Answer {
            if (*c.suggested == '\0')
                return std::nullopt;
            return scanner::observe::FurtherProbe{*IpAddress::parse("8.8.8.8"), c.suggested, ""};
        };
        scene.refusals.host = fake::refuses("out.example.net");
        if (c.answers)
            scene.http.status_by_host["example.org"] = 200;
        scene.plan.public_name = c.profile_wants;
        scene.plan.request_budget = c.budget;
        const Observation seen = scene.look("example.org");
        const bool tried = std::any_of(seen.probes.begin(), seen.probes.end(), [](const Probe& p) {
            return p.purpose == resolvers::ProbePurpose::public_name;
        });
        CHECK(tried == c.tried);
        CHECK(scene.http.requests.size() <= c.budget);
    }
}
