// A record told to a person: the verdict, the evidence behind it with sources, what could not be
// seen, and what would make it surer. Strangers' text is shown escaped.
#pragma once

#include <string>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/record.h"

namespace scanner::explain {

/// Several lines of plain text, the last with "\n". The catalogue gives rules' sources; rules that
/// it no longer has are named without.
std::string explain(const Record& record, const catalogue::Catalogue& catalogue);

/// What could not be seen, a sentence each; empty when all was.
std::vector<std::string> blind_spots(const Observation& seen);

/// What would raise the grade of the front, or name the host; a sentence each.
std::vector<std::string> next_steps(const Record& record);

}  // namespace scanner::explain
