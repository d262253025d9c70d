#include "scanner/policy/edge_probe.h"

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "scanner/attribute/sign.h"

namespace scanner {

using resolvers::IpAddress;
using resolvers::Probe;

namespace {

const AddressVerdict* verdict_on(const Attribution& verdict, const IpAddress& address)
{
    for (const AddressVerdict& one : verdict.addresses)
        if (one.address == address)
            return &one;
    return nullptr;
}

// A page of the site's that came over HTTP from there; over TLS if there is one.
const Probe* answer_at(const Observation& seen, const IpAddress& address)
{
    const Probe* found = nullptr;
    for (const Probe& probe : seen.probes)
        if (probe.address == address && probe.http_facts && asks_for_page(probe, seen) &&
            (found == nullptr || found->scheme != "https"))
            found = &probe;
    return found;
}

bool answered_root(const Probe& probe, const Observation& seen)
{
    return probe.host == seen.subject.host && probe.purpose == "root" && probe.http_facts &&
           probe.http_facts->status != 0;
}

// What would have been seen if the edge had answered.
Observation with_answer(Observation seen, const Probe& like, const Rule& rule)
{
    Probe answer = like;
    answer.purpose = "edge";
    resolvers::HttpFacts& http = answer.http_facts.emplace();
    http.url = answer.scheme + "://" + answer.host + rule.key;
    http.status = rule.http_status == 0 ? 200 : rule.http_status;
    http.markers = {rule.id};
    seen.probes.push_back(std::move(answer));
    return seen;
}

bool tells_more(const Finding& now, const Finding& then)
{
    return then.status == "identified" &&
           (now.status != "identified" || now.product != then.product || now.grade < then.grade);
}

}  // namespace

EdgeProbe::EdgeProbe(const Catalogue& catalogue) : catalogue_(catalogue)
{
    for (const Rule* rule : catalogue.edge_path_rules())
        if (rule->strength >= Strength::strong)
            paths_[rule->product->provider].push_back(rule);
}

std::vector<const Rule*> EdgeProbe::paths_at(const Observation& seen,
                                             const IpAddress& address) const
{
    const auto none = paths_.end();
    for (const RangeHit& hit : catalogue_.ranges_of(address)) {
        const RangeKind kind = hit.rule->range_kind;
        if (kind == RangeKind::third_party || kind == RangeKind::from_routing)
            continue;
        const auto found =
            kind == RangeKind::edge ? paths_.find(hit.rule->product->provider) : none;
        return found == none ? std::vector<const Rule*>{} : found->second;
    }
    for (const SeenAddress& one : seen.addresses) {
        if (one.address != address || !one.origin)
            continue;
        for (const Rule* rule : catalogue_.asn_rules(one.origin->asn))
            if (const auto found = paths_.find(rule->product->provider);
                rule->precision != AsnPrecision::shared && found != none)
                return found->second;
    }
    return {};
}

std::string EdgeProbe::path_at(const Observation& seen, const IpAddress& address) const
{
    const std::vector<const Rule*> paths = paths_at(seen, address);
    const Probe* answer = paths.empty() ? nullptr : answer_at(seen, address);
    if (answer == nullptr)
        return "";
    const Attribution now = attribute(seen, catalogue_);
    const AddressVerdict* here = verdict_on(now, address);
    if (here == nullptr || here->front.grade == Grade::confirmed)
        return "";
    for (const Rule* rule : paths) {
        const Attribution then = attribute(with_answer(seen, *answer, *rule), catalogue_);
        const AddressVerdict* there = verdict_on(then, address);
        if (there != nullptr && tells_more(here->front, there->front))
            return rule->key;
    }
    return "";
}

std::optional<FurtherProbe> EdgeProbe::probe_for(const Observation& seen) const
{
    std::vector<IpAddress> tried;
    for (const Probe& probe : seen.probes) {
        if (!answered_root(probe, seen) ||
            std::find(tried.begin(), tried.end(), probe.address) != tried.end())
            continue;
        std::string path = path_at(seen, probe.address);
        if (!path.empty())
            return FurtherProbe{probe.address, probe.host, std::move(path)};
        tried.push_back(probe.address);
    }
    return std::nullopt;
}

}  // namespace scanner
