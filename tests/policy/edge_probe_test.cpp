// When one more request, for what only an edge has an answer to, would decide something; and that
// its answer counts for what it is, and never as a page of the site's.
#include "scanner/policy/edge_probe.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Certificate;
using support::Headers;
using support::Observed;

namespace {

constexpr const char* marker = "cloudflare-proxy/edge_path/cdn-cgi/trace";
constexpr const char* path = "/cdn-cgi/trace";
// Announced by Cloudflare, in none of its lists: a customer's own prefix, an edge, or a network
// that Cloudflare only scrubs.
constexpr const char* unlisted = "8.6.112.10";
constexpr const char* listed = "104.16.1.10";
constexpr const char* elsewhere = "51.38.6.10";
const Headers marks = {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}};

std::string asked(const Observed& observed, const char* address)
{
    const policy::EdgeProbe policy(support::shipped_catalogue());
    const std::optional<observe::FurtherProbe> further = policy.probe_for(observed.seen);
    if (!further)
        return "";
    CHECK(further->address.text() == address);
    CHECK(further->name == observed.seen.subject.host);
    return further->path;
}

Attribution judged(const Observed& observed)
{
    return scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
}

Observed at(const char* address, unsigned asn, const char* organisation)
{
    Observed observed("www.example.org", "example.org");
    observed.address(address, asn, organisation);
    return observed;
}

Observed at_unlisted()
{
    return at(unlisted, 13335, "Cloudflare, Inc.");
}

}  // namespace

TEST_CASE("an edge is asked only where its answer would raise what is said of the address")
{
    struct Case {
        const char* why;
        Observed observed;
        const char* address;
        const char* path;
    };
    const Case cases[] = {
        {"announced by the company, and nothing else tells who answers",
         at_unlisted().https(unlisted), unlisted, path},
        {"the same without TLS", at_unlisted().http(unlisted), unlisted, path},
        {"there the edge's own marks tell as much", at_unlisted().https(unlisted, marks), unlisted,
         ""},
        {"listed, and nothing but the address tells",
         at(listed, 13335, "Cloudflare, Inc.").http(listed), listed, path},
        {"listed, with a certificate for the name", at(listed, 13335, "").https(listed), listed,
         ""},
        {"listed, with the edge's own marks", at(listed, 13335, "").http(listed, marks), listed,
         ""},
        {"listed, but a wrong certificate speaks against it",
         at(listed, 13335, "").https(listed, {}, 200, Certificate::untrusted), listed, ""},
        {"nothing has answered there",
         at_unlisted().failed(unlisted, resolvers::StepStatus::timeout), unlisted, ""},
        {"somebody else's address, which says it is Cloudflare's",
         at(elsewhere, 16276, "OVH SAS").https(elsewhere, marks), elsewhere, ""},
        {"somebody else's address, with an alias into Cloudflare's zone",
         at(elsewhere, 16276, "OVH SAS")
             .alias("www.example.org.cdn.cloudflare.net")
             .https(elsewhere),
         elsewhere, ""},
        {"nobody's address, with an alias and marks",
         at("11.0.9.9", 0, "").alias("www.example.org.cdn.cloudflare.net").https("11.0.9.9", marks),
         "11.0.9.9", ""},
        {"a resolver of the company's", at("1.1.1.1", 13335, "").https("1.1.1.1"), "1.1.1.1", ""},
        {"a front for which no such path is known",
         at("151.101.1.57", 54113, "Fastly, Inc.").http("151.101.1.57"), "151.101.1.57", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(asked(c.observed, c.address) == c.path);
    }
}

TEST_CASE("of several addresses the first is asked where an answer would raise what is said of it")
{
    Observed observed = at(listed, 13335, "Cloudflare, Inc.");
    observed.address(unlisted, 13335, "Cloudflare, Inc.");
    observed.https(listed).https(unlisted);
    CHECK(asked(observed, unlisted) == path);
}

TEST_CASE("once the edge has answered, or has not, it is not asked again for more")
{
    CHECK(asked(at_unlisted().https(unlisted).edge(unlisted, path, 200, {marker}), unlisted) == "");
}

TEST_CASE("what the edge answers itself makes it probable on its company's unlisted address")
{
    struct Case {
        const char* why;
        Observed observed;
        Grade grade;
    };
    const Case cases[] = {
        {"not asked", at_unlisted().https(unlisted), Grade::none},
        {"answered", at_unlisted().https(unlisted).edge(unlisted, path, 200, {marker}),
         Grade::probable},
        {"answered with another status",
         at_unlisted().https(unlisted).edge(unlisted, path, 404, {marker}), Grade::none},
        {"answered with something else", at_unlisted().https(unlisted).edge(unlisted, path),
         Grade::none},
        {"the text stands in a page of the site's", at_unlisted().https(unlisted), Grade::none},
        {"another path", at_unlisted().https(unlisted).edge(unlisted, "/trace", 200, {marker}),
         Grade::none},
        {"in a published list it confirms",
         at(listed, 13335, "").http(listed).edge(listed, path, 200, {marker}), Grade::confirmed},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Observed observed = c.observed;
        if (c.why == std::string("the text stands in a page of the site's"))
            observed.seen.probes.front().http_facts->markers = {marker};
        const Attribution verdict = judged(observed);
        CHECK((verdict.front.status == FindingStatus::identified ? verdict.front.grade
                                                                 : Grade::none) == c.grade);
        if (c.grade != Grade::none)
            CHECK(verdict.front.product == "cloudflare-proxy");
    }
}

TEST_CASE("a body at that path from anybody else's machine is a claim")
{
    const Attribution verdict = judged(
        at(elsewhere, 16276, "OVH SAS").https(elsewhere).edge(elsewhere, path, 200, {marker}));
    CHECK(verdict.front.status == FindingStatus::none);
    CHECK(verdict.host.provider == "ovh");
    CHECK(verdict.claims == std::vector<std::string>{"cloudflare"});
}

TEST_CASE("an edge's answer is no page of the site's: no state follows from it")
{
    const auto page = [] { return at_unlisted().https(unlisted); };
    const auto redirect = [] {
        Observed observed =
            at_unlisted().https(unlisted, {{"location", "https://other.test/"}}, 301);
        Redirect& step = observed.seen.redirects.emplace_back();
        step.to = "https://other.test/";
        step.outcome = scanner::RedirectOutcome::other_site;
        return observed;
    };
    const auto failed = [] {
        return at_unlisted().failed(unlisted, resolvers::StepStatus::timeout);
    };
    struct Case {
        const char* why;
        Observed observed;
        State state;
    };
    const Case cases[] = {
        {"a page", page(), State::live},
        {"a redirect away", redirect(), State::redirect_only},
        {"nothing", failed(), State::unreachable},
    };
    // What would decide a state if a page had it: an error of the edge's, a challenge, a parking
    // page, a seizure banner, and plain absence.
    struct Answer {
        const char* why;
        unsigned status;
        Headers headers;
        const char* title;
        std::vector<std::string> markers;
    };
    std::vector<std::string> all_markers;
    for (const auto& [id, text] : support::shipped_catalogue().body_markers())
        if (id != marker)
            all_markers.push_back(id);
    const Answer answers[] = {
        {"not found", 404, {}, "404 Not Found", {}},
        {"forbidden", 403, {}, "", {}},
        {"a challenge", 403, {{"cf-mitigated", "challenge"}}, "Just a moment...", {}},
        {"the origin does not resolve", 530, {{"cf-error-type", "1016"}}, "", {}},
        {"every body text that means something", 200, {}, "This domain is for sale", all_markers},
        {"a seizure banner's title", 200, {}, "This website has been seized", all_markers},
        {"a redirect", 302, {{"location", "https://sedoparking.com/"}}, "", {}},
    };
    for (const Case& c : cases)
        for (const Answer& answer : answers) {
            CAPTURE(c.why);
            CAPTURE(answer.why);
            Observed observed = c.observed;
            CHECK(judged(observed).state == c.state);
            observed.edge(unlisted, path, answer.status, answer.markers);
            resolvers::HttpFacts& http = *observed.seen.probes.back().http_facts;
            http.headers = answer.headers;
            http.title = answer.title;
            CHECK(judged(observed).state == c.state);
        }
}

TEST_CASE("a held name whose edge alone answers does not still answer")
{
    Observed observed = at_unlisted().failed(unlisted, resolvers::StepStatus::timeout);
    auto& domain = observed.seen.registry.domain.emplace();
    domain.name = "example.org";
    domain.statuses = {"client hold"};
    observed.edge(unlisted, path);
    const Attribution verdict = judged(observed);
    CHECK(verdict.state == State::on_hold);
    CHECK(std::find(verdict.flags.begin(), verdict.flags.end(), Flag::hold_still_answers) ==
          verdict.flags.end());
}
