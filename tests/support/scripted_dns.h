// A DNS server for tests, on a free port of the loopback interface, over UDP and TCP. It says what
// its script tells it to, in a thread of its own, and keeps what it was asked.
#pragma once

#include <netinet/in.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "resolvers/dns/resolver_address.h"
#include "tests/support/dns_builder.h"

namespace tests {

struct ScriptedQuery {
    Octets octets;
    unsigned id = 0;
    /// As in DnsRecord: lower case, no final dot.
    std::string name;
    unsigned type = 0;
    bool edns = false;
    bool over_tcp = false;
    sockaddr_in6 from{};
};

/// The start of an honest response: id, flags, question.
MessageBuilder reply_to(const ScriptedQuery& query, unsigned flags = 0x8180);

/// A response with one A record for the name asked.
Octets address_reply(const ScriptedQuery& query, std::string_view address);

class ScriptedDns {
public:
    /// The messages to send back, at once and in order; none for silence. Runs in the server's
    /// thread.
    using Script = std::function<std::vector<Octets>(const ScriptedQuery&)>;

    struct Setup {
        bool over_tcp = true;
        /// ::1 instead of 127.0.0.1.
        bool over_ipv6 = false;
    };

    explicit ScriptedDns(Script script) : ScriptedDns(std::move(script), Setup{}) {}
    ScriptedDns(Script script, Setup setup);
    ~ScriptedDns();

    resolvers::dns::ResolverAddress address() const { return address_; }

    /// What was asked so far.
    std::vector<ScriptedQuery> queries() const;
    std::size_t count() const;

    /// Waits until that many queries have come; false after ten seconds.
    bool wait_for(std::size_t count) const;

    /// Answers a query over UDP out of turn, from any thread.
    void send(const ScriptedQuery& query, const Octets& message) const;

private:
    struct Connection;

    void run();
    void serve_datagrams();
    bool serve_connection(Connection& connection);
    std::vector<Octets> answers_to(const ScriptedQuery& query);

    Script script_;
    int udp_ = -1;
    int tcp_ = -1;
    int stop_ = -1;
    resolvers::dns::ResolverAddress address_;
    mutable std::mutex mutex_;
    mutable std::condition_variable asked_;
    std::vector<ScriptedQuery> queries_;
    std::thread thread_;
};

/// A port of 127.0.0.1 on which nothing listens.
resolvers::dns::ResolverAddress deaf_address();

}  // namespace tests
