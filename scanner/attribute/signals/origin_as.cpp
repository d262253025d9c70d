// The address is announced by an AS of the provider's.
// Proves whose network carries it. Which product, only where the AS serves nothing else: clouds,
// customers' own prefixes and scrubbing all share ASes (signals.md row 2).
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void origin_as(Sight& sight, const catalogue::Catalogue&)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i) {
        const AddressSight& address = sight.addresses[i];
        const resolvers::Origin* origin = address.origin();
        if (origin == nullptr)
            continue;
        for (const catalogue::Rule* rule : address.holding.as_rules)
            sight.signs.push_back({.signal = "origin_as",
                                   .channel = Channel::network,
                                   .strength = rule->strength,
                                   .rule = rule,
                                   .seen = address.address->text() + " from AS" +
                                           std::to_string(origin->asn) + " " + origin->organisation,
                                   .address = i,
                                   .forgeable = false});
    }
}

}  // namespace scanner::attribute
