#include "resolvers/rate_limiter.h"

#include <doctest/doctest.h>

using resolvers::RateLimiter;
using namespace std::chrono_literals;

TEST_CASE("a rate limiter allows its burst, then its rate")
{
    const RateLimiter::TimePoint start{};
    RateLimiter limiter(10, 3, start);
    CHECK(limiter.take(start));
    CHECK(limiter.take(start));
    CHECK(limiter.take(start));
    CHECK_FALSE(limiter.take(start));
    CHECK_FALSE(limiter.take(start + 99ms));
    CHECK(limiter.take(start + 101ms));
    CHECK_FALSE(limiter.take(start + 102ms));
}

TEST_CASE("a pause saves up a burst and no more")
{
    const RateLimiter::TimePoint start{};
    RateLimiter limiter(10, 2, start);
    unsigned taken = 0;
    while (limiter.take(start + 1h) && taken < 100)
        ++taken;
    CHECK(taken == 2);
}

TEST_CASE("over a minute the rate is kept whatever the rhythm of the questions")
{
    for (const auto step : {1ms, 7ms, 50ms}) {
        CAPTURE(step.count());
        RateLimiter::TimePoint now{};
        RateLimiter limiter(100, 5, now);
        unsigned taken = 0;
        for (; now < RateLimiter::TimePoint{} + 60s; now += step)
            while (limiter.take(now))
                ++taken;
        CHECK(taken >= 5990);
        CHECK(taken <= 6006);
    }
}

TEST_CASE("a clock that stands still or steps back gives nothing away")
{
    const RateLimiter::TimePoint start = RateLimiter::TimePoint{} + 1h;
    RateLimiter limiter(1, 1, start);
    CHECK(limiter.take(start));
    CHECK_FALSE(limiter.take(start - 10s));
    CHECK_FALSE(limiter.take(start));
    CHECK(limiter.take(start + 1s));
}
