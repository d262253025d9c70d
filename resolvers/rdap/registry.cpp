#include "resolvers/rdap/registry.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <iterator>
#include <utility>

namespace resolvers::rdap {

namespace asio = boost::asio;

namespace {

template <typename T>
void move_to_end(std::vector<T>& to, std::vector<T>& from)
{
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

RdapRegistry::RdapRegistry(std::unique_ptr<http::HttpFetcher> fetcher,
                           std::shared_ptr<RdapShared> shared, RdapOptions options)
    : shared_(std::move(shared)),
      fetcher_(std::move(fetcher)),
      client_(*fetcher_, shared_->bootstrap, *shared_->cache, *shared_->throttle,
              std::move(options))
{
}

asio::awaitable<RegistryFacts> RdapRegistry::domain(DomainName name, Deadline deadline)
{
    RegistryFacts facts;
    Outcome<DomainAnswer> answer = co_await client_.domain(name, deadline);
    if (!answer.has_value()) {
        facts.gaps.push_back({"domain", name.text(), answer.error().code, answer.error().detail});
        co_return facts;
    }
    facts.domain = std::move(answer->facts);
    if (const auto& gap = answer->registrar_gap)
        facts.gaps.push_back({"registrar", name.text(), gap->code, gap->detail});
    co_return facts;
}

asio::awaitable<RegistryFacts> RdapRegistry::networks(std::vector<IpAddress> addresses,
                                                      Deadline deadline)
{
    RegistryFacts facts;
    for (const IpAddress& address : addresses) {
        Outcome<RegisteredNetwork> network = co_await client_.network(address, deadline);
        if (!network.has_value()) {
            facts.gaps.push_back(
                {"network", address.text(), network.error().code, network.error().detail});
            continue;
        }
        // The same network may serve several; a narrower one around another address may not.
        const auto known = std::find_if(
            facts.networks.begin(), facts.networks.end(), [&](const RegisteredNetwork& other) {
                return other.first == network->first && other.last == network->last;
            });
        if (known != facts.networks.end()) {
            known->addresses.push_back(address);
        } else {
            network->addresses = {address};
            facts.networks.push_back(std::move(*network));
        }
    }
    co_return facts;
}

asio::awaitable<RegistryFacts> RdapRegistry::look_up(RegistryQuestion question, Deadline deadline)
{
    using asio::experimental::awaitable_operators::operator&&;
    if (!question.domain) {
        RegistryFacts facts = co_await networks(std::move(question.addresses), deadline);
        co_return facts;
    }
    if (question.addresses.empty()) {
        RegistryFacts facts = co_await domain(std::move(*question.domain), deadline);
        co_return facts;
    }
    // Different registries: none has to wait for the other.
    auto about_name = domain(std::move(*question.domain), deadline);
    auto about_addresses = networks(std::move(question.addresses), deadline);
    auto both = std::move(about_name) && std::move(about_addresses);
    auto got = co_await std::move(both);
    RegistryFacts facts = std::move(std::get<0>(got));
    facts.networks = std::move(std::get<1>(got).networks);
    move_to_end(facts.gaps, std::get<1>(got).gaps);
    co_return facts;
}

}  // namespace resolvers::rdap
