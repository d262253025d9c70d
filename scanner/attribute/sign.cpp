#include "scanner/attribute/sign.h"

#include <algorithm>
#include "resolvers/base/time_text.h"

namespace scanner::attribute {

using resolvers::Probe;
using resolvers::ProbePurpose;
using resolvers::StepStatus;

bool asks_for_page(const Probe& probe, const Observation& seen)
{
    return probe.host == seen.subject.host && probe.purpose != ProbePurpose::edge;
}

namespace {

AddressSight& sight_of(std::vector<AddressSight>& all,
                       const std::optional<resolvers::IpAddress>& address)
{
    for (AddressSight& sight : all)
        if (sight.address == address)
            return sight;
    AddressSight& made = all.emplace_back();
    made.address = address;
    return made;
}

bool is_local(StepStatus status)
{
    return status == StepStatus::local_error || status == StepStatus::blocked ||
           status == StepStatus::deadline;
}

// What the probes of one address came to, taken together.
void sum_up(AddressSight& sight)
{
    bool only_local = true;
    for (const Probe* probe : sight.probes) {
        if (probe->tls.status == StepStatus::ok || probe->http.status == StepStatus::ok ||
            probe->http_facts)
            sight.connected = true;
        if (probe->http_facts && probe->http_facts->status != 0 &&
            probe->purpose != ProbePurpose::edge && probe->purpose != ProbePurpose::public_name)
            sight.answered_http = true;
        if (!is_local(probe->tcp.status) && probe->tcp.status != StepStatus::unreachable)
            only_local = false;
        if (!probe->tls_facts || probe->purpose == ProbePurpose::public_name)
            continue;
        const resolvers::TlsFacts& tls = *probe->tls_facts;
        if (!tls.trusted || !tls.name_matches)
            continue;
        if (*tls.trusted && *tls.name_matches)
            sight.valid_certificate = true;
        else
            sight.certificate_veto = true;
    }
    // One good answer outweighs a bad certificate elsewhere on the same address.
    if (sight.valid_certificate)
        sight.certificate_veto = false;
    sight.not_looked = sight.probes.empty() || (only_local && !sight.connected);
}

// Whose the address was when it was seen. Ranges that were given up since count for what was seen
// before; what the catalogue and younger routing data say of the address today is about its new
// tenant.
void take_holding(AddressSight& address, const Observation& seen,
                  const catalogue::Catalogue& catalogue)
{
    if (seen.observed_at) {
        const auto day = std::chrono::floor<std::chrono::days>(*seen.observed_at);
        const auto routed_on = resolvers::parse_day(seen.origin_data.date);
        address.holding = catalogue.holding_of(*address.address, day);
        address.origin_is_much_later = routed_on && *routed_on - day > std::chrono::years(1);
        const auto until = address.holding.until();
        address.origin_is_later = until && (!routed_on || *routed_on > *until);
    } else {
        address.holding = catalogue.holding_of(*address.address);
    }
    if (const resolvers::Origin* origin = address.origin())
        address.holding.as_rules = catalogue.asn_rules(origin->asn);
}

// Some tools list the addresses and a response without saying which address gave it. Where one
// holder has them all it makes no difference; elsewhere the response stays nobody's.
void place_unplaced_probes(std::vector<AddressSight>& all)
{
    const auto unplaced = std::find_if(all.begin(), all.end(),
                                       [](const AddressSight& sight) { return !sight.address; });
    const auto first = std::find_if(all.begin(), all.end(),
                                    [](const AddressSight& sight) { return sight.address; });
    if (unplaced == all.end() || first == all.end())
        return;
    for (const AddressSight& sight : all)
        if (sight.address && !same_holder(sight, *first))
            return;
    first->probes.insert(first->probes.end(), unplaced->probes.begin(), unplaced->probes.end());
    all.erase(unplaced);
}

}  // namespace

bool same_holder(const AddressSight& a, const AddressSight& b)
{
    if (a.holding.owner != nullptr || b.holding.owner != nullptr)
        return a.holding.product() == b.holding.product();
    return a.origin() != nullptr && b.origin() != nullptr && a.origin()->asn == b.origin()->asn;
}

std::vector<const catalogue::Rule*> owners_of_name(const catalogue::Catalogue& catalogue,
                                                   std::string_view name)
{
    std::vector<const catalogue::Rule*> owners;
    for (const catalogue::RuleKind kind : {catalogue::RuleKind::native, catalogue::RuleKind::cname})
        if (const auto rules = catalogue.name_rules(kind, name); !rules.empty())
            owners.push_back(rules.front());
    if (owners.size() == 2 && owners[0]->product != owners[1]->product &&
        owners[0]->key.size() != owners[1]->key.size())
        owners.erase(owners.begin() + (owners[0]->key.size() < owners[1]->key.size() ? 0 : 1));
    return owners;
}

Sight look_at(const Observation& seen, const catalogue::Catalogue& catalogue)
{
    Sight sight;
    sight.observation = &seen;
    // In a zone's declaration a proxied record holds what lies behind, not what visitors reach.
    if (seen.declared != "proxied")
        for (const SeenAddress& address : seen.addresses)
            sight_of(sight.addresses, address.address).seen = &address;
    for (const Probe& probe : seen.probes) {
        // Probes of a redirect's other host tell about that host, not about this one.
        if (probe.host != seen.subject.host)
            continue;
        sight_of(sight.addresses, probe.address).probes.push_back(&probe);
    }
    for (AddressSight& address : sight.addresses) {
        if (!address.address)
            continue;
        take_holding(address, seen, catalogue);
        address.weightless = resolvers::special_purpose(*address.address).has_value() ||
                             address.holding.is_service();
    }
    place_unplaced_probes(sight.addresses);
    for (AddressSight& address : sight.addresses) {
        sum_up(address);
        // Where a site answers, a list that nobody can open the source of does not say that none
        // can.
        if (address.address && address.answered_http && address.holding.is_doubtful_service())
            address.weightless = resolvers::special_purpose(*address.address).has_value();
    }
    return sight;
}

}  // namespace scanner::attribute
