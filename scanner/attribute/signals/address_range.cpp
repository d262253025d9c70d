// The address lies in a list of addresses that the provider gave out for that purpose.
// Proves who holds the address that answered; only a route hijacker can forge it. It does not prove
// that the name is configured there, nor, without a connection, that anything answers.
// A range that was given up counts for what was seen before (Rule::until).
// Misses: edges outside published lists (customers' own prefixes, nodes rented from others).
#include <utility>

#include "resolvers/base/time_text.h"
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void address_range(Sight& sight, const catalogue::Catalogue&)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i) {
        const AddressSight& address = sight.addresses[i];
        for (const catalogue::RangeHit& hit : address.holding.ranges) {
            const catalogue::RangeKind kind = hit.rule->range_kind;
            // The longest list decides: what lies under the owner's prefix is not this product's.
            if (address.holding.owner != nullptr && hit.rule != address.holding.owner)
                continue;
            std::string text = address.address->text() + " in " + hit.prefix.text();
            if (hit.rule->until)
                text += ", theirs until " + resolvers::day_text(*hit.rule->until);
            sight.signs.push_back({.signal = "address_range",
                                   .channel = Channel::network,
                                   .strength = hit.rule->strength,
                                   .rule = hit.rule,
                                   .seen = std::move(text),
                                   .address = i,
                                   .forgeable = false});
            if (kind != catalogue::RangeKind::from_routing &&
                kind != catalogue::RangeKind::third_party)
                break;
        }
    }
}

}  // namespace scanner::attribute
