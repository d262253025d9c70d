// What a resolver says to questions whose answers are known: is it to be believed?
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "resolvers/resolvers.h"
#include "scanner/model/canary.h"
#include "scanner/model/observation.h"

namespace scanner::observe {

struct CanaryReport {
    /// Did it answer any of the questions? If not, nothing is known of it.
    bool answered = false;
    /// View::signs and View::nxdomain_addresses; nothing else of it is set.
    View health;
    /// Did it refuse what is signed wrongly? Absent: not known.
    std::optional<bool> validates;
    /// It says itself that it filters.
    bool declares_filtering = false;

    /// Is it caught making answers up?
    bool caught() const { return !health.signs.empty(); }
};

/// Asks all canaries at once, each name by A. `dns` and `canaries` must outlive the coroutine.
boost::asio::awaitable<CanaryReport> check_resolver(resolvers::DnsResolver& dns,
                                                    const Canaries& canaries,
                                                    resolvers::Deadline deadline);

/// Sixteen letters that nobody has used as a label before.
std::string random_label();

}  // namespace scanner::observe
