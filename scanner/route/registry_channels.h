// Contacts that registries publish, for addressees that the catalogue has no channel for.
#pragma once

#include <vector>

#include "resolvers/registry_facts.h"
#include "scanner/catalogue/catalogue.h"

namespace scanner::route {

/// For a registrar, its abuse desk; for a host, the desks of the networks in which it answers (the
/// forms that their holders ask for first). Never verified: only a registry says so. Registries'
/// own mailboxes and forms, and whatever else is on the deny list, are left out. Empty for other
/// roles, and when nothing is known.
std::vector<ContactChannel> registry_channels(const Finding& finding,
                                              const Attribution& attribution,
                                              const resolvers::RegistryFacts& registry,
                                              const catalogue::Catalogue& catalogue);

}  // namespace scanner::route
