#include "scanner/attribute/attribute.h"

#include <algorithm>

#include "resolvers/base/domain_name.h"
#include "scanner/attribute/holder.h"
#include "scanner/attribute/merge.h"
#include "scanner/attribute/registration.h"
#include "scanner/attribute/sign.h"
#include "scanner/attribute/signals.h"
#include "scanner/attribute/states.h"
#include "scanner/attribute/verdict.h"
#include "scanner/attribute/views.h"
#include "scanner/attribute/weigh.h"
#include "scanner/model/words.h"

namespace scanner::attribute {

namespace {

Role role_of(const Sign& sign)
{
    if (sign.rule != nullptr && sign.rule->kind == catalogue::RuleKind::ns)
        return Role::dns;
    return sign.product->roles.empty() ? Role::host : sign.product->roles.front();
}

std::vector<Evidence> evidence_of(const Sight& sight)
{
    std::vector<Evidence> list;
    list.reserve(sight.signs.size());
    for (std::size_t i = 0; i < sight.signs.size(); ++i) {
        const Sign& sign = sight.signs[i];
        Evidence& made = list.emplace_back();
        made.id = evidence_id(static_cast<int>(i));
        made.signal = sign.signal;
        made.channel = sign.channel;
        made.strength = sign.strength;
        made.role = role_of(sign);
        made.provider = sign.product->provider->id;
        made.product = sign.product->id;
        if (sign.rule != nullptr) {
            made.rule = sign.rule->id;
            made.side = sign.rule->side;
        }
        made.seen = sign.seen;
        const AddressSight* place = sight.at(sign.address);
        if (place != nullptr && place->address)
            made.address = place->address->text();
        made.forgeable = sign.forgeable;
    }
    return list;
}

// An alias on a name of somebody's who is in no list, in front of a known edge: a service built on
// top of the front (signals.md 3.1), which deserves a look of its own.
bool has_foreign_alias(const Observation& seen, const Sight& sight)
{
    if (seen.chain.size() < 2 || seen.subject.registrable_domain.empty())
        return false;
    return std::any_of(seen.chain.begin() + 1, seen.chain.end(), [&](const std::string& alias) {
        if (resolvers::is_under(alias, seen.subject.registrable_domain))
            return false;
        return std::none_of(sight.signs.begin(), sight.signs.end(), [&](const Sign& sign) {
            return !sign.lead && sign.rule != nullptr && !sign.address &&
                   resolvers::is_under(alias, sign.rule->key);
        });
    });
}

// The verdicts that count for the name: those on addresses where a site can be, if there is any.
void merge_weighty(const Sight& sight, const std::vector<Verdict>& verdicts, Attribution& out)
{
    const auto weightless = [&](const Verdict& verdict) {
        return verdict.address && sight.addresses[*verdict.address].weightless;
    };
    const auto light = std::ranges::count_if(verdicts, weightless);
    if (light == 0 || light == std::ssize(verdicts)) {
        merge(sight, verdicts, out);
        return;
    }
    std::vector<Verdict> kept = verdicts;
    std::erase_if(kept, weightless);
    merge(sight, kept, out);
}

// There are addresses, and only whose they are was looked at.
bool nobody_connected(const Sight& sight)
{
    return !sight.addresses.empty() &&
           std::ranges::none_of(sight.addresses,
                                [](const AddressSight& address) { return address.connected; });
}

void decide_notice(const Observation& seen, Attribution& out)
{
    if (out.state != State::live)
        out.notice_reasons.push_back("state is " + std::string(word(out.state)));
    const auto sure = [](const Finding& finding) {
        return finding.status == FindingStatus::identified && finding.grade >= Grade::probable;
    };
    const bool conflict = out.front.reason == UnknownReason::conflict;
    if (conflict)
        out.notice_reasons.emplace_back("conflict");
    else if (!sure(out.front) && !sure(out.host))
        out.notice_reasons.emplace_back("nobody is at least probable");
    if (!seen.declared.empty())
        out.notice_reasons.emplace_back("declared, not observed");
    // Whether there is somebody to write to, routing decides.
    if (out.notice_reasons.empty())
        out.notice_reasons.emplace_back(not_routed_reason);
}

}  // namespace

Attribution attribute(const Observation& seen, const catalogue::Catalogue& catalogue)
{
    Attribution out;
    Sight sight = look_at(seen, catalogue);
    collect_signs(sight, catalogue);

    // Each address is judged by itself; a source without addresses is judged by name.
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < sight.addresses.size(); ++i) {
        const bool placed = sight.addresses[i].address || sight.addresses.size() == 1;
        if (placed)
            verdicts.push_back(judge(sight, i));
    }
    if (verdicts.empty())
        verdicts.push_back(judge(sight, std::nullopt));

    merge_weighty(sight, verdicts, out);
    add_name_roles(sight, out);
    add_registration(sight, out);

    StateVerdict state = state_of(sight, verdicts, catalogue);
    out.state = state.state;
    out.state_reason = std::move(state.reason);
    if (out.state == State::tampered)
        forget_whom(out, UnknownReason::all_views_tampered);

    if (seen.chain_end == ChainEnd::dangling)
        out.flags.push_back(Flag::dangling_cname);
    if (has_foreign_alias(seen, sight))
        out.flags.push_back(Flag::foreign_alias);

    if (nobody_connected(sight))
        out.flags.push_back(Flag::not_connected);

    for (const Verdict& verdict : verdicts) {
        for (const catalogue::Product* product : verdict.claims)
            out.claims.push_back(product->provider->id);
        const AddressSight* place = sight.at(verdict.address);
        if (place == nullptr || !place->address)
            continue;
        const AddressSight& address = *place;
        AddressVerdict& line = out.addresses.emplace_back();
        line.address = *address.address;
        line.owner = address.holding.owner != nullptr ? address.holding.owner->product->id : "";
        line.front = verdict.front;
        line.host = verdict.host;
    }
    std::sort(out.claims.begin(), out.claims.end());
    out.claims.erase(std::unique(out.claims.begin(), out.claims.end()), out.claims.end());

    out.evidence = evidence_of(sight);
    add_holders(sight, catalogue, out);
    apply_views(compare_views(seen, catalogue), seen, out);
    std::sort(out.flags.begin(), out.flags.end());
    decide_notice(seen, out);
    return out;
}

}  // namespace scanner::attribute
