// Which rules match a header, a cookie's name or a field of a certificate. Case makes no
// difference.
#pragma once

#include <string_view>
#include <vector>

#include "scanner/catalogue/suffix_index.h"

namespace scanner {

/// Does the text satisfy the rule's `match` and `value`?
bool value_matches(const MatchEntry& entry, std::string_view text);

/// Rules by a name in lower case, or by how the name begins.
class NamedValueIndex {
public:
    void add(MatchEntry entry);

    /// By id.
    void find(std::string_view name, std::string_view value, std::vector<const Rule*>& found) const;

    /// Every rule about that name, whatever the value.
    void about(std::string_view name, std::vector<const Rule*>& found) const;

private:
    TextMap<std::vector<MatchEntry>> by_name_;
    std::vector<MatchEntry> by_beginning_;
};

/// Rules about one text: whole, its beginning, or an expression.
class ValueIndex {
public:
    void add(MatchEntry entry);

    /// By id.
    void find(std::string_view text, std::vector<const Rule*>& found) const;

private:
    TextMap<std::vector<MatchEntry>> equal_;
    std::vector<MatchEntry> others_;
};

}  // namespace scanner
