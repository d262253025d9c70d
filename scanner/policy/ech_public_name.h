// Which outer name of ECH an address should answer for, as far as the catalogue knows.
#pragma once

#include <functional>
#include <string>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/observation.h"

namespace scanner {

/// For World::public_name_of: the public name of whoever holds the address by a published list of
/// its edge, as long as nothing that was seen there says the same already. `catalogue` must outlive
/// the result.
std::function<std::string(const Observation& seen, const resolvers::IpAddress& address)>
public_names_of(const Catalogue& catalogue);

}  // namespace scanner
