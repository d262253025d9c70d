// Our sockets to all servers, and which of them takes the next query: servers in good standing in
// turn; of a server's channels the least loaded. Knows loads, rates, ids and health, but not what
// is asked.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/dns/cares_channel.h"
#include "resolvers/dns/resolver_address.h"

namespace resolvers {

struct DnsOptions;  // resolvers/dns_cares.h
struct PoolServer;

/// One c-ares channel and what we know about it.
struct PoolChannel {
    PoolServer* server = nullptr;
    bool over_tcp = false;
    unsigned in_flight = 0;
    unsigned max_in_flight = 0;
    /// The kernel's send buffer was full: not before then.
    std::chrono::steady_clock::time_point full_until{};
    /// Our machine would not open a socket: not before then.
    std::chrono::steady_clock::time_point unusable_until{};
    /// Of the queries on their way.
    std::bitset<65536> ids;
    std::unique_ptr<CaresChannel> cares;
};

struct PoolServer {
    ResolverAddress address;
    /// As in DnsAnswer::resolver.
    std::string text;
    /// False once it has shown that it answers only without.
    bool edns = true;
    /// Queries in a row that got no response, and the pauses that this has cost it in a row.
    unsigned failures = 0;
    unsigned pauses = 0;
    /// Has it ever answered?
    bool heard = false;
    std::size_t place = 0;
    /// On their way, over all channels, and how many may be: a resolver's socket holds some hundred
    /// datagrams, and loses what comes too fast. Grows with each response, halves after a loss.
    unsigned in_flight = 0;
    double window = 0;
    /// Below this the window grows by one for each response, above by one for each window's worth.
    double slow_start_threshold = 0;
    std::chrono::steady_clock::time_point narrowed_at{};
    std::chrono::steady_clock::time_point avoided_until{};
    std::vector<std::unique_ptr<PoolChannel>> channels;
    /// Made when first needed.
    std::unique_ptr<PoolChannel> tcp;
};

class DnsServerPool {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Makes all UDP channels; they report to `callback` and appear in the epoll set. Failure
    /// "no_resolver" without servers, "local_error" if c-ares cannot start.
    Outcome<bool> open(const DnsOptions& options, int poll_descriptor,
                       CaresChannel::Callback callback);

    /// Ends everything that is on its way.
    void close() { servers_.clear(); }

    /// A channel with room for a question that `last` was asked before (null: nobody), taking the
    /// server's rate into account. Null if nobody has room just now: the question waits then, and
    /// is not given to a server in worse standing. Servers that are out of use are asked only when
    /// all are. Silent ones are asked when all others are silent or out of use; else one question
    /// at a time tries, after a pause, whether one is back: only such a question as `may_try` says,
    /// which another server can still answer.
    PoolChannel* pick(const PoolServer* last, bool may_try, TimePoint now);

    /// May this server be asked the question that it was asked before once more?
    bool may_serve(const PoolServer& server) const;

    /// Has it left so many questions unanswered that others are asked?
    bool is_silent(const PoolServer& server) const;

    /// Is there another server, one that has not stayed silent from the start, that stands as well?
    bool has_another_than(const PoolServer& server) const;

    /// The same of one server.
    PoolChannel* pick_of(PoolServer& server, TimePoint now);

    /// The server's TCP channel; null if there cannot be one.
    PoolChannel* tcp_of(PoolServer& server);

    /// Is there no channel at all that our machine would open a socket for?
    bool all_unusable(TimePoint now) const;

    /// An id that is unpredictable and not in use on the channel; counts the query in.
    std::uint16_t take_id(PoolChannel& channel);

    /// Counts a query out that ended this way, and keeps the server's health.
    void give_back(PoolChannel& channel, std::uint16_t id, ChannelReply::End end, TimePoint now);

    void check_timeouts();
    std::uint64_t dropped() const;
    std::size_t server_count() const { return servers_.size(); }
    const std::vector<std::unique_ptr<PoolServer>>& servers() const { return servers_; }

private:
    bool out_of_use(const PoolServer& server) const;
    /// How well it stands: 0 answers, 1 has answered and fallen silent, 2 has never answered; 3 is
    /// out of use.
    unsigned standing(const PoolServer& server) const;
    void widen(PoolServer& server) const;
    void narrow(PoolServer& server, TimePoint now) const;
    std::uint16_t random_number();
    Outcome<std::unique_ptr<PoolChannel>> make_channel(PoolServer& server, bool over_tcp) const;

    CaresChannel::Setup setup_;
    std::function<bool(std::size_t)> out_of_use_;
    std::function<bool(std::size_t)> silent_;
    unsigned max_in_flight_ = 0;
    double widest_ = 0;
    std::chrono::milliseconds timeout_{};
    std::vector<std::unique_ptr<PoolServer>> servers_;
    std::size_t latest_ = 0;
    std::array<std::uint16_t, 128> numbers_{};
    std::size_t numbers_used_ = numbers_.size();
};

}  // namespace resolvers
