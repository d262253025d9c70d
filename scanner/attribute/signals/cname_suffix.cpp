// An alias of the subject lies under a suffix that only one provider hands out:
// www.example.org -> www.example.org.cdn.cloudflare.net.
// Proves that the operator pointed the name there; it may dangle, or be one of several.
// Misses: aliases flattened by the provider's DNS. The absence of a CNAME says nothing.
#include "resolvers/domain_name.h"
#include "scanner/attribute/signals.h"

namespace scanner {

void cname_suffix(Sight& sight, const Catalogue& catalogue)
{
    const std::vector<std::string>& chain = sight.observation->chain;
    for (std::size_t i = 1; i < chain.size(); ++i) {
        for (const RuleKind kind : {RuleKind::cname, RuleKind::native}) {
            const std::vector<const Rule*> rules = catalogue.name_rules(kind, chain[i]);
            if (rules.empty())
                continue;
            // The longest suffix wins; what it lies under is somebody's else or less precise.
            sight.signs.push_back({.signal = "cname_suffix",
                                   .channel = Channel::dns,
                                   .strength = rules.front()->strength,
                                   .rule = rules.front(),
                                   .seen = chain[i - 1] + " CNAME " + chain[i]});
        }
    }
}

}  // namespace scanner
