// Is there a site at all, and did we see it? Decided before fronts are believed: a parked name
// behind a CDN is parked first.
#pragma once

#include <string>

#include "scanner/attribute/sign.h"
#include "scanner/attribute/verdict.h"

namespace scanner::attribute {

struct StateVerdict {
    State state = State::not_observed;
    /// What decided, for people. May be empty.
    std::string reason;
};

/// The first state that matches, in the order of signals.md section 8, rule 0.
StateVerdict state_of(const Sight& sight, const std::vector<Verdict>& verdicts,
                      const catalogue::Catalogue& catalogue);

}  // namespace scanner::attribute
