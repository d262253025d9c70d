#include "resolvers/rdap/throttle.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "resolvers/base/ascii.h"
#include "resolvers/base/time_text.h"
#include "resolvers/rdap/values.h"

namespace resolvers::rdap {

RdapThrottle::RdapThrottle(RdapRate usual, std::map<std::string, RdapRate, std::less<>> by_host)
    : usual_(usual), by_host_(std::move(by_host))
{
}

std::map<std::string, RdapRate, std::less<>> RdapThrottle::known_rates()
{
    using namespace std::chrono_literals;
    return {{"rdap.lacnic.net", {.interval = 7s, .burst = 2}}};
}

RdapThrottle::Host& RdapThrottle::of(std::string_view host)
{
    const auto known = hosts_.find(host);
    if (known != hosts_.end())
        return known->second;
    const auto special = by_host_.find(host);
    const RdapRate rate = special == by_host_.end() ? usual_ : special->second;
    return hosts_.emplace(std::string(host), Host{.rate = rate}).first->second;
}

std::optional<Failure> RdapThrottle::refusal(std::string_view host, Time now)
{
    const Host& server = of(host);
    if (server.closed_until <= now)
        return std::nullopt;
    const auto left = std::chrono::ceil<std::chrono::seconds>(server.closed_until - now);
    return Failure{"rate_limited", std::string(host) + " asked not to be asked for another " +
                                       std::to_string(left.count()) + " s"};
}

std::optional<Failure> RdapThrottle::closed(std::string_view host, Time now)
{
    const std::lock_guard lock(mutex_);
    return refusal(host, now);
}

Outcome<RdapThrottle::Time> RdapThrottle::reserve(std::string_view host, Time now, Time latest)
{
    const std::lock_guard lock(mutex_);
    if (const std::optional<Failure> refused = refusal(host, now))
        return *refused;
    Host& server = of(host);
    // `due` runs ahead of the clock by at most what a burst takes up.
    const auto slack = server.rate.interval * (std::max(server.rate.burst, 1U) - 1);
    const Time when = std::max(now, server.due - slack);
    if (when > latest)
        return Failure{"rate_limited", "the questions to " + std::string(host) +
                                           " that are due before take too long"};
    server.due = std::max(server.due, when) + server.rate.interval;
    return when;
}

void RdapThrottle::close(std::string_view host, Time until)
{
    const std::lock_guard lock(mutex_);
    Host& server = of(host);
    server.closed_until = std::max(server.closed_until, until);
}

}  // namespace resolvers::rdap
