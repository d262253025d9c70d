#include "scanner/catalogue/update/prefix_change.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

namespace scanner::catalogue {

using resolvers::Prefix;

std::vector<Prefix> in_order(std::vector<Prefix> prefixes)
{
    std::sort(prefixes.begin(), prefixes.end());
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    return prefixes;
}

PrefixTotals totals_of(const std::vector<Prefix>& ordered)
{
    PrefixTotals totals;
    totals.prefixes = ordered.size();
    const Prefix* outer = nullptr;
    for (const Prefix& prefix : ordered) {
        // Sorted by address and then by length: what holds a prefix comes before it.
        if (outer != nullptr && outer->contains(prefix))
            continue;
        outer = &prefix;
        if (prefix.address.is_v4())
            totals.v4_addresses += std::uint64_t{1} << (32 - prefix.length);
        else
            totals.v6_networks += std::ldexp(1.0, 64 - prefix.length);
    }
    return totals;
}

PrefixChange change_between(const std::vector<Prefix>& before, const std::vector<Prefix>& after)
{
    PrefixChange change;
    change.before = totals_of(before);
    change.after = totals_of(after);
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(change.added));
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(change.removed));
    return change;
}

std::string text_of(const PrefixTotals& totals)
{
    std::string text = std::to_string(totals.prefixes) + " prefixes, " +
                       std::to_string(totals.v4_addresses) + " IPv4 addresses";
    if (totals.v6_networks > 0.0) {
        char count[32];
        std::snprintf(count, sizeof count, "%.6g", totals.v6_networks);
        text += std::string(", ") + count + " IPv6 /64s";
    }
    return text;
}

}  // namespace scanner::catalogue
