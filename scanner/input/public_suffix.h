// Where the registrable part of a name begins, by the Public Suffix List (publicsuffix.org).
// Says who may register names, not who owns one. The list is the system's newest.
#pragma once

#include <string>
#include <string_view>

namespace scanner::input {

struct SuffixSplit {
    /// "example.co.uk". Empty when the name is itself a public suffix.
    std::string registrable_domain;
    /// "co.uk". By the list's default rule the last label where no other rule speaks.
    std::string public_suffix;
};

/// ICANN and private sections. The name is lower-case A-labels without final dot. Safe to call from
/// several threads.
SuffixSplit split_at_suffix(std::string_view name);

/// The part of a name that was registered with a registry: one label below a suffix of the ICANN
/// section ("github.io" for "someone.github.io"). Empty for such a suffix itself.
std::string registered_domain(std::string_view name);

}  // namespace scanner::input
