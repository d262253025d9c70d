#include "scanner/attribute/weigh.h"

#include <algorithm>
#include <array>

namespace scanner::attribute {

namespace {

bool about(const Sign& sign, AddressIndex address)
{
    return !sign.address || sign.address == address;
}

Candidate& candidate_for(std::vector<Candidate>& all, const catalogue::Product* product)
{
    for (Candidate& candidate : all)
        if (candidate.product == product)
            return candidate;
    Candidate& made = all.emplace_back();
    made.product = product;
    return made;
}

// A list that nobody can open the source of, inside one of the same company's that anybody can.
bool is_inside_sound_list(const Sign& sign, const AddressSight* address)
{
    return address != nullptr &&
           std::any_of(address->holding.ranges.begin(), address->holding.ranges.end(),
                       [&](const catalogue::RangeHit& hit) {
                           return hit.rule->product->provider == sign.product->provider &&
                                  hit.rule->range_kind == catalogue::RangeKind::edge &&
                                  hit.rule->strength >= Strength::strong;
                       });
}

void note(Candidate& candidate, const Sign& sign, const AddressSight* address)
{
    const int strength = static_cast<int>(sign.strength);
    if (sign.rule == nullptr) {
        candidate.declared = true;
        return;
    }
    if (sign.rule->kind == catalogue::RuleKind::ech && sign.channel == Channel::tls) {
        candidate.public_name = true;
        return;
    }
    if (sign.channel == Channel::tls) {
        // Also a certificate for a name that a suffix rule knows as the provider's.
        if (!sign.forgeable && sign.strength >= Strength::strong)
            candidate.tls_named = true;
        return;
    }
    switch (sign.rule->kind) {
        case catalogue::RuleKind::range:
            if (sign.rule->range_kind == catalogue::RangeKind::from_routing)
                candidate.routed_range = true;
            else if (sign.rule->range_kind == catalogue::RangeKind::third_party ||
                     (sign.strength == Strength::weak && !is_inside_sound_list(sign, address)))
                candidate.weak_range = true;
            else
                candidate.range = true;
            break;
        case catalogue::RuleKind::asn:
            if (sign.rule->precision == catalogue::AsnPrecision::product)
                candidate.product_as = true;
            else if (sign.rule->precision == catalogue::AsnPrecision::company)
                candidate.company_as = true;
            break;
        case catalogue::RuleKind::cname:
        case catalogue::RuleKind::native:
            if (!sign.forgeable)
                candidate.native = true;
            else if (sign.strength >= Strength::partial)
                candidate.cname = true;
            break;
        case catalogue::RuleKind::header:
        case catalogue::RuleKind::cookie:
        case catalogue::RuleKind::answer:
        case catalogue::RuleKind::edge_path:
            if (sign.rule->side == Side::origin)
                candidate.http_origin = std::max(candidate.http_origin, strength);
            else
                candidate.http_edge = std::max(candidate.http_edge, strength);
            break;
        case catalogue::RuleKind::ech:
            candidate.ech = true;
            break;
        case catalogue::RuleKind::certificate:
        case catalogue::RuleKind::ns:
        case catalogue::RuleKind::ptr:
            break;  // these speak for other roles, or not by themselves
    }
}

bool counts_for_fronting(const Sign& sign)
{
    if (sign.lead)
        return false;
    if (sign.rule != nullptr &&
        (sign.rule->kind == catalogue::RuleKind::ns || sign.rule->kind == catalogue::RuleKind::ptr))
        return false;
    const catalogue::Product& product = *sign.product;
    return product.has(Role::front) || product.has(Role::platform) || product.has(Role::steering) ||
           product.has(Role::scrubber);
}

constexpr int at_least_partial = static_cast<int>(Strength::partial);
constexpr int at_least_strong = static_cast<int>(Strength::strong);

// A product's own addresses that another company announces because it stands in front of them.
bool is_announced_front(const Candidate& c, const AddressSight& address)
{
    const bool announces = c.company_as || c.product_as;
    if (address.holding.owner == nullptr || !announces || !c.product->has(Role::front))
        return false;
    const catalogue::Tenancy* tenancy =
        address.holding.owner->product->tenancy_at(*c.product->provider);
    return tenancy != nullptr && tenancy->how == catalogue::TenancyKind::announced;
}

Grade grade_of_own_range(const Candidate& c, const AddressSight& address)
{
    const bool second_channel = c.tls_named || c.public_name || address.valid_certificate ||
                                c.http_edge >= at_least_partial || c.native || c.cname;
    return address.connected && second_channel && !address.certificate_veto ? Grade::confirmed
                                                                            : Grade::probable;
}

// On somebody else's address the operator's word is a claim (the forgery guard). A CNAME is more
// than a word, since the provider's own zone gave the address; but edges in other networks and
// forged answers look alike from here. Where the product is known to run, a word is plausible.
void grade_elsewhere(Candidate& c, const AddressSight& address)
{
    const bool any_http = c.http_edge >= 0 || c.http_origin >= 0;
    const bool operator_says = c.cname || any_http || c.ech;
    if (c.cname || (operator_says && (c.tenant_here || !address.has_holder())))
        c.grade = Grade::possible;
    else if (operator_says && address.holding.is_announced_by(*c.product->provider))
        c.grade = Grade::possible;  // the network under a platform's own list
    else if (operator_says)
        c.claim = true;
}

// The address is the company's, by AS, and no list says which product: drifted lists, customers'
// own prefixes. The network is one channel; the edge's marks or the alias are another. Where a list
// says that machines are rented out, the AS around it adds nothing.
void grade_in_own_network(Candidate& c, const AddressSight& address)
{
    const bool any_http = c.http_edge >= 0 || c.http_origin >= 0;
    // Whoever rents a machine there can send the same marks; an alias into the provider's own zone
    // led to the provider's own network, and that he cannot make up.
    const bool listed = address.holding.owner != nullptr;
    const bool rented =
        listed ? address.holding.is_customers()
               : std::any_of(address.holding.as_rules.begin(), address.holding.as_rules.end(),
                             [&](const catalogue::Rule* rule) {
                                 return rule->product->provider == c.product->provider &&
                                        rule->product->has(Role::host);
                             });
    const bool alone =
        !rented && (c.product_as || (c.routed_range && c.product->provider->is_only_edges()));
    const bool sound = address.connected && !address.certificate_veto;
    if (c.cname && listed && sound) {
        c.holds_address = true;
        c.grade = Grade::confirmed;
    } else if (c.cname || (!rented && c.http_edge >= at_least_strong && address.connected) ||
               (alone && sound)) {
        c.holds_address = true;
        c.grade = Grade::probable;
    } else if ((c.product_as && !(listed && rented)) || c.routed_range || c.weak_range) {
        c.holds_address = true;
        c.grade = Grade::possible;
    } else if (any_http || c.ech) {
        c.grade = Grade::possible;
    }
}

// Grades one candidate at one address. The order of the questions is the order of trust: whose
// address it is, whose key answered, who announces it, and last what the operator says.
void grade(Candidate& c, const AddressSight* address)
{
    const bool any_http = c.http_edge >= 0 || c.http_origin >= 0;
    if (address == nullptr || !address->address) {
        // No address: nobody's network vouches for anything. A name that the provider itself handed
        // out still does, and so does the zone's own configuration.
        if (c.native || c.declared)
            c.grade = Grade::probable;
        else if (c.cname || any_http || c.ech)
            c.grade = Grade::possible;
        return;
    }

    const bool same_company = address->holding.belongs_to(*c.product->provider);
    // Somebody else's listed address, or one where no customer's site can be.
    const bool held_by_other =
        address->holding.owner != nullptr && address->holding.owner->product != c.product &&
        (address->holding.owner->product->provider != c.product->provider ||
         (address->holding.is_service() &&
          !(address->holding.is_doubtful_service() && address->answered_http)));
    c.tenant_here = std::any_of(c.product->runs_on.begin(), c.product->runs_on.end(),
                                [&](const catalogue::Tenancy& tenancy) {
                                    return address->holding.belongs_to(*tenancy.provider);
                                });

    if (c.range) {
        c.holds_address = true;
        c.grade = grade_of_own_range(c, *address);
    } else if (is_announced_front(c, *address)) {
        c.holds_address = true;
        // An address list that nobody can open does not carry that far by itself.
        const bool sound = address->connected || address->holding.owner->strength > Strength::weak;
        c.grade = sound ? Grade::probable : Grade::possible;
    } else if (c.native) {
        c.holds_address = same_company && !held_by_other;
        c.grade = same_company && address->connected ? Grade::confirmed : Grade::probable;
    } else if (c.tls_named || c.public_name) {
        c.grade = Grade::probable;
        c.holds_address = same_company && !held_by_other;
        c.relayed = !same_company && !c.tenant_here && c.product->has(Role::front) &&
                    address->holding.is_rented_out();
    } else if (held_by_other || !same_company) {
        grade_elsewhere(c, *address);
    } else {
        grade_in_own_network(c, *address);
    }
}

}  // namespace

double score_of(const Sight& sight, const std::vector<int>& signs)
{
    constexpr double weight[] = {0.5, 1.5, 3.0, 6.0};
    std::array<double, 6> best{};
    std::array<int, 6> count{};
    for (const int index : signs) {
        const Sign& sign = sight.signs[static_cast<std::size_t>(index)];
        const auto channel = static_cast<std::size_t>(sign.channel);
        best[channel] = std::max(best[channel], weight[static_cast<std::size_t>(sign.strength)]);
        ++count[channel];
    }
    double total = 0.0;
    for (std::size_t i = 0; i < best.size(); ++i)
        total += best[i] + (count[i] > 1 ? 0.5 : 0.0);
    return total;
}

std::vector<Candidate> weigh(const Sight& sight, AddressIndex address)
{
    std::vector<Candidate> all;
    const AddressSight* where = sight.at(address);
    for (std::size_t i = 0; i < sight.signs.size(); ++i) {
        const Sign& sign = sight.signs[i];
        if (!about(sign, address) || !counts_for_fronting(sign))
            continue;
        Candidate& candidate = candidate_for(all, sign.product);
        candidate.signs.push_back(static_cast<int>(i));
        note(candidate, sign, where);
    }
    for (Candidate& candidate : all) {
        grade(candidate, where);
        candidate.score = score_of(sight, candidate.signs);
    }
    std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
        if (a.holds_address != b.holds_address)
            return a.holds_address;
        if (a.grade != b.grade)
            return a.grade > b.grade;
        const bool a_named = a.cname || a.native || a.range;
        const bool b_named = b.cname || b.native || b.range;
        if (a_named != b_named)
            return a_named;
        if (a.score != b.score)
            return a.score > b.score;
        return a.product->id < b.product->id;
    });
    return all;
}

}  // namespace scanner::attribute
