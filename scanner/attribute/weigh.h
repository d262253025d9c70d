// Weighs, for one address, what speaks for each product as a front or a platform there: the
// decision rules of gate, front and forgery guard.
#pragma once

#include <vector>

#include "scanner/attribute/sign.h"
#include "scanner/model/attribution.h"

namespace scanner::attribute {

/// What one product may be at one address.
struct Candidate {
    const catalogue::Product* product = nullptr;
    Grade grade = Grade::none;
    /// Only the operator's word, against an address of somebody else's: kept as a claim.
    bool claim = false;
    /// The address itself is the product's (range, or AS where that decides).
    bool holds_address = false;
    /// Indices into Sight::signs, for and against.
    std::vector<int> signs;
    double score = 0.0;

    // What was found, by kind.
    bool range = false;
    /// Listed as announced by the product's AS, and in somebody else's collection.
    bool routed_range = false;
    bool weak_range = false;
    bool product_as = false;
    bool company_as = false;
    bool cname = false;
    bool native = false;
    bool declared = false;
    bool tls_named = false;
    /// The address answered with a valid certificate for the product's ECH outer name.
    bool public_name = false;
    /// Strongest edge-side and origin-side HTTP sign.
    int http_edge = -1;
    int http_origin = -1;
    bool ech = false;
    /// Not the product's own network, but one that it is known to run on.
    bool tenant_here = false;
    /// The provider's key answered on a machine of a hosting company's: somebody passes connections
    /// through to the provider, which is an inner hop then.
    bool relayed = false;
};

/// Every product that anything points at for this address, best first: those that hold the address
/// before others, then by grade, then by id. `address` is an index into sight.addresses, or -1 for
/// what can be said of the name without any address.
std::vector<Candidate> weigh(const Sight& sight, AddressIndex address);

/// Sum of log-odds, each channel capped: for ranking only (signals.md section 8, rule 2).
double score_of(const Sight& sight, const std::vector<int>& signs);

}  // namespace scanner::attribute
