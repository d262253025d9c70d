#include "scanner/catalogue/index/example_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"

namespace scanner::catalogue {

namespace {

std::string shown(const Rule& rule)
{
    return "example \"" + rule.example + "\" ";
}

std::string at(const Rule& rule)
{
    return rule.product->id + " (" + rule.where + ")";
}

bool lists(const std::vector<const Rule*>& rules, const Rule& rule)
{
    return std::find(rules.begin(), rules.end(), &rule) != rules.end();
}

class ExampleCheck {
public:
    ExampleCheck(const Lookup& lookup, Errors& errors) : lookup_(lookup), errors_(errors) {}

    void check(const RuleEntry& entry)
    {
        const Rule& rule = entry.rule;
        std::vector<const Rule*> found;
        switch (rule.kind) {
            case RuleKind::range:
                check_range(rule);
                break;
            case RuleKind::asn:
                if (rule.example != "AS" + std::to_string(rule.asn))
                    complain(rule, "is not this AS; write \"AS" + std::to_string(rule.asn) + "\"");
                break;
            case RuleKind::cname:
            case RuleKind::native:
            case RuleKind::ns:
            case RuleKind::ptr:
                check_name(rule);
                break;
            case RuleKind::header:
                lookup_.headers.find(rule.key, rule.example, found);
                judge_exclusive(rule, found);
                break;
            case RuleKind::cookie:
                lookup_.cookies.find(rule.example, found);
                judge_exclusive(rule, found);
                break;
            case RuleKind::certificate:
                found = lookup_.certificates(rule.key, rule.example);
                if (rule.key == "san_suffix")
                    judge_longest(rule, found);
                else
                    judge_exclusive(rule, found);
                break;
            case RuleKind::ech:
                if (const auto same = lookup_.ech.find(rule.example); same != lookup_.ech.end())
                    found = same->second;
                judge_exclusive(rule, found);
                break;
            case RuleKind::answer:
                check_answer(entry);
                break;
            case RuleKind::edge_path:
                if (!resolvers::contains_ignoring_case(rule.example, rule.body))
                    complain(rule, "does not match its own rule; correct one of them");
                break;
        }
    }

private:
    void complain(const Rule& rule, const std::string& what)
    {
        errors_.add(rule.where, shown(rule) + what);
    }

    // Two rules that quarrel do so from both sides: once is enough.
    void quarrel(const Rule& rule, const Rule& other, const std::string& what)
    {
        if (!told_.insert(std::minmax<const Rule*>(&rule, &other)).second)
            return;
        complain(rule, what);
    }

    // For rules where any match counts: nobody else may match.
    void judge_exclusive(const Rule& rule, const std::vector<const Rule*>& found)
    {
        if (!lists(found, rule)) {
            complain(rule, "does not match its own rule; correct one of them");
            return;
        }
        for (const Rule* other : found)
            if (other->product != rule.product && !other->product->looks_like(*rule.product))
                quarrel(rule, *other,
                        "matches a rule of " + at(*other) +
                            " as well; narrow one of them, or drop it: what two products share "
                            "tells neither");
    }

    static std::size_t length(const Rule& rule)
    {
        return rule.kind == RuleKind::certificate ? rule.value.size() : rule.key.size();
    }

    // For rules where the longest match wins: it must be one of the same product.
    void judge_longest(const Rule& rule, const std::vector<const Rule*>& found)
    {
        if (!lists(found, rule)) {
            complain(rule, "does not match its own rule; correct one of them");
            return;
        }
        for (const Rule* other : found) {
            if (other->product == rule.product) {
                if (length(*other) > length(rule) || other->match != rule.match)
                    return;
                continue;
            }
            const bool same_length = length(*other) == length(rule);
            if (same_length && other->match == rule.match) {
                // Without patterns the suffix has two owners, which is told as such.
                if (rule.match == TextMatch::regex)
                    quarrel(rule, *other,
                            "matches a pattern of " + at(*other) +
                                " under the same suffix; narrow one of them");
                continue;
            }
            if (length(*other) > length(rule) || (same_length && other->match == TextMatch::regex))
                complain(rule, "goes to " + at(*other) +
                                   ", which is more specific; choose an example of this product's "
                                   "own");
            return;
        }
    }

    void check_range(const Rule& rule)
    {
        const auto address = resolvers::IpAddress::parse(rule.example);
        if (!address) {
            complain(rule, "is not an address; give one that the range holds");
            return;
        }
        const Listing listing = listing_of(rule);
        const std::vector<RangeHit> hits = lookup_.ranges(listing).find(*address);
        const auto own = std::find_if(hits.begin(), hits.end(),
                                      [&](const RangeHit& hit) { return hit.rule == &rule; });
        if (own == hits.end()) {
            // An empty list has been told as such.
            if (rule.prefix_count != 0)
                complain(rule, "does not match its own rule; correct one of them");
            return;
        }
        const RangeHit& winner = hits.front();
        // Claims on one and the same prefix are settled, or told, as overlaps.
        if (listing == Listing::origin_facing || winner.rule->product == rule.product ||
            winner.prefix == own->prefix)
            return;
        complain(rule, "goes to " + winner.rule->product->id + ", whose " + winner.prefix.text() +
                           " (" + winner.rule->where +
                           ") is more specific; choose an address of this product's own");
    }

    void check_name(const Rule& rule)
    {
        const auto name = resolvers::DomainName::parse(rule.example);
        if (!name || name->text() != rule.example) {
            complain(rule, "is not a host name in lower case");
            return;
        }
        std::vector<const Rule*> found;
        lookup_.names(rule.kind)->find(rule.example, found);
        judge_longest(rule, found);
    }

    void check_answer(const RuleEntry& entry)
    {
        const Rule& rule = entry.rule;
        // With both a header and a body the example is of either.
        const bool header =
            !rule.key.empty() && value_matches({&rule, entry.pattern.get()}, rule.example);
        const bool body =
            !rule.body.empty() && resolvers::contains_ignoring_case(rule.example, rule.body);
        if (!header && !body)
            complain(rule, "does not match its own rule; correct one of them");
    }

    const Lookup& lookup_;
    Errors& errors_;
    std::set<std::pair<const Rule*, const Rule*>> told_;
};

}  // namespace

void check_own_examples(const Lookup& lookup, Errors& errors)
{
    ExampleCheck check(lookup, errors);
    for (const auto& [id, company] : lookup.contents.companies)
        for (const RuleEntry& entry : company->rules)
            if (!entry.broken)
                check.check(entry);
}

}  // namespace scanner::catalogue
