#include "scanner/policy/ech_public_name.h"

#include <algorithm>
#include <map>

#include "scanner/catalogue/holding.h"

namespace scanner {

namespace {

using NameOfProvider = std::map<std::string, std::string, std::less<>>;

NameOfProvider names_by_provider(const Catalogue& catalogue)
{
    NameOfProvider names;
    for (const Rule* rule : catalogue.rules())
        if (rule->kind == RuleKind::ech && rule->strength > Strength::weak)
            names.emplace(rule->product->provider->id, rule->key);
    return names;
}

// The site's own certificate, or a mark of the provider, at the address: a second channel beside
// the address itself.
bool shown_otherwise(const Catalogue& catalogue, const Observation& seen,
                     const resolvers::IpAddress& address, const std::string& provider)
{
    const auto of_provider = [&](const Rule* rule) {
        return rule->product->provider->id == provider;
    };
    for (const resolvers::Probe& probe : seen.probes) {
        if (probe.address != address || probe.host != seen.subject.host)
            continue;
        if (probe.tls_facts && probe.tls_facts->trusted.value_or(false) &&
            probe.tls_facts->name_matches.value_or(false))
            return true;
        if (!probe.http_facts)
            continue;
        for (const auto& [name, value] : probe.http_facts->headers) {
            const std::vector<const Rule*> rules = catalogue.header_rules(name, value);
            if (std::any_of(rules.begin(), rules.end(), of_provider))
                return true;
        }
    }
    return false;
}

}  // namespace

std::function<std::string(const Observation&, const resolvers::IpAddress&)> public_names_of(
    const Catalogue& catalogue)
{
    return [&catalogue, names = names_by_provider(catalogue)](
               const Observation& seen, const resolvers::IpAddress& address) -> std::string {
        for (const Rule* edge : catalogue.holding_of(address).edges()) {
            const std::string& provider = edge->product->provider->id;
            const auto name = names.find(provider);
            if (name != names.end() && !shown_otherwise(catalogue, seen, address, provider))
                return name->second;
        }
        return "";
    };
}

}  // namespace scanner
