// Which suffix rules a name lies under, at label boundaries: one hash look-up a label, no copies.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/pattern.h"

namespace scanner::catalogue {

/// Lets a map of strings be asked with views.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};

template <typename T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// A rule and, when it has one, its compiled expression. Both outlive the index.
struct MatchEntry {
    const Rule* rule = nullptr;
    const Pattern* pattern = nullptr;
};

class SuffixIndex {
public:
    /// `suffix` in lower case, without dots at its ends.
    void add(std::string_view suffix, MatchEntry entry);

    /// Rules whose suffix is the name or a parent of it, and whose pattern, if any, matches the
    /// name; longest suffix first, at the same length those with a pattern first, then by id.
    /// Case and one final dot make no difference.
    void find(std::string_view name, std::vector<const Rule*>& found) const;

private:
    TextMap<std::vector<MatchEntry>> by_suffix_;
};

}  // namespace scanner::catalogue
