#include "scanner/observe/edge_answer.h"

namespace scanner {

namespace asio = boost::asio;
using resolvers::Probe;
using resolvers::ProbeRequest;

namespace {

// Such answers are a dozen short lines.
constexpr std::size_t body_cap = 4096;

constexpr unsigned too_many_requests = 429;

bool answered_root(const Probe& probe, const Observation& seen)
{
    return probe.host == seen.subject.host && probe.purpose == "root" && probe.http_facts &&
           probe.http_facts->status != 0;
}

}  // namespace

asio::awaitable<void> probe_edge_answer(Observation& seen, World& world, Budget& budget)
{
    if (budget.requests == 0 || !world.edge_path_of)
        co_return;
    for (const Probe& probe : seen.probes)
        if (probe.http_facts && probe.http_facts->status == too_many_requests)
            co_return;
    ProbeRequest request;
    const Probe* root = nullptr;
    for (const Probe& probe : seen.probes) {
        if (!answered_root(probe, seen) || (root != nullptr && root->address != probe.address))
            continue;
        if (root == nullptr) {
            request.target = world.edge_path_of(seen, probe.address);
            if (request.target.empty())
                continue;
        }
        if (root == nullptr || probe.scheme == "https")
            root = &probe;
    }
    if (root == nullptr)
        co_return;
    request.scheme = root->scheme;
    request.address = root->address;
    request.port = root->port;
    request.host = root->host;
    request.purpose = "edge";
    request.markers = world.markers;
    request.body_cap = body_cap;
    Probe probe = co_await send(std::move(request), world, budget);
    seen.probes.push_back(std::move(probe));
}

}  // namespace scanner
