// The subject's own name was handed out by the provider: someone.pages.dev, someone.blogspot.com.
// Proves the platform: the zone is the provider's, so no customer can forge it.
// Misses: customers' own domains, which look the same as any other.
#include "resolvers/domain_name.h"
#include "scanner/attribute/signals.h"

namespace scanner {

void native_host(Sight& sight, const Catalogue& catalogue)
{
    const Subject& subject = sight.observation->subject;
    if (subject.is_address || subject.host.empty())
        return;
    for (const RuleKind kind : {RuleKind::native, RuleKind::cname}) {
        const std::vector<const Rule*> rules = catalogue.name_rules(kind, subject.host);
        if (rules.empty())
            continue;
        sight.signs.push_back({.signal = "native_host",
                               .channel = Channel::registry,
                               .strength = rules.front()->strength,
                               .rule = rules.front(),
                               .seen = subject.host + " under " + rules.front()->key,
                               .forgeable = false});
    }
}

}  // namespace scanner
