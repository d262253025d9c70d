#include "resolvers/base/time_text.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace {

std::int64_t milliseconds_of(std::string_view text)
{
    const auto time = resolvers::parse_recorded_time(text);
    return time ? time->time_since_epoch().count() : 0;
}

}  // namespace

TEST_CASE("Moments are read as tools write them")
{
    // 2024-01-05 11:00:00 UTC
    constexpr std::int64_t noon_in_berlin = 1704452400000;
    struct Case {
        std::string why;
        std::string text;
        std::int64_t expected;
    };
    const Case cases[] = {
        {"RFC 3339", "2024-01-05T11:00:00Z", noon_in_berlin},
        {"milliseconds", "2024-01-05T11:00:00.250Z", noon_in_berlin + 250},
        {"nanoseconds", "2024-01-05T11:00:00.250999999Z", noon_in_berlin + 250},
        {"an offset", "2024-01-05T12:00:00+01:00", noon_in_berlin},
        {"an offset without colon", "2024-01-05T06:00:00-0500", noon_in_berlin},
        {"an offset of hours", "2024-01-05T12:00:00+01", noon_in_berlin},
        {"an offset cut short", "2024-01-05T12:00:00.5+01:", noon_in_berlin + 500},
        {"a blank and no zone", "2024-01-05 11:00:00", noon_in_berlin},
        {"a blank and a zone's name", "2024-01-05 12:00:00 CET", noon_in_berlin},
        {"no seconds", "2024-01-05T11:00Z", noon_in_berlin},
        {"a day alone", "2024-01-05", noon_in_berlin - 11 * 3600000},
        {"date(1)", "Fri Jan 05 12:00:00 CET 2024", noon_in_berlin},
        {"date(1), day without zero", "Fri Jan 5 11:00:00 UTC 2024", noon_in_berlin},
        {"OpenSSL", "Jan  5 11:00:00 2024 GMT", noon_in_berlin},
        {"RFC 9110", "Fri, 05 Jan 2024 11:00:00 GMT", noon_in_berlin},
        {"a year says too little", "2024", 0},
        {"years say too little", "2018-2022", 0},
        {"a zone that means several", "Fri Jan 05 12:00:00 CST 2024", 0},
        {"no such day", "2024-02-30T00:00:00Z", 0},
        {"no such hour", "2024-01-05T25:00:00Z", 0},
        {"no such month", "2024-13-05", 0},
        {"the far past is a default value", "0001-01-01T00:00:00Z", 0},
        {"words", "yesterday", 0},
        {"rubbish behind", "2024-01-05T11:00:00Zx", 0},
        {"nothing", "", 0},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(milliseconds_of(c.text) == c.expected);
    }
}

TEST_CASE("Seconds since the epoch are taken where they can be a moment of ours")
{
    CHECK(resolvers::recorded_time_of(1704452400.5)->time_since_epoch().count() == 1704452400500);
    CHECK(resolvers::recorded_time_of(0).has_value() == false);
    CHECK(resolvers::recorded_time_of(-1).has_value() == false);
    CHECK(resolvers::recorded_time_of(1e18).has_value() == false);
    CHECK(resolvers::recorded_time_of(std::nan("")).has_value() == false);
}

TEST_CASE("Spans are read as people type them, and written as short as they can be read")
{
    using std::chrono::milliseconds;
    struct Case {
        std::string text;
        std::optional<milliseconds> expected;
        std::string written;
    };
    const Case cases[] = {
        {"500ms", milliseconds(500), "500ms"},
        {"1500ms", milliseconds(1500), "1500ms"},
        {"5s", milliseconds(5000), "5s"},
        {"5", milliseconds(5000), "5s"},
        {"0.25s", milliseconds(250), "250ms"},
        {"2m", milliseconds(120'000), "2m"},
        {"90s", milliseconds(90'000), "90s"},
        {"0", std::nullopt, ""},
        {"-1s", std::nullopt, ""},
        {"5 s", std::nullopt, ""},
        {"2h", std::nullopt, ""},
        {"1441m", std::nullopt, ""},
        {"soon", std::nullopt, ""},
        {"", std::nullopt, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const auto span = resolvers::parse_duration(c.text);
        REQUIRE(span == c.expected);
        if (span)
            CHECK(resolvers::duration_text(*span) == c.written);
    }
}
