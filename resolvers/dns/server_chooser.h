// Which server takes the next query: servers in good standing in turn, with a window of queries on
// their way for each. Knows loads and health, but not what is asked, nor by which transport. Pure:
// the time is an argument.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "resolvers/dns/resolver_address.h"
#include "resolvers/dns/transport.h"

namespace resolvers::dns {

struct DnsOptions;  // resolvers/dns/client.h

struct DnsServer {
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
    /// On their way, and how many may be: a resolver's socket holds some hundred datagrams, and
    /// loses what comes too fast. Grows with each response, halves after a loss.
    unsigned in_flight = 0;
    double window = 0;
    /// Below this the window grows by one for each response, above by one for each window's worth.
    double slow_start_threshold = 0;
    std::chrono::steady_clock::time_point narrowed_at{};
    std::chrono::steady_clock::time_point avoided_until{};
    /// Of the pick that is being made.
    unsigned standing = 0;
};

class ServerChooser {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Servers as the options name them; the transport must outlive the chooser.
    ServerChooser(const DnsOptions& options, QueryTransport& transport);

    /// A server with room for a question that `last` was asked before (null: nobody). Null if
    /// nobody has room just now: the question waits then, and is not given to a server in worse
    /// standing. Servers that are out of use are asked only when all are. Silent ones are asked
    /// when all others are silent or out of use; else one question at a time tries, after a pause,
    /// whether one is back: only such a question as `may_try` says, which another server can still
    /// answer.
    DnsServer* pick(const DnsServer* last, bool may_try, TimePoint now);

    /// The same of one server.
    bool has_room(const DnsServer& server, TimePoint now)
    {
        return server.in_flight < server.window && transport_.has_room(server.place, false, now);
    }

    /// May this server be asked the question that it was asked before once more?
    bool may_serve(const DnsServer& server) const;

    /// Has it left so many questions unanswered that others are asked?
    bool is_silent(const DnsServer& server) const;

    /// Is there another server, one that has not stayed silent from the start, that stands as well?
    bool has_another_than(const DnsServer& server) const;

    /// Counts a query in.
    void take(DnsServer& server) { ++server.in_flight; }

    /// Counts a query out that ended this way, and keeps the server's health.
    void give_back(DnsServer& server, DnsReply::End end, TimePoint now);

    std::size_t count() const { return servers_.size(); }
    std::vector<DnsServer>& servers() { return servers_; }

private:
    bool out_of_use(const DnsServer& server) const;
    /// How well it stands: 0 answers, 1 has answered and fallen silent, 2 has never answered; 3 is
    /// out of use.
    unsigned standing(const DnsServer& server) const;
    void widen(DnsServer& server) const;
    void narrow(DnsServer& server, TimePoint now) const;

    QueryTransport& transport_;
    std::function<bool(std::size_t)> out_of_use_;
    std::function<bool(std::size_t)> silent_;
    double widest_ = 0;
    std::chrono::milliseconds timeout_{};
    // Never changes its size: questions point into it.
    std::vector<DnsServer> servers_;
    std::size_t latest_ = 0;
};

}  // namespace resolvers::dns
