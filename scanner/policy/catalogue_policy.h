// The probe policy of a scan: what the catalogue knows of an address, and what an answer from it
// would add to the attribution. Pure.
#pragma once

#include "scanner/catalogue/catalogue.h"
#include "scanner/observe/probe_policy.h"
#include "scanner/policy/ech_public_name.h"
#include "scanner/policy/edge_probe.h"

namespace scanner::policy {

class CataloguePolicy final : public observe::ProbePolicy {
public:
    /// The catalogue must outlive it.
    explicit CataloguePolicy(const catalogue::Catalogue& catalogue);

    std::string holder_of(const resolvers::IpAddress& address) const override;
    std::string lister_of(const resolvers::IpAddress& address) const override;
    std::optional<observe::FurtherProbe> public_name_probe(const Observation& seen) const override;
    std::optional<observe::FurtherProbe> edge_probe(const Observation& seen) const override;

private:
    const catalogue::Catalogue& catalogue_;
    EchPublicName public_name_;
    EdgeProbe edge_;
};

}  // namespace scanner::policy
