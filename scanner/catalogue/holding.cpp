#include "scanner/catalogue/holding.h"

#include <algorithm>

namespace scanner::catalogue {

std::optional<std::chrono::sys_days> Holding::until() const
{
    return ranges.empty() ? std::nullopt : ranges.front().rule->until;
}

bool Holding::is_rented_out() const
{
    if (owner != nullptr)
        return is_customers();
    return std::any_of(as_rules.begin(), as_rules.end(),
                       [](const Rule* rule) { return rule->product->provider->rents_machines(); });
}

bool Holding::belongs_to(const Provider& provider) const
{
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const RangeHit& hit) {
                           return hit.rule->product->provider == &provider &&
                                  hit.rule->range_kind != RangeKind::third_party;
                       }) ||
           std::any_of(as_rules.begin(), as_rules.end(), [&](const Rule* rule) {
               return rule->product->provider == &provider &&
                      rule->precision != AsnPrecision::shared;
           });
}

bool Holding::is_announced_by(const Provider& provider) const
{
    const bool listed = owner != nullptr && owner->product->provider == &provider;
    return !listed && std::any_of(as_rules.begin(), as_rules.end(), [&](const Rule* rule) {
        return rule->product->provider == &provider && rule->precision != AsnPrecision::shared;
    });
}

bool Holding::is_front_edge() const
{
    return std::any_of(ranges.begin(), ranges.end(), [](const RangeHit& hit) {
        return hit.rule->range_kind == RangeKind::edge && hit.rule->product->has(Role::front);
    });
}

std::vector<const Rule*> Holding::edges() const
{
    std::vector<const Rule*> found;
    for (const RangeHit& hit : ranges)
        if (hit.rule->range_kind == RangeKind::edge)
            found.push_back(hit.rule);
    return found;
}

const Product* Holding::run_by() const
{
    for (const RangeHit& hit : ranges)
        if (hit.rule->range_kind == RangeKind::edge || hit.rule->range_kind == RangeKind::service)
            return hit.rule->product;
    return nullptr;
}

namespace {

// A company publishes a supernet for one product and announces a part of it for another: the longer
// prefix decides between the company's own products, though nobody published it (104.105.0.0/17 is
// Linode's, inside what Akamai lists for its CDN).
void drop_carved_out(std::vector<RangeHit>& ranges)
{
    if (ranges.empty() || ranges.front().rule->range_kind != RangeKind::from_routing)
        return;
    const Product& inner = *ranges.front().rule->product;
    std::erase_if(ranges, [&](const RangeHit& hit) {
        return hit.rule->product != &inner && hit.rule->product->provider == inner.provider;
    });
}

const Rule* owner_in(const std::vector<RangeHit>& ranges)
{
    for (const RangeHit& hit : ranges) {
        const RangeKind kind = hit.rule->range_kind;
        if (kind == RangeKind::edge || kind == RangeKind::customer || kind == RangeKind::service)
            return hit.rule;
    }
    return nullptr;
}

}  // namespace

Holding Catalogue::holding_of(const resolvers::IpAddress& address,
                              std::optional<std::chrono::sys_days> day) const
{
    Holding holding;
    if (day)
        holding.ranges = former_ranges_of(address, *day);
    if (holding.ranges.empty())
        holding.ranges = ranges_of(address);
    drop_carved_out(holding.ranges);
    holding.owner = owner_in(holding.ranges);
    return holding;
}

}  // namespace scanner::catalogue
