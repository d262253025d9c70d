#include "scanner/policy/edge_probe.h"

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "scanner/attribute/sign.h"
#include "scanner/catalogue/holding.h"

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
    return then.status == FindingStatus::identified &&
           (now.status != FindingStatus::identified || now.product != then.product ||
            now.grade < then.grade);
}

}  // namespace

EdgeQuestion::EdgeQuestion(const Catalogue& catalogue) : catalogue_(catalogue)
{
    for (const Rule* rule : catalogue.edge_path_rules())
        if (rule->strength >= Strength::strong)
            paths_[rule->product->provider->id].push_back(rule);
}

std::vector<const Rule*> EdgeQuestion::paths_at(const Observation& seen,
                                                const IpAddress& address) const
{
    const auto none = paths_.end();
    const Holding holding = catalogue_.holding_of(address);
    if (holding.owner != nullptr) {
        const auto found = holding.is_edge() ? paths_.find(holding.product()->provider->id) : none;
        return found == none ? std::vector<const Rule*>{} : found->second;
    }
    for (const SeenAddress& one : seen.addresses) {
        if (one.address != address || !one.origin)
            continue;
        for (const Rule* rule : catalogue_.asn_rules(one.origin->asn))
            if (const auto found = paths_.find(rule->product->provider->id);
                rule->precision != AsnPrecision::shared && found != none)
                return found->second;
    }
    return {};
}

std::string EdgeQuestion::operator()(const Observation& seen, const IpAddress& address) const
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

}  // namespace scanner
