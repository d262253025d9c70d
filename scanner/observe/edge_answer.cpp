#include "scanner/observe/edge_answer.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::Probe;
using resolvers::ProbePurpose;
using resolvers::ProbeRequest;

namespace {

// Such answers are a dozen short lines.
constexpr std::size_t body_cap = 4096;

constexpr unsigned too_many_requests = 429;

// How the address answered the subject's root: over https if it did. Null if it did not.
const Probe* root_at(const resolvers::IpAddress& address, const Observation& seen)
{
    const Probe* root = nullptr;
    for (const Probe& probe : seen.probes) {
        const bool answered_root = probe.host == seen.subject.host &&
                                   probe.purpose == ProbePurpose::root && probe.http_facts &&
                                   probe.http_facts->status != 0;
        if (answered_root && probe.address == address &&
            (root == nullptr || probe.scheme == "https"))
            root = &probe;
    }
    return root;
}

}  // namespace

asio::awaitable<void> probe_edge_answer(Observation& seen, World& world, Budget& budget)
{
    if (budget.requests == 0 || world.policy == nullptr)
        co_return;
    for (const Probe& probe : seen.probes)
        if (probe.http_facts && probe.http_facts->status == too_many_requests)
            co_return;
    const std::optional<FurtherProbe> further = world.policy->edge_probe(seen);
    const Probe* root = further ? root_at(further->address, seen) : nullptr;
    if (root == nullptr)
        co_return;
    ProbeRequest request;
    request.target = further->path;
    request.scheme = root->scheme;
    request.address = further->address;
    request.port = root->port;
    request.host = root->host;
    request.purpose = ProbePurpose::edge;
    request.markers = world.markers;
    request.body_cap = body_cap;
    Probe probe = co_await send(std::move(request), world, budget);
    seen.probes.push_back(std::move(probe));
}

}  // namespace scanner::observe
