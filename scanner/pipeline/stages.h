// The pure stages over one stored line, as the commands run them. Whatever stands in the line, one
// record comes out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/record.h"

namespace scanner::pipeline {

/// A record that decides an observation, not yet routed.
Record decide(Observation&& seen, const catalogue::Catalogue& catalogue,
              const Provenance& provenance);

/// decide() over an observation line, or over a record's observation, decided anew. A line that
/// cannot be read becomes a record of state invalid_input.
Record attribute_line(std::string_view line, std::uint64_t number,
                      const catalogue::Catalogue& catalogue, const Provenance& provenance);

/// Adds the addressees to a record line; an observation line is attributed first.
Record route_line(std::string_view line, std::uint64_t number,
                  const catalogue::Catalogue& catalogue, const Provenance& provenance);

}  // namespace scanner::pipeline
