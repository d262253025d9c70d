#include "scanner/observe/public_name.h"

#include "resolvers/dnswire/records.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::DnsAnswer;
using resolvers::DomainName;
using resolvers::Probe;
using resolvers::ProbePurpose;
using resolvers::ProbeRequest;
using resolvers::StepStatus;

namespace {

std::string published_name(const Observation& seen)
{
    for (const DnsAnswer& answer : seen.dns)
        if (answer.type == "HTTPS")
            for (const resolvers::DnsRecord* record : resolvers::dnswire::led_records(answer))
                if (record->service)
                    for (const resolvers::EchConfig& config : record->service->ech)
                        if (config.public_name_valid)
                            return config.public_name;
    return "";
}

// The published name, at the first address that took a connection; else what the policy suggests.
std::optional<FurtherProbe> candidate_in(const Observation& seen, const ProbePolicy* policy)
{
    std::string published = published_name(seen);
    if (published.empty())
        return policy != nullptr ? policy->public_name_probe(seen) : std::nullopt;
    for (const Probe& probe : seen.probes)
        if (probe.address && probe.host == seen.subject.host && probe.scheme == "https" &&
            probe.tcp.status == StepStatus::ok)
            return FurtherProbe{*probe.address, std::move(published), ""};
    return std::nullopt;
}

}  // namespace

asio::awaitable<void> probe_public_name(Observation& seen, World& world, Budget& budget)
{
    if (budget.requests == 0)
        co_return;
    const std::optional<FurtherProbe> further = candidate_in(seen, world.policy);
    if (!further)
        co_return;
    const std::string& name = further->name;
    const bool askable = DomainName::parse(name) && name != seen.subject.host &&
                         (world.refusals == nullptr || !world.refusals->refusal_of(name));
    if (!askable)
        co_return;
    ProbeRequest request;
    request.scheme = "https";
    request.address = further->address;
    request.port = 443;
    request.host = name;
    request.purpose = ProbePurpose::public_name;
    request.handshake_only = true;
    Probe probe = co_await send(std::move(request), world, budget);
    seen.probes.push_back(std::move(probe));
}

}  // namespace scanner::observe
