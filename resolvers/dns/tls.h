// DNS over TLS (RFC 7858) with the strict profile of RFC 8310: a server that does not prove by its
// certificate that it is the one meant (the name behind "#", else the address) is told nothing.
// One connection for each server, with many questions on it; queries are padded (RFC 8467).
// Misses: a cache; resumption of TLS sessions; SPKI pins.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/dns/resolver_address.h"
#include "resolvers/resolvers.h"
#include "resolvers/tls/certificate.h"

namespace resolvers {

struct DnsTlsOptions {
    /// Of DnsTransport::tls, taken to be equals: first questions go round, retries to the next one.
    std::vector<ResolverAddress> servers;
    /// For one query, and for making a connection.
    std::chrono::milliseconds timeout{5'000};
    /// Further queries for a question that got no DNS response, SERVFAIL, REFUSED or nonsense.
    /// Asking again because a server closed a connection on which it had answered does not count.
    unsigned retries = 1;
    /// The client network to claim (RFC 7871). Absent: none.
    std::optional<Prefix> client_subnet{};
    /// As DnsOptions::out_of_use.
    std::function<bool(std::size_t server)> out_of_use{};
    /// A connection on which nothing is asked for so long is closed. Until then it keeps the
    /// io_context at work.
    std::chrono::milliseconds idle{10'000};
    /// Queries on their way on one connection; more wait for room, up to `max_waiting`, beyond
    /// which they are skipped.
    std::size_t max_in_flight = 100;
    std::size_t max_waiting = 10'000;
};

class DnsTls final : public DnsResolver {
public:
    /// Everything runs on `executor`, which must be that of one io_context run by one thread. A
    /// null store trusts nobody.
    DnsTls(boost::asio::any_io_executor executor, DnsTlsOptions options,
           std::shared_ptr<const TrustStore> store);

    /// Asks that are still waiting end with status skipped, on the executor.
    ~DnsTls() override;

    /// See DnsResolver. DnsAnswer::resolver is ResolverAddress::text(); over_tcp stays false.
    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

private:
    class Engine;
    struct Ask;
    struct Pending;

    // Shared with the asks that are still suspended when the resolver goes away.
    const std::shared_ptr<Engine> engine_;
};

}  // namespace resolvers
