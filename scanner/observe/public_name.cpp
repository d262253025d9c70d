#include "scanner/observe/public_name.h"

#include "resolvers/dnswire/records.h"

namespace scanner {

namespace asio = boost::asio;
using resolvers::DnsAnswer;
using resolvers::DomainName;
using resolvers::IpAddress;
using resolvers::Probe;
using resolvers::ProbeRequest;
using resolvers::StepStatus;

namespace {

std::string published_name(const Observation& seen)
{
    for (const DnsAnswer& answer : seen.dns)
        if (answer.type == "HTTPS")
            for (const resolvers::DnsRecord* record : resolvers::led_records(answer))
                if (record->service)
                    for (const resolvers::EchConfig& config : record->service->ech)
                        if (config.public_name_valid)
                            return config.public_name;
    return "";
}

}  // namespace

asio::awaitable<void> probe_public_name(Observation& seen, World& world, Budget& budget)
{
    if (budget.requests == 0)
        co_return;
    const std::string published = published_name(seen);
    std::string name;
    IpAddress address;
    for (const Probe& probe : seen.probes) {
        if (probe.host != seen.subject.host || probe.scheme != "https" ||
            probe.tcp.status != StepStatus::ok)
            continue;
        name = published;
        if (name.empty() && world.public_name_of)
            name = world.public_name_of(seen, probe.address);
        address = probe.address;
        if (!name.empty())
            break;
    }
    const bool askable = DomainName::parse(name) && name != seen.subject.host &&
                         (!world.refuses_host || world.refuses_host(name).empty());
    if (!askable)
        co_return;
    ProbeRequest request;
    request.scheme = "https";
    request.address = address;
    request.port = 443;
    request.host = name;
    request.purpose = "public_name";
    request.handshake_only = true;
    Probe probe = co_await send(std::move(request), world, budget);
    seen.probes.push_back(std::move(probe));
}

}  // namespace scanner
