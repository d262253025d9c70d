// Reads the walk from a name along its CNAME records out of the answers at hand. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resolvers/dnswire/records.h"
#include "resolvers/facts.h"
#include "scanner/model/observation.h"

namespace scanner::observe {

/// Longest chain followed; longer ones end as too_long.
inline constexpr std::size_t chain_limit = resolvers::dnswire::most_aliases;

struct Walk {
    /// The name itself, then each alias target.
    std::vector<std::string> chain;
    ChainEnd end = ChainEnd::failed;
    /// Addresses at the end of the chain, sorted, each once.
    std::vector<resolvers::IpAddress> addresses;
    /// A name whose addresses are still to be asked for: the resolver stopped half-way.
    std::optional<std::string> unanswered;
};

/// `answers` may hold other questions too; only A, AAAA and the CNAME records in them count. What
/// stands beside a failure (SERVFAIL, REFUSED) does not, and beside NXDOMAIN only the aliases: the
/// code is about the name at their end (RFC 6604).
Walk walk_chain(const std::string& host, const std::vector<resolvers::DnsAnswer>& answers);

}  // namespace scanner::observe
