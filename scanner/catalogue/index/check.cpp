#include "scanner/catalogue/index/check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "scanner/catalogue/index/example_check.h"
#include "scanner/catalogue/load/channel_table.h"
#include "scanner/catalogue/load/deny_file.h"
#include "scanner/catalogue/load/rule_table.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

namespace {

// Two texts that outlive the check. Spelt out, because deduction would make copies and views of
// them.
using Views = std::pair<std::string_view, std::string_view>;

std::string quoted(std::string_view text)
{
    return "\"" + std::string(text) + "\"";
}

void check_product_ids(const Lookup& lookup, Errors& errors)
{
    std::map<std::string_view, const Product*> first;
    const auto see = [&](const Product& product) {
        const auto [found, added] = first.emplace(product.id, &product);
        if (!added && !product.id.empty())
            errors.add(product.where, "product id " + quoted(product.id) + " is taken by " +
                                          found->second->where + "; ids are unique");
    };
    for (const auto& [id, company] : lookup.contents.companies)
        for (const Product& product : company->products)
            see(product);
    for (const Registrars& file : lookup.contents.registrars)
        for (const Product& product : file.company->products)
            see(product);
}

void check_state_ids(const Lookup& lookup, Errors& errors)
{
    std::map<std::string_view, const StateRule*> by_id;
    std::map<Views, const StateRule*> by_key;
    for (const auto& file : lookup.contents.states)
        for (const StateRule& rule : file->rules) {
            const auto [found, added] = by_id.emplace(rule.id, &rule);
            if (!added && !rule.id.empty())
                errors.add(rule.where, "marker id " + quoted(rule.id) + " is taken by " +
                                           found->second->where + "; ids are unique");
            const auto [same, new_key] = by_key.emplace(Views(word(rule.kind), rule.key), &rule);
            if (!new_key && !rule.key.empty())
                errors.add(rule.where, std::string(word(rule.kind)) + " " + quoted(rule.key) +
                                           " is marked by " + same->second->where +
                                           " already; remove one");
        }
    for (const Rule* rule : lookup.rules)
        if (const auto found = by_id.find(rule->id); found != by_id.end())
            errors.add(found->second->where,
                       "marker id " + quoted(rule->id) + " is the id of a rule; choose another");
}

void check_references(const Lookup& lookup, Errors& errors)
{
    std::vector<std::string_view> ids;
    for (const Product* product : lookup.products)
        if (!product->id.starts_with("registrar-"))
            ids.push_back(product->id);
    std::vector<std::string_view> companies;
    for (const auto& [id, company] : lookup.contents.companies)
        companies.push_back(id);
    const auto unknown = [&ids](std::string_view field, const std::string& id) {
        const std::string_view near = nearest(id, ids);
        return std::string(field) + " names " + quoted(id) + ", which is no product" +
               (near.empty() ? "" : "; did you mean " + quoted(near) + "?");
    };
    for (const auto& [id, company] : lookup.contents.companies) {
        for (const Product& product : company->products)
            for (const std::string& other : product.undetermined_with) {
                const auto found = lookup.product_by_id.find(other);
                if (found == lookup.product_by_id.end())
                    errors.add(product.where, unknown("undetermined_with", other));
                else if (found->second->provider != product.provider || other == product.id)
                    errors.add(product.where, "undetermined_with names " + quoted(other) +
                                                  ", which is not another product of the same "
                                                  "company");
            }
        for (const Product& product : company->products)
            for (const Tenancy& tenancy : product.runs_on)
                if (!lookup.contents.companies.contains(tenancy.network) ||
                    tenancy.provider == product.provider) {
                    const std::string_view near = nearest(tenancy.network, companies);
                    errors.add(tenancy.where, "network " + quoted(tenancy.network) +
                                                  " is no other company with a file in providers/" +
                                                  (near.empty() || near == tenancy.network
                                                       ? ""
                                                       : "; did you mean " + quoted(near) + "?"));
                }
        for (const RuleEntry& entry : company->rules)
            for (const std::string& other : entry.yields_to)
                if (!lookup.product_by_id.contains(other))
                    errors.add(entry.rule.where, unknown("yields_to", other));
                else if (other == entry.rule.product->id)
                    errors.add(entry.rule.where, "yields_to names the product itself");
    }
}

void check_registrar_companies(const Lookup& lookup, Errors& errors)
{
    std::vector<std::string_view> ids;
    for (const auto& [id, company] : lookup.contents.companies)
        ids.push_back(id);
    for (const Registrars& file : lookup.contents.registrars)
        for (const Product& product : file.company->products) {
            if (product.provider->id == product.id ||
                lookup.contents.companies.contains(product.provider->id))
                continue;
            const std::string_view near = nearest(product.provider->id, ids);
            errors.add(
                product.where,
                "provider " + quoted(product.provider->id) + " has no file in providers/" +
                    (near.empty() ? "; leave it out" : "; did you mean " + quoted(near) + "?"));
        }
}

// CNAME targets and host names given to customers are one space of names: who owns a suffix in
// one owns it in the other.
std::string_view space_of(const Rule& rule)
{
    switch (rule.kind) {
        case RuleKind::cname:
        case RuleKind::native:
            return "name";
        case RuleKind::certificate:
            return rule.key == "san_suffix" ? "certificate" : "";
        case RuleKind::ns:
        case RuleKind::ptr:
            return kind_word(rule.kind);
        default:
            return {};
    }
}

void check_suffixes(const Lookup& lookup, Errors& errors)
{
    // Suffixes narrowed by a pattern may be shared: each pattern owns its part.
    std::map<Views, const Rule*> owner;
    for (const auto& [id, company] : lookup.contents.companies)
        for (const RuleEntry& entry : company->rules) {
            const Rule& rule = entry.rule;
            const std::string_view space = space_of(rule);
            if (space.empty() || entry.pattern != nullptr || entry.broken)
                continue;
            const std::string& suffix = rule.kind == RuleKind::certificate ? rule.value : rule.key;
            const auto [found, added] = owner.emplace(Views(space, suffix), &rule);
            if (!added && found->second->product != rule.product)
                errors.add(rule.where, "suffix " + quoted(suffix) + " is claimed by " +
                                           found->second->product->id + " (" +
                                           found->second->where +
                                           ") as well; a suffix has one owner");
        }
}

void check_repetitions(const Lookup& lookup, Errors& errors)
{
    for (const auto& [id, company] : lookup.contents.companies) {
        std::map<std::string, const Rule*> seen;
        for (const RuleEntry& entry : company->rules) {
            const Rule& rule = entry.rule;
            if (rule.kind == RuleKind::range || entry.broken)
                continue;
            // An answer goes by its id; the others by what they match.
            std::string what = entry.plain_id;
            if (rule.kind != RuleKind::answer)
                what = rule.product->id + "\n" + std::string(kind_word(rule.kind)) + "\n" +
                       rule.key + "\n" + match_text(rule.match, rule.value) +
                       (rule.key_is_prefix ? "*" : "");
            const auto [found, added] = seen.emplace(std::move(what), &rule);
            if (!added)
                errors.add(rule.where, "the same rule stands in " + found->second->where +
                                           " already; remove one, or give it another id");
        }
    }
}

void check_asns(const Lookup& lookup, Errors& errors)
{
    std::map<std::uint32_t, std::vector<const Rule*>> by_number;
    for (const auto& [number, rules] : lookup.asns)
        by_number[number] = rules;
    for (const auto& [number, rules] : by_number)
        for (std::size_t i = 1; i < rules.size(); ++i) {
            // Sorted by precision, so that whoever claims it for itself comes first.
            const Rule& owner = *rules.front();
            const Rule& other = *rules[i];
            if (owner.precision != AsnPrecision::product || owner.product == other.product)
                continue;
            errors.add(other.where, "AS" + std::to_string(number) + " is " + owner.product->id +
                                        "'s alone by " + owner.where +
                                        " (precision \"product\"); make both \"company\" or "
                                        "\"shared\", or remove one");
        }
}

void check_mailboxes(const Lookup& lookup, Errors& errors)
{
    for (const Product* product : lookup.products)
        for (std::size_t i = 0; i < product->channels.size(); ++i) {
            const ContactChannel& channel = product->channels[i];
            if (channel.type == ChannelType::email && plain_mailbox(channel.address) &&
                denies(lookup.contents.deny, channel.address))
                errors.add(product->channel_where[i],
                           "mailbox " + quoted(channel.address) +
                               " is on the deny list (deny.toml): a registry or a placeholder "
                               "must never get a notice; remove the channel");
        }
}

}  // namespace

void check(const Lookup& lookup, Errors& errors)
{
    check_product_ids(lookup, errors);
    check_state_ids(lookup, errors);
    check_references(lookup, errors);
    check_registrar_companies(lookup, errors);
    check_suffixes(lookup, errors);
    check_repetitions(lookup, errors);
    check_asns(lookup, errors);
    check_mailboxes(lookup, errors);
    check_own_examples(lookup, errors);
}

}  // namespace scanner::catalogue
