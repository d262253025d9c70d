#include "scanner/attribute/holder.h"

#include <algorithm>

#include "scanner/attribute/verdict.h"
#include "scanner/catalogue/index/company_names.h"

namespace scanner::attribute {

namespace {

using resolvers::RegisteredNetwork;

enum class Relation { unknown, same, let };

const RegisteredNetwork* network_of(const Observation& seen, const resolvers::IpAddress& address)
{
    for (const RegisteredNetwork& network : seen.registry.networks)
        if (std::find(network.addresses.begin(), network.addresses.end(), address) !=
            network.addresses.end())
            return &network;
    return nullptr;
}

// Is that company the announcer, by the AS's number or by its name?
bool announces(const AddressSight& address, const catalogue::Provider& company,
               const catalogue::Catalogue& catalogue)
{
    return std::any_of(
               address.holding.as_rules.begin(), address.holding.as_rules.end(),
               [&](const catalogue::Rule* rule) { return rule->product->provider == &company; }) ||
           catalogue.provider_named(address.origin()->organisation) == &company;
}

Relation relation_of(const RegisteredNetwork& network, const AddressSight& address,
                     const catalogue::Catalogue& catalogue, const catalogue::Product*& lessor)
{
    const resolvers::Origin* origin = address.origin();
    if (origin == nullptr || network.holder.empty() || network.holder_is_person)
        return Relation::unknown;
    const catalogue::Provider* company = catalogue.provider_named(network.holder);
    const std::string announcer =
        catalogue::without_legal_form(catalogue::normal_name(origin->organisation));
    const bool same_name =
        !announcer.empty() &&
        catalogue::without_legal_form(catalogue::normal_name(network.holder)) == announcer;
    if (same_name || (company != nullptr && announces(address, *company, catalogue)))
        return Relation::same;
    lessor = company == nullptr ? nullptr : company->lessor;
    // Who announces it must be known too: a lessor alone is nobody to write to.
    const bool known_announcer = !announcer.empty() || !address.holding.as_rules.empty();
    return lessor != nullptr && known_announcer ? Relation::let : Relation::unknown;
}

std::string told(const RegisteredNetwork& network, const AddressSight& address)
{
    const resolvers::Origin& origin = *address.origin();
    return network.first.text() + " - " + network.last.text() + " registered to " + network.holder +
           ", announced by AS" + std::to_string(origin.asn) +
           (origin.organisation.empty() ? "" : " " + origin.organisation);
}

std::string add_evidence(Attribution& out, const catalogue::Product* lessor,
                         const AddressVerdict& verdict, std::string seen)
{
    Evidence& made = out.evidence.emplace_back();
    made.id = "e" + std::to_string(out.evidence.size());
    made.signal = "network_holder";
    made.channel = Channel::registry;
    // Who announces a let network runs it, and that is as much as the announcement tells.
    made.strength = lessor == nullptr ? Strength::strong : Strength::partial;
    made.role = lessor == nullptr ? Role::host : Role::network;
    made.provider = lessor == nullptr ? verdict.host.provider : lessor->provider->id;
    made.product = lessor == nullptr ? verdict.host.product : lessor->id;
    made.seen = std::move(seen);
    made.address = verdict.address.text();
    made.forgeable = false;
    return made.id;
}

bool is_host_by_announcement(const AddressVerdict& verdict)
{
    return verdict.owner.empty() && verdict.front.status == FindingStatus::none &&
           verdict.host.status == FindingStatus::identified && verdict.host.product.empty();
}

bool same_finding(const Finding& a, const Finding& b)
{
    return a.status == b.status && a.product == b.product && a.name == b.name;
}

// Is the host that was found the announcer, rather than whom a list or a name points at?
bool is_announcer(const Finding& host, const AddressSight& address)
{
    return host.product.empty() ||
           std::any_of(address.holding.as_rules.begin(), address.holding.as_rules.end(),
                       [&](const catalogue::Rule* rule) {
                           return rule->product->provider->id == host.provider;
                       });
}

// Headers of caches and CDNs in general. A company may front sites and be in no catalogue; it must
// not be called their host.
bool shows_a_proxy(const AddressSight& address)
{
    return std::any_of(address.probes.begin(), address.probes.end(), [](const auto* probe) {
        return probe->http_facts &&
               std::any_of(
                   probe->http_facts->headers.begin(), probe->http_facts->headers.end(),
                   [](const auto& header) {
                       const std::string& name = header.first;
                       return name == "via" || name == "age" || name == "x-served-by" ||
                              name.find("cdn") != std::string::npos ||
                              (name != "cache-control" && name.find("cache") != std::string::npos);
                   });
    });
}

void support(const Attribution& out, AddressVerdict& verdict, const AddressSight& address,
             const std::string& evidence)
{
    verdict.host.evidence.push_back(evidence);
    // Marks of somebody else's, here or on another address, keep it a possibility.
    if (is_host_by_announcement(verdict) && address.connected && !address.certificate_veto &&
        out.chain.empty() && out.claims.empty() && !shows_a_proxy(address))
        verdict.host.grade = std::max(verdict.host.grade, Grade::probable);
}

// The name's host is as sure as the least sure of the addresses that it answers at.
void follow(Attribution& out, Finding& whole)
{
    Grade least = Grade::confirmed;
    bool any = false;
    for (const AddressVerdict& verdict : out.addresses) {
        if (!same_finding(verdict.host, whole))
            continue;
        any = true;
        least = std::min(least, verdict.host.grade);
        for (const std::string& id : verdict.host.evidence)
            if (std::find(whole.evidence.begin(), whole.evidence.end(), id) == whole.evidence.end())
                whole.evidence.push_back(id);
    }
    if (any && whole.product.empty())
        whole.grade = std::max(whole.grade, least);
}

void add_lessor(Attribution& out, const catalogue::Product& lessor, const std::string& evidence)
{
    if (std::find(out.flags.begin(), out.flags.end(), Flag::leased_suspected) == out.flags.end())
        out.flags.push_back(Flag::leased_suspected);
    for (Finding& other : out.others)
        if (other.role == Role::network && other.product == lessor.id) {
            other.evidence.push_back(evidence);
            return;
        }
    Finding& made =
        out.others.emplace_back(finding_of(lessor, Role::network, Grade::probable, {}, 0.0));
    made.evidence.push_back(evidence);
}

}  // namespace

void add_holders(const Sight& sight, const catalogue::Catalogue& catalogue, Attribution& out)
{
    const Observation& seen = *sight.observation;
    if (seen.registry.networks.empty() || out.state == State::tampered)
        return;
    for (AddressVerdict& verdict : out.addresses) {
        const auto address =
            std::find_if(sight.addresses.begin(), sight.addresses.end(),
                         [&](const AddressSight& one) { return one.address == verdict.address; });
        const RegisteredNetwork* network = network_of(seen, verdict.address);
        if (address == sight.addresses.end() || network == nullptr)
            continue;
        const catalogue::Product* lessor = nullptr;
        const Relation relation = relation_of(*network, *address, catalogue, lessor);
        const bool about_host = verdict.host.status == FindingStatus::identified &&
                                is_announcer(verdict.host, *address);
        if (relation == Relation::unknown || (relation == Relation::same && !about_host))
            continue;
        const std::string evidence = add_evidence(out, lessor, verdict, told(*network, *address));
        if (about_host)
            support(out, verdict, *address, evidence);
        if (lessor != nullptr)
            add_lessor(out, *lessor, evidence);
    }
    follow(out, out.host);
    for (Finding& other : out.others)
        if (other.role == Role::host)
            follow(out, other);
}

}  // namespace scanner::attribute
