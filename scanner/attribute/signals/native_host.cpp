// The subject's own name was handed out by the provider: someone.pages.dev, someone.blogspot.com.
// Proves the platform: the zone is the provider's, so no customer can forge it.
// Misses: customers' own domains, which look the same as any other.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void native_host(Sight& sight, const catalogue::Catalogue& catalogue)
{
    const Subject& subject = sight.observation->subject;
    if (subject.is_address || subject.host.empty())
        return;
    for (const catalogue::Rule* rule : owners_of_name(catalogue, subject.host))
        sight.signs.push_back({.signal = "native_host",
                               .channel = Channel::registry,
                               .strength = rule->strength,
                               .rule = rule,
                               .seen = subject.host + " under " + rule->key,
                               .forgeable = false});
}

}  // namespace scanner::attribute
