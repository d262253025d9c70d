#include "scanner/policy/edge_probe.h"

#include <algorithm>

#include "scanner/attribute/signals.h"
#include "scanner/attribute/would_raise.h"
#include "scanner/catalogue/holding.h"

namespace scanner::policy {

using resolvers::IpAddress;
using resolvers::Probe;

namespace {

bool answered_root(const Probe& probe, const Observation& seen)
{
    return probe.host == seen.subject.host && probe.purpose == resolvers::ProbePurpose::root &&
           probe.http_facts && probe.http_facts->status != 0;
}

}  // namespace

EdgeProbe::EdgeProbe(const catalogue::Catalogue& catalogue) : catalogue_(catalogue)
{
    for (const catalogue::Rule* rule : catalogue.edge_path_rules())
        if (rule->strength >= Strength::strong)
            paths_[rule->product->provider->id].push_back(rule);
}

std::vector<const catalogue::Rule*> EdgeProbe::paths_at(const Observation& seen,
                                                        const IpAddress& address) const
{
    const auto none = paths_.end();
    const catalogue::Holding holding = catalogue_.holding_of(address);
    if (holding.owner != nullptr) {
        const auto found = holding.is_edge() ? paths_.find(holding.product()->provider->id) : none;
        return found == none ? std::vector<const catalogue::Rule*>{} : found->second;
    }
    for (const SeenAddress& one : seen.addresses) {
        if (one.address != address || !one.origin)
            continue;
        for (const catalogue::Rule* rule : catalogue_.asn_rules(one.origin->asn))
            if (const auto found = paths_.find(rule->product->provider->id);
                rule->precision != catalogue::AsnPrecision::shared && found != none)
                return found->second;
    }
    return {};
}

std::optional<observe::FurtherProbe> EdgeProbe::probe_for(const Observation& seen) const
{
    // One context for all addresses and paths; most observations need none.
    std::optional<attribute::Sight> context;
    std::vector<IpAddress> tried;
    for (const Probe& probe : seen.probes) {
        if (!probe.address || !answered_root(probe, seen) ||
            std::find(tried.begin(), tried.end(), *probe.address) != tried.end())
            continue;
        tried.push_back(*probe.address);
        const std::vector<const catalogue::Rule*> paths = paths_at(seen, *probe.address);
        if (paths.empty())
            continue;
        if (!context) {
            context = attribute::look_at(seen, catalogue_);
            attribute::collect_signs(*context, catalogue_);
        }
        for (const catalogue::Rule* rule : paths)
            if (attribute::would_raise(*context, *rule, *probe.address))
                return observe::FurtherProbe{*probe.address, probe.host, rule->key};
    }
    return std::nullopt;
}

}  // namespace scanner::policy
