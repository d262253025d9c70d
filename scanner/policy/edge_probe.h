// Would one more request decide something: one for a path that an edge answers itself, whatever the
// site behind it does ([[product.edge_path]])? Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/observe/probe_policy.h"

namespace scanner::policy {

/// Such a request goes only where the address is of the product's own company, by its published
/// list or its AS: elsewhere whoever sends headers can answer that path too, so that nothing would
/// follow from it (the forgery guard, signals.md section 8). And only if the answer would raise
/// what is said of the address: not beside marks of the edge's own, a key that shows it, or (in a
/// published list) a certificate for the name.
class EdgeProbe {
public:
    /// The catalogue must outlive it.
    explicit EdgeProbe(const catalogue::Catalogue& catalogue);

    /// The first address that answered the subject's root over HTTP and where such an answer would
    /// decide something, with the path. Absent if there is none. Safe to call from several threads.
    std::optional<observe::FurtherProbe> probe_for(const Observation& seen) const;

private:
    std::vector<const catalogue::Rule*> paths_at(const Observation& seen,
                                                 const resolvers::IpAddress& address) const;

    const catalogue::Catalogue& catalogue_;
    /// By company.
    std::map<std::string, std::vector<const catalogue::Rule*>, std::less<>> paths_;
};

}  // namespace scanner::policy
