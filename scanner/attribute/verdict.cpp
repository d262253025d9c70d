#include "scanner/attribute/verdict.h"

#include <algorithm>

namespace scanner::attribute {

std::string evidence_id(int sign)
{
    return "e" + std::to_string(sign + 1);
}

Finding finding_of(const catalogue::Product& product, Role role, Grade grade,
                   const std::vector<int>& signs, double score)
{
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::identified;
    finding.provider = product.provider->id;
    finding.product = product.id;
    finding.name = product.name;
    finding.grade = grade;
    finding.score = score;
    for (const int sign : signs)
        finding.evidence.push_back(evidence_id(sign));
    return finding;
}

namespace {

Finding unknown(Role role, UnknownReason reason)
{
    Finding finding;
    finding.role = role;
    finding.reason = reason;
    return finding;
}

// A claim like any other. Somebody who answers by HTTP, and shows no front's marks, makes it
// probable; without that it rests on whose network it is.
Finding none(Role role, const AddressSight* address)
{
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::none;
    finding.grade =
        address != nullptr && address->answered_http ? Grade::probable : Grade::possible;
    return finding;
}

const Candidate* best_with(const std::vector<Candidate>& all, Role role)
{
    for (const Candidate& candidate : all)
        if (!candidate.claim && !candidate.relayed && candidate.grade >= Grade::possible &&
            candidate.product->has(role))
            return &candidate;
    return nullptr;
}

// The provider's network, or the provider's key: what the operator cannot make up.
bool proves_presence(const Candidate& candidate)
{
    return candidate.range || (candidate.tls_named && !candidate.relayed);
}

// Two providers that both prove to be here cannot both be the outermost hop.
bool in_conflict(const std::vector<Candidate>& all)
{
    for (const Candidate& a : all)
        for (const Candidate& b : all)
            if (a.product->provider != b.product->provider && proves_presence(a) &&
                proves_presence(b))
                return true;
    return false;
}

// What the responses of a front leak of the hops behind it. At most probable: the operator could
// send these marks too, and caches keep them after a move.
std::vector<Hop> inner_hops(const std::vector<Candidate>& all, const Candidate& front)
{
    std::vector<Hop> hops;
    // Beside a platform that its name or the address points at, marks of others are noise.
    const auto pointed_at = [](const Candidate& c) {
        return c.range || c.weak_range || c.routed_range || c.cname || c.native;
    };
    const bool resident = std::any_of(all.begin(), all.end(), [&](const Candidate& c) {
        return pointed_at(c) && c.product->has(Role::platform);
    });
    for (const Candidate& c : all) {
        if (c.product->provider == front.product->provider ||
            c.product->status == catalogue::ProductStatus::defunct)
            continue;
        const int mark = std::max(c.http_edge, c.http_origin);
        Grade grade = Grade::none;
        if (c.cname || c.declared || c.native || c.range ||
            mark >= static_cast<int>(Strength::strong))
            grade = Grade::probable;
        else if (mark >= static_cast<int>(Strength::partial))
            grade = Grade::possible;
        else
            continue;
        // What a zone's file says lies behind is no more than that.
        if (front.declared || (resident && !pointed_at(c)))
            grade = std::min(grade, Grade::possible);
        const Role role = c.product->has(Role::front) ? Role::front : Role::platform;
        if (role == Role::platform && !c.product->has(Role::platform))
            continue;
        hops.push_back({c, role, grade});
    }
    std::stable_sort(hops.begin(), hops.end(), [&](const Hop& a, const Hop& b) {
        if (a.role != b.role)
            return a.role == Role::front;
        return pointed_at(a.candidate) && !pointed_at(b.candidate);
    });
    return hops;
}

// Is the name, or the address, one that several products of the company answer to alike?
bool shares_its_name(const Sight& sight, const Candidate& platform)
{
    if (!platform.product->undetermined_with.empty())
        return true;
    return std::any_of(sight.signs.begin(), sight.signs.end(), [&](const Sign& sign) {
        return !sign.lead && !sign.address && sign.rule != nullptr &&
               sign.rule->kind == catalogue::RuleKind::cname &&
               sign.product->provider == platform.product->provider &&
               !sign.product->undetermined_with.empty();
    });
}

// Signs that point at a product's company as the holder of the address.
std::vector<int> holder_signs(const Sight& sight, AddressIndex address,
                              const catalogue::Product& product)
{
    std::vector<int> signs;
    for (std::size_t i = 0; i < sight.signs.size(); ++i) {
        const Sign& sign = sight.signs[i];
        const bool here = sign.address == address || !sign.address;
        const bool about_host = !sign.lead && sign.product == &product && sign.rule != nullptr &&
                                sign.rule->kind != catalogue::RuleKind::ns;
        if (here && about_host)
            signs.push_back(static_cast<int>(i));
    }
    return signs;
}

// A product of the company that an alias or the native name singles out (an ELB name among all that
// Amazon rents out).
const catalogue::Product* host_by_name(const Sight& sight, const catalogue::Provider& provider)
{
    for (const Sign& sign : sight.signs)
        if (!sign.address && sign.rule != nullptr && sign.product->provider == &provider &&
            sign.product->has(Role::host) && sign.strength >= Strength::partial &&
            (sign.rule->kind == catalogue::RuleKind::cname ||
             sign.rule->kind == catalogue::RuleKind::native))
            return sign.product;
    return nullptr;
}

// `undetermined` tells whether the product stands for any of its company's.
Finding host_by_holder(const Sight& sight, AddressIndex index, bool& undetermined)
{
    const AddressSight& address = *sight.at(index);
    if (address.holding.owner != nullptr && address.holding.owner->product->service)
        return unknown(Role::host, UnknownReason::ambiguous_holder);

    const catalogue::Product* product = nullptr;
    Grade grade = Grade::none;
    if (address.holding.is_customers()) {
        product = address.holding.owner->product;
        if (address.connected)
            grade = address.certificate_veto ? Grade::probable : Grade::confirmed;
        else
            grade = Grade::possible;
    } else {
        for (const catalogue::Rule* rule : address.holding.as_rules) {
            // Carriers and scrubbers announce what others run.
            const bool carries = rule->product->has(Role::scrubber) ||
                                 (rule->product->has(Role::network) && !address.holding.owner);
            const bool other_use = rule->precision == catalogue::AsnPrecision::product &&
                                   !rule->product->has(Role::host);
            if (rule->precision == catalogue::AsnPrecision::shared || carries || other_use)
                return unknown(Role::host, UnknownReason::ambiguous_holder);
            const catalogue::Product* candidate = rule->product->has(Role::host)
                                                      ? rule->product
                                                      : rule->product->provider->best(Role::host);
            if (candidate == nullptr)
                continue;
            product = candidate;
            // Where nobody answered, whose network it is says no more than who may be the host.
            grade = address.connected ? Grade::probable : Grade::possible;
            undetermined = rule->precision == catalogue::AsnPrecision::company &&
                           product->provider->products_with_machines > 1;
            break;
        }
    }
    if (product != nullptr) {
        if (const catalogue::Product* named = host_by_name(sight, *product->provider)) {
            product = named;
            undetermined = false;
        }
        std::vector<int> signs = holder_signs(sight, index, *product);
        if (address.holding.owner != nullptr && address.holding.owner->product != product)
            for (const int sign : holder_signs(sight, index, *address.holding.owner->product))
                signs.push_back(sign);
        for (const catalogue::Rule* rule : address.holding.as_rules)
            if (rule->product != product)
                for (const int sign : holder_signs(sight, index, *rule->product))
                    if (sight.signs[static_cast<std::size_t>(sign)].rule->kind ==
                        catalogue::RuleKind::asn)
                        signs.push_back(sign);
        std::sort(signs.begin(), signs.end());
        signs.erase(std::unique(signs.begin(), signs.end()), signs.end());
        return finding_of(*product, Role::host, grade, signs, score_of(sight, signs));
    }
    // An AS that carries others' traffic says nothing about whose machine it is.
    if (!address.holding.as_rules.empty())
        return unknown(Role::host, UnknownReason::ambiguous_holder);
    if (const resolvers::Origin* origin = address.origin();
        origin != nullptr && !origin->organisation.empty() && address.connected) {
        Finding finding;
        finding.role = Role::host;
        finding.status = FindingStatus::identified;
        finding.name = origin->organisation;
        finding.grade = Grade::possible;
        return finding;
    }
    return unknown(Role::host, address.has_holder() ? UnknownReason::ambiguous_holder
                                                    : UnknownReason::no_evidence);
}

// Nobody fronts here, as far as that can be seen.
Finding no_front(const Sight& sight, const AddressSight* address)
{
    if (address == nullptr || !address->address) {
        // The DNS was asked and gave no address: that is a look, if one that showed nothing.
        const bool asked = sight.observation->chain_end != ChainEnd::not_observed;
        return unknown(Role::front,
                       asked ? UnknownReason::no_evidence : UnknownReason::not_observed);
    }
    // In a network that nobody has catalogued, a carrier's perhaps, stand edges of fronts too. The
    // aliases would tell; whoever did not see them cannot say that there is none.
    const bool aliases_unseen = sight.observation->chain_end == ChainEnd::not_observed;
    const bool strange_network =
        address->holding.owner == nullptr && address->holding.as_rules.empty();
    if (address->connected && strange_network && aliases_unseen)
        return unknown(Role::front, UnknownReason::no_evidence);
    const bool service = address->holding.is_service();
    if (service && address->holding.owner->product->service)
        return unknown(Role::front, address->not_looked ? UnknownReason::not_observed
                                                        : UnknownReason::no_evidence);
    if (address->connected || address->holding.owner != nullptr)
        return none(Role::front, address);
    const bool in_front_network = std::any_of(
        address->holding.as_rules.begin(), address->holding.as_rules.end(),
        [](const catalogue::Rule* rule) {
            return rule->product->has(Role::front) || rule->product->has(Role::platform);
        });
    // The zone's operator says so, and no front's network says otherwise.
    if (sight.observation->declared == "dns_only" && !in_front_network && address->has_holder())
        return none(Role::front, address);
    for (const catalogue::Rule* rule : address->holding.as_rules)
        if (rule->precision != catalogue::AsnPrecision::shared &&
            rule->product->provider->rents_machines() &&
            rule->product->provider->best(Role::front) == nullptr)
            return none(Role::front, address);
    return unknown(Role::front,
                   address->not_looked ? UnknownReason::not_observed : UnknownReason::no_evidence);
}

// Signs that speak for another outermost hop than this one, on this address.
void note_against(const Sight& sight, AddressIndex address, const catalogue::Product& product,
                  Finding& finding)
{
    for (std::size_t i = 0; i < sight.signs.size(); ++i) {
        const Sign& sign = sight.signs[i];
        if (sign.address != address || sign.strength < Strength::strong || sign.forgeable)
            continue;
        if (sign.product->provider != product.provider && sign.product->has(Role::front))
            finding.against.push_back(evidence_id(static_cast<int>(i)));
    }
}

}  // namespace

Verdict judge(const Sight& sight, AddressIndex index)
{
    Verdict verdict;
    verdict.address = index;
    const AddressSight* address = sight.at(index);
    const std::vector<Candidate> all = weigh(sight, index);

    const Candidate* front = best_with(all, Role::front);
    const Candidate* platform = best_with(all, Role::platform);

    // A platform is reached by its own edge, or that of its company: then nobody else fronts it.
    if (platform != nullptr && front != nullptr) {
        const bool own_edge = !front->declared &&
                              platform->product->provider == front->product->provider &&
                              (platform->native || platform->cname || platform->range ||
                               platform->product == front->product);
        const bool outranks = platform->holds_address && !front->holds_address;
        if (own_edge || outranks)
            front = nullptr;
        else if (front->holds_address && !platform->holds_address)
            platform = nullptr;  // it is an inner hop, see below
    }

    if (in_conflict(all)) {
        verdict.conflict = true;
        verdict.front = unknown(Role::front, UnknownReason::conflict);
        verdict.host = unknown(Role::host, UnknownReason::conflict);
        for (const Candidate& candidate : all)
            if (proves_presence(candidate))
                for (const int sign : candidate.signs)
                    verdict.front.against.push_back(evidence_id(sign));
        return verdict;
    }

    if (front != nullptr) {
        verdict.front =
            finding_of(*front->product, Role::front, front->grade, front->signs, front->score);
        note_against(sight, index, *front->product, verdict.front);
        verdict.product_undetermined = !front->product->undetermined_with.empty();
        verdict.chain.push_back({*front, Role::front, front->grade});
        if (front->grade >= Grade::probable)
            for (Hop& hop : inner_hops(all, *front))
                verdict.chain.push_back(std::move(hop));
        verdict.host = unknown(Role::host, UnknownReason::behind_front);
        const bool declared_only = front->declared && sight.addresses.empty();
        for (const Hop& hop : verdict.chain)
            if (hop.role == Role::platform && hop.grade >= Grade::probable && !declared_only)
                verdict.host = finding_of(*hop.candidate.product, Role::host, hop.grade,
                                          hop.candidate.signs, hop.candidate.score);
        // A mere possibility of a front does not hide whose address it is.
        if (front->grade == Grade::possible && address != nullptr && address->address &&
            !front->holds_address) {
            verdict.host = host_by_holder(sight, index, verdict.product_undetermined);
            verdict.host.grade = std::min(verdict.host.grade, Grade::possible);
        }
    } else {
        verdict.front = no_front(sight, address);
        // The operator's word for a platform does not change whose address answers.
        const bool elsewhere = platform != nullptr && platform->grade == Grade::possible &&
                               !platform->holds_address && address != nullptr &&
                               address->has_holder();
        if (elsewhere) {
            verdict.host = host_by_holder(sight, index, verdict.product_undetermined);
            // A platform that is known to run on such machines: then they are rented by it, and
            // whether they are cannot be told from marks that anybody can send.
            const bool plausible =
                platform->tenant_here && std::max(platform->http_edge, platform->http_origin) >=
                                             static_cast<int>(Strength::partial);
            verdict.host.grade =
                std::min(verdict.host.grade, plausible ? Grade::possible : Grade::probable);
            verdict.chain.push_back({*platform, Role::platform, platform->grade});
        } else if (platform != nullptr) {
            verdict.platform = *platform;
            verdict.product_undetermined = !platform->native && shares_its_name(sight, *platform);
            if (platform->grade >= Grade::probable)
                verdict.front = none(Role::front, address);
            verdict.host = finding_of(*platform->product, Role::host, platform->grade,
                                      platform->signs, platform->score);
            verdict.chain.push_back({*platform, Role::platform, platform->grade});
        } else if (address != nullptr && address->address) {
            verdict.host = host_by_holder(sight, index, verdict.product_undetermined);
        } else {
            verdict.host = unknown(Role::host, verdict.front.reason);
        }
    }

    // Behind a relay the provider whose key answered is the next hop; the relay's host comes first.
    for (const Candidate& candidate : all)
        if (candidate.relayed && verdict.front.status == FindingStatus::none) {
            verdict.relayed = true;
            verdict.chain.push_back({candidate, Role::front, Grade::probable});
        }

    // A front that publishes no list of its edges may well stand in the network of a carrier that
    // nobody has catalogued: its marks there are no proof of it, and no proof of none.
    const bool claimed = std::any_of(all.begin(), all.end(), [&](const Candidate& c) {
        return c.claim && c.product->has(Role::front) &&
               c.http_edge >= static_cast<int>(Strength::strong) && !c.product->lists_edges;
    });
    if (claimed && verdict.front.status == FindingStatus::none &&
        verdict.platform.product == nullptr && address != nullptr &&
        address->holding.owner == nullptr && address->holding.as_rules.empty())
        verdict.front = unknown(Role::front, UnknownReason::no_evidence);
    // Nor does a later tenant of the address refute a network that has gone since.
    const bool gone = address != nullptr && address->origin_is_much_later &&
                      std::any_of(all.begin(), all.end(), [](const Candidate& c) {
                          return c.claim && c.http_edge >= 0 && c.product->has(Role::front) &&
                                 c.product->status == catalogue::ProductStatus::defunct;
                      });
    if (gone && verdict.front.status == FindingStatus::none) {
        verdict.front = unknown(Role::front, UnknownReason::no_evidence);
        verdict.host.grade = std::min(verdict.host.grade, Grade::possible);
    }

    for (const Candidate& candidate : all)
        if (candidate.claim &&
            (verdict.chain.empty() || verdict.front.status != FindingStatus::identified ||
             verdict.front.grade < Grade::probable))
            verdict.claims.push_back(candidate.product);
    return verdict;
}

}  // namespace scanner::attribute
