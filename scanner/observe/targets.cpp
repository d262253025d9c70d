#include "scanner/observe/targets.h"

#include <algorithm>
#include <set>

namespace scanner::observe {

using resolvers::IpAddress;

SeenAddress seen_address(const IpAddress& address, const World& world)
{
    SeenAddress seen;
    seen.address = address;
    if (world.origins != nullptr)
        seen.origin = world.origins->find(address);
    return seen;
}

std::optional<NotProbed> refusal_of(const IpAddress& address, const World& world, const Plan& plan)
{
    if (!plan.allow_private)
        if (resolvers::special_purpose(address))
            return NotProbed::special_purpose;
    if (world.refusals != nullptr)
        if (const std::optional<Refusal> refusal = world.refusals->refusal_of(address))
            return not_probed_for(*refusal);
    return std::nullopt;
}

std::optional<NotProbed> refusal_of(const std::string& host,
                                    const std::vector<SeenAddress>& addresses, const World& world,
                                    const Plan& plan)
{
    if (const std::optional<Refusal> refusal = refusal_of_chain({host}, world))
        return not_probed_for(*refusal);
    for (const SeenAddress& seen : addresses)
        if (const std::optional<NotProbed> refusal = refusal_of(seen.address, world, plan))
            return refusal;
    return std::nullopt;
}

std::optional<Refusal> refusal_of_chain(const std::vector<std::string>& chain, const World& world)
{
    if (world.refusals != nullptr)
        for (const std::string& name : chain)
            if (const std::optional<Refusal> refusal = world.refusals->refusal_of(name))
                return refusal;
    return std::nullopt;
}

std::optional<Refusal> refusal_of_all(const std::vector<SeenAddress>& addresses)
{
    for (const SeenAddress& seen : addresses)
        if (seen.not_probed != NotProbed::opt_out && seen.not_probed != NotProbed::blocked)
            return std::nullopt;
    if (addresses.empty())
        return std::nullopt;
    return addresses.front().not_probed == NotProbed::opt_out ? Refusal::opt_out : Refusal::blocked;
}

namespace {

// Addresses with one key are one holder's machines of one family: a probe of one stands for all.
std::string group_of(const SeenAddress& seen, const World& world)
{
    const std::string family = seen.address.is_v6() ? "6 " : "4 ";
    std::string holder = world.policy != nullptr ? world.policy->holder_of(seen.address) : "";
    if (holder.empty() && seen.origin)
        holder = "AS" + std::to_string(seen.origin->asn);
    // Without any holder each address stands for itself.
    return family + (holder.empty() ? seen.address.text() : holder);
}

}  // namespace

std::vector<IpAddress> choose_targets(std::vector<SeenAddress>& addresses, const World& world,
                                      const Plan& plan, unsigned limit)
{
    std::vector<IpAddress> targets;
    std::set<std::string> groups;
    for (SeenAddress& seen : addresses) {
        seen.not_probed = refusal_of(seen.address, world, plan);
        if (seen.not_probed)
            continue;
        if (!groups.insert(group_of(seen, world)).second) {
            seen.not_probed = NotProbed::same_network;
            continue;
        }
        if (targets.size() >= limit) {
            seen.not_probed = NotProbed::cap;
            continue;
        }
        targets.push_back(seen.address);
    }
    return targets;
}

namespace {

// Was it not made, because our own limits would not let it?
bool held_back(const resolvers::Probe& probe)
{
    return probe.tcp.status == resolvers::StepStatus::local_error &&
           (probe.tcp.detail == "rate" || probe.tcp.detail == "queued");
}

}  // namespace

void mark_unprobed(Observation& seen, const std::vector<IpAddress>& targets)
{
    for (SeenAddress& address : seen.addresses) {
        const bool probed =
            std::any_of(seen.probes.begin(), seen.probes.end(), [&](const resolvers::Probe& probe) {
                return probe.address == address.address && probe.host == seen.subject.host &&
                       !held_back(probe);
            });
        const bool rate =
            !probed &&
            std::any_of(seen.probes.begin(), seen.probes.end(), [&](const resolvers::Probe& probe) {
                return probe.address == address.address && held_back(probe);
            });
        if (probed)
            address.not_probed.reset();
        else if (rate)
            address.not_probed = NotProbed::rate;
        else if (!address.not_probed &&
                 std::find(targets.begin(), targets.end(), address.address) != targets.end())
            address.not_probed = NotProbed::cap;  // an earlier address used up the budget
    }
}

}  // namespace scanner::observe
