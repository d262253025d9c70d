// Compares what several resolvers said about a subject: whose answers show signs of forgery, and is
// the reference view, from which everything else follows, among them (signals.md section 3.3)?
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"

namespace scanner::attribute {

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

/// What an Extended DNS Error says of an answer that was kept back or made up (RFC 8914
/// sections 4.5, 4.16 to 4.18): "blocked". Empty for every other code; "Prohibited" (18) is about
/// the client.
std::string_view tampering_word(std::uint16_t code);

ViewsVerdict compare_views(const Observation& seen, const catalogue::Catalogue& catalogue);

/// Writes into a verdict what the comparison means for it: flags, evidence, and, where the
/// reference view is not to be believed, a state and nobody named. Called last.
void apply_views(const ViewsVerdict& views, const Observation& seen, Attribution& out);

/// What a forged answer leads to is the forger's, and nobody of the site's: names nobody any more,
/// for that reason, but whoever runs the DNS and the registrar.
void forget_whom(Attribution& out, UnknownReason reason);

}  // namespace scanner::attribute
