#include "scanner/catalogue/index/text_index.h"

#include <algorithm>
#include "resolvers/base/ascii.h"

namespace scanner::catalogue {

bool value_matches(const MatchEntry& entry, std::string_view text)
{
    const Rule& rule = *entry.rule;
    switch (rule.match) {
        case TextMatch::present:
            return true;
        case TextMatch::equals:
            return resolvers::equals_ignoring_case(text, rule.value);
        case TextMatch::prefix:
            return resolvers::starts_ignoring_case(text, rule.value);
        case TextMatch::contains:
            return resolvers::contains_ignoring_case(text, rule.value);
        case TextMatch::regex:
            break;
    }
    return entry.pattern != nullptr && entry.pattern->matches(text);
}

void ValueIndex::add(MatchEntry entry)
{
    const Rule& rule = *entry.rule;
    switch (rule.match) {
        case TextMatch::present:
            always_.push_back(&rule);
            break;
        case TextMatch::equals:
            whole_[rule.value].push_back(&rule);
            break;
        case TextMatch::prefix: {
            beginning_[rule.value].push_back(&rule);
            const auto at = std::lower_bound(lengths_.begin(), lengths_.end(), rule.value.size());
            if (at == lengths_.end() || *at != rule.value.size())
                lengths_.insert(at, rule.value.size());
            break;
        }
        case TextMatch::contains:
        case TextMatch::regex:
            others_.push_back(entry);
            break;
    }
}

void ValueIndex::find(std::string_view text, std::vector<const Rule*>& found) const
{
    // Expressions ignore case by themselves, so the lowered text serves for all.
    if (resolvers::is_lower(text))
        find_lower(text, found);
    else
        find_lower(resolvers::to_lower(text), found);
}

void ValueIndex::find_lower(std::string_view text, std::vector<const Rule*>& found) const
{
    const auto add = [&found](const std::vector<const Rule*>& rules) {
        found.insert(found.end(), rules.begin(), rules.end());
    };
    add(always_);
    if (const auto same = whole_.find(text); same != whole_.end())
        add(same->second);
    for (const std::size_t length : lengths_) {
        if (length > text.size())
            break;
        const auto same = beginning_.find(text.substr(0, length));
        if (same != beginning_.end())
            add(same->second);
    }
    for (const MatchEntry& entry : others_)
        if (value_matches(entry, text))
            found.push_back(entry.rule);
}

void NamedValueIndex::add(MatchEntry entry)
{
    if (entry.rule->key_is_prefix)
        by_beginning_.push_back(entry);
    else
        by_name_[entry.rule->key].add(entry);
}

void NamedValueIndex::find(std::string_view name, std::string_view value,
                           std::vector<const Rule*>& found) const
{
    if (!resolvers::is_lower(name)) {
        find(resolvers::to_lower(name), value, found);
        return;
    }
    if (const auto values = by_name_.find(name); values != by_name_.end())
        values->second.find(value, found);
    for (const MatchEntry& entry : by_beginning_)
        if (name.starts_with(entry.rule->key) && value_matches(entry, value))
            found.push_back(entry.rule);
}

void sort_by_id(std::vector<const Rule*>& found)
{
    std::sort(found.begin(), found.end(),
              [](const Rule* a, const Rule* b) { return a->id < b->id; });
}

}  // namespace scanner::catalogue
