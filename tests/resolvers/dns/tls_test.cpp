// The client over TLS, against a server of the tests on loopback. Long because each way in which a
// connection fails is a case of its own, and all share the same few helpers.
#include "resolvers/dns/tls.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "resolvers/dnswire/message.h"
#include "tests/support/deadline.h"
#include "tests/support/scripted_dns.h"
#include "tests/support/tls_server.h"

namespace {

using namespace resolvers;
using namespace support;
using namespace tests;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

const TestAuthority& authority()
{
    static const TestAuthority made;
    return made;
}

std::shared_ptr<const tls::TrustStore> store()
{
    static const auto loaded = tls::TrustStore::load(authority().file()).value();
    return loaded;
}

TlsWishes good()
{
    static const TestCertificate leaf =
        authority().leaf({.names = {"DNS:dns.example", "IP:127.0.0.1"}});
    return {.leaf = leaf, .chain = {authority().intermediate}, .alpn = {"dot"}};
}

/// The server's end: whole queries in, messages out.
class Peer {
public:
    explicit Peer(Connection& connection) : connection_(connection) {}

    /// Absent when the client has gone.
    std::optional<ScriptedQuery> next()
    {
        while (bytes_.size() < 2 || bytes_.size() < 2 + size()) {
            const std::string more = connection_.read_some();
            if (more.empty())
                return std::nullopt;
            bytes_ += more;
        }
        ScriptedQuery query;
        query.octets.assign(bytes_.begin() + 2, bytes_.begin() + 2 + static_cast<long>(size()));
        bytes_.erase(0, 2 + size());
        const dnswire::DnsMessage read = resolvers::dnswire::parse_message(query.octets).value();
        query.id = read.header.id;
        query.name = read.question->name;
        query.type = read.question->type;
        query.edns = read.edns.has_value();
        return query;
    }

    static std::string framed(const Octets& message)
    {
        const Octets frame = wire_u16(static_cast<unsigned>(message.size())) + message;
        return std::string(frame.begin(), frame.end());
    }

    void say(const Octets& message) { connection_.write(framed(message)); }

private:
    std::size_t size() const
    {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes_[0]) << 8 |
                                        static_cast<unsigned char>(bytes_[1]));
    }

    Connection& connection_;
    std::string bytes_;
};

/// Shakes hands, then plays the part until the client goes.
Server::Behaviour part(std::function<void(Peer&, Connection&)> play, TlsWishes wishes = good())
{
    return [play = std::move(play), wishes = std::move(wishes)](Connection& connection) {
        if (!connection.shake_hands(wishes))
            return;
        Peer peer(connection);
        play(peer, connection);
    };
}

void answer_all(Peer& peer, Connection&)
{
    while (const auto query = peer.next())
        peer.say(address_reply(*query, "192.0.2.7"));
}

dns::ResolverAddress at(std::uint16_t port, const std::string& name = "dns.example")
{
    const std::string text = "tls://127.0.0.1:" + std::to_string(port);
    return dns::ResolverAddress::parse(name.empty() ? text : text + "#" + name).value();
}

dns::DnsOptions options(std::vector<dns::ResolverAddress> servers)
{
    dns::DnsOptions made;
    made.servers = std::move(servers);
    made.timeout = 5s;
    made.retries = 1;
    return made;
}

std::vector<Question> questions(std::size_t count)
{
    std::vector<Question> made;
    for (std::size_t i = 0; i < count; ++i)
        made.push_back({DomainName::parse("n" + std::to_string(i) + ".example").value(), "A"});
    return made;
}

/// An io_context with a resolver on it, which goes when the test says so.
struct Client {
    explicit Client(dns::DnsOptions given, dns::DnsTlsOptions tls = {})
        : resolver(
              resolvers::dns::make_dns_over_tls(io.get_executor(), std::move(given), store(), tls)
                  .value())
    {
    }

    std::vector<DnsAnswer> ask(std::vector<Question> asked, Clock::duration limit = 10s)
    {
        std::vector<DnsAnswer> answers;
        bool done = false;
        const std::size_t count = asked.size();
        asio::co_spawn(io, resolver->ask(std::move(asked), Clock::now() + limit),
                       [&](std::exception_ptr error, std::vector<DnsAnswer> got) {
                           done = !error;
                           answers = std::move(got);
                           io.stop();
                       });
        io.restart();
        io.run();
        REQUIRE(done);
        REQUIRE(answers.size() == count);
        return answers;
    }

    asio::io_context io{1};
    std::unique_ptr<dns::DnsClient> resolver;
};

std::vector<DnsAnswer> ask(dns::DnsOptions given, std::size_t count, dns::DnsTlsOptions tls = {})
{
    Client client(std::move(given), tls);
    return client.ask(questions(count));
}

}  // namespace

TEST_CASE("all questions go over one connection, padded, and come back in their order")
{
    std::mutex mutex;
    std::vector<ScriptedQuery> heard;
    std::string asked_for;
    Server server(part([&](Peer& peer, Connection& connection) {
        const std::lock_guard lock(mutex);
        asked_for = connection.server_name();
        while (const auto query = peer.next()) {
            heard.push_back(*query);
            peer.say(address_reply(*query, "192.0.2.7"));
        }
    }));
    REQUIRE(server.listening());
    {
        Client client(options({at(server.port())}));
        const auto answers = client.ask(questions(250));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            CHECK(answers[i].name == "n" + std::to_string(i) + ".example");
            CHECK(answers[i].status == DnsStatus::noerror);
            CHECK(answers[i].records.at(0).data == "192.0.2.7");
            CHECK(answers[i].resolver == at(server.port()).text());
            CHECK(answers[i].attempts == 1);
            CHECK(answers[i].detail.empty());
            CHECK_FALSE(answers[i].over_tcp);
        }
        CHECK(client.ask(questions(1))[0].status == DnsStatus::noerror);
        CHECK(client.ask({}).empty());
    }
    CHECK(server.accepted() == 1);
    const std::lock_guard lock(mutex);
    CHECK(asked_for == "dns.example");
    CHECK(heard.size() == 251);
    for (const ScriptedQuery& query : heard) {
        CHECK(query.edns);
        CHECK(query.octets.size() % 128 == 0);
    }
}

TEST_CASE("without a name, the certificate has to be for the address")
{
    Server server(part(answer_all));
    CHECK(ask(options({at(server.port(), "")}), 1)[0].status == DnsStatus::noerror);
    Server other(part(answer_all, {.leaf = authority().leaf({.names = {"DNS:dns.example"}}),
                                   .chain = {authority().intermediate}}));
    const DnsAnswer answer = ask(options({at(other.port(), "")}), 1)[0];
    CHECK(answer.status == DnsStatus::network_error);
    CHECK(answer.detail == "TLS: the certificate is not for 127.0.0.1");
}

TEST_CASE("answers may come in any order, in any pieces, and with others in between")
{
    const auto reversed = [](Peer& peer, Connection&) {
        std::vector<ScriptedQuery> kept;
        while (kept.size() < 8)
            kept.push_back(peer.next().value());
        std::reverse(kept.begin(), kept.end());
        for (const ScriptedQuery& query : kept)
            peer.say(address_reply(query, "192.0.2." + query.name.substr(1, 1)));
        peer.next();
    };
    const auto at_once = [](Peer& peer, Connection& connection) {
        std::string all;
        for (int i = 0; i < 8; ++i) {
            const ScriptedQuery query = peer.next().value();
            all += Peer::framed(address_reply(query, "192.0.2." + query.name.substr(1, 1)));
        }
        connection.write(all);
        peer.next();
    };
    const auto octet_by_octet = [](Peer& peer, Connection& connection) {
        while (const auto query = peer.next())
            for (const char octet :
                 Peer::framed(address_reply(*query, "192.0.2." + query->name.substr(1, 1))))
                connection.write({&octet, 1});
    };
    const auto with_noise = [](Peer& peer, Connection&) {
        while (const auto query = peer.next()) {
            ScriptedQuery other = *query;
            other.id ^= 1;  // asked by nobody, or by a question that is still open
            other.name = "other.example";
            if (query->name == "n0.example")
                for (int i = 0; i < 3; ++i)
                    peer.say(address_reply(other, "203.0.113.1"));
            peer.say(address_reply(*query, "192.0.2." + query->name.substr(1, 1)));
        }
    };
    for (const auto& play : std::initializer_list<std::function<void(Peer&, Connection&)>>{
             reversed, at_once, octet_by_octet, with_noise}) {
        Server server(part(play));
        const auto answers = ask(options({at(server.port())}), 8);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            CHECK(answers[i].status == DnsStatus::noerror);
            CHECK(answers[i].records.at(0).data == "192.0.2." + std::to_string(i));
        }
        CHECK(server.accepted() == 1);
    }
}

TEST_CASE("a server may close after each answer: what it has not answered is asked again")
{
    for (const bool abrupt : {false, true}) {
        Server server(part([abrupt](Peer& peer, Connection& connection) {
            if (const auto query = peer.next())
                peer.say(address_reply(*query, "192.0.2.7"));
            if (abrupt)
                connection.close();
            else
                connection.finish_writing();
        }));
        dns::DnsOptions given = options({at(server.port())});
        given.retries = 0;
        const auto answers = ask(given, 6);
        unsigned attempts = 0;
        for (const DnsAnswer& answer : answers) {
            CHECK(answer.status == DnsStatus::noerror);
            attempts += answer.attempts;
        }
        CHECK(server.accepted() == 6);
        CHECK(attempts >= 6);
    }
}

TEST_CASE("a connection that nobody uses is closed by either side, and made anew when needed")
{
    std::mutex mutex;
    std::condition_variable changed;
    unsigned gone = 0;
    SUBCASE("by us")
    {
        Server server(part([&](Peer& peer, Connection& connection) {
            answer_all(peer, connection);
            const std::lock_guard lock(mutex);
            ++gone;
            changed.notify_all();
        }));
        Client client(options({at(server.port())}), {.idle = 20ms});
        CHECK(client.ask(questions(3))[2].status == DnsStatus::noerror);
        // Nothing but the idle connection keeps it at work.
        client.io.restart();
        client.io.run();
        std::unique_lock lock(mutex);
        CHECK(changed.wait_for(lock, 10s, [&] { return gone == 1; }));
        lock.unlock();
        CHECK(client.ask(questions(3))[2].status == DnsStatus::noerror);
        CHECK(server.accepted() == 2);
    }
    SUBCASE("by the server")
    {
        Server server(part([&](Peer& peer, Connection& connection) {
            peer.say(address_reply(peer.next().value(), "192.0.2.7"));
            connection.close();
            const std::lock_guard lock(mutex);
            ++gone;
            changed.notify_all();
        }));
        dns::DnsOptions given = options({at(server.port())});
        given.retries = 0;
        Client client(given);
        CHECK(client.ask(questions(1))[0].status == DnsStatus::noerror);
        {
            std::unique_lock lock(mutex);
            CHECK(changed.wait_for(lock, 10s, [&] { return gone == 1; }));
        }
        CHECK(client.ask(questions(1))[0].status == DnsStatus::noerror);
        CHECK(server.accepted() == 2);
    }
}

TEST_CASE("no more questions are on their way than may be; the others wait for their turn")
{
    std::mutex mutex;
    std::size_t most = 0;
    Server server(part([&](Peer& peer, Connection&) {
        // Each answer lets one more come: with more than two ahead this would not end.
        std::vector<ScriptedQuery> kept;
        for (std::size_t answered = 0; answered < 9; ++answered) {
            while (kept.size() < 2 && answered + kept.size() < 9)
                kept.push_back(peer.next().value());
            {
                const std::lock_guard lock(mutex);
                most = std::max(most, kept.size());
            }
            peer.say(address_reply(kept.front(), "192.0.2.7"));
            kept.erase(kept.begin());
        }
        peer.next();
    }));
    const auto answers = ask(options({at(server.port())}), 9, {.max_in_flight = 2});
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::noerror);
        CHECK(answer.attempts == 1);
    }
    const std::lock_guard lock(mutex);
    CHECK(most == 2);
}

TEST_CASE("what is no answer is told as what it is")
{
    struct Case {
        const char* why;
        std::function<void(Peer&, Connection&)> play;
        DnsStatus status;
        const char* detail;
        unsigned connections;
    };
    const Case cases[] = {
        {"silence",
         [](Peer& peer, Connection&) {
             while (peer.next()) {
             }
         },
         DnsStatus::timeout, "no response in time", 2},
        {"it hangs up",
         [](Peer& peer, Connection& connection) {
             peer.next();
             connection.close();
         },
         DnsStatus::network_error, "TLS: closed by the server", 2},
        {"it resets",
         [](Peer& peer, Connection& connection) {
             peer.next();
             connection.reset();
         },
         DnsStatus::network_error, "TLS: ", 2},
        {"cut within the message",
         [](Peer& peer, Connection& connection) {
             const std::string whole =
                 Peer::framed(address_reply(peer.next().value(), "192.0.2.1"));
             connection.write(whole.substr(0, whole.size() - 3));
             connection.close();
         },
         DnsStatus::bad_response, "TLS: closed by the server within a message", 2},
        {"cut within the length",
         [](Peer& peer, Connection& connection) {
             peer.next();
             connection.write(std::string(1, '\0'));
             connection.close();
         },
         DnsStatus::bad_response, "TLS: closed by the server within a message", 2},
        {"an empty message",
         [](Peer& peer, Connection& connection) {
             peer.next();
             connection.write(std::string(2, '\0'));
             peer.next();
         },
         DnsStatus::bad_response, "TLS: a message of 0 octets", 2},
        {"an answer to another question",
         [](Peer& peer, Connection&) {
             while (auto query = peer.next()) {
                 query->name = "other.example";
                 peer.say(address_reply(*query, "203.0.113.1"));
             }
         },
         DnsStatus::bad_response, "answers another question", 1},
        {"cut short before its end",
         [](Peer& peer, Connection&) {
             while (const auto query = peer.next()) {
                 Octets message = address_reply(*query, "192.0.2.1");
                 message.resize(message.size() - 3);
                 peer.say(message);
             }
         },
         DnsStatus::bad_response, "", 1},
        {"SERVFAIL",
         [](Peer& peer, Connection&) {
             while (const auto query = peer.next())
                 peer.say(reply_to(*query, 0x8182).octets());
         },
         DnsStatus::servfail, "", 1},
        {"SERVFAIL, then silence",
         [](Peer& peer, Connection&) {
             if (const auto query = peer.next())
                 peer.say(reply_to(*query, 0x8182).octets());
             while (peer.next()) {
             }
         },
         DnsStatus::servfail, "", 1},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(part(c.play));
        dns::DnsOptions given = options({at(server.port())});
        // Only silence has to be waited for.
        const bool falls_silent = std::string(c.why).find("ilence") != std::string::npos;
        given.timeout = falls_silent ? 300ms : 10s;
        const DnsAnswer answer = ask(given, 1)[0];
        CHECK(answer.status == c.status);
        CHECK(answer.detail.starts_with(c.detail));
        CHECK(answer.attempts == 2);
        CHECK(answer.records.empty());
        CHECK(server.accepted() == c.connections);
    }
}

TEST_CASE("NXDOMAIN is an answer")
{
    Server server(part([](Peer& peer, Connection&) {
        while (const auto query = peer.next())
            peer.say(reply_to(*query, 0x8183).octets());
    }));
    const DnsAnswer answer = ask(options({at(server.port())}), 1)[0];
    CHECK(answer.status == DnsStatus::nxdomain);
    CHECK(answer.attempts == 1);
}

TEST_CASE("a server that is not there, or not the one meant, is told nothing and told apart")
{
    struct Case {
        const char* why;
        Server::Behaviour behaviour;
        const char* name;
        DnsStatus status;
        const char* detail;
    };
    std::atomic<bool> overheard{false};
    const auto eavesdrop = [&overheard](Peer& peer, Connection&) {
        if (peer.next())
            overheard = true;
    };
    const std::vector<std::string> names = {"DNS:dns.example"};
    const Case cases[] = {
        {"another's certificate", part(eavesdrop), "other.example", DnsStatus::network_error,
         "TLS: the certificate is not for other.example"},
        {"signed by itself",
         part(eavesdrop, {.leaf = TestCertificate::self_signed({.names = names})}), "dns.example",
         DnsStatus::network_error,
         "TLS: the certificate is not to be trusted: self-signed certificate"},
        {"expired",
         part(eavesdrop,
              {.leaf = authority().leaf({.names = names, .valid_until = std::chrono::seconds(-60)}),
               .chain = {authority().intermediate}}),
         "dns.example", DnsStatus::network_error,
         "TLS: the certificate is not to be trusted: certificate has expired"},
        {"not TLS at all",
         [](Connection& connection) {
             connection.write("220 mail.example ESMTP\r\n");
             connection.wait_for_close();
         },
         "dns.example", DnsStatus::network_error, "TLS: wrong version number"},
        {"hangs up", [](Connection& connection) { connection.close(); }, "dns.example",
         DnsStatus::network_error, "TLS: "},
        {"says nothing", [](Connection& connection) { connection.wait_for_close(); }, "dns.example",
         DnsStatus::timeout, "no TLS handshake in time"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(c.behaviour);
        dns::DnsOptions given = options({at(server.port(), c.name)});
        given.timeout = c.status == DnsStatus::timeout ? 300ms : 10s;
        for (const DnsAnswer& answer : ask(given, 3)) {
            CHECK(answer.status == c.status);
            CAPTURE(answer.detail);
            CHECK(answer.detail.starts_with(c.detail));
            CHECK(answer.attempts == 2);
        }
        // All questions of a moment share an attempt.
        CHECK(server.accepted() <= 2);
    }
    CHECK_FALSE(overheard);
    const RefusingPort refusing;
    const DnsAnswer answer = ask(options({at(refusing.port())}), 1)[0];
    CHECK(answer.status == DnsStatus::network_error);
    CHECK(answer.detail == "TCP: Connection refused");
}

TEST_CASE("of several servers each takes its turn, and the next one takes over from one that fails")
{
    const RefusingPort refusing;
    Server server(part(answer_all));
    dns::DnsOptions given = options({at(refusing.port()), at(server.port())});
    Client client(given);
    for (int round = 0; round < 2; ++round)
        for (const DnsAnswer& answer : client.ask(questions(4))) {
            CHECK(answer.status == DnsStatus::noerror);
            CHECK(answer.resolver == at(server.port()).text());
            CHECK(answer.attempts <= 2);
            if (answer.attempts < 2) {
                CHECK(answer.tried.empty());
                continue;
            }
            REQUIRE(answer.tried.size() == 2);
            CHECK(answer.tried[0].resolver == at(refusing.port()).text());
            CHECK(answer.tried[0].status == DnsStatus::network_error);
            CHECK(answer.tried[1].resolver == at(server.port()).text());
            CHECK(answer.tried[1].status == DnsStatus::noerror);
        }

    Server second(part(answer_all));
    given = options({at(server.port()), at(second.port())});
    given.out_of_use = [](std::size_t which) { return which == 0; };
    for (const DnsAnswer& answer : ask(given, 4))
        CHECK(answer.resolver == at(second.port()).text());
    given.out_of_use = [](std::size_t) { return true; };
    CHECK(ask(given, 1)[0].status == DnsStatus::noerror);
    asio::io_context io(1);
    given.servers.clear();
    const auto none = resolvers::dns::make_dns_over_tls(io.get_executor(), given, store());
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == "no_resolver");
}

TEST_CASE("a late answer is not taken for that of another question")
{
    Server server(part([](Peer& peer, Connection&) {
        std::optional<ScriptedQuery> late;
        while (const auto query = peer.next()) {
            if (query->name != "n0.example") {
                peer.say(address_reply(*query, "192.0.2.7"));
            } else if (!late) {
                late = query;
            } else {
                peer.say(address_reply(*late, "203.0.113.1"));
                peer.say(address_reply(*query, "192.0.2.7"));
            }
        }
    }));
    dns::DnsOptions given = options({at(server.port())});
    given.timeout = 500ms;
    const auto answers = ask(given, 2);
    CHECK(answers[0].status == DnsStatus::noerror);
    CHECK(answers[0].records.at(0).data == "192.0.2.7");
    CHECK(answers[0].attempts == 2);
    CHECK(answers[1].attempts == 1);
    CHECK(server.accepted() == 1);
}

TEST_CASE("the deadline ends a question whatever it waits for")
{
    Server silent(part([](Peer& peer, Connection&) {
        while (peer.next()) {
        }
    }));
    {
        Client client(options({at(silent.port())}));
        const DnsAnswer answer = client.ask(questions(1), 100ms)[0];
        CHECK(answer.status == DnsStatus::timeout);
        CHECK(answer.attempts == 1);
    }
    Client client(options({at(silent.port())}));
    const DnsAnswer answer = client.ask(questions(1), -1s)[0];
    CHECK(answer.status == DnsStatus::skipped);
    CHECK(answer.attempts == 0);
    CHECK(answer.detail == "not sent before the deadline");
    const std::vector<Question> unknown = {{DomainName::parse("a.example").value(), "BOGUS"}};
    CHECK(client.ask(unknown)[0].status == DnsStatus::local_error);
}

TEST_CASE("an ask may be cancelled, and the resolver or the loop may go away meanwhile")
{
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t heard = 0;
    Server silent(part([&](Peer& peer, Connection&) {
        while (peer.next()) {
            const std::lock_guard lock(mutex);
            ++heard;
            changed.notify_all();
        }
    }));
    const auto wait_until_heard = [&](Client& client, std::size_t count) {
        std::unique_lock lock(mutex);
        while (heard < count) {
            lock.unlock();
            client.io.restart();
            client.io.run_for(5ms);
            lock.lock();
        }
    };
    SUBCASE("cancelled")
    {
        Client client(options({at(silent.port())}));
        bool cancelled = false;
        auto work = client.resolver->ask(questions(3), Clock::now() + 60s);
        auto limited = with_deadline(std::move(work), Clock::now() + 50ms);
        asio::co_spawn(client.io, std::move(limited), [&](std::exception_ptr error, auto got) {
            cancelled = !error && !got.has_value();
            client.io.stop();
        });
        client.io.run();
        CHECK(cancelled);
        // The connection is still of use, and late answers are nobody's.
        CHECK(client.ask(questions(1), 50ms)[0].status == DnsStatus::timeout);
    }
    SUBCASE("the resolver goes")
    {
        Client client(options({at(silent.port())}));
        std::vector<DnsAnswer> answers;
        asio::co_spawn(
            client.io, client.resolver->ask(questions(3), Clock::now() + 60s),
            [&](std::exception_ptr, std::vector<DnsAnswer> got) { answers = std::move(got); });
        wait_until_heard(client, 3);
        client.resolver.reset();
        client.io.restart();
        client.io.run();
        REQUIRE(answers.size() == 3);
        for (const DnsAnswer& answer : answers) {
            CHECK(answer.status == DnsStatus::skipped);
            CHECK(answer.detail == "cancelled");
            CHECK(answer.attempts == 1);
        }
    }
    SUBCASE("everything goes")
    {
        Client client(options({at(silent.port())}));
        asio::co_spawn(client.io, client.resolver->ask(questions(3), Clock::now() + 60s),
                       [](std::exception_ptr, std::vector<DnsAnswer>) {});
        wait_until_heard(client, 3);
        CHECK(heard == 3);
    }
}

TEST_CASE("a question that found no room over TLS waits outside its deadline, and is asked")
{
    Server silent(part([](Peer& peer, Connection&) {
        while (peer.next()) {
        }
    }));
    dns::DnsOptions given = options({at(silent.port())});
    given.timeout = 300ms;
    given.retries = 0;
    Client client(given, {.max_in_flight = 1});
    const auto answers = client.ask(questions(2), 200ms);
    CHECK(answers[0].status == DnsStatus::timeout);
    CHECK(answers[1].status == DnsStatus::timeout);
    CHECK(answers[1].attempts == 1);
    CHECK(answers[1].waited > 0ms);
}

TEST_CASE("a server over TLS that knows no EDNS is asked without, from then on at once")
{
    Server server(part([](Peer& peer, Connection&) {
        while (const auto query = peer.next())
            peer.say(query->edns ? reply_to(*query, 0x8181).octets()
                                 : address_reply(*query, "192.0.2.7"));
    }));
    Client client(options({at(server.port())}));
    for (const unsigned attempts : {2U, 1U}) {
        const DnsAnswer answer = client.ask(questions(1))[0];
        CHECK(answer.status == DnsStatus::noerror);
        CHECK(answer.attempts == attempts);
    }
}
