#include "scanner/policy/catalogue_policy.h"

#include "scanner/catalogue/holding.h"

namespace scanner::policy {

CataloguePolicy::CataloguePolicy(const catalogue::Catalogue& catalogue)
    : catalogue_(catalogue), public_name_(catalogue), edge_(catalogue)
{
}

std::string CataloguePolicy::holder_of(const resolvers::IpAddress& address) const
{
    const catalogue::Product* product = catalogue_.holding_of(address).product();
    return product == nullptr ? "" : product->id;
}

// A customer's range is let to others, and the registration names them.
std::string CataloguePolicy::lister_of(const resolvers::IpAddress& address) const
{
    const catalogue::Product* product = catalogue_.holding_of(address).run_by();
    return product == nullptr ? "" : product->id;
}

std::optional<observe::FurtherProbe> CataloguePolicy::public_name_probe(
    const Observation& seen) const
{
    return public_name_.probe_for(seen);
}

std::optional<observe::FurtherProbe> CataloguePolicy::edge_probe(const Observation& seen) const
{
    return edge_.probe_for(seen);
}

}  // namespace scanner::policy
