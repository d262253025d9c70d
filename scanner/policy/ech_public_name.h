// Which outer name of ECH an address should answer for, as far as the catalogue knows. Pure.
#pragma once

#include <map>
#include <string>

#include "scanner/catalogue/catalogue.h"
#include "scanner/observe/probe_policy.h"

namespace scanner::policy {

class EchPublicName {
public:
    /// The catalogue must outlive it.
    explicit EchPublicName(const catalogue::Catalogue& catalogue);

    /// The first address that took a connection for the subject over https, and that a company
    /// which has such a name lists as its edge, with that name. Absent where something that was
    /// seen there says the same already. Safe to call from several threads.
    std::optional<observe::FurtherProbe> probe_for(const Observation& seen) const;

private:
    std::string name_at(const Observation& seen, const resolvers::IpAddress& address) const;

    const catalogue::Catalogue& catalogue_;
    /// By company.
    std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace scanner::policy
