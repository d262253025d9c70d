#include "scanner/catalogue/text_index.h"

#include <algorithm>

#include "scanner/catalogue/letter_case.h"

namespace scanner {

namespace {

// Few rules match one thing, so sorting what was found costs less than keeping order before.
void sort_by_id(std::vector<const Rule*>& found, std::size_t from)
{
    if (found.size() - from > 1)
        std::sort(found.begin() + static_cast<std::ptrdiff_t>(from), found.end(),
                  [](const Rule* a, const Rule* b) { return a->id < b->id; });
}

}  // namespace

bool value_matches(const MatchEntry& entry, std::string_view text)
{
    const Rule& rule = *entry.rule;
    switch (rule.match) {
        case TextMatch::present:
            return true;
        case TextMatch::equals:
            return equals_ignoring_case(text, rule.value);
        case TextMatch::prefix:
            return starts_ignoring_case(text, rule.value);
        case TextMatch::contains:
            return contains_ignoring_case(text, rule.value);
        case TextMatch::regex:
            break;
    }
    return entry.pattern != nullptr && entry.pattern->matches(text);
}

void NamedValueIndex::add(MatchEntry entry)
{
    if (entry.rule->key_is_prefix)
        by_beginning_.push_back(entry);
    else
        by_name_[entry.rule->key].push_back(entry);
}

void NamedValueIndex::find(std::string_view name, std::string_view value,
                           std::vector<const Rule*>& found) const
{
    if (!is_lower(name)) {
        find(lowered(name), value, found);
        return;
    }
    const std::size_t from = found.size();
    if (const auto entries = by_name_.find(name); entries != by_name_.end())
        for (const MatchEntry& entry : entries->second)
            if (value_matches(entry, value))
                found.push_back(entry.rule);
    for (const MatchEntry& entry : by_beginning_)
        if (name.starts_with(entry.rule->key) && value_matches(entry, value))
            found.push_back(entry.rule);
    sort_by_id(found, from);
}

void NamedValueIndex::about(std::string_view name, std::vector<const Rule*>& found) const
{
    const std::string wanted = lowered(name);
    const std::size_t from = found.size();
    if (const auto entries = by_name_.find(wanted); entries != by_name_.end())
        for (const MatchEntry& entry : entries->second)
            found.push_back(entry.rule);
    for (const MatchEntry& entry : by_beginning_)
        if (wanted.starts_with(entry.rule->key))
            found.push_back(entry.rule);
    sort_by_id(found, from);
}

void ValueIndex::add(MatchEntry entry)
{
    if (entry.rule->match == TextMatch::equals)
        equal_[entry.rule->value].push_back(entry);
    else
        others_.push_back(entry);
}

void ValueIndex::find(std::string_view text, std::vector<const Rule*>& found) const
{
    if (!is_lower(text)) {
        // Expressions ignore case by themselves, so the lowered text serves for all.
        find(lowered(text), found);
        return;
    }
    const std::size_t from = found.size();
    if (const auto entries = equal_.find(text); entries != equal_.end())
        for (const MatchEntry& entry : entries->second)
            found.push_back(entry.rule);
    for (const MatchEntry& entry : others_)
        if (value_matches(entry, text))
            found.push_back(entry.rule);
    sort_by_id(found, from);
}

}  // namespace scanner
