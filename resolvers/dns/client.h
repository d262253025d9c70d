// The live DNS resolver, whatever the transport: whom to ask and how often (by the class of the
// failure), TCP after truncation, servers without EDNS, deadlines, fairness, and the whole answer
// as facts. cares.h, tls.h and https.h make one.
// Misses: a cache; answers to one question on their way twice are asked for twice.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"
#include "resolvers/dns/resolver_address.h"
#include "resolvers/resolvers.h"

namespace resolvers::dns {

class QueryTransport;

struct DnsOptions {
    /// Recursive resolvers, taken to be equals: first questions go round, retries to the next one.
    std::vector<ResolverAddress> servers;
    /// How long one query may stay without a response, whatever the transport; over TLS also how
    /// long the making of a connection may take.
    std::chrono::milliseconds timeout{3000};
    /// Further queries for a question that got no response, SERVFAIL, REFUSED or nonsense. Asking
    /// again over TCP or without EDNS does not count.
    unsigned retries = 2;
    /// The client network to claim (RFC 7871). Absent: none.
    std::optional<Prefix> client_subnet{};
    /// False asks servers for what they know themselves (RD clear): for a zone's own name servers.
    bool recursion_desired = true;
    /// Is this server (by its place in `servers`) out of use for now, because its answers are made
    /// up, or a circuit breaker says so? While one server is not, this one is never asked, however
    /// busy or silent the others are: questions wait. Called on the resolver's thread before each
    /// query; empty: never.
    std::function<bool(std::size_t server)> out_of_use{};
    /// Has this server left questions unanswered that others put to it? Until it answers one of
    /// ours it is asked as a silent one is. Called as out_of_use; empty: never.
    std::function<bool(std::size_t server)> silent{};
    /// UDP sockets for each server. One takes about 2,000 queries in flight before its buffer
    /// overflows; a few dozen cost little.
    unsigned channels_per_server = 8;
    /// At most; how many really depends on what the server keeps up with (DnsServer::window).
    unsigned max_in_flight_per_channel = 2000;
    /// Octets of receive buffer to ask the kernel for, for each UDP socket.
    int receive_buffer = 4 << 20;
};

class DnsClient final : public DnsResolver {
public:
    /// Everything runs on `executor`, which must be that of one io_context run by one thread. The
    /// transport must reach the options' servers, of which there is at least one.
    DnsClient(boost::asio::any_io_executor executor, DnsOptions options,
              std::unique_ptr<QueryTransport> transport);

    /// Asks that are still waiting end with status skipped, on the executor.
    ~DnsClient() override;

    /// See DnsResolver. What a question waited for a server to have room (DnsAnswer::waited)
    /// extends the deadline of its ask by as much. Those of an ask that was cancelled have status
    /// skipped.
    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

    class Engine;

private:
    // Shared with the handlers that Asio still holds when the resolver goes away.
    std::shared_ptr<Engine> engine_;
};

}  // namespace resolvers::dns
