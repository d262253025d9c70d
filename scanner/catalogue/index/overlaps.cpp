#include "scanner/catalogue/index/overlaps.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "scanner/catalogue/load/rule_table.h"

namespace scanner::catalogue {

namespace {

struct Listed {
    resolvers::Prefix prefix;
    RuleEntry* entry = nullptr;
    // Of the prefix: whole numbers sort several times faster than addresses.
    WideBits bits;
};

bool is_before(const Listed& a, const Listed& b)
{
    const bool v6 = a.prefix.address.is_v6();
    if (v6 != b.prefix.address.is_v6())
        return !v6;
    if (const auto order = a.bits <=> b.bits; order != 0)
        return order < 0;
    if (a.prefix.length != b.prefix.length)
        return a.prefix.length < b.prefix.length;
    return a.entry->rule.id < b.entry->rule.id;
}

// How much a kind of range says; the most telling last.
int telling(RangeKind kind)
{
    switch (kind) {
        case RangeKind::service:
            return 5;
        case RangeKind::edge:
            return 4;
        case RangeKind::customer:
            return 3;
        case RangeKind::third_party:
            return 2;
        case RangeKind::from_routing:
            return 1;
        case RangeKind::origin_facing:
            break;
    }
    return 0;
}

bool yields(const RuleEntry& entry, const RuleEntry& other)
{
    return std::find(entry.yields_to.begin(), entry.yields_to.end(), other.rule.product->id) !=
           entry.yields_to.end();
}

// One pair of rules that quarrel over prefixes: told once, not once a prefix.
struct Quarrel {
    resolvers::Prefix first;
    std::size_t count = 0;
    bool mutual = false;
};
using Quarrels = std::map<std::pair<const RuleEntry*, const RuleEntry*>, Quarrel>;

// Orders the claims on one prefix: who yields to more of the others comes earlier.
void settle(std::span<Listed> claims, Quarrels& quarrels)
{
    const auto wins = [&](const Listed& claim) {
        return std::count_if(claims.begin(), claims.end(), [&](const Listed& other) {
            return claim.entry->rule.product != other.entry->rule.product &&
                   yields(*other.entry, *claim.entry);
        });
    };
    const auto rank = [&](const Listed& claim) {
        const Rule& rule = claim.entry->rule;
        return std::tuple(wins(claim), std::string_view(rule.product->id), telling(rule.range_kind),
                          std::string_view(rule.id));
    };
    std::sort(claims.begin(), claims.end(),
              [&](const Listed& a, const Listed& b) { return rank(a) < rank(b); });
    for (std::size_t i = 0; i < claims.size(); ++i)
        for (std::size_t j = i + 1; j < claims.size(); ++j) {
            const RuleEntry& a = *claims[i].entry;
            const RuleEntry& b = *claims[j].entry;
            if (a.rule.product == b.rule.product)
                continue;
            // In good order each yields to those after it, and none to those before.
            const bool mutual = yields(a, b) && yields(b, a);
            if (!mutual && yields(a, b))
                continue;
            const auto pair = a.rule.id < b.rule.id ? std::pair(&a, &b) : std::pair(&b, &a);
            Quarrel& quarrel = quarrels[pair];
            if (quarrel.count++ == 0)
                quarrel.first = claims[i].prefix;
            quarrel.mutual = mutual;
        }
}

void report(const Quarrels& quarrels, Errors& errors)
{
    for (const auto& [pair, quarrel] : quarrels) {
        const Rule& a = pair.first->rule;
        const Rule& b = pair.second->rule;
        const std::string more =
            quarrel.count > 1 ? " and " + std::to_string(quarrel.count - 1) + " more" : "";
        const std::string advice =
            quarrel.mutual || yields(*pair.first, *pair.second) || yields(*pair.second, *pair.first)
                ? "their yields_to go round in a circle; let one of them stand"
                : "say which gives way: yields_to = [\"" + a.product->id + "\"]";
        std::string what = "prefix " + quarrel.first.text() + more;
        what += " is listed by " + a.product->id + " (" + a.where + ") as well; " + advice;
        errors.add(b.where, std::move(what));
    }
}

}  // namespace

Listing listing_of(const Rule& rule)
{
    if (rule.range_kind == RangeKind::origin_facing)
        return Listing::origin_facing;
    return rule.until ? Listing::former : Listing::standing;
}

std::vector<ListedPrefix> listed_prefixes(Contents& contents, Listing listing, Errors& errors)
{
    std::size_t count = 0;
    for (const auto& [id, company] : contents.companies)
        for (const RuleEntry& entry : company->rules)
            count += entry.prefixes.size();
    std::vector<Listed> all;
    all.reserve(count);
    for (auto& [id, company] : contents.companies)
        for (RuleEntry& entry : company->rules) {
            Rule& rule = entry.rule;
            if (rule.kind != RuleKind::range || listing_of(rule) != listing)
                continue;
            for (const resolvers::Prefix& prefix : entry.prefixes)
                all.push_back({prefix, &entry, wide(prefix.address)});
            rule.prefix_count = 0;
            // The index holds them from here on.
            std::vector<resolvers::Prefix>().swap(entry.prefixes);
        }
    std::sort(all.begin(), all.end(), is_before);
    // A prefix that a publisher repeats is one prefix.
    const auto same = [](const Listed& a, const Listed& b) {
        return a.entry == b.entry && a.prefix == b.prefix;
    };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());

    Quarrels quarrels;
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin + 1;
        while (end < all.size() && all[end].prefix == all[begin].prefix)
            ++end;
        if (end - begin > 1)
            settle({all.data() + begin, end - begin}, quarrels);
        begin = end;
    }
    // Origin-facing lists decide nothing, so two products may share one.
    if (listing != Listing::origin_facing)
        report(quarrels, errors);

    std::vector<ListedPrefix> listed;
    listed.reserve(all.size());
    for (const Listed& one : all) {
        ++one.entry->rule.prefix_count;
        listed.push_back({one.prefix, &one.entry->rule});
    }
    return listed;
}

}  // namespace scanner::catalogue
