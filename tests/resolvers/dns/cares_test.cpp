// The client over UDP and TCP, against a scripted server on loopback. Long because each way in
// which a server fails is a case of its own, and all share the same few helpers.
#include "resolvers/dns/cares.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "tests/support/deadline.h"
#include "tests/support/scripted_dns.h"

using namespace resolvers;
using namespace tests;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using Answers = std::vector<DnsAnswer>;
using Replies = std::vector<Octets>;
using Clock = std::chrono::steady_clock;

Question question(std::string_view name, std::string_view type = "A")
{
    return Question{DomainName::parse(name).value(), std::string(type)};
}

dns::DnsOptions options_for(std::vector<dns::ResolverAddress> servers)
{
    dns::DnsOptions options;
    options.servers = std::move(servers);
    options.timeout = 5s;
    return options;
}

std::unique_ptr<dns::DnsClient> resolver_on(asio::io_context& context, dns::DnsOptions options)
{
    auto made = resolvers::dns::make_dns_client(context.get_executor(), std::move(options));
    REQUIRE(made.has_value());
    return std::move(*made);
}

asio::awaitable<void> ask_into(DnsResolver& resolver, std::vector<Question> questions,
                               Deadline deadline, Answers& answers)
{
    auto work = resolver.ask(std::move(questions), deadline);
    answers = co_await std::move(work);
}

// Asks in one go on an io_context of its own.
Answers ask(dns::DnsOptions options, std::vector<Question> questions,
            std::chrono::milliseconds within = 10s)
{
    asio::io_context context(1);
    const auto resolver = resolver_on(context, std::move(options));
    Answers answers;
    asio::co_spawn(context,
                   ask_into(*resolver, std::move(questions), Clock::now() + within, answers),
                   asio::detached);
    context.run();
    return answers;
}

DnsAnswer ask_one(dns::DnsOptions options, Question asked, std::chrono::milliseconds within = 10s)
{
    Answers answers = ask(std::move(options), {std::move(asked)}, within);
    REQUIRE(answers.size() == 1);
    return answers[0];
}

std::vector<Octets> say(unsigned flags, const ScriptedQuery& query)
{
    return {reply_to(query, flags).octets()};
}

}  // namespace

// ---- Answers ------------------------------------------------------------------------------------

TEST_CASE("all questions of a name are asked at once and answered in their order")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        if (query.type == 1)
            return {address_reply(query, "192.0.2.7")};
        if (query.type == 65)
            return {
                reply_to(query, 0x81A0)
                    .record(Section::answer, query.name, 65, 60, {0, 1, 0, 0, 1, 0, 3, 2, 'h', '2'})
                    .octets()};
        return say(0x8180, query);
    });
    const Answers answers = ask(options_for({server.address()}),
                                {question("Example.COM", "A"), question("example.com", "AAAA"),
                                 question("example.com", "HTTPS")});
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].name == "example.com");
    CHECK(answers[0].type == "A");
    CHECK(answers[0].status == DnsStatus::noerror);
    CHECK(answers[0].rcode == 0);
    REQUIRE(answers[0].records.size() == 1);
    CHECK(answers[0].records[0].data == "192.0.2.7");
    CHECK(answers[0].resolver == server.address().text());
    CHECK(answers[0].attempts == 1);
    CHECK(answers[0].detail.empty());
    CHECK_FALSE(answers[0].over_tcp);
    CHECK_FALSE(answers[0].authentic_data);
    CHECK(answers[0].asked_at > Timestamp{std::chrono::days(20000)});

    CHECK(answers[1].type == "AAAA");
    CHECK(answers[1].status == DnsStatus::nodata);
    CHECK(answers[1].records.empty());

    CHECK(answers[2].status == DnsStatus::noerror);
    CHECK(answers[2].authentic_data);
    CHECK(answers[2].records.at(0).service->alpn == std::vector<std::string>{"h2"});
    CHECK(server.count() == 3);
    CHECK(server.queries()[0].edns);
}

TEST_CASE("an ask without questions has no answers")
{
    CHECK(ask(options_for({deaf_address()}), {}).empty());
}

TEST_CASE("a resolver can be asked again and again")
{
    ScriptedDns server(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.1")}; });
    asio::io_context context(1);
    const auto resolver = resolver_on(context, options_for({server.address()}));
    for (int round = 0; round < 3; ++round) {
        Answers answers;
        asio::co_spawn(context,
                       ask_into(*resolver, {question("a.example")}, Clock::now() + 10s, answers),
                       asio::detached);
        context.restart();
        context.run();
        REQUIRE(answers.size() == 1);
        CHECK(answers[0].status == DnsStatus::noerror);
    }
    CHECK(server.count() == 3);
}

TEST_CASE("a server may be asked over IPv6")
{
    std::unique_ptr<ScriptedDns> server;
    const auto script = [](const ScriptedQuery& query) -> Replies {
        return {query.over_tcp ? address_reply(query, "192.0.2.1")
                               : reply_to(query, 0x8380).octets()};
    };
    try {
        server = std::make_unique<ScriptedDns>(script, ScriptedDns::Setup{.over_ipv6 = true});
    } catch (const std::runtime_error&) {
        MESSAGE("skipped: this machine has no ::1");
        return;
    }
    const DnsAnswer answer = ask_one(options_for({server->address()}), question("a.example"));
    CHECK(answer.status == DnsStatus::noerror);
    CHECK(answer.over_tcp);
    CHECK(answer.resolver == server->address().text());
    CHECK(answer.resolver.starts_with("[::1]:"));
}

TEST_CASE("a name or a type that does not exist is not asked for twice")
{
    struct Case {
        const char* why;
        unsigned flags;
        DnsStatus status;
    };
    const Case cases[] = {
        {"NXDOMAIN", 0x8183, DnsStatus::nxdomain},
        {"NODATA", 0x8180, DnsStatus::nodata},
        {"an rcode that we do not know", 0x818B, DnsStatus::other_rcode},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        ScriptedDns server([&c](const ScriptedQuery& query) { return say(c.flags, query); });
        const DnsAnswer answer =
            ask_one(options_for({server.address(), server.address()}), question("no.example"));
        CHECK(answer.status == c.status);
        CHECK(answer.rcode == (c.flags & 0x0F));
        CHECK(answer.attempts == 1);
        CHECK(server.count() == 1);
    }
}

// ---- Retries ------------------------------------------------------------------------------------

TEST_CASE("a server that fails is passed over for the next one")
{
    for (const unsigned flags : {0x8182U, 0x8185U}) {
        CAPTURE(flags);
        ScriptedDns bad([flags](const ScriptedQuery& query) { return say(flags, query); });
        ScriptedDns good(
            [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.9")}; });
        // First questions take turns: of two, one begins with the bad server.
        const Answers answers = ask(options_for({bad.address(), good.address()}),
                                    {question("a.example"), question("b.example")});
        REQUIRE(answers.size() == 2);
        for (const DnsAnswer& answer : answers) {
            CHECK(answer.status == DnsStatus::noerror);
            CHECK(answer.resolver == good.address().text());
            CHECK(answer.detail.empty());
        }
        CHECK(answers[0].attempts + answers[1].attempts == 3);
        CHECK(bad.count() == 1);
        CHECK(good.count() == 2);
    }
}

TEST_CASE("a server that is out of use is not asked while there is another")
{
    ScriptedDns caught(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "203.0.113.9")}; });
    ScriptedDns sound(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.9")}; });
    dns::DnsOptions options = options_for({caught.address(), sound.address()});
    options.out_of_use = [](std::size_t server) { return server == 0; };
    for (const DnsAnswer& answer :
         ask(options, {question("a.example"), question("b.example"), question("c.example")}))
        CHECK(answer.resolver == sound.address().text());
    CHECK(caught.count() == 0);

    // Alone, or when all are, it is better than nobody.
    options.servers = {caught.address()};
    CHECK(ask_one(options, question("a.example")).status == DnsStatus::noerror);
    options.servers = {caught.address(), caught.address()};
    options.out_of_use = [](std::size_t) { return true; };
    CHECK(ask_one(options, question("a.example")).status == DnsStatus::noerror);
}

TEST_CASE("a server may be asked over TCP only")
{
    ScriptedDns server(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.9")}; });
    dns::ResolverAddress over_tcp = server.address();
    over_tcp.transport = dns::DnsTransport::tcp;
    std::vector<Question> questions;
    for (int i = 0; i < 300; ++i)
        questions.push_back(question("n" + std::to_string(i) + ".example"));
    const Answers answers = ask(options_for({over_tcp}), questions);
    REQUIRE(answers.size() == 300);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::noerror);
        CHECK(answer.over_tcp);
        CHECK(answer.attempts == 1);
        CHECK(answer.resolver == "tcp://" + server.address().text());
    }
    for (const ScriptedQuery& query : server.queries())
        CHECK(query.over_tcp);

    dns::ResolverAddress deaf = deaf_address();
    deaf.transport = dns::DnsTransport::tcp;
    dns::DnsOptions options = options_for({deaf});
    options.retries = 0;
    const DnsAnswer refused = ask_one(options, question("a.example"));
    CHECK(refused.status == DnsStatus::network_error);
    CHECK(refused.detail == "Connection refused");
}

TEST_CASE("the client network is sent, and the scope that comes back is kept")
{
    ScriptedDns server([](const ScriptedQuery& query) {
        // Family 1, 24 bits, scope 20 (RFC 7871 section 6).
        const Octets subnet = {0, 1, 24, 20, 192, 0, 2};
        MessageBuilder reply = reply_to(query);
        reply.record(Section::answer, query.name, 1, 60, wire_ipv4("192.0.2.1"));
        if (query.name == "scoped.example")
            reply.opt(wire_option(8, subnet));
        return Replies{reply.octets()};
    });
    dns::DnsOptions options = options_for({server.address()});
    options.client_subnet = Prefix::parse("192.0.2.0/24");
    options.recursion_desired = false;
    const Answers answers = ask(options, {question("scoped.example"), question("not.example")});
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].ecs_scope == std::uint8_t{20});
    CHECK_FALSE(answers[1].ecs_scope.has_value());
    const Octets sent = {0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2};
    for (const ScriptedQuery& query : server.queries()) {
        CHECK(std::search(query.octets.begin(), query.octets.end(), sent.begin(), sent.end()) !=
              query.octets.end());
        CHECK((query.octets[2] & 1) == 0);  // RD
    }
}

TEST_CASE("when all servers fail, the answer says how and why")
{
    ScriptedDns server([](const ScriptedQuery& query) {
        return Replies{reply_to(query, 0x8182)
                           .opt(wire_option(15, Octets{0, 22, 'l', 'a', 'm', 'e'}))
                           .octets()};
    });
    const DnsAnswer answer =
        ask_one(options_for({server.address(), server.address()}), question("dead.example"));
    CHECK(answer.status == DnsStatus::servfail);
    CHECK(answer.rcode == 2);
    CHECK(answer.errors == std::vector<ExtendedError>{{22, "lame"}});
    CHECK(answer.attempts == 3);
    CHECK(server.count() == 3);
}

TEST_CASE("the only server is asked again after a pause")
{
    std::atomic<int> asked = 0;
    ScriptedDns server([&asked](const ScriptedQuery& query) -> std::vector<Octets> {
        if (++asked == 1)
            return say(0x8182, query);
        return {address_reply(query, "192.0.2.1")};
    });
    const DnsAnswer answer = ask_one(options_for({server.address()}), question("a.example"));
    CHECK(answer.status == DnsStatus::noerror);
    CHECK(answer.rcode == 0);
    CHECK(answer.errors.empty());
    CHECK(answer.attempts == 2);
    CHECK(answer.took >= 100ms);
}

TEST_CASE("silence is a timeout, after as many queries as allowed")
{
    ScriptedDns server([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    dns::DnsOptions options = options_for({server.address()});
    options.timeout = 60ms;
    options.retries = 1;
    const DnsAnswer answer = ask_one(options, question("slow.example"));
    CHECK(answer.status == DnsStatus::timeout);
    CHECK_FALSE(answer.rcode.has_value());
    CHECK(answer.attempts == 2);
    CHECK(answer.detail == "no response in time");
    CHECK(answer.resolver == server.address().text());
    CHECK(server.count() == 2);
}

TEST_CASE("a server's word counts for more than another server's silence")
{
    ScriptedDns failing([](const ScriptedQuery& query) { return say(0x8182, query); });
    ScriptedDns silent([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    dns::DnsOptions options = options_for({silent.address(), failing.address()});
    options.timeout = 60ms;
    options.retries = 1;
    const Answers answers = ask(options, {question("a.example"), question("b.example")});
    REQUIRE(answers.size() == 2);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::servfail);
        CHECK(answer.resolver == failing.address().text());
        CHECK(answer.attempts == 2);
    }
}

TEST_CASE("of several queries each is told, with its server and its end; of one alone none")
{
    ScriptedDns failing([](const ScriptedQuery& query) { return say(0x8182, query); });
    ScriptedDns silent([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    ScriptedDns honest(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.1")}; });
    ScriptedDns cutting([](const ScriptedQuery& query) {
        return query.over_tcp ? Replies{address_reply(query, "192.0.2.1")} : say(0x8380, query);
    });
    struct Case {
        const char* why;
        std::vector<const ScriptedDns*> servers;
        // Server and status of each; in any order of the servers.
        std::vector<DnsStatus> told;
    };
    const Case cases[] = {
        {"one query", {&honest}, {}},
        {"the only server fails", {&failing}, {DnsStatus::servfail, DnsStatus::servfail}},
        {"the only server is silent", {&silent}, {DnsStatus::timeout, DnsStatus::timeout}},
        {"a truncated answer, then TCP", {&cutting}, {DnsStatus::bad_response, DnsStatus::noerror}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        std::vector<dns::ResolverAddress> addresses;
        for (const ScriptedDns* server : c.servers)
            addresses.push_back(server->address());
        dns::DnsOptions options = options_for(addresses);
        options.timeout = 60ms;
        options.retries = 1;
        const DnsAnswer answer = ask_one(options, question("a.example"));
        std::vector<DnsStatus> told;
        for (const DnsAttempt& attempt : answer.tried) {
            told.push_back(attempt.status);
            CHECK(attempt.resolver == addresses.front().text());
            CHECK(attempt.took <= answer.took);
        }
        CHECK(told == c.told);
    }

    // One of two questions comes to the silent server first, and to the failing one after that.
    dns::DnsOptions options = options_for({silent.address(), failing.address()});
    options.timeout = 60ms;
    options.retries = 1;
    const Answers answers = ask(options, {question("a.example"), question("b.example")});
    REQUIRE(answers.size() == 2);
    for (const DnsAnswer& answer : answers) {
        REQUIRE(answer.tried.size() == 2);
        const bool silent_first = answer.tried[0].resolver == silent.address().text();
        CHECK(answer.tried[silent_first ? 0 : 1].status == DnsStatus::timeout);
        CHECK(answer.tried[silent_first ? 0 : 1].took >= 30ms);
        CHECK(answer.tried[silent_first ? 0 : 1].detail == "no response in time");
        CHECK(answer.tried[silent_first ? 1 : 0].resolver == failing.address().text());
        CHECK(answer.tried[silent_first ? 1 : 0].status == DnsStatus::servfail);
    }
}

TEST_CASE("a port where nothing listens is a network error")
{
    const dns::ResolverAddress deaf = deaf_address();
    const Answers answers = ask(
        options_for({deaf}), {question("a.example"), question("b.example"), question("c.example")});
    REQUIRE(answers.size() == 3);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::network_error);
        CHECK(answer.detail == "Connection refused");
        CHECK(answer.attempts == 3);
        CHECK(answer.resolver == deaf.text());
        CHECK(answer.took < 5000ms);  // not the timeout
    }
}

TEST_CASE("of a server that has answered before, one refusal is not believed, but many are")
{
    auto server = std::make_unique<ScriptedDns>(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.1")}; });
    dns::DnsOptions options = options_for({server->address()});
    options.channels_per_server = 1;
    options.timeout = 200ms;
    options.retries = 0;
    asio::io_context context(1);
    const auto resolver = resolver_on(context, options);
    const auto ask_again = [&](std::vector<Question> questions) {
        Answers answers;
        asio::co_spawn(context,
                       ask_into(*resolver, std::move(questions), Clock::now() + 10s, answers),
                       asio::detached);
        context.restart();
        context.run();
        return answers;
    };
    CHECK(ask_again({question("a.example")}).at(0).status == DnsStatus::noerror);
    server.reset();
    CHECK(ask_again({question("b.example")}).at(0).status == DnsStatus::timeout);
    const Answers answers = ask_again({question("c.example"), question("d.example"),
                                       question("e.example"), question("f.example")});
    REQUIRE(answers.size() == 4);
    for (const DnsAnswer& answer : answers)
        CHECK(answer.status == DnsStatus::network_error);
}

TEST_CASE("a server that is gone is passed over for the next one")
{
    ScriptedDns good(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.9")}; });
    const Answers answers = ask(options_for({deaf_address(), good.address()}),
                                {question("a.example"), question("b.example")});
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].status == DnsStatus::noerror);
    CHECK(answers[1].status == DnsStatus::noerror);
}

// ---- Deadlines ----------------------------------------------------------------------------------

TEST_CASE("an ask ends at its deadline, and what was answered until then stays")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        if (query.name == "slow.example")
            return {};
        return {address_reply(query, "192.0.2.1")};
    });
    dns::DnsOptions options = options_for({server.address()});
    options.timeout = 60s;
    const Answers answers = ask(options, {question("slow.example"), question("a.example")}, 200ms);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].status == DnsStatus::timeout);
    CHECK(answers[0].attempts == 1);
    CHECK(answers[0].detail == "no response before the deadline");
    CHECK(answers[0].took < 60s);
    CHECK(answers[1].status == DnsStatus::noerror);
}

TEST_CASE("an ask whose deadline has passed is not sent")
{
    ScriptedDns server([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    const DnsAnswer answer = ask_one(options_for({server.address()}), question("a.example"), -1ms);
    CHECK(answer.status == DnsStatus::skipped);
    CHECK(answer.attempts == 0);
    CHECK(server.count() == 0);
}

TEST_CASE("a response after the deadline does no harm")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        if (query.name == "late.example")
            return {};
        return {address_reply(query, "192.0.2.1")};
    });
    asio::io_context context(1);
    dns::DnsOptions options = options_for({server.address()});
    options.channels_per_server = 1;
    const auto resolver = resolver_on(context, options);
    Answers late;
    asio::co_spawn(context,
                   ask_into(*resolver, {question("late.example")}, Clock::now() + 50ms, late),
                   asio::detached);
    context.run();
    REQUIRE(late.size() == 1);
    CHECK(late[0].status == DnsStatus::timeout);

    server.send(server.queries()[0], address_reply(server.queries()[0], "192.0.2.66"));
    Answers next;
    asio::co_spawn(context, ask_into(*resolver, {question("a.example")}, Clock::now() + 10s, next),
                   asio::detached);
    context.restart();
    context.run();
    REQUIRE(next.size() == 1);
    CHECK(next[0].status == DnsStatus::noerror);
}

// ---- Odd responses ------------------------------------------------------------------------------

TEST_CASE("a truncated response is asked for again over TCP")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        if (!query.over_tcp)
            return {reply_to(query, 0x8380)
                        .record(Section::answer, query.name, 1, 60, wire_ipv4("192.0.2.1"))
                        .octets()};
        MessageBuilder builder = reply_to(query);
        for (unsigned i = 0; i < 400; ++i)
            builder.record(Section::answer, query.name, 1, 60, wire_u32(0xC6336400U + i));
        return {builder.opt().octets()};
    });
    const Answers answers =
        ask(options_for({server.address()}), {question("big.example"), question("other.example")});
    REQUIRE(answers.size() == 2);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::noerror);
        // Nobody needs more, and a peer must not fill our memory.
        CHECK(answer.records.size() == 200);
        CHECK(answer.detail == "400 records, the first 200 kept");
        CHECK(answer.over_tcp);
        CHECK(answer.attempts == 2);
    }
    const std::vector<ScriptedQuery> queries = server.queries();
    REQUIRE(queries.size() == 4);
    for (const ScriptedQuery& query : queries)
        CHECK(query.edns);
    CHECK(queries[3].over_tcp);
}

TEST_CASE("a truncated response without TCP behind it is a network error, not half an answer")
{
    ScriptedDns server(
        [](const ScriptedQuery& query) {
            return Replies{reply_to(query, 0x8380)
                               .record(Section::answer, query.name, 1, 60, wire_ipv4("192.0.2.1"))
                               .octets()};
        },
        {.over_tcp = false});
    dns::DnsOptions options = options_for({server.address()});
    options.retries = 1;
    const DnsAnswer answer = ask_one(options, question("big.example"));
    CHECK(answer.status == DnsStatus::network_error);
    CHECK(answer.detail == "truncated over UDP; over TCP: Connection refused");
    CHECK(answer.records.empty());
    CHECK(answer.attempts == 4);
    CHECK_FALSE(answer.over_tcp);
}

TEST_CASE("a truncated response whose TCP is silent is a timeout")
{
    ScriptedDns server([](const ScriptedQuery& query) -> Replies {
        if (query.over_tcp)
            return {};
        return say(0x8380, query);
    });
    SUBCASE("at the deadline")
    {
        const DnsAnswer answer =
            ask_one(options_for({server.address()}), question("big.example"), 150ms);
        CHECK(answer.status == DnsStatus::timeout);
        CHECK(answer.rcode == 0);
        CHECK(answer.attempts == 2);
        CHECK(answer.detail == "truncated over UDP; over TCP: no response before the deadline");
        REQUIRE(answer.tried.size() == 2);
        CHECK(answer.tried[0].detail == "truncated over UDP");
        CHECK(answer.tried[1].status == DnsStatus::timeout);
    }
    SUBCASE("before the deadline")
    {
        dns::DnsOptions options = options_for({server.address()});
        options.timeout = 60ms;
        options.retries = 0;
        const DnsAnswer answer = ask_one(options, question("big.example"));
        CHECK(answer.status == DnsStatus::timeout);
        CHECK(answer.detail == "truncated over UDP; over TCP: no response in time");
    }
}

TEST_CASE("a TCP connection that talks nonsense is a network error for all that it carried")
{
    ScriptedDns server([](const ScriptedQuery& query) -> Replies {
        if (!query.over_tcp)
            return say(0x8380, query);
        return {Octets{}};  // a message of no octets: c-ares gives up the connection
    });
    dns::DnsOptions options = options_for({server.address()});
    options.retries = 0;
    const Answers answers = ask(options, {question("a.example"), question("b.example")});
    REQUIRE(answers.size() == 2);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::network_error);
        CHECK(answer.detail == "truncated over UDP; over TCP: connection closed");
    }
}

TEST_CASE("more truncated answers than one connection carries at once all come")
{
    ScriptedDns server([](const ScriptedQuery& query) -> Replies {
        if (!query.over_tcp)
            return say(0x8380, query);
        return {address_reply(query, "192.0.2.1")};
    });
    std::vector<Question> questions;
    for (unsigned i = 0; i < 350; ++i)
        questions.push_back(question("n" + std::to_string(i) + ".example"));
    const Answers answers = ask(options_for({server.address()}), questions, 60s);
    REQUIRE(answers.size() == 350);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::noerror);
        CHECK(answer.over_tcp);
    }
}

TEST_CASE("an answer over 512 octets comes over UDP if it says that it is whole")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        MessageBuilder builder = reply_to(query);
        for (unsigned i = 0; i < 30; ++i)
            builder.record(Section::answer, query.name, 1, 60, wire_u32(0xC6336400U + i));
        return {builder.octets()};
    });
    const DnsAnswer answer = ask_one(options_for({server.address()}), question("big.example"));
    CHECK(answer.status == DnsStatus::noerror);
    CHECK(answer.records.size() == 30);
    CHECK_FALSE(answer.over_tcp);
}

TEST_CASE("a server that knows no EDNS is asked without, from then on at once")
{
    for (const unsigned flags : {0x8181U, 0x8184U}) {
        CAPTURE(flags);
        ScriptedDns server([flags](const ScriptedQuery& query) -> std::vector<Octets> {
            if (query.edns)
                return say(flags, query);
            return {address_reply(query, "192.0.2.1")};
        });
        asio::io_context context(1);
        const auto resolver = resolver_on(context, options_for({server.address()}));
        for (const unsigned attempts : {2U, 1U}) {
            Answers answers;
            asio::co_spawn(
                context,
                ask_into(*resolver, {question("old.example")}, Clock::now() + 10s, answers),
                asio::detached);
            context.restart();
            context.run();
            REQUIRE(answers.size() == 1);
            CHECK(answers[0].status == DnsStatus::noerror);
            CHECK(answers[0].attempts == attempts);
        }
        CHECK(server.count() == 3);
    }
}

TEST_CASE("FORMERR to EDNS and silence without it stays FORMERR")
{
    ScriptedDns server([](const ScriptedQuery& query) -> Replies {
        if (query.edns)
            return say(0x8181, query);
        return {};
    });
    dns::DnsOptions options = options_for({server.address()});
    options.timeout = 60ms;
    options.retries = 0;
    const DnsAnswer answer = ask_one(options, question("a.example"));
    CHECK(answer.status == DnsStatus::formerr);
    CHECK(answer.rcode == 1);
    CHECK(answer.attempts == 2);
}

TEST_CASE("FORMERR for one name only does not cost the server EDNS")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        if (query.name == "odd.example")
            return say(0x8181, query);
        return {address_reply(query, "192.0.2.1")};
    });
    asio::io_context context(1);
    const auto resolver = resolver_on(context, options_for({server.address()}));
    Answers answers;
    for (const char* name : {"odd.example", "even.example"}) {
        asio::co_spawn(context, ask_into(*resolver, {question(name)}, Clock::now() + 10s, answers),
                       asio::detached);
        context.restart();
        context.run();
        REQUIRE(answers.size() == 1);
    }
    CHECK(answers[0].status == DnsStatus::noerror);
    const std::vector<ScriptedQuery> queries = server.queries();
    REQUIRE(queries.size() == 3);
    CHECK(queries[0].edns);
    CHECK_FALSE(queries[1].edns);
    CHECK(queries[2].edns);
}

TEST_CASE("FORMERR from a server that does know EDNS is final")
{
    ScriptedDns server(
        [](const ScriptedQuery& query) { return Replies{reply_to(query, 0x8181).opt().octets()}; });
    const DnsAnswer answer = ask_one(options_for({server.address()}), question("a.example"));
    CHECK(answer.status == DnsStatus::formerr);
    CHECK(answer.attempts == 1);
}

TEST_CASE("responses to something else are passed over until the right one comes")
{
    ScriptedDns server([](const ScriptedQuery& query) {
        ScriptedQuery other_id = query;
        other_id.id ^= 1;
        ScriptedQuery other_name = query;
        other_name.name = "evil.example";
        ScriptedQuery other_type = query;
        other_type.type = 28;
        return Replies{Octets{},
                       Octets{1, 2, 3},
                       address_reply(other_id, "192.0.2.66"),
                       address_reply(other_name, "192.0.2.66"),
                       reply_to(other_type).octets(),
                       address_reply(query, "192.0.2.1")};
    });
    const DnsAnswer answer = ask_one(options_for({server.address()}), question("a.example"));
    CHECK(answer.status == DnsStatus::noerror);
    CHECK(answer.records.at(0).data == "192.0.2.1");
    CHECK(answer.attempts == 1);
}

TEST_CASE("what cannot be read, or does not answer, is a bad response")
{
    struct Case {
        const char* why;
        std::function<Octets(const ScriptedQuery&)> reply;
        const char* detail;
        bool responded;
    };
    const Case cases[] = {
        {"our own query sent back", [](const ScriptedQuery& query) { return query.octets; },
         "answers another question", false},
        {"promises records and has none",
         [](const ScriptedQuery& query) { return reply_to(query).count(1, 3).octets(); },
         "unreadable answer section", false},
        {"an address of three octets",
         [](const ScriptedQuery& query) {
             return reply_to(query).record(Section::answer, query.name, 1, 1, {1, 2, 3}).octets();
         },
         "unreadable answer section: bad data of A", false},
        {"a referral",
         [](const ScriptedQuery& query) {
             return reply_to(query, 0x8100)
                 .record(Section::authority, "example", 2, 1, wire_name("ns.example"))
                 .octets();
         },
         "neither an answer to the question nor word that there is none", true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        ScriptedDns server([&c](const ScriptedQuery& query) { return Replies{c.reply(query)}; });
        const DnsAnswer answer =
            ask_one(options_for({server.address(), server.address()}), question("a.example"));
        CHECK(answer.status == DnsStatus::bad_response);
        CHECK(answer.detail == c.detail);
        CHECK(answer.attempts == 3);
        CHECK(answer.rcode.has_value() == c.responded);
        CHECK(answer.records.empty());
    }
}

// ---- Many at once -------------------------------------------------------------------------------

TEST_CASE("five thousand questions each get their own answer, twice as many at once each time")
{
    constexpr unsigned count = 5000;
    // In the server's thread only: it answers when all are there that may be on their way.
    std::vector<ScriptedQuery> held;
    std::size_t at_once = 200;
    std::size_t still_to_come = count;
    ScriptedDns* server_itself = nullptr;
    ScriptedDns server([&](const ScriptedQuery& query) {
        held.push_back(query);
        if (held.size() < std::min(at_once, still_to_come))
            return std::vector<Octets>{};
        still_to_come -= held.size();
        at_once *= 2;
        for (const ScriptedQuery& one : std::exchange(held, {})) {
            const unsigned number = static_cast<unsigned>(std::stoul(one.name.substr(1)));
            server_itself->send(
                one, reply_to(one)
                         .record(Section::answer, one.name, 1, 1, wire_u32(0x0A000000U + number))
                         .octets());
        }
        return std::vector<Octets>{};
    });
    server_itself = &server;

    asio::io_context context(1);
    dns::DnsOptions options = options_for({server.address()});
    options.timeout = 60s;
    const auto resolver = resolver_on(context, options);
    std::vector<Answers> answers(count / 5);
    for (unsigned i = 0; i < answers.size(); ++i) {
        std::vector<Question> questions;
        for (unsigned j = 0; j < 5; ++j)
            questions.push_back(question("n" + std::to_string(5 * i + j) + ".example"));
        asio::co_spawn(context,
                       ask_into(*resolver, std::move(questions), Clock::now() + 60s, answers[i]),
                       asio::detached);
    }
    context.run();
    unsigned right = 0;
    for (unsigned i = 0; i < answers.size(); ++i) {
        REQUIRE(answers[i].size() == 5);
        for (unsigned j = 0; j < 5; ++j) {
            const unsigned number = 5 * i + j;
            const DnsAnswer& answer = answers[i][j];
            if (answer.status == DnsStatus::noerror && answer.attempts == 1 &&
                answer.records.at(0).data == IpAddress::from_v4(0x0A000000U + number).text())
                ++right;
        }
    }
    CHECK(right == count);
    CHECK(server.count() == count);
}

TEST_CASE("no more are in flight than allowed; the others wait for their turn")
{
    constexpr std::size_t room = 20;
    std::vector<ScriptedQuery> held;
    std::atomic<std::size_t> most = 0;
    ScriptedDns* server_itself = nullptr;
    ScriptedDns server([&](const ScriptedQuery& query) {
        held.push_back(query);
        most = std::max(most.load(), held.size());
        // Answers only once the client has nothing left to send.
        if (held.size() == room) {
            for (const ScriptedQuery& one : held)
                server_itself->send(one, address_reply(one, "192.0.2.1"));
            held.clear();
        }
        return std::vector<Octets>{};
    });
    server_itself = &server;

    dns::DnsOptions options = options_for({server.address()});
    options.channels_per_server = 2;
    options.max_in_flight_per_channel = room / 2;
    options.timeout = 60s;
    std::vector<Question> questions;
    for (unsigned i = 0; i < 10 * room; ++i)
        questions.push_back(question("n" + std::to_string(i) + ".example"));
    const Answers answers = ask(options, questions, 60s);
    REQUIRE(answers.size() == 10 * room);
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::noerror);
        CHECK(answer.attempts == 1);
    }
    const std::vector<ScriptedQuery> queries = server.queries();
    REQUIRE(queries.size() == 10 * room);
    CHECK(most == room);
    // First come, first served: of the first batch the names are the first ones.
    for (std::size_t i = 0; i < room; ++i)
        CHECK(std::stoul(queries[i].name.substr(1)) < room);
}

namespace {

// What a server of the real world might do, by the first letter of the name asked.
Replies moody(const ScriptedQuery& query)
{
    switch (query.name.at(0)) {
        case 'a':
            return {address_reply(query, "192.0.2.1"), address_reply(query, "192.0.2.66")};
        case 'n':
            return say(0x8183, query);
        case 's':
            return say(0x8182, query);
        case 'r':
            return say(0x8185, query);
        case 'f':
            return query.edns ? say(0x8181, query) : Replies{address_reply(query, "192.0.2.1")};
        case 't':
            return query.over_tcp ? Replies{address_reply(query, "192.0.2.1")} : say(0x8380, query);
        case 'g':
            return {reply_to(query).count(1, 7).raw({0xC0, 0x0C, 0}).octets()};
        default:
            return {};
    }
}

DnsStatus expected_of(std::string_view name)
{
    switch (name.at(0)) {
        case 'n':
            return DnsStatus::nxdomain;
        case 's':
            return DnsStatus::servfail;
        case 'r':
            return DnsStatus::refused;
        case 'g':
            return DnsStatus::bad_response;
        case 'x':
            return DnsStatus::timeout;
        default:
            return DnsStatus::noerror;
    }
}

}  // namespace

TEST_CASE("whatever the servers do, each question gets the one answer that is due to it")
{
    constexpr std::string_view moods = "ansrftgx";
    ScriptedDns first(moody);
    ScriptedDns second(moody);
    dns::DnsOptions options = options_for({first.address(), second.address()});
    options.channels_per_server = 3;
    options.max_in_flight_per_channel = 50;
    options.timeout = 700ms;
    options.retries = 1;
    asio::io_context context(1);
    const auto resolver = resolver_on(context, options);
    std::vector<Answers> answers(200);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        std::vector<Question> questions;
        for (const char mood : moods)
            questions.push_back(question(mood + std::to_string(i) + ".example"));
        asio::co_spawn(context,
                       ask_into(*resolver, std::move(questions), Clock::now() + 60s, answers[i]),
                       asio::detached);
    }
    context.run();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        REQUIRE(answers[i].size() == moods.size());
        for (std::size_t j = 0; j < moods.size(); ++j) {
            const DnsAnswer& answer = answers[i][j];
            CAPTURE(answer.name);
            CHECK(answer.name == moods[j] + std::to_string(i) + ".example");
            CHECK(answer.status == expected_of(answer.name));
            CHECK(answer.attempts >= 1);
            CHECK(answer.attempts <= 4);
            CHECK(answer.tried.size() == (answer.attempts == 1 ? 0 : answer.attempts));
            CHECK(answer.over_tcp == (moods[j] == 't'));
        }
    }
}

TEST_CASE("a resolver may be torn down at any moment")
{
    for (int moment = 0; moment < 40; ++moment) {
        CAPTURE(moment);
        ScriptedDns server(moody);
        dns::DnsOptions options = options_for({server.address()});
        options.channels_per_server = 2;
        options.max_in_flight_per_channel = 3;
        options.timeout = 5ms;
        asio::io_context context(1);
        auto resolver = resolver_on(context, options);
        std::vector<Answers> answers(6);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            std::vector<Question> questions;
            for (const char mood : std::string("ansrftgx"))
                questions.push_back(question(mood + std::to_string(i) + ".example"));
            asio::co_spawn(context,
                           ask_into(*resolver, std::move(questions),
                                    Clock::now() + std::chrono::milliseconds(10 * i), answers[i]),
                           asio::detached);
        }
        for (std::size_t i = 0; i < 2 * answers.size(); ++i)
            context.poll_one();  // until each has asked: none may begin later
        for (int handler = 0; handler < moment; ++handler)
            context.run_one_for(20ms);
        resolver.reset();
        if (moment % 2 == 0)
            continue;  // and the coroutines with the context
        context.run();
        for (const Answers& one : answers)
            CHECK(one.size() == 8);
    }
}

TEST_CASE("a question that found no room waits outside its deadline, and is asked")
{
    ScriptedDns server([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    dns::DnsOptions options = options_for({server.address()});
    options.channels_per_server = 1;
    options.max_in_flight_per_channel = 1;
    const Answers answers = ask(options, {question("a.example"), question("b.example")}, 100ms);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].status == DnsStatus::timeout);
    // What it waited for the first comes off nobody's time.
    CHECK(answers[1].status == DnsStatus::timeout);
    CHECK(answers[1].attempts == 1);
    CHECK(answers[1].waited > 0ms);
    CHECK(server.count() == 2);
}

TEST_CASE("a server that is gone costs no retry while another one answers")
{
    ScriptedDns good(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.9")}; });
    dns::DnsOptions options = options_for({deaf_address(), good.address()});
    options.retries = 0;
    for (int round = 0; round < 4; ++round) {
        const Answers answers = ask(options, {question("a.example"), question("b.example")});
        for (const DnsAnswer& answer : answers)
            CHECK(answer.status == DnsStatus::noerror);
    }
}

// ---- Limits of our own --------------------------------------------------------------------------

TEST_CASE("no descriptors left is our limit, not the name's")
{
    ScriptedDns server([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    asio::io_context context(1);
    const auto resolver = resolver_on(context, options_for({server.address()}));
    const int lowest_free = dup(0);
    close(lowest_free);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit tight{static_cast<rlim_t>(lowest_free), before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &tight);

    Answers answers;
    asio::co_spawn(context,
                   ask_into(*resolver, {question("a.example")}, Clock::now() + 10s, answers),
                   asio::detached);
    context.run();
    setrlimit(RLIMIT_NOFILE, &before);

    REQUIRE(answers.size() == 1);
    CHECK(answers[0].status == DnsStatus::local_error);
    CHECK(answers[0].detail == "Too many open files");
    CHECK(answers[0].attempts == 0);
    CHECK(server.count() == 0);
}

TEST_CASE("a type that does not exist is our mistake, and the others are asked all the same")
{
    ScriptedDns server(
        [](const ScriptedQuery& query) { return Replies{address_reply(query, "192.0.2.1")}; });
    const Answers answers = ask(options_for({server.address()}),
                                {question("a.example", "BOGUS"), question("a.example", "A")});
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].status == DnsStatus::local_error);
    CHECK(answers[0].attempts == 0);
    CHECK(answers[0].detail == "no record type is called 'BOGUS'");
    CHECK(answers[1].status == DnsStatus::noerror);
}

TEST_CASE("a resolver without servers cannot be made")
{
    asio::io_context context(1);
    const auto made = resolvers::dns::make_dns_client(context.get_executor(), {});
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == "no_resolver");
}

// ---- Ends ---------------------------------------------------------------------------------------

TEST_CASE("a resolver that goes away ends its asks")
{
    ScriptedDns server([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    asio::io_context context(1);
    auto resolver = resolver_on(context, options_for({server.address()}));
    Answers answers;
    asio::co_spawn(context,
                   ask_into(*resolver, {question("a.example"), question("b.example")},
                            Clock::now() + 10s, answers),
                   asio::detached);
    context.poll();
    REQUIRE(server.wait_for(2));
    resolver.reset();
    CHECK(answers.empty());
    context.run();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].status == DnsStatus::skipped);
    CHECK(answers[0].detail == "cancelled");
    CHECK(answers[0].attempts == 1);
}

TEST_CASE("everything may be torn down with queries in flight")
{
    ScriptedDns server([](const ScriptedQuery& query) -> std::vector<Octets> {
        if (query.over_tcp)
            return {};
        return say(query.name == "tcp.example" ? 0x8380 : 0x8182, query);
    });
    Answers answers;
    {
        asio::io_context context(1);
        const auto resolver = resolver_on(context, options_for({server.address()}));
        asio::co_spawn(context,
                       ask_into(*resolver, {question("tcp.example"), question("paused.example")},
                                Clock::now() + 10s, answers),
                       asio::detached);
        while (server.count() < 3)
            context.run_one_for(10s);
    }
    CHECK(answers.empty());
}

TEST_CASE("a resolver may go away in the hands of the one that it has just answered")
{
    struct Owner {
        static asio::awaitable<void> run(std::unique_ptr<dns::DnsClient>& resolver,
                                         Answers& answers, Deadline deadline)
        {
            auto work = resolver->ask({question("a.example"), question("b.example")}, deadline);
            answers = co_await std::move(work);
            resolver.reset();
        }
    };
    struct Case {
        const char* why;
        bool silent;
        DnsStatus status;
    };
    const Case cases[] = {
        {"after an answer", false, DnsStatus::noerror},
        {"after the deadline, with its query still in flight", true, DnsStatus::timeout},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        ScriptedDns server([&c](const ScriptedQuery& query) -> Replies {
            if (c.silent)
                return {};
            return {address_reply(query, "192.0.2.1")};
        });
        asio::io_context context(1);
        auto resolver = resolver_on(context, options_for({server.address()}));
        Answers answers;
        const Deadline deadline = Clock::now() + (c.silent ? 50ms : 10s);
        asio::co_spawn(context, Owner::run(resolver, answers, deadline), asio::detached);
        context.run();
        CHECK(resolver == nullptr);
        REQUIRE(answers.size() == 2);
        CHECK(answers[0].status == c.status);
        CHECK(answers[1].status == c.status);
    }
}

TEST_CASE("an ask that was made before its resolver went away is skipped")
{
    struct Late {
        static asio::awaitable<void> run(std::unique_ptr<dns::DnsClient>& resolver,
                                         Answers& answers)
        {
            auto work = resolver->ask({question("a.example")}, Clock::now() + 10s);
            resolver.reset();
            answers = co_await std::move(work);
        }
    };
    asio::io_context context(1);
    auto resolver = resolver_on(context, options_for({deaf_address()}));
    Answers answers;
    asio::co_spawn(context, Late::run(resolver, answers), asio::detached);
    context.run();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].status == DnsStatus::skipped);
}

TEST_CASE("an ask can be cancelled")
{
    struct Impatient {
        static asio::awaitable<void> run(DnsResolver& resolver, std::optional<Answers>& answers,
                                         bool& over)
        {
            auto work = resolver.ask({question("a.example")}, Clock::now() + 60s);
            auto limited = with_deadline(std::move(work), Clock::now() + 50ms);
            answers = co_await std::move(limited);
            over = true;
        }
    };
    ScriptedDns server([](const ScriptedQuery&) { return std::vector<Octets>{}; });
    asio::io_context context(1);
    dns::DnsOptions options = options_for({server.address()});
    options.timeout = 60s;
    const auto resolver = resolver_on(context, options);
    std::optional<Answers> answers = Answers{};
    bool over = false;
    asio::co_spawn(context, Impatient::run(*resolver, answers, over), asio::detached);
    context.run();
    CHECK(over);
    CHECK_FALSE(answers.has_value());
}
