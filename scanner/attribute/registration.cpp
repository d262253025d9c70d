#include "scanner/attribute/registration.h"

#include <algorithm>
#include <string_view>

#include "scanner/attribute/verdict.h"
#include "scanner/attribute/weigh.h"

namespace scanner::attribute {

namespace {

using resolvers::RegisteredDomain;
using resolvers::RegistryFacts;

constexpr std::string_view held_back[] = {"client hold", "server hold", "redemption period",
                                          "pending delete"};

// Why it is not known who the registrar is. A registry that answered and has no such name, or no
// registrar for it, was looked at; every other failure was not.
UnknownReason reason_of(const RegistryFacts& facts)
{
    if (facts.domain)
        return UnknownReason::no_evidence;
    for (const resolvers::RegistryGap& gap : facts.gaps)
        if (gap.what == "domain")
            return gap.code == "not_found" ? UnknownReason::no_evidence
                                           : UnknownReason::rdap_unavailable;
    return UnknownReason::no_evidence;
}

Finding registrar_of(const Sight& sight)
{
    const RegistryFacts& facts = sight.observation->registry;
    for (std::size_t i = 0; i < sight.signs.size(); ++i) {
        const Sign& sign = sight.signs[i];
        if (sign.rule == nullptr && sign.channel == Channel::registry &&
            sign.product->has(Role::registrar)) {
            const std::vector<int> signs = {static_cast<int>(i)};
            return finding_of(*sign.product, Role::registrar, Grade::confirmed, signs,
                              score_of(sight, signs));
        }
    }
    Finding finding;
    finding.role = Role::registrar;
    if (facts.domain && !facts.domain->registrar.empty()) {
        finding.status = FindingStatus::identified;
        finding.name = facts.domain->registrar;
        finding.grade = Grade::confirmed;
    } else {
        finding.reason = reason_of(facts);
    }
    return finding;
}

}  // namespace

void add_registration(const Sight& sight, Attribution& out)
{
    const Observation& seen = *sight.observation;
    const std::vector<std::string>& asked = seen.registry.asked;
    if (std::find(asked.begin(), asked.end(), "domain") != asked.end())
        out.others.push_back(registrar_of(sight));
    const bool answers =
        std::any_of(seen.probes.begin(), seen.probes.end(), [&](const resolvers::Probe& probe) {
            return probe.http_facts && asks_for_page(probe, seen);
        });
    if (answers && from_registration(seen))
        out.flags.push_back(Flag::hold_still_answers);
}

std::optional<StateVerdict> from_registration(const Observation& seen)
{
    if (!seen.registry.domain)
        return std::nullopt;
    const RegisteredDomain& domain = *seen.registry.domain;
    for (const std::string_view held : held_back)
        if (std::find(domain.statuses.begin(), domain.statuses.end(), held) !=
            domain.statuses.end())
            return StateVerdict{State::on_hold,
                                domain.name + ": " + std::string(held) + " at its registry"};
    return std::nullopt;
}

}  // namespace scanner::attribute
