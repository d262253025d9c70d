// How fast we may go: a token bucket. Pure: the caller brings the clock.
#pragma once

#include <algorithm>
#include <chrono>

namespace resolvers {

/// Lets `per_second` things through a second on average, and up to `burst` at once after a pause.
class RateLimiter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// `per_second` must be more than 0, `burst` at least 1.
    RateLimiter(double per_second, double burst, TimePoint now)
        : per_second_(per_second), burst_(burst), tokens_(burst), filled_at_(now)
    {
    }

    /// May one go now? Takes its token if so.
    bool take(TimePoint now)
    {
        fill(now);
        if (tokens_ < 1)
            return false;
        tokens_ -= 1;
        return true;
    }

private:
    void fill(TimePoint now)
    {
        const std::chrono::duration<double> passed = now - filled_at_;
        if (passed.count() <= 0)
            return;
        tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
        filled_at_ = now;
    }

    double per_second_;
    double burst_;
    double tokens_;
    TimePoint filled_at_;
};

}  // namespace resolvers
