#include "scanner/policy/ech_public_name.h"

#include <algorithm>

#include "scanner/catalogue/holding.h"

namespace scanner::policy {

namespace {

// The site's own certificate, or a mark of the provider, at the address: a second channel beside
// the address itself.
bool shown_otherwise(const catalogue::Catalogue& catalogue, const Observation& seen,
                     const resolvers::IpAddress& address, const std::string& provider)
{
    const auto of_provider = [&](const catalogue::Rule* rule) {
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
            const std::vector<const catalogue::Rule*> rules = catalogue.header_rules(name, value);
            if (std::any_of(rules.begin(), rules.end(), of_provider))
                return true;
        }
    }
    return false;
}

bool took_connection(const resolvers::Probe& probe, const Observation& seen)
{
    return probe.host == seen.subject.host && probe.scheme == "https" &&
           probe.tcp.status == resolvers::StepStatus::ok;
}

}  // namespace

EchPublicName::EchPublicName(const catalogue::Catalogue& catalogue) : catalogue_(catalogue)
{
    for (const catalogue::Rule* rule : catalogue.rules())
        if (rule->kind == catalogue::RuleKind::ech && rule->strength > Strength::weak)
            names_.emplace(rule->product->provider->id, rule->key);
}

std::string EchPublicName::name_at(const Observation& seen,
                                   const resolvers::IpAddress& address) const
{
    for (const catalogue::Rule* edge : catalogue_.holding_of(address).edges()) {
        const std::string& provider = edge->product->provider->id;
        const auto name = names_.find(provider);
        if (name != names_.end() && !shown_otherwise(catalogue_, seen, address, provider))
            return name->second;
    }
    return "";
}

std::optional<observe::FurtherProbe> EchPublicName::probe_for(const Observation& seen) const
{
    for (const resolvers::Probe& probe : seen.probes) {
        if (!probe.address || !took_connection(probe, seen))
            continue;
        std::string name = name_at(seen, *probe.address);
        if (!name.empty())
            return observe::FurtherProbe{*probe.address, std::move(name), ""};
    }
    return std::nullopt;
}

}  // namespace scanner::policy
