// The verdict on one address: what fronts there, what lies behind as far as it shows, whose machine
// it is.
#pragma once

#include <vector>

#include "scanner/attribute/weigh.h"

namespace scanner::attribute {

/// One hop of the chain, from the visitor inwards.
struct Hop {
    Candidate candidate;
    Role role = Role::front;
    Grade grade = Grade::none;
};

struct Verdict {
    /// Absent: nothing is known of any address.
    AddressIndex address = {};
    Finding front;
    Finding host;
    /// The front (if any), then what its responses leak of the inside, platforms last.
    std::vector<Hop> chain;
    /// The platform that answers here by its own edge; no product if there is none.
    Candidate platform;
    /// Companies that only the operator's word points at.
    std::vector<const catalogue::Product*> claims;
    /// Two networks' or keys' proofs against each other on this address.
    bool conflict = false;
    bool product_undetermined = false;
    /// A machine that passes connections through to the front named in `chain`.
    bool relayed = false;
};

/// Judges the address at that index of sight.addresses, or (-1) the name alone.
Verdict judge(const Sight& sight, AddressIndex address);

/// A Finding for a product, with the ids of its signs ("e1" is the first sign).
Finding finding_of(const catalogue::Product& product, Role role, Grade grade,
                   const std::vector<int>& signs, double score);

/// The id that the sign at this index has as evidence.
std::string evidence_id(int sign);

}  // namespace scanner::attribute
