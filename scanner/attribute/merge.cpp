#include "scanner/attribute/merge.h"

#include <algorithm>
#include <map>
#include <set>

namespace scanner::attribute {

namespace {

// One finding of several addresses: the same product (or, without one, the same name).
struct Group {
    Finding finding;
    unsigned count = 0;
    bool looked = false;
};

void add_ids(std::vector<std::string>& to, const std::vector<std::string>& from)
{
    for (const std::string& id : from)
        if (std::find(to.begin(), to.end(), id) == to.end())
            to.push_back(id);
}

std::string key_of(const Finding& finding)
{
    return finding.product.empty() ? finding.name : finding.product;
}

// An address that could not be looked at says nothing against one that was.
void join(Group& group, const Finding& finding, bool looked)
{
    if (group.count == 0 || (looked && !group.looked)) {
        Finding joined = finding;
        add_ids(joined.evidence, group.finding.evidence);
        add_ids(joined.against, group.finding.against);
        group.finding = std::move(joined);
    } else {
        if (looked == group.looked)
            group.finding.grade = std::min(group.finding.grade, finding.grade);
        group.finding.score = std::max(group.finding.score, finding.score);
        add_ids(group.finding.evidence, finding.evidence);
        add_ids(group.finding.against, finding.against);
    }
    group.looked = group.looked || looked;
    ++group.count;
}

// An address that is not known counts as IPv4.
bool is_v6(const AddressSight& place)
{
    return place.address && place.address->is_v6();
}

// Does a probed address of the same holder and family speak for this one?
bool has_spokesman(const Sight& sight, const AddressSight& address)
{
    return address.not_looked && std::any_of(sight.addresses.begin(), sight.addresses.end(),
                                             [&](const AddressSight& other) {
                                                 return other.address && !other.not_looked &&
                                                        is_v6(other) == is_v6(address) &&
                                                        same_holder(other, address);
                                             });
}

// Which of several findings that name nobody speaks for all: the one that knows most of why.
std::size_t rank_of(const Finding& finding)
{
    constexpr UnknownReason order[] = {
        UnknownReason::conflict,         UnknownReason::behind_front,
        UnknownReason::ambiguous_holder, UnknownReason::all_views_tampered,
        UnknownReason::no_evidence,      UnknownReason::not_observed};
    if (finding.status == FindingStatus::none)
        return std::size(order) + 1;
    const auto* const found = std::find(std::begin(order), std::end(order), finding.reason);
    return static_cast<std::size_t>(found - std::begin(order));
}

// Groups of identified findings, largest share first; `rest` gets what to say when there is none.
std::vector<Group> group(const Sight& sight, const std::vector<Verdict>& verdicts,
                         Finding Verdict::*which, unsigned total, Finding& rest)
{
    std::map<std::string, Group> groups;
    bool have_rest = false;
    for (const Verdict& verdict : verdicts) {
        const Finding& finding = verdict.*which;
        const AddressSight* address = sight.at(verdict.address);
        if (finding.status != FindingStatus::identified) {
            if (address != nullptr && has_spokesman(sight, *address))
                continue;
            // "Unknown" outweighs "none": one address unseen is enough not to know.
            if (!have_rest || rank_of(finding) < rank_of(rest))
                rest = finding;
            else if (rank_of(finding) == rank_of(rest))
                rest.grade = std::min(rest.grade, finding.grade);
            have_rest = true;
            continue;
        }
        Group& mine = groups[key_of(finding)];
        join(mine, finding, address != nullptr && !address->not_looked);
    }
    std::vector<Group> sorted;
    for (auto& [key, one] : groups) {
        one.finding.share = total == 0 ? 1.0 : static_cast<double>(one.count) / total;
        sorted.push_back(std::move(one));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Group& a, const Group& b) {
        if (a.count != b.count)
            return a.count > b.count;
        return a.finding.grade > b.finding.grade;
    });
    return sorted;
}

void add_flag(Attribution& out, Flag flag)
{
    if (std::find(out.flags.begin(), out.flags.end(), flag) == out.flags.end())
        out.flags.push_back(flag);
}

// Do the two families lead to different fronts (or one of them to none)?
bool split_by_family(const Sight& sight, const std::vector<Verdict>& verdicts)
{
    std::set<std::string> fronts[2];
    for (const Verdict& verdict : verdicts) {
        if (!verdict.address)
            continue;
        const AddressSight& address = sight.addresses[*verdict.address];
        if (address.address)
            fronts[is_v6(address) ? 1 : 0].insert(key_of(verdict.front));
    }
    if (fronts[0].empty() || fronts[1].empty())
        return false;
    return std::none_of(fronts[0].begin(), fronts[0].end(),
                        [&](const std::string& front) { return fronts[1].count(front) != 0; });
}

// The chain of the name: the longest that any address showed under the name's own front, with the
// grades of all of them joined.
void merge_chain(const Sight& sight, const std::vector<Verdict>& verdicts, Attribution& out)
{
    std::vector<Group> hops;
    std::vector<Role> roles;
    for (const Verdict& verdict : verdicts) {
        const bool same_front =
            verdict.front.product == out.front.product || out.front.product.empty();
        if (!same_front)
            continue;
        const AddressSight* address = sight.at(verdict.address);
        const bool looked = address != nullptr && !address->not_looked;
        for (const Hop& hop : verdict.chain) {
            Finding finding = finding_of(*hop.candidate.product, hop.role, hop.grade,
                                         hop.candidate.signs, hop.candidate.score);
            auto known = std::find_if(hops.begin(), hops.end(), [&](const Group& one) {
                return one.finding.product == finding.product && one.finding.role == finding.role;
            });
            if (known == hops.end())
                known = hops.insert(hops.end(), Group{});
            join(*known, finding, looked);
        }
    }
    for (Group& hop : hops)
        out.chain.push_back(std::move(hop.finding));
}

// Who announces an address without fronting there: a scrubber's AS, or that of a company that also
// scrubs, on an address in none of its lists and without any of its marks.
void add_scrubbers(const Sight& sight, AddressIndex index, Attribution& out)
{
    const AddressSight& address = sight.addresses[*index];
    for (const catalogue::Rule* rule : address.holding.as_rules) {
        const catalogue::Provider& provider = *rule->product->provider;
        const catalogue::Product* scrubber =
            rule->product->has(Role::scrubber) ? rule->product : provider.best(Role::scrubber);
        const bool listed = address.holding.owner != nullptr &&
                            address.holding.owner->product->provider == &provider;
        const bool fronts = out.front.provider == provider.id || rule->product->has(Role::host);
        if (scrubber == nullptr || rule->precision == catalogue::AsnPrecision::shared || listed ||
            fronts)
            continue;
        std::vector<int> signs;
        for (std::size_t s = 0; s < sight.signs.size(); ++s)
            if (sight.signs[s].rule == rule && sight.signs[s].address == index)
                signs.push_back(static_cast<int>(s));
        const bool known =
            std::any_of(out.others.begin(), out.others.end(), [&](const Finding& other) {
                return other.role == Role::scrubber && other.product == scrubber->id;
            });
        if (!known)
            out.others.push_back(finding_of(*scrubber, Role::scrubber, Grade::possible, signs,
                                            score_of(sight, signs)));
    }
}

}  // namespace

void merge(const Sight& sight, const std::vector<Verdict>& verdicts, Attribution& out)
{
    unsigned total = 0;
    bool conflict = false;
    bool partly_unfronted = false;
    for (const Verdict& verdict : verdicts) {
        ++total;
        conflict = conflict || verdict.conflict;
        partly_unfronted = partly_unfronted || verdict.front.status == FindingStatus::none;
        if (verdict.product_undetermined)
            add_flag(out, Flag::product_undetermined);
        if (verdict.relayed)
            add_flag(out, Flag::relay_suspected);
    }

    Finding no_front;
    no_front.role = Role::front;
    no_front.reason = UnknownReason::no_evidence;
    std::vector<Group> fronts = group(sight, verdicts, &Verdict::front, total, no_front);
    Finding no_host;
    no_host.role = Role::host;
    no_host.reason = UnknownReason::no_evidence;
    std::vector<Group> hosts = group(sight, verdicts, &Verdict::host, total, no_host);

    // A conflict on one address puts the name's whole verdict in doubt (rule 7).
    if (conflict) {
        for (const Verdict& verdict : verdicts)
            if (verdict.conflict) {
                out.front = verdict.front;
                out.host = verdict.host;
                break;
            }
        add_flag(out, Flag::conflict);
        for (Group& one : fronts)
            out.others.push_back(std::move(one.finding));
        return;
    }

    out.front = fronts.empty() ? no_front : fronts.front().finding;
    out.host = hosts.empty() ? no_host : hosts.front().finding;
    if (fronts.size() > 1 || (!fronts.empty() && partly_unfronted))
        add_flag(out, Flag::multi_cdn);
    if (!fronts.empty() && split_by_family(sight, verdicts))
        add_flag(out, Flag::split_by_family);
    if (hosts.size() > 1)
        add_flag(out, Flag::several_hosts);
    merge_chain(sight, verdicts, out);
    for (std::size_t i = 1; i < fronts.size(); ++i)
        out.others.push_back(fronts[i].finding);
    for (std::size_t i = 1; i < hosts.size(); ++i)
        out.others.push_back(hosts[i].finding);
    for (const Finding& hop : out.chain)
        if (hop.role == Role::platform)
            out.others.push_back(hop);

    for (const AddressSight& address : sight.addresses)
        if (address.address && !address.weightless && address.not_looked &&
            !sight.observation->probes.empty() && !has_spokesman(sight, address))
            add_flag(out, Flag::not_all_addresses_probed);
}

void add_name_roles(const Sight& sight, Attribution& out)
{
    // dns, steering: by name; one finding a product.
    for (const Role role : {Role::steering, Role::dns}) {
        std::map<std::string, std::vector<int>> found;
        std::map<std::string, const catalogue::Product*> products;
        for (std::size_t i = 0; i < sight.signs.size(); ++i) {
            const Sign& sign = sight.signs[i];
            if (sign.lead || sign.rule == nullptr || !sign.product->has(role))
                continue;
            const bool named = role == Role::dns ? sign.rule->kind == catalogue::RuleKind::ns
                                                 : sign.rule->kind == catalogue::RuleKind::cname;
            if (!named)
                continue;
            found[sign.product->id].push_back(static_cast<int>(i));
            products[sign.product->id] = sign.product;
        }
        for (const auto& [id, signs] : found)
            out.others.push_back(
                finding_of(*products[id], role, Grade::probable, signs, score_of(sight, signs)));
    }

    // network: who announces each address. Routing data say so, the catalogue only gives a name.
    std::map<std::string, Finding> networks;
    std::map<std::string, unsigned> counts;
    unsigned total = 0;
    for (std::size_t i = 0; i < sight.addresses.size(); ++i) {
        const AddressSight& address = sight.addresses[i];
        if (!address.address)
            continue;
        ++total;
        const resolvers::Origin* origin = address.origin();
        if (origin == nullptr)
            continue;
        const std::string key = "AS" + std::to_string(origin->asn);
        Finding& finding = networks[key];
        ++counts[key];
        if (counts[key] > 1)
            continue;
        finding.role = Role::network;
        finding.status = FindingStatus::identified;
        finding.name = key + (origin->organisation.empty() ? "" : " " + origin->organisation);
        finding.grade = Grade::confirmed;
        for (const catalogue::Rule* rule : address.holding.as_rules)
            if (rule->precision != catalogue::AsnPrecision::shared ||
                rule->product->has(Role::network)) {
                finding.provider = rule->product->provider->id;
                if (rule->product->has(Role::network))
                    finding.product = rule->product->id;
                break;
            }
        add_scrubbers(sight, i, out);
    }
    for (auto& [key, finding] : networks) {
        finding.share = static_cast<double>(counts[key]) / std::max(total, 1U);
        out.others.push_back(std::move(finding));
    }
}

}  // namespace scanner::attribute
