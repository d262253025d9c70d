#include "scanner/catalogue/example_check.h"

#include <algorithm>

#include "resolvers/domain_name.h"
#include "scanner/catalogue/letter_case.h"

namespace scanner {

namespace {

using resolvers::IpAddress;

std::string shown(const Rule& rule)
{
    return "example \"" + rule.example + "\" ";
}

bool lists(const std::vector<const Rule*>& rules, const Rule& rule)
{
    return std::find(rules.begin(), rules.end(), &rule) != rules.end();
}

// Products that say of themselves that they look the same may share what they look like.
bool are_twins(const Product& a, const Product& b)
{
    const auto names = [](const Product& one, const Product& other) {
        return std::find(one.undetermined_with.begin(), one.undetermined_with.end(), other.id) !=
               one.undetermined_with.end();
    };
    return names(a, b) || names(b, a);
}

void does_not_match(const Rule& rule, Errors& errors)
{
    errors.add(rule.where, shown(rule) + "does not match its own rule; correct one of them");
}

// For rules where any match counts: nobody else may match.
void judge_exclusive(const Rule& rule, const std::vector<const Rule*>& found, Errors& errors)
{
    if (!lists(found, rule)) {
        does_not_match(rule, errors);
        return;
    }
    for (const Rule* other : found)
        if (other->product != rule.product && !are_twins(*other->product, *rule.product)) {
            errors.add(rule.where, shown(rule) + "matches a rule of " + other->product->id + " (" +
                                       other->where +
                                       ") as well; narrow one of them, or drop it: what two "
                                       "products share tells neither");
            return;
        }
}

// For rules where the longest match wins: it must be one of the same product.
void judge_longest(const RuleEntry& entry, const std::vector<const Rule*>& found,
                   std::size_t (*length)(const Rule&), Errors& errors)
{
    const Rule& rule = entry.rule;
    if (!lists(found, rule)) {
        does_not_match(rule, errors);
        return;
    }
    const Rule& winner = *found.front();
    if (winner.product != rule.product) {
        // The same suffix in two products is an error of its own.
        if (length(winner) != length(rule) || winner.match != rule.match)
            errors.add(rule.where, shown(rule) + "goes to " + winner.product->id + " (" +
                                       winner.where +
                                       "), which is more specific; choose an example of this "
                                       "product's own");
        else if (winner.match == TextMatch::regex)
            errors.add(rule.where, shown(rule) + "matches a pattern of " + winner.product->id +
                                       " (" + winner.where +
                                       ") under the same suffix; narrow one of them");
        return;
    }
    for (const Rule* other : found)
        if (other->product != rule.product && other->match == TextMatch::regex &&
            rule.match == TextMatch::regex && length(*other) == length(winner))
            errors.add(rule.where, shown(rule) + "matches a pattern of " + other->product->id +
                                       " (" + other->where +
                                       ") under the same suffix; narrow one of them");
}

void check_range(const Lookup& lookup, const Rule& rule, Errors& errors)
{
    const auto address = IpAddress::parse(rule.example);
    if (!address) {
        errors.add(rule.where, shown(rule) + "is not an address; give one that the range holds");
        return;
    }
    const bool classifies = rule.range_kind != RangeKind::origin_facing;
    const std::vector<RangeHit> hits =
        (classifies ? lookup.addresses : lookup.origin_facing).find(*address);
    const bool own = std::any_of(hits.begin(), hits.end(),
                                 [&rule](const RangeHit& hit) { return hit.rule == &rule; });
    if (!own) {
        // Without prefixes there has been an error already.
        if (rule.prefix_count != 0)
            does_not_match(rule, errors);
        return;
    }
    const RangeHit& winner = hits.front();
    if (!classifies || winner.rule->product == rule.product)
        return;
    // Undeclared claims on the same prefix have been told.
    const bool tie = std::any_of(hits.begin(), hits.end(), [&](const RangeHit& hit) {
        return hit.rule == &rule && hit.prefix == winner.prefix;
    });
    if (!tie)
        errors.add(rule.where, shown(rule) + "goes to " + winner.rule->product->id + ", whose " +
                                   winner.prefix.text() + " (" + winner.rule->where +
                                   ") is more specific; choose an address of this product's own");
}

void check_name(const Lookup& lookup, const RuleEntry& entry, Errors& errors)
{
    const Rule& rule = entry.rule;
    const auto name = resolvers::DomainName::parse(rule.example);
    if (!name || name->text() != rule.example) {
        errors.add(rule.where, shown(rule) + "is not a host name in lower case");
        return;
    }
    std::vector<const Rule*> found;
    lookup.names(rule.kind)->find(rule.example, found);
    judge_longest(
        entry, found, [](const Rule& one) { return one.key.size(); }, errors);
}

void check_certificate(const Lookup& lookup, const RuleEntry& entry, Errors& errors)
{
    const Rule& rule = entry.rule;
    const std::vector<const Rule*> found = lookup.certificates(rule.key, rule.example);
    if (rule.key == "san_suffix")
        judge_longest(
            entry, found, [](const Rule& one) { return one.value.size(); }, errors);
    else
        judge_exclusive(rule, found, errors);
}

void check_answer(const RuleEntry& entry, Errors& errors)
{
    const Rule& rule = entry.rule;
    // With both a header and a body the example is of either.
    const bool header =
        !rule.key.empty() && value_matches({&rule, entry.pattern.get()}, rule.example);
    const bool body = !rule.body.empty() && contains_ignoring_case(rule.example, rule.body);
    const bool matches = header || body;
    if (!matches)
        does_not_match(rule, errors);
}

}  // namespace

void check_own_examples(const Lookup& lookup, Errors& errors)
{
    for (const auto& [id, company] : lookup.contents.companies)
        for (const RuleEntry& entry : company->rules) {
            const Rule& rule = entry.rule;
            // A missing example, a missing key and a broken pattern have been told by their line.
            if (rule.example.empty() ||
                (rule.key.empty() && rule.body.empty() && rule.kind != RuleKind::range))
                continue;
            if (entry.pattern != nullptr && !entry.pattern->error().empty())
                continue;
            std::vector<const Rule*> found;
            switch (rule.kind) {
                case RuleKind::range:
                    check_range(lookup, rule, errors);
                    break;
                case RuleKind::asn:
                    if (rule.asn != 0 && rule.example != "AS" + std::to_string(rule.asn))
                        errors.add(rule.where, shown(rule) + "is not this AS; write \"AS" +
                                                   std::to_string(rule.asn) + "\"");
                    break;
                case RuleKind::cname:
                case RuleKind::native:
                case RuleKind::ns:
                case RuleKind::ptr:
                    check_name(lookup, entry, errors);
                    break;
                case RuleKind::header:
                    lookup.headers.find(rule.key, rule.example, found);
                    judge_exclusive(rule, found, errors);
                    break;
                case RuleKind::cookie:
                    lookup.cookies.find(rule.example, found);
                    judge_exclusive(rule, found, errors);
                    break;
                case RuleKind::certificate:
                    check_certificate(lookup, entry, errors);
                    break;
                case RuleKind::ech:
                    if (const auto same = lookup.ech.find(rule.example); same != lookup.ech.end())
                        found = same->second;
                    judge_exclusive(rule, found, errors);
                    break;
                case RuleKind::answer:
                    check_answer(entry, errors);
                    break;
            }
        }
}

}  // namespace scanner
