// What differs between two catalogues: products, rules, channels and markers that came, went or
// changed, and the prefixes of each range.
#pragma once

#include <string>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/update/prefix_change.h"

namespace scanner::audit {

struct FieldChange {
    /// "strength", "roles", "source"...
    std::string field;
    /// As text; empty where there is none.
    std::string before;
    std::string after;
};

struct EntryChange {
    /// "product", "rule", "channel", "marker".
    std::string what;
    /// Of the rule or product; "<product> email abuse@example.net" of a channel.
    std::string id;
    /// "added", "removed", "changed".
    std::string change;
    /// Of what changed.
    std::vector<FieldChange> fields;
    /// Of a range: its prefixes, also when it was added or removed as a whole.
    catalogue::PrefixChange prefixes;
};

/// By kind in the order above, then by id. Empty: the two say the same. Where a fact stands (file
/// and line), and the order of files, do not count; when it was read does.
std::vector<EntryChange> changes_between(const catalogue::Catalogue& before,
                                         const catalogue::Catalogue& after);

}  // namespace scanner::audit
