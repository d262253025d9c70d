// The zone's operator declared the record as proxied at its DNS provider: an export of the zone,
// not an answer. Proves what was configured there, and nothing about what visitors reach today.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void declared_zone(Sight& sight, const catalogue::Catalogue& catalogue)
{
    const Observation& seen = *sight.observation;
    if (seen.declared != "proxied")
        return;
    // "Proxied" means the front of the company that serves the zone.
    const catalogue::Provider* company = catalogue.provider_named(seen.declared_by);
    const catalogue::Product* front = company == nullptr ? nullptr : company->best(Role::front);
    if (front != nullptr)
        sight.signs.push_back({.signal = "declared_zone",
                               .channel = Channel::declared,
                               .strength = Strength::strong,
                               .product = front,
                               .seen = "declared proxied at " + seen.declared_by,
                               .forgeable = false});
}

}  // namespace scanner::attribute
