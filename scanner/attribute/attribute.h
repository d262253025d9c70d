// From what was seen to who serves it: the decision rules, as a pure function. No clock, no files,
// no network; the same observation and catalogue give the same attribution, to the byte.
#pragma once

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"

namespace scanner::attribute {

/// Decides every role that the observation lets be decided; the rest is unknown, with a reason.
/// Never fails: an observation of nothing attributes to nothing.
Attribution attribute(const Observation& seen, const catalogue::Catalogue& catalogue);

}  // namespace scanner::attribute
