#include "scanner/catalogue/index/suffix_index.h"

#include <algorithm>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"

namespace scanner::catalogue {

void SuffixIndex::add(std::string_view suffix, MatchEntry entry)
{
    std::vector<MatchEntry>& entries = by_suffix_[std::string(suffix)];
    const auto order = [](const MatchEntry& a, const MatchEntry& b) {
        if ((a.pattern == nullptr) != (b.pattern == nullptr))
            return a.pattern != nullptr;
        return a.rule->id < b.rule->id;
    };
    entries.insert(std::upper_bound(entries.begin(), entries.end(), entry, order), entry);
}

void SuffixIndex::find(std::string_view name, std::vector<const Rule*>& found) const
{
    if (by_suffix_.empty())
        return;
    if (!resolvers::is_lower(name)) {
        find(resolvers::to_lower(name), found);
        return;
    }
    if (name.ends_with('.'))
        name.remove_suffix(1);
    for (std::string_view suffix = name; !suffix.empty(); suffix = resolvers::parent_of(suffix)) {
        const auto entries = by_suffix_.find(suffix);
        if (entries == by_suffix_.end())
            continue;
        for (const MatchEntry& entry : entries->second)
            if (entry.pattern == nullptr || entry.pattern->matches(name))
                found.push_back(entry.rule);
    }
}

}  // namespace scanner::catalogue
