#include "resolvers/dns/server_chooser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "resolvers/dns/client.h"
#include "tests/support/idle_transport.h"

using namespace std::chrono_literals;
using namespace resolvers;

namespace {

using End = dns::DnsReply::End;
using Sent = std::vector<dns::DnsServer*>;

// Servers on a clock of their own; nothing is ever sent.
struct Pool {
    static dns::DnsOptions completed(dns::DnsOptions options)
    {
        if (options.servers.empty())
            options.servers = {*dns::ResolverAddress::parse("127.0.0.1:9")};
        options.timeout = 2s;
        return options;
    }
    explicit Pool(dns::DnsOptions options = {}) : servers(completed(std::move(options)), transport)
    {
    }

    /// As many queries as may be on their way.
    Sent fill()
    {
        Sent sent;
        while (dns::DnsServer* server = servers.pick(nullptr, true, now)) {
            servers.take(*server);
            sent.push_back(server);
        }
        return sent;
    }

    void end(const Sent& sent, End how)
    {
        for (dns::DnsServer* server : sent)
            servers.give_back(*server, how, now);
    }

    tests::IdleTransport transport;
    dns::ServerChooser servers;
    dns::ServerChooser::TimePoint now{100s};
};

}  // namespace

TEST_CASE("a server gets more at once the longer it answers, and half as many after a loss")
{
    Pool of;
    Sent sent = of.fill();
    CHECK(sent.size() == 200);
    for (const std::size_t expected : {400U, 800U, 1600U}) {
        of.end(std::exchange(sent, {}), End::response);
        sent = of.fill();
        CHECK(sent.size() == expected);
    }

    // Of one flight many may be lost: that is one loss.
    of.end({sent.begin(), sent.begin() + 100}, End::timeout);
    of.end({sent.begin() + 100, sent.end()}, End::response);
    sent = of.fill();
    CHECK(sent.size() > 800);
    CHECK(sent.size() < 810);  // from where it failed, it grows slowly

    of.now += 2s;
    of.end(std::exchange(sent, {}), End::timeout);
    sent = of.fill();
    CHECK(sent.size() > 400);
    CHECK(sent.size() < 410);
}

TEST_CASE("a server that says nothing at all is still asked some at a time")
{
    Pool of;
    for (int round = 0; round < 5; ++round) {
        const Sent sent = of.fill();
        CHECK(sent.size() == 200);
        of.now += 2s;
        of.end(sent, End::timeout);
    }
    // Its refusing to listen is no loss.
    of.end(of.fill(), End::unreachable);
    CHECK(of.fill().size() == 200);
}

namespace {

dns::DnsOptions two_servers()
{
    dns::DnsOptions options;
    options.servers = {*dns::ResolverAddress::parse("127.0.0.1:9"),
                       *dns::ResolverAddress::parse("127.0.0.2:9")};
    return options;
}

// How many of the queries went to the server at that place.
std::size_t sent_to(const Sent& sent, std::size_t place)
{
    return static_cast<std::size_t>(std::count_if(
        sent.begin(), sent.end(), [&](const auto& one) { return one->place == place; }));
}

}  // namespace

TEST_CASE("a resolver that makes answers up gets no question, however busy the honest one is")
{
    dns::DnsOptions options = two_servers();
    options.out_of_use = [](std::size_t server) { return server == 1; };
    Pool of(options);
    Sent sent = of.fill();
    CHECK(sent_to(sent, 0) == 200);
    CHECK(sent_to(sent, 1) == 0);
    // Nor when the honest one has gone silent: then questions wait for that one.
    of.end(std::exchange(sent, {}), End::timeout);
    of.now += 1s;
    sent = of.fill();
    CHECK(sent_to(sent, 0) == 200);
    CHECK(sent_to(sent, 1) == 0);
}

TEST_CASE("where all resolvers make answers up, all are asked")
{
    dns::DnsOptions options = two_servers();
    options.out_of_use = [](std::size_t) { return true; };
    Pool of(options);
    const Sent sent = of.fill();
    CHECK(sent_to(sent, 0) == 200);
    CHECK(sent_to(sent, 1) == 200);
}

TEST_CASE("a silent resolver gets one question after a pause, of those that can be asked again")
{
    Pool of(two_servers());
    Sent sent = of.fill();
    CHECK(sent_to(sent, 1) == 200);
    for (dns::DnsServer* server : sent)
        of.servers.give_back(*server, server->place == 1 ? End::unreachable : End::response,
                             of.now);
    sent = of.fill();
    CHECK(sent_to(sent, 0) == 400);
    CHECK(sent_to(sent, 1) == 0);
    of.end(std::exchange(sent, {}), End::response);

    of.now += 2s;
    while (dns::DnsServer* server = of.servers.pick(nullptr, false, of.now)) {
        of.servers.take(*server);
        sent.push_back(server);
    }
    CHECK(sent_to(sent, 1) == 0);
    of.end(std::exchange(sent, {}), End::response);
    sent = of.fill();
    CHECK(sent_to(sent, 1) == 1);

    // In vain: the next pause is twice as long.
    for (dns::DnsServer* server : std::exchange(sent, {}))
        of.servers.give_back(*server, server->place == 1 ? End::timeout : End::response, of.now);
    of.now += 3s;
    sent = of.fill();
    CHECK(sent_to(sent, 1) == 0);
    of.end(std::exchange(sent, {}), End::response);
    of.now += 1s;
    sent = of.fill();
    CHECK(sent_to(sent, 1) == 1);

    // It answers: it is asked like any other again.
    of.end(std::exchange(sent, {}), End::response);
    CHECK(sent_to(of.fill(), 1) > 100);
}

TEST_CASE("a resolver that left others' questions unanswered begins as a silent one")
{
    dns::DnsOptions options = two_servers();
    options.silent = [](std::size_t server) { return server == 0; };
    Pool of(options);
    const Sent sent = of.fill();
    CHECK(sent_to(sent, 0) == 1);
    CHECK(sent_to(sent, 1) == 200);
}

TEST_CASE("each server is judged once for a query, since a circuit breaker lets one trial through")
{
    dns::DnsOptions options = two_servers();
    unsigned asked = 0;
    options.out_of_use = [&asked](std::size_t server) { return server == 1 && ++asked != 1; };
    Pool of(options);
    Sent sent;
    for (int i = 0; i < 2; ++i)
        sent.push_back(of.servers.pick(nullptr, true, of.now));
    CHECK(sent_to(sent, 1) == 1);
}
