#include "resolvers/http/retry_after.h"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "resolvers/base/time_text.h"

using resolvers::Timestamp;
using resolvers::http::parse_retry_after;
using namespace std::chrono_literals;

TEST_CASE("Retry-After is seconds or a date")
{
    const Timestamp now{std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min};
    struct Case {
        const char* text;
        std::optional<long> expected;
    };
    const Case cases[] = {
        {"120", 120},
        {" 0 ", 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 37},
        {"Sun, 06 Nov 1994 08:48:37 GMT", 0},
        {"", std::nullopt},
        {"-5", std::nullopt},
        {"soon", std::nullopt},
        {"99999999999", std::nullopt},
        {"Sun, 06 Foo 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 36 Nov 1994 08:49:37 GMT", std::nullopt},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const std::optional<std::chrono::seconds> after = parse_retry_after(c.text, now);
        REQUIRE(after.has_value() == c.expected.has_value());
        if (after)
            CHECK(after->count() == *c.expected);
    }
}
