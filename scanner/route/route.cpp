#include "scanner/route/route.h"

#include <algorithm>
#include <iterator>

#include "scanner/model/words.h"
#include "scanner/route/channels.h"
#include "scanner/route/registry_channels.h"

namespace scanner::route {

namespace {

constexpr std::string_view no_addressee_reason = "nobody to write to first";
constexpr std::string_view no_channel_reason = "no channel is known for ";

bool is_identified(const Finding& finding)
{
    return finding.status == FindingStatus::identified && finding.grade > Grade::none;
}

// Whether there is a site that a notice could be about.
bool has_site(State state)
{
    switch (state) {
        case State::live:
        case State::challenged:
        case State::blocked_for_vantage:
        case State::edge_unconfigured:
        case State::origin_dead:
        case State::redirect_only:
        case State::parked:
        case State::not_observed:
        case State::unreachable:
            return true;
        default:
            return false;
    }
}

const Evidence* evidence_with(const Attribution& attribution, const std::string& id)
{
    for (const Evidence& one : attribution.evidence)
        if (one.id == id)
            return &one;
    return nullptr;
}

// The strongest thing seen, quoted: a basis should name a fact, not a grade.
std::string strongest_sight(const Attribution& attribution, const Finding& finding)
{
    const Evidence* best = nullptr;
    for (const std::string& id : finding.evidence)
        if (const Evidence* one = evidence_with(attribution, id))
            if (best == nullptr || (!one->forgeable && best->forgeable) ||
                (one->forgeable == best->forgeable && one->strength > best->strength))
                best = one;
    return best == nullptr ? "" : best->seen;
}

// Does it rest on something that the site's operator cannot make up?
bool has_proof(const Attribution& attribution, const Finding& finding)
{
    return std::any_of(finding.evidence.begin(), finding.evidence.end(), [&](const auto& id) {
        const Evidence* one = evidence_with(attribution, id);
        return one != nullptr && !one->forgeable;
    });
}

// Does it rest on nothing but what the site's operator may have made up? Then nobody is written to
// because of it.
bool is_hearsay(const Attribution& attribution, const Finding& finding)
{
    return finding.grade <= Grade::possible && !finding.evidence.empty() &&
           !has_proof(attribution, finding);
}

bool has_flag(const Attribution& attribution, Flag flag)
{
    return std::ranges::find(attribution.flags, flag) != attribution.flags.end();
}

std::string basis_of(const Attribution& attribution, const Finding& finding)
{
    const bool connected = !has_flag(attribution, Flag::not_connected);
    std::string basis;
    switch (finding.role) {
        case Role::front:
            basis = finding.name + (connected ? " answers for the site as a reverse proxy or CDN"
                                              : " is the reverse proxy or CDN that the site's name "
                                                "leads to");
            break;
        case Role::platform:
            basis = finding.name + " stores and serves the site's content";
            break;
        case Role::host:
            basis =
                finding.name + (connected ? " holds the address at which the site answers"
                                          : " holds the site's address; nobody connected to it");
            break;
        case Role::network:
            basis = finding.name + (connected ? " announces the address at which the site answers"
                                              : " announces the site's address");
            break;
        case Role::dns:
            basis = finding.name + " runs the name servers of the site's zone";
            break;
        case Role::registrar:
            basis = finding.name + " is the registrar of the domain";
            break;
        case Role::registry:
            basis = finding.name + " is the registry of the domain";
            break;
        case Role::scrubber:
            basis = finding.name + " announces the route to the site's address";
            break;
        case Role::steering:
            basis = finding.name + " steers visitors between the site's providers";
            break;
    }
    basis += " (" + std::string(word(finding.grade));
    if (finding.share < 1.0)
        basis += ", at some of its addresses";
    const std::string seen = strongest_sight(attribution, finding);
    if (!seen.empty())
        basis += ": " + seen;
    return basis + ").";
}

class List {
public:
    List(const Attribution& attribution, const catalogue::Catalogue& catalogue,
         const resolvers::RegistryFacts& registry)
        : attribution_(attribution),
          catalogue_(catalogue),
          registry_(registry),
          is_leased_(has_flag(attribution, Flag::leased_suspected))
    {
    }

    void add(const Finding& finding, AddresseeKind kind)
    {
        if (!is_identified(finding) || is_hearsay(attribution_, finding))
            return;
        const catalogue::Product* product = catalogue_.product(finding.product);
        if (product != nullptr && product->status == catalogue::ProductStatus::defunct)
            return;
        // A company reached twice in the same capacity is written to once.
        for (const Addressee& known : list_)
            if (known.role == finding.role && known.product == finding.product &&
                known.name == finding.name)
                return;
        Addressee& made = list_.emplace_back();
        made.rank = static_cast<unsigned>(list_.size());
        // What is only possible is never the one to write to first.
        made.kind = finding.grade == Grade::possible && kind == AddresseeKind::primary
                        ? AddresseeKind::also
                        : kind;
        made.role = finding.role;
        made.provider = finding.provider;
        made.product = finding.product;
        made.name = finding.name;
        made.grade = finding.grade;
        made.basis = basis_of(attribution_, finding);
        for (const std::string& id : finding.against)
            if (const Evidence* one = evidence_with(attribution_, id))
                made.counter_evidence.push_back(one->seen);
        if (product != nullptr) {
            made.legal_entity = product->legal_entity;
            made.channels = channels_for(*product, finding.role, catalogue_);
        }
        // On let addresses the abuse contact of the network is written to as well.
        if (made.channels.empty() || (finding.role == Role::host && is_leased_)) {
            std::vector<ContactChannel> more =
                registry_channels(finding, attribution_, registry_, catalogue_);
            made.channels.insert(made.channels.end(), std::make_move_iterator(more.begin()),
                                 std::make_move_iterator(more.end()));
        }
    }

    bool has_primary() const
    {
        return std::any_of(list_.begin(), list_.end(),
                           [](const Addressee& one) { return one.kind == AddresseeKind::primary; });
    }

    std::vector<Addressee> take() { return std::move(list_); }

private:
    const Attribution& attribution_;
    const catalogue::Catalogue& catalogue_;
    const resolvers::RegistryFacts& registry_;
    bool is_leased_ = false;
    std::vector<Addressee> list_;
};

}  // namespace

std::vector<Addressee> route(const Attribution& attribution, const catalogue::Catalogue& catalogue,
                             const resolvers::RegistryFacts& registry)
{
    if (!has_site(attribution.state) || attribution.front.reason == UnknownReason::conflict)
        return {};

    List list(attribution, catalogue, registry);
    const Finding& front = attribution.front;
    const Finding& host = attribution.host;
    const bool front_is_sure = is_identified(front) && front.grade >= Grade::probable;

    // Who answers comes first: it can act, or forward, and it is what was seen. Behind a front a
    // platform is second: it can remove the content, but only leaked marks name it. Where the
    // address is the platform's own, and the front merely announces it, the platform is first.
    const catalogue::Product* stored_at = catalogue.product(host.product);
    const bool platform_is_sure = stored_at != nullptr && stored_at->has(Role::platform) &&
                                  host.grade >= Grade::probable && has_proof(attribution, host);
    if (front_is_sure && platform_is_sure) {
        list.add(host, AddresseeKind::primary);
        list.add(front, AddresseeKind::also);
    } else if (front_is_sure) {
        list.add(front, AddresseeKind::primary);
        list.add(host, AddresseeKind::also);
    } else {
        list.add(host, AddresseeKind::primary);
        list.add(front, AddresseeKind::also);
    }
    for (const Finding& hop : attribution.chain)
        if (hop.product != host.product && hop.product != front.product)
            list.add(hop, AddresseeKind::also);
    for (const Finding& other : attribution.others)
        if (other.role == Role::front || other.role == Role::host ||
            (other.role == Role::platform && other.product != host.product))
            list.add(other, AddresseeKind::also);

    // Those that cannot remove anything, but can lean on the others.
    for (const Role role : {Role::network, Role::scrubber, Role::registrar, Role::dns})
        for (const Finding& other : attribution.others) {
            if (other.role != role)
                continue;
            // A parking service brings its own prefixes to whoever announces them.
            if (role == Role::network && attribution.state == State::parked)
                continue;
            const bool same_company =
                !other.provider.empty() &&
                (other.provider == front.provider || other.provider == host.provider);
            if (role == Role::network && (same_company || other.name.ends_with(host.name)) &&
                (same_company || !host.name.empty()))
                continue;
            if (role == Role::dns && other.provider == front.provider)
                continue;
            list.add(other, AddresseeKind::escalation);
        }
    return list.take();
}

void route_record(Record& record, const catalogue::Catalogue& catalogue)
{
    Attribution& verdict = record.attribution;
    record.addressees = route(verdict, catalogue, record.observation.registry);
    record.routed = true;
    // Records may be routed again, with other data.
    std::erase_if(verdict.notice_reasons, [](const std::string& reason) {
        return reason == not_routed_reason || reason == no_addressee_reason ||
               reason.starts_with(no_channel_reason);
    });
    const auto primary =
        std::ranges::find(record.addressees, AddresseeKind::primary, &Addressee::kind);
    if (primary == record.addressees.end()) {
        // Where nobody is sure enough, or there is no site, that has been said.
        if (verdict.notice_reasons.empty())
            verdict.notice_reasons.emplace_back(no_addressee_reason);
    } else if (primary->channels.empty()) {
        verdict.notice_reasons.push_back(std::string(no_channel_reason) + primary->name);
    }
    verdict.notice_ready = verdict.notice_reasons.empty();
}

}  // namespace scanner::route
