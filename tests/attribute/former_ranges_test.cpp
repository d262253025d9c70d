#include <doctest/doctest.h>

#include "resolvers/base/time_text.h"
#include "scanner/attribute/attribute.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Headers;
using support::Observed;

namespace {

const Headers edgecast = {{"server", "ECS (bsa/EB24)"}, {"x-cache", "HIT"}};
const Headers highwinds = {{"server", "nginx"}, {"x-hw", "1568500000.dop001.fr8.t,1568500000.cds"}};

// Seen on that day (empty: nobody knows when), read with routing data of another.
Attribution judged(Observed made, const std::string& day, const std::string& routed_on)
{
    if (!day.empty())
        made.seen.observed_at = *resolvers::parse_day(day);
    made.seen.origin_data.date = routed_on;
    return scanner::attribute::attribute(made.seen, support::shipped_catalogue());
}

Observed on_edgecast()
{
    Observed made("www.example.org");
    made.address("152.195.132.202", 701, "Verizon Business").https("152.195.132.202", edgecast);
    return made;
}

Observed on_amazon(const Headers& headers)
{
    Observed made("www.example.org");
    made.address("205.185.208.52", 16509, "Amazon.com, Inc.").https("205.185.208.52", headers);
    return made;
}

}  // namespace

TEST_CASE("a range that was given up counts up to its last day and never after")
{
    struct Case {
        const char* why;
        const char* day;
        const char* routed_on;
        const char* front;
        Grade grade;
    };
    const Case cases[] = {
        {"long before, with today's routing data", "2019-09-14", "2026-06-17", "edgio-edgecast",
         Grade::confirmed},
        {"on the last day", "2025-01-15", "2026-06-17", "edgio-edgecast", Grade::confirmed},
        {"on the day after", "2025-01-16", "2026-06-17", "", Grade::none},
        {"today", "2026-11-22", "2026-06-17", "", Grade::none},
        {"nobody knows when", "", "2026-06-17", "", Grade::none},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Attribution verdict = judged(on_edgecast(), c.day, c.routed_on);
        const bool sure = verdict.front.status == FindingStatus::identified &&
                          verdict.front.grade >= Grade::probable;
        CHECK((sure ? verdict.front.product : "") == c.front);
        CHECK((sure ? verdict.front.grade : Grade::none) == c.grade);
    }
}

TEST_CASE("routing data younger than a range that was given up name a later holder")
{
    const Attribution late = judged(on_edgecast(), "2019-09-14", "2026-06-17");
    CHECK(late.host.reason == UnknownReason::behind_front);
    for (const Finding& other : late.others)
        CHECK(other.role != Role::network);

    const Attribution then = judged(on_edgecast(), "2019-09-14", "2019-09-01");
    bool announced = false;
    for (const Finding& other : then.others)
        announced = announced || other.name == "AS701 Verizon Business";
    CHECK(announced);
}

TEST_CASE("a later tenant of the address does not refute the marks of a network that has gone")
{
    struct Case {
        const char* why;
        Headers headers;
        const char* day;
        FindingStatus status;
        Grade most;
    };
    const Case cases[] = {
        {"seven years before the routing data", highwinds, "2019-09-14", FindingStatus::unknown,
         Grade::possible},
        {"in the months around them, a mark is a claim", highwinds, "2026-06-01",
         FindingStatus::none, Grade::probable},
        {"as old, without marks",
         {{"server", "nginx"}},
         "2019-09-14",
         FindingStatus::none,
         Grade::confirmed},
        {"as old, with the marks of somebody who is still there",
         {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}},
         "2019-09-14",
         FindingStatus::none,
         Grade::probable},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Attribution verdict = judged(on_amazon(c.headers), c.day, "2026-06-17");
        CHECK(verdict.front.status == c.status);
        CHECK(verdict.host.grade <= c.most);
        CHECK(verdict.host.provider == "aws");
    }
}
