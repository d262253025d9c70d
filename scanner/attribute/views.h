// Compares what several resolvers said about a subject: whose answers show signs of forgery, and is
// the reference view, from which everything else follows, among them (signals.md section 3.3)?
// Pure.
#pragma once

#include <string>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"

namespace scanner {

/// One view that shows signs, and the sign that tells most.
struct ViewSign {
    /// "reference", or View::name.
    std::string view;
    /// "extended error 15 (blocked)", "203.0.113.7 is a block page of cuii".
    std::string what;
    friend bool operator==(const ViewSign&, const ViewSign&) = default;
};

struct ViewsVerdict {
    /// Why the reference view is not to be believed. Empty if nothing speaks against it.
    std::string reference_sign;
    /// A view without signs that knows public addresses of the subject. Empty if there is none.
    std::string clean_view;
    /// Every view with signs, the reference first, then in the order of the observation.
    std::vector<ViewSign> tampered;
    /// A clean view has addresses where the reference says that there are none.
    std::string contradicted_by;
};

ViewsVerdict compare_views(const Observation& seen, const Catalogue& catalogue);

/// Writes into a verdict what the comparison means for it: flags, evidence, and, where the
/// reference view is not to be believed, a state and nobody named. Called last.
void apply_views(const ViewsVerdict& views, const Observation& seen, Attribution& out);

}  // namespace scanner
