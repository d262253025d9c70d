// Questions whose right answers are known beforehand: what a resolver says to them tells what its
// other answers are worth.
#pragma once

#include <string>
#include <vector>

#include "resolvers/base/ip_address.h"

namespace scanner {

/// What stands in a canary's name for a label that nobody has used before.
inline constexpr char random_label_mark[] = "{random}";

/// All names lower case, without final dot.
struct Canaries {
    /// Names that do not exist; random_label_mark in them is replaced.
    std::vector<std::string> nonexistent;
    struct Known {
        std::string name;
        /// Of both families, sorted; only those of the family asked count.
        std::vector<resolvers::IpAddress> addresses;
    };
    std::vector<Known> known;
    /// Names whose signatures are wrong on purpose: a validating resolver answers SERVFAIL.
    std::vector<std::string> bogus;
    /// Names that a resolver denies on purpose to say that it filters.
    std::vector<std::string> policy;

    bool empty() const
    {
        return nonexistent.empty() && known.empty() && bogus.empty() && policy.empty();
    }
};

}  // namespace scanner
