// A certificate for a name of the provider's own, or with the provider as its subject.
// Proves, when it is trusted, that the provider's key answered at that address (or that somebody
// passes the connection through to it). When the subject's name is not in it, the edge was reached
// and does not know the name.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void certificate_name(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i)
        for (const resolvers::Probe* probe : sight.addresses[i].probes) {
            if (!probe->tls_facts || probe->tls_facts->chain.empty())
                continue;
            const resolvers::TlsFacts& tls = *probe->tls_facts;
            const resolvers::Certificate& leaf = tls.chain.front();
            // Anybody can write any name into a certificate that nobody trusts.
            const bool trusted = tls.trusted.value_or(false);
            const auto add_rules = [&](const std::vector<const catalogue::Rule*>& rules,
                                       std::string_view field, const std::string& value) {
                for (const catalogue::Rule* rule : rules)
                    sight.signs.push_back({.signal = "certificate_name",
                                           .channel = Channel::tls,
                                           .strength = trusted ? rule->strength : Strength::weak,
                                           .rule = rule,
                                           .seen = std::string(field) + " " + value,
                                           .address = i,
                                           .forgeable = !trusted});
            };
            const auto add = [&](std::string_view field, const std::string& value) {
                add_rules(catalogue.certificate_rules(field, value), field, value);
            };
            for (const std::string& name : leaf.names) {
                add("san_suffix", name);
                if (!name.starts_with("*."))
                    continue;
                for (const catalogue::RuleKind kind :
                     {catalogue::RuleKind::cname, catalogue::RuleKind::native}) {
                    std::vector<const catalogue::Rule*> rules =
                        catalogue.name_rules(kind, name.substr(2));
                    std::erase_if(rules, [&](const catalogue::Rule* rule) {
                        return rule->key != std::string_view(name).substr(2);
                    });
                    add_rules(rules, "san", name);
                }
            }
            add("subject_cn", leaf.subject_common_name);
            add("subject_o", leaf.subject_organisation);
        }
}

}  // namespace scanner::attribute
