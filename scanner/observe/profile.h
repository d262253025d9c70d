// What each profile asks of the DNS, and the questions that depend on earlier answers: aliases of
// services, name servers' and reverse names, the zone's wildcard.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "scanner/observe/budget.h"
#include "scanner/observe/observe.h"

namespace scanner::observe {

/// The names of the profiles, the least one first.
std::span<const std::string_view> profile_names();

/// The plan of that name: "quick", "standard" or "deep".
std::optional<Plan> plan_named(std::string_view profile);

/// Follows an HTTPS record in AliasMode for one hop (RFC 9460 section 2.4.2). Where it leads counts
/// as the subject's own addresses only if the name itself has none.
boost::asio::awaitable<void> follow_service_alias(Observation& seen, World& world, Budget& budget);

/// Everything that the plan asks beyond what the subject's connection needs: the www host, the
/// zone's wildcard, the name servers' addresses, the reverse names of the addresses talked to.
/// TXT records other than SPF (RFC 7208) are dropped.
boost::asio::awaitable<void> look_deeper(Observation& seen, World& world, const Plan& plan,
                                         Budget& budget);

}  // namespace scanner::observe
