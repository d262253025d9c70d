#include "scanner/audit/diff.h"

#include <map>

#include "resolvers/base/time_text.h"
#include "scanner/catalogue/load/rule_table.h"
#include "scanner/catalogue/words.h"

namespace scanner::audit {

namespace {

using Fields = std::vector<std::pair<const char*, std::string>>;

struct Entry {
    Fields fields;
    /// Of a range.
    std::vector<resolvers::Prefix> prefixes;
};

using Entries = std::map<std::string, Entry>;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string yes_no(bool value)
{
    return value ? "yes" : "no";
}

Entries products_of(const catalogue::Catalogue& catalogue)
{
    Entries entries;
    for (const catalogue::Product* product : catalogue.products()) {
        std::vector<std::string> roles;
        for (const Role role : product->roles)
            roles.emplace_back(word(role));
        if (product->service)
            roles.emplace_back("service");
        entries[product->id].fields = {{"name", product->name},
                                       {"provider", product->provider->id},
                                       {"provider_name", product->provider->name},
                                       {"legal_entity", product->legal_entity},
                                       {"aliases", joined(product->aliases)},
                                       {"roles", joined(roles)},
                                       {"status", std::string(word(product->status))},
                                       {"storage", std::string(word(product->storage))},
                                       {"undetermined_with", joined(product->undetermined_with)},
                                       {"notes", product->notes}};
    }
    return entries;
}

// As it stands in the file.
std::string state_text(const catalogue::Rule& rule)
{
    if (rule.kind != catalogue::RuleKind::answer)
        return "";
    return rule.state ? std::string(word(*rule.state)) : "edge";
}

Entries rules_of(const catalogue::Catalogue& catalogue)
{
    Entries entries;
    auto lists = catalogue.prefixes_by_rule();
    for (const catalogue::Rule* rule : catalogue.rules()) {
        Entry& entry = entries[rule->id];
        entry.fields = {{"strength", std::string(word(rule->strength))},
                        {"side", std::string(word(rule->side))},
                        {"match", catalogue::match_text(rule->match, rule->value)},
                        {"state", state_text(*rule)},
                        {"status", rule->http_status == 0 ? "" : std::to_string(rule->http_status)},
                        {"body", rule->body},
                        {"example", rule->example},
                        {"source", rule->source->text()},
                        {"source kind", std::string(word(rule->source->kind))},
                        {"checked", rule->source->checked}};
        if (rule->kind == catalogue::RuleKind::range) {
            entry.fields.emplace_back("kind", catalogue::range_kind_word(rule->range_kind));
            entry.fields.emplace_back("until",
                                      rule->until ? resolvers::day_text(*rule->until) : "");
            entry.prefixes = catalogue::in_order(std::move(lists[rule]));
        }
        if (rule->kind == catalogue::RuleKind::asn)
            entry.fields.emplace_back("precision", catalogue::precision_word(rule->precision));
    }
    return entries;
}

Entries channels_of(const catalogue::Catalogue& catalogue)
{
    Entries entries;
    for (const catalogue::Product* product : catalogue.products())
        for (const ContactChannel& channel : product->channels)
            entries[product->id + " " + std::string(word(channel.type)) + " " + channel.address]
                .fields = {{"scope", std::string(word(channel.scope))},
                           {"practice", joined(channel.practice)},
                           {"constraints", joined(channel.constraints)},
                           {"verified", yes_no(channel.verified)},
                           {"source", channel.source},
                           {"checked", channel.checked}};
    return entries;
}

Entries markers_of(const catalogue::Catalogue& catalogue)
{
    Entries entries;
    for (const catalogue::StateRule& marker : catalogue.state_rules())
        entries[marker.id].fields = {{"state", std::string(word(marker.state))},
                                     {"kind", std::string(word(marker.kind))},
                                     {"key", marker.key},
                                     {"sufficient", yes_no(marker.sufficient)},
                                     {"operator", marker.operator_name},
                                     {"example", marker.example},
                                     {"source", marker.source->text()},
                                     {"checked", marker.source->checked}};
    return entries;
}

// The fields of one kind of thing are the same ones in the same order.
std::vector<FieldChange> field_changes(const Fields& before, const Fields& after)
{
    std::vector<FieldChange> changes;
    for (std::size_t i = 0; i < before.size() && i < after.size(); ++i)
        if (before[i].second != after[i].second)
            changes.push_back({before[i].first, before[i].second, after[i].second});
    return changes;
}

void compare(const char* what, const Entries& before, const Entries& after,
             std::vector<EntryChange>& changes)
{
    Entries all = before;
    all.insert(after.begin(), after.end());
    for (const auto& [id, ignored] : all) {
        const auto old = before.find(id);
        const auto fresh = after.find(id);
        EntryChange change{what, id, "changed", {}, {}};
        if (old == before.end()) {
            change.change = "added";
            change.prefixes = catalogue::change_between({}, fresh->second.prefixes);
        } else if (fresh == after.end()) {
            change.change = "removed";
            change.prefixes = catalogue::change_between(old->second.prefixes, {});
        } else {
            change.fields = field_changes(old->second.fields, fresh->second.fields);
            change.prefixes =
                catalogue::change_between(old->second.prefixes, fresh->second.prefixes);
            if (change.fields.empty() && change.prefixes.empty())
                continue;
        }
        changes.push_back(std::move(change));
    }
}

}  // namespace

std::vector<EntryChange> changes_between(const catalogue::Catalogue& before,
                                         const catalogue::Catalogue& after)
{
    std::vector<EntryChange> changes;
    compare("product", products_of(before), products_of(after), changes);
    compare("rule", rules_of(before), rules_of(after), changes);
    compare("channel", channels_of(before), channels_of(after), changes);
    compare("marker", markers_of(before), markers_of(after), changes);
    return changes;
}

}  // namespace scanner::audit
