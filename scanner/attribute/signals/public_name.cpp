// A probe that asked the subject's address for the provider's ECH outer name got a valid
// certificate for it. Proves that the provider's edge answers there, or that somebody passes
// connections through to it: only the provider can have that key. A failed probe proves nothing.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void public_name(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (const resolvers::Probe& probe : sight.observation->probes) {
        if (probe.purpose != resolvers::ProbePurpose::public_name || !probe.tls_facts)
            continue;
        const resolvers::TlsFacts& tls = *probe.tls_facts;
        if (!tls.trusted.value_or(false) || !tls.name_matches.value_or(false))
            continue;
        for (std::size_t i = 0; i < sight.addresses.size(); ++i) {
            if (!sight.addresses[i].address || sight.addresses[i].address != probe.address)
                continue;
            for (const catalogue::Rule* rule : catalogue.ech_rules(tls.sni))
                sight.signs.push_back({.signal = "public_name",
                                       .channel = Channel::tls,
                                       .strength = Strength::strong,
                                       .rule = rule,
                                       .seen = "valid certificate for " + tls.sni,
                                       .address = i,
                                       .forgeable = false});
        }
    }
}

}  // namespace scanner::attribute
