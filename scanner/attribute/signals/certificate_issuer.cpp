// Who issued the leaf certificate.
// Proves next to nothing: the big issuers serve everybody. A provider's private origin CA, seen
// from outside, shows that the address is an origin behind that provider.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void certificate_issuer(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i)
        for (const resolvers::Probe* probe : sight.addresses[i].probes) {
            if (!probe->tls_facts || probe->tls_facts->chain.empty())
                continue;
            const resolvers::Certificate& leaf = probe->tls_facts->chain.front();
            const auto add = [&](std::string_view field, const std::string& value) {
                for (const catalogue::Rule* rule : catalogue.certificate_rules(field, value))
                    sight.signs.push_back({.signal = "certificate_issuer",
                                           .channel = Channel::tls,
                                           .strength = Strength::weak,
                                           .rule = rule,
                                           .seen = std::string(field) + " " + value,
                                           .address = i});
            };
            add("issuer_cn", leaf.issuer_common_name);
            add("issuer_o", leaf.issuer_organisation);
        }
}

}  // namespace scanner::attribute
