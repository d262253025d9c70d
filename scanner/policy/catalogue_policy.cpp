#include "scanner/policy/catalogue_policy.h"

namespace scanner {

CataloguePolicy::CataloguePolicy(const Catalogue& catalogue)
    : catalogue_(catalogue), public_name_(catalogue), edge_(catalogue)
{
}

std::string CataloguePolicy::holder_of(const resolvers::IpAddress& address) const
{
    for (const RangeHit& hit : catalogue_.ranges_of(address))
        if (hit.rule->range_kind == RangeKind::edge ||
            hit.rule->range_kind == RangeKind::customer ||
            hit.rule->range_kind == RangeKind::service)
            return hit.rule->product->id;
    return "";
}

// A customer's range is let to others, and the registration names them.
std::string CataloguePolicy::lister_of(const resolvers::IpAddress& address) const
{
    for (const RangeHit& hit : catalogue_.ranges_of(address))
        if (hit.rule->range_kind == RangeKind::edge || hit.rule->range_kind == RangeKind::service)
            return hit.rule->product->id;
    return "";
}

std::optional<FurtherProbe> CataloguePolicy::public_name_probe(const Observation& seen) const
{
    return public_name_.probe_for(seen);
}

std::optional<FurtherProbe> CataloguePolicy::edge_probe(const Observation& seen) const
{
    return edge_.probe_for(seen);
}

}  // namespace scanner
