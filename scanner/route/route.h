// From who serves a site to whom a notice goes: ranked addressees with their channels. Pure.
#pragma once

#include <vector>

#include "resolvers/registry_facts.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/model/addressee.h"
#include "scanner/model/attribution.h"
#include "scanner/model/record.h"

namespace scanner::route {

/// Best first. Empty when nobody may be written to on this record: no site, nothing known. An
/// addressee is never surer than the finding that it rests on, and never defunct; channels come
/// from the catalogue, and only where that has none for a host or a registrar, from the registries.
std::vector<Addressee> route(const Attribution& attribution, const catalogue::Catalogue& catalogue,
                             const resolvers::RegistryFacts& registry = {});

/// Puts the addressees into the record, and says whether a notice is in order: somebody is to be
/// written to first, and there is a channel for it.
void route_record(Record& record, const catalogue::Catalogue& catalogue);

}  // namespace scanner::route
