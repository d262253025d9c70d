#include "resolvers/dns/question_state.h"

#include <doctest/doctest.h>

#include "resolvers/dns/client.h"
#include "tests/support/dns_builder.h"
#include "tests/support/idle_transport.h"

using namespace resolvers;
using namespace tests;
using namespace std::chrono_literals;

namespace {

using End = dns::DnsReply::End;

// One question to some servers, on a clock of its own; nothing is ever sent.
struct Asked {
    explicit Asked(const std::string& addresses, unsigned retries = 1)
        : servers(options_for(addresses), transport)
    {
        state.retries_left = retries;
    }

    static dns::DnsOptions options_for(const std::string& addresses)
    {
        dns::DnsOptions options;
        for (std::size_t at = 0, end = 0; at < addresses.size(); at = end + 1) {
            end = std::min(addresses.find(' ', at), addresses.size());
            options.servers.push_back(
                dns::ResolverAddress::parse(addresses.substr(at, end - at)).value());
        }
        return options;
    }

    void send(std::size_t place = 0)
    {
        state.on_send(servers.servers()[place], now);
        servers.take(*state.server);
    }

    dns::NextStep hear(MessageBuilder message)
    {
        now += 10ms;
        servers.give_back(*state.server, End::response, now);
        const Octets octets = message.octets();
        return state.on_response(octets, question, room, servers, now, answer);
    }

    dns::NextStep hear(unsigned flags)
    {
        return hear(MessageBuilder(0, flags).question("a.example", 1));
    }

    dns::NextStep hear_address()
    {
        return hear(MessageBuilder(0, 0x8180)
                        .question("a.example", 1)
                        .record(Section::answer, "a.example", 1, 60, wire_ipv4("192.0.2.1")));
    }

    dns::NextStep fail(End end, std::string_view detail = "why")
    {
        now += 10ms;
        servers.give_back(*state.server, end, now);
        dns::DnsReply reply;
        reply.end = end;
        reply.detail = detail;
        return state.on_failure(reply, servers, now, answer);
    }

    const Question question{DomainName::parse("a.example").value(), "A"};
    IdleTransport transport;
    dns::ServerChooser servers;
    dns::ServerChooser::TimePoint now{100s};
    dnswire::DnsMessage room;
    dns::QuestionState state;
    DnsAnswer answer;
};

constexpr char one[] = "127.0.0.1";
constexpr char two[] = "127.0.0.1 127.0.0.2";

}  // namespace

TEST_CASE("an answer ends the question at its first query")
{
    Asked asked(one);
    asked.send();
    CHECK(asked.hear_address() == dns::NextStep::finish);
    asked.state.on_finish(asked.question, asked.now, asked.answer);
    CHECK(asked.answer.status == DnsStatus::noerror);
    CHECK(asked.answer.name == "a.example");
    CHECK(asked.answer.attempts == 1);
    CHECK(asked.answer.took == 10ms);
    CHECK(asked.answer.tried.empty());
    CHECK_FALSE(asked.answer.over_tcp);
}

TEST_CASE("what a failed query leads to depends on its end, the servers and the retries")
{
    struct Case {
        const char* why;
        std::string servers;
        unsigned retries;
        End end;
        dns::NextStep next;
        unsigned retries_left;
    };
    const std::string tls = "tls://127.0.0.1";
    const std::string https = "https://dns.example/q";
    const Case cases[] = {
        {"silence has taken long enough", one, 1, End::timeout, dns::NextStep::ask, 0},
        {"silence, for the last time", one, 0, End::timeout, dns::NextStep::finish, 0},
        {"silence of one of two", two, 1, End::timeout, dns::NextStep::ask, 0},
        {"the only server is gone", one, 1, End::unreachable, dns::NextStep::pause, 0},
        {"gone, for the last time", one, 0, End::unreachable, dns::NextStep::finish, 0},
        {"a server that is gone costs no retry while there is another", two, 0, End::unreachable,
         dns::NextStep::ask, 0},
        {"a TLS connection pauses by itself", tls, 1, End::unreachable, dns::NextStep::ask, 0},
        {"a fetch does not", https, 1, End::unreachable, dns::NextStep::pause, 0},
        {"no DNS message", https, 1, End::malformed, dns::NextStep::pause, 0},
        {"no DNS message from one of two", two, 1, End::malformed, dns::NextStep::ask, 0},
        {"a connection that was closed between answers", tls, 0, End::interrupted,
         dns::NextStep::ask_first, 0},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Asked asked(c.servers, c.retries);
        asked.send();
        CHECK(asked.fail(c.end) == c.next);
        CHECK(asked.state.retries_left == c.retries_left);
        CHECK(asked.answer.detail == "why");
        CHECK(asked.answer.tried.size() == (c.next == dns::NextStep::finish ? 0 : 1));
    }
}

TEST_CASE("of two servers that are gone each is asked once for nothing, then retries are spent")
{
    Asked asked(two, 1);
    asked.send(0);
    CHECK(asked.fail(End::unreachable) == dns::NextStep::ask);
    CHECK(asked.state.retries_left == 1);
    asked.send(1);
    CHECK(asked.fail(End::unreachable) == dns::NextStep::ask);
    CHECK(asked.state.retries_left == 0);
    asked.send(0);
    CHECK(asked.fail(End::unreachable) == dns::NextStep::finish);
    CHECK(asked.answer.tried.size() == 3);
}

TEST_CASE("pauses grow, but not for ever")
{
    dns::QuestionState state;
    for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 3200ms})
        CHECK(state.pause_length() == expected);
}

TEST_CASE("what a server said counts for more than silence, or nonsense, after it")
{
    for (const End end : {End::timeout, End::unreachable, End::malformed}) {
        Asked asked(two, 1);
        asked.send(0);
        CHECK(asked.hear(0x8182) == dns::NextStep::ask);
        asked.send(1);
        asked.fail(end);
        CHECK(asked.answer.status == DnsStatus::servfail);
        CHECK(asked.answer.resolver == "127.0.0.1:53");
        CHECK(asked.answer.detail.empty());
        CHECK(asked.answer.tried.size() == 2);
    }
}

TEST_CASE("truncation leads to TCP at the same server, which costs no retry")
{
    Asked asked(two, 0);
    asked.send();
    CHECK(asked.hear(0x8380) == dns::NextStep::ask_over_tcp);
    CHECK(asked.state.truncated);
    asked.send();
    CHECK(asked.state.sent.over_tcp);
    SUBCASE("and to the answer")
    {
        CHECK(asked.hear_address() == dns::NextStep::finish);
        CHECK(asked.answer.over_tcp);
        CHECK(asked.answer.tried.size() == 2);
    }
    SUBCASE("or to the deadline")
    {
        asked.state.on_give_up(false, true, asked.now, asked.answer);
        CHECK(asked.answer.status == DnsStatus::timeout);
        CHECK(asked.answer.detail ==
              "truncated over UDP; over TCP: no response before the deadline");
    }
    SUBCASE("or to nothing, when our machine cannot send it")
    {
        dns::DnsReply reply;
        reply.end = End::local_limit;
        reply.detail = "no sockets";
        CHECK(asked.state.on_unsent(reply, asked.answer) == dns::NextStep::finish);
        CHECK(asked.answer.status == DnsStatus::local_error);
        CHECK(asked.state.attempts == 1);
    }
}

TEST_CASE("over a stream, the bit that says truncated means nothing")
{
    for (const char* server : {"tcp://127.0.0.1", "tls://127.0.0.1", "https://dns.example/q"}) {
        CAPTURE(server);
        Asked asked(server);
        asked.send();
        CHECK(asked.hear(0x8380) == dns::NextStep::finish);
        CHECK(asked.answer.status == DnsStatus::nodata);
        CHECK(asked.answer.over_tcp == (server[0] == 't' && server[1] == 'c'));
    }
}

TEST_CASE("a server without EDNS is asked without, over every transport, and that is remembered")
{
    for (const char* server : {"127.0.0.1", "tls://127.0.0.1", "https://dns.example/q"}) {
        CAPTURE(server);
        Asked asked(server, 0);
        asked.send();
        CHECK(asked.state.sent.edns);
        CHECK(asked.hear(0x8181) == dns::NextStep::ask);
        CHECK(asked.state.same_server);
        CHECK(asked.servers.servers()[0].edns);
        asked.send();
        CHECK_FALSE(asked.state.sent.edns);
        CHECK(asked.hear_address() == dns::NextStep::finish);
        CHECK_FALSE(asked.servers.servers()[0].edns);
    }
}

TEST_CASE("what was not sent is no attempt, and goes first")
{
    Asked asked(one);
    asked.send();
    dns::DnsReply reply;
    reply.end = End::held_back;
    CHECK(asked.state.on_unsent(reply, asked.answer) == dns::NextStep::ask_first);
    CHECK(asked.state.attempts == 0);
    asked.state.on_give_up(false, false, asked.now, asked.answer);
    CHECK(asked.answer.status == DnsStatus::skipped);
    CHECK(asked.answer.detail == "not sent before the deadline");
}
