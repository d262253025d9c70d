// The live DNS resolver: our own messages over c-ares, which only moves the bytes.
//
// What it adds to c-ares 1.18.1: who is asked and how often (by the class of the failure), TCP
// after truncation, servers without EDNS, ids, deadlines, fairness, and the whole answer as facts.
// Misses: a cache; answers to one question on their way twice are asked for twice. The source port
// of a channel stays the same, so over a hostile network ask a validating resolver of your own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"
#include "resolvers/dns/resolver_address.h"
#include "resolvers/resolvers.h"

namespace resolvers {

struct DnsOptions {
    /// Recursive resolvers, taken to be equals: first questions go round, retries to the next one.
    std::vector<ResolverAddress> servers;
    /// How long one query may stay without a response, over UDP or TCP.
    std::chrono::milliseconds timeout{3000};
    /// Further queries for a question that got no response, SERVFAIL, REFUSED or nonsense. Asking
    /// again over TCP or without EDNS does not count.
    unsigned retries = 2;
    /// UDP sockets for each server. One takes about 2,000 queries in flight before its buffer
    /// overflows; a few dozen cost little.
    unsigned channels_per_server = 8;
    /// At most; how many really depends on what the server keeps up with (PoolServer::window).
    unsigned max_in_flight_per_channel = 2000;
    /// Asks for DNSSEC records too.
    bool dnssec_ok = false;
    /// The client network to claim (RFC 7871). Absent: none.
    std::optional<Prefix> client_subnet{};
    /// False asks servers for what they know themselves (RD clear): for a zone's own name servers.
    bool recursion_desired = true;
    /// Is this server (by its place in `servers`) out of use for now, because its answers are made
    /// up? While one server is not, this one is never asked, however busy or silent the others are:
    /// questions wait. Called on the resolver's thread before each query; empty: never.
    std::function<bool(std::size_t server)> out_of_use{};
    /// Has this server left questions unanswered that others put to it? Until it answers one of
    /// ours it is asked as a silent one is. Called as out_of_use; empty: never.
    std::function<bool(std::size_t server)> silent{};
    /// Octets of receive buffer to ask the kernel for, for each UDP socket.
    int receive_buffer = 4 << 20;
};

/// What happened so far, for statistics and for `doctor`.
struct DnsCounters {
    std::uint64_t queries = 0;    ///< sent over UDP
    std::uint64_t responses = 0;  ///< that answered a query of ours
    std::uint64_t retries = 0;
    std::uint64_t over_tcp = 0;   ///< sent over TCP, after truncation
    std::uint64_t late = 0;       ///< ended after their ask's deadline
    std::uint64_t held_back = 0;  ///< sends put off because the kernel's buffer was full
    std::uint64_t dropped = 0;    ///< datagrams lost in our own receive buffers: a local loss
};

class DnsCares final : public DnsResolver {
public:
    /// Everything runs on `executor`, which must be that of one io_context run by one thread.
    /// Failure "no_resolver" without servers, "local_error" if c-ares cannot start.
    static Outcome<std::unique_ptr<DnsCares>> create(boost::asio::any_io_executor executor,
                                                     DnsOptions options);

    /// Asks that are still waiting end with status skipped, on the executor.
    ~DnsCares() override;

    /// See DnsResolver. What a question waited for a server to have room (DnsAnswer::waited)
    /// extends the deadline of its ask by as much. Those of an ask that was cancelled have status
    /// skipped.
    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

    DnsCounters counters() const;

    class Engine;

private:
    explicit DnsCares(std::shared_ptr<Engine> engine);

    // Shared with the handlers that Asio still holds when the resolver goes away.
    std::shared_ptr<Engine> engine_;
};

}  // namespace resolvers
