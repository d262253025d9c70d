// From what a publisher sent to the file that data/ranges/ would hold, or to why the old one stays.
// Pure: bytes in, text out. Nothing here trusts the publisher: a broken list is worse than an old
// one.
#pragma once

#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/catalogue/publisher.h"
#include "scanner/catalogue/update/prefix_change.h"

namespace scanner::catalogue {

/// A list that loses more than this part of its addresses, or of its prefixes, is not believed.
constexpr double largest_shrink = 0.30;

struct RenewalRequest {
    const Publisher* list = nullptr;
    /// One for each URL of the list.
    std::vector<std::string> bodies;
    /// What the file holds now, in order; empty if there is none.
    std::vector<resolvers::Prefix> old;
    /// ISO date of the fetching.
    std::string day;
    bool accept_shrink = false;
    /// An address to name as the rule's example, when its own has left the list. May be empty.
    std::string example;
};

struct Renewal {
    std::vector<resolvers::Prefix> prefixes;
    /// Of the whole file.
    std::string text;
    PrefixChange change;
    /// For people: what was put right on the way.
    std::vector<std::string> notes;
};

/// Failure codes: "html", "malformed", "empty", "bad_prefix" (not one, wider than /8 or /19, or
/// special-purpose space), "shrunk".
resolvers::Outcome<Renewal> renew(const RenewalRequest& request);

/// The prefixes of one document as it was published: no judgement, but that they are prefixes or
/// addresses at all is the caller's to find out. Failure codes as of renew().
resolvers::Outcome<std::vector<std::string>> parse_list(const Publisher& list,
                                                        std::string_view body);

/// The first https URL in a page with that text in it; empty if there is none.
std::string link_in(std::string_view page, std::string_view text);

}  // namespace scanner::catalogue
