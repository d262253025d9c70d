// The registries as a subject needs them: RdapClient's answers about its name and its addresses
// together, with what could not be learnt among them.
#pragma once

#include <memory>

#include "resolvers/rdap/client.h"
#include "resolvers/resolvers.h"

namespace resolvers::rdap {

/// What the clients of all threads share.
struct RdapShared {
    RdapBootstrap bootstrap;
    std::unique_ptr<RdapCache> cache;
    std::unique_ptr<RdapThrottle> throttle;
};

/// One for each io_context and thread.
class RdapRegistry : public Registry {
public:
    RdapRegistry(std::unique_ptr<http::HttpFetcher> fetcher, std::shared_ptr<RdapShared> shared,
                 RdapOptions options = {});

    boost::asio::awaitable<RegistryFacts> look_up(RegistryQuestion question,
                                                  Deadline deadline) override;

private:
    boost::asio::awaitable<RegistryFacts> domain(DomainName name, Deadline deadline);
    boost::asio::awaitable<RegistryFacts> networks(std::vector<IpAddress> addresses,
                                                   Deadline deadline);

    // Shared by the shards of a run, none of which outlives the others for sure.
    std::shared_ptr<RdapShared> shared_;
    std::unique_ptr<http::HttpFetcher> fetcher_;
    RdapClient client_;
};

}  // namespace resolvers::rdap
