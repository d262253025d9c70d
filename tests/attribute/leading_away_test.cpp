// When an answer that leads elsewhere is a site, and when it is none; and whose name servers decide
// a state.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "scanner/model/words.h"
#include "scanner/route/route.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Observed;

TEST_CASE("an answer that sends its visitors away is no live site, however it does so")
{
    struct Case {
        const char* why;
        unsigned status;
        support::Headers headers;
        std::string meta_refresh;
        std::uint64_t body;
        /// What the walk wrote down; empty for nothing.
        std::string outcome;
        State state;
    };
    const Case cases[] = {
        {"a page", 200, {}, "", 9, "", State::live},
        {"to another site",
         302,
         {{"location", "https://other.test/"}},
         "",
         9,
         "other_site",
         State::redirect_only},
        {"to another site by a header on a page",
         200,
         {{"refresh", "0; url=https://other.test/"}},
         "",
         9,
         "other_site",
         State::redirect_only},
        {"to another site by the page",
         200,
         {},
         "0;url=https://other.test/",
         9,
         "other_site",
         State::redirect_only},
        {"a page that reloads itself", 200, {{"refresh", "5"}}, "", 9, "", State::live},
        {"a page that moves on after a minute",
         200,
         {},
         "60;url=https://other.test/",
         9,
         "",
         State::live},
        {"unreadable",
         302,
         {{"location", "https://a b/"}},
         "",
         9,
         "unreadable",
         State::redirect_only},
        {"to an application",
         302,
         {{"location", "intent://x"}},
         "",
         9,
         "not_http",
         State::redirect_only},
        {"to a bad port",
         302,
         {{"location", "http://films.example.org:25/"}},
         "",
         9,
         "bad_port",
         State::redirect_only},
        {"nowhere, and nothing to show", 302, {}, "", 0, "", State::redirect_only},
        {"nowhere, with a page that browsers show", 302, {}, "", 9, "", State::live},
        {"not modified", 304, {}, "", 0, "", State::redirect_only},
        {"further than we went, within the site",
         302,
         {{"location", "/a"}},
         "",
         0,
         "limit",
         State::live},
    };
    for (const Case& one : cases) {
        CAPTURE(one.why);
        Observed observed("films.example.org", "example.org");
        observed.address("51.83.1.2", 16276, "OVH SAS").https("51.83.1.2", one.headers, one.status);
        resolvers::HttpFacts& facts = *observed.seen.probes.back().http_facts;
        facts.url = "https://films.example.org/";
        facts.meta_refresh = one.meta_refresh;
        facts.body_length = one.body;
        if (!one.outcome.empty()) {
            Redirect& step = observed.seen.redirects.emplace_back();
            step.from = facts.url;
            step.status = one.status;
            step.location = "as sent";
            step.to = "https://other.test/";
            step.outcome = scanner::value_of<scanner::RedirectOutcome>(one.outcome).value();
        }
        Record made;
        made.attribution =
            scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
        scanner::route::route_record(made, support::shipped_catalogue());
        CHECK(made.attribution.state == one.state);
        CHECK(made.attribution.notice_ready == (one.state == State::live));
    }
}

TEST_CASE("a page that the redirect led to within the site makes it live, whatever came before")
{
    Observed observed("films.example.org", "example.org");
    observed.address("51.83.1.2", 16276, "OVH SAS")
        .https("51.83.1.2", {{"location", "https://www.example.org/"}}, 301);
    resolvers::Probe next = observed.seen.probes.back();
    observed.seen.probes.back().http_facts->url = "https://films.example.org/";
    next.host = "www.example.org";
    next.purpose = resolvers::ProbePurpose::redirect;
    next.http_facts->url = "https://www.example.org/";
    next.http_facts->status = 200;
    next.http_facts->headers.clear();
    Redirect& step = observed.seen.redirects.emplace_back();
    step.status = 301;
    step.to = next.http_facts->url;
    step.outcome = scanner::RedirectOutcome::followed;
    observed.seen.probes.push_back(next);
    CHECK(scanner::attribute::attribute(observed.seen, support::shipped_catalogue()).state ==
          State::live);

    observed.seen.probes.back().http_facts->status = 302;
    observed.seen.probes.back().http_facts->body_length = 0;
    CHECK(scanner::attribute::attribute(observed.seen, support::shipped_catalogue()).state ==
          State::redirect_only);
}

TEST_CASE("name servers of an alias's target park, seize and run the DNS of nobody else")
{
    struct Case {
        const char* why;
        std::string owner;
        resolvers::DnsStatus status;
        bool counts;
    };
    const Case cases[] = {
        {"the name's own", "films.example", resolvers::DnsStatus::noerror, true},
        {"the alias's target's", "landing.example", resolvers::DnsStatus::noerror, false},
        {"a stranger's", "x.example", resolvers::DnsStatus::noerror, false},
        {"beside a failure", "films.example", resolvers::DnsStatus::servfail, false},
    };
    const auto judged = [](const Case& one, const std::string& server) {
        Observed observed("films.example", "films.example");
        observed.address("51.83.1.2", 16276, "OVH SAS").https("51.83.1.2");
        resolvers::DnsAnswer answer;
        answer.name = "films.example";
        answer.type = "NS";
        answer.status = one.status;
        if (one.owner == "landing.example")
            answer.records.push_back({"films.example", "CNAME", 60, "landing.example", {}});
        answer.records.push_back({one.owner, "NS", 60, server, {}});
        observed.seen.dns.push_back(answer);
        return scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
    };
    for (const Case& one : cases) {
        CAPTURE(one.why);
        const Attribution cloudflare = judged(one, "ada.ns.cloudflare.com");
        const bool runs_dns =
            std::any_of(cloudflare.others.begin(), cloudflare.others.end(),
                        [](const Finding& finding) { return finding.role == Role::dns; });
        CHECK(runs_dns == one.counts);
        const State seized = judged(one, "ns1.seizedservers.com").state;
        CHECK(seized == (one.counts ? State::seized : State::live));
    }
}
