// An alias of the subject lies under a suffix that only one provider hands out:
// www.example.org -> www.example.org.cdn.cloudflare.net.
// Proves that the operator pointed the name there; it may dangle, or be one of several.
// Misses: aliases flattened by the provider's DNS. The absence of a CNAME says nothing.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void cname_suffix(Sight& sight, const catalogue::Catalogue& catalogue)
{
    const std::vector<std::string>& chain = sight.observation->chain;
    // The longest suffix wins; what it lies under is somebody's else or less precise.
    for (std::size_t i = 1; i < chain.size(); ++i)
        for (const catalogue::Rule* rule : owners_of_name(catalogue, chain[i]))
            sight.signs.push_back({.signal = "cname_suffix",
                                   .channel = Channel::dns,
                                   .strength = rule->strength,
                                   .rule = rule,
                                   .seen = chain[i - 1] + " CNAME " + chain[i]});
}

}  // namespace scanner::attribute
