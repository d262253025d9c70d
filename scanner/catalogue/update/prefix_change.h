// Two lists of prefixes compared: what came, what went, and how much address space that is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "resolvers/base/ip_address.h"

namespace scanner::catalogue {

/// How much a list holds, each address counted once however often it is listed.
struct PrefixTotals {
    std::size_t prefixes = 0;
    std::uint64_t v4_addresses = 0;
    /// In networks of /64; a fraction for longer prefixes.
    double v6_networks = 0.0;
    friend bool operator==(const PrefixTotals&, const PrefixTotals&) = default;
};

struct PrefixChange {
    std::vector<resolvers::Prefix> added;
    std::vector<resolvers::Prefix> removed;
    PrefixTotals before;
    PrefixTotals after;

    bool empty() const { return added.empty() && removed.empty(); }
};

/// Sorted, each once.
std::vector<resolvers::Prefix> in_order(std::vector<resolvers::Prefix> prefixes);

/// Of a list in order.
PrefixTotals totals_of(const std::vector<resolvers::Prefix>& ordered);

/// Of lists in order.
PrefixChange change_between(const std::vector<resolvers::Prefix>& before,
                            const std::vector<resolvers::Prefix>& after);

/// "22 prefixes, 1786880 IPv4 addresses, 52428800 IPv6 /64s".
std::string text_of(const PrefixTotals& totals);

}  // namespace scanner::catalogue
