// How often which registry may be asked, and whom not to ask for a while because it said so (RFC
// 7480 section 5.5). Keeps time points only: it neither waits nor looks at a clock.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"

namespace resolvers::rdap {

struct RdapRate {
    /// One question in this time, on average.
    std::chrono::milliseconds interval{1000};
    /// That many may go out at once after a pause.
    unsigned burst = 4;
};

/// Safe to use from several threads: one for the whole process, or the registries would see the
/// sum.
class RdapThrottle {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Hosts that are not in the table get the usual rate.
    explicit RdapThrottle(RdapRate usual = {},
                          std::map<std::string, RdapRate, std::less<>> by_host = known_rates());

    /// What servers are known to allow. LACNIC: 10 a minute, stated in its answers, and some five
    /// minutes of silence for more.
    static std::map<std::string, RdapRate, std::less<>> known_rates();

    /// When a question to the host may go out, and takes that place. Failure "rate_limited" if that
    /// would be after `latest`, or if the host is closed until then; no place is taken.
    Outcome<Time> reserve(std::string_view host, Time now, Time latest);

    /// "rate_limited" while the host asked not to be asked: to be looked at again by who waited for
    /// his time, since others were told meanwhile.
    std::optional<Failure> closed(std::string_view host, Time now);

    /// The host asked not to be asked until then.
    void close(std::string_view host, Time until);

private:
    struct Host {
        RdapRate rate;
        /// When the next question would go out if they all kept their interval.
        Time due{};
        Time closed_until{};
    };
    Host& of(std::string_view host);
    std::optional<Failure> refusal(std::string_view host, Time now);

    std::mutex mutex_;
    RdapRate usual_;
    std::map<std::string, RdapRate, std::less<>> by_host_;
    std::map<std::string, Host, std::less<>> hosts_;
};

}  // namespace resolvers::rdap
