// Which rules match a header, a cookie's name or a field of a certificate. Case makes no
// difference.
#pragma once

#include <string_view>
#include <vector>

#include "scanner/catalogue/index/suffix_index.h"

namespace scanner::catalogue {

/// Does the text satisfy the rule's `match` and `value`?
bool value_matches(const MatchEntry& entry, std::string_view text);

/// Rules about one text. Whole texts and beginnings are found by hash; only what a text contains
/// and expressions are tried one by one.
class ValueIndex {
public:
    void add(MatchEntry entry);

    /// In no particular order.
    void find(std::string_view text, std::vector<const Rule*>& found) const;

private:
    void find_lower(std::string_view text, std::vector<const Rule*>& found) const;

    std::vector<const Rule*> always_;
    TextMap<std::vector<const Rule*>> whole_;
    TextMap<std::vector<const Rule*>> beginning_;
    /// Lengths that occur in `beginning_`, rising.
    std::vector<std::size_t> lengths_;
    std::vector<MatchEntry> others_;
};

/// Rules by a name in lower case, or by how the name begins, and then by value.
class NamedValueIndex {
public:
    void add(MatchEntry entry);

    /// In no particular order.
    void find(std::string_view name, std::string_view value, std::vector<const Rule*>& found) const;

private:
    TextMap<ValueIndex> by_name_;
    std::vector<MatchEntry> by_beginning_;
};

/// Puts what was found in the order of its ids.
void sort_by_id(std::vector<const Rule*>& found);

}  // namespace scanner::catalogue
