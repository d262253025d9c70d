#include "resolvers/dns/https.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>

#include "resolvers/dnswire/message.h"
#include "tests/support/deadline.h"
#include "tests/support/dns_builder.h"
#include "tests/support/scripted_dns.h"

namespace {

using namespace resolvers;
using namespace tests;
using namespace std::chrono_literals;
namespace asio = boost::asio;

/// Answers by a script, and keeps what it was asked for.
class ScriptedFetcher : public http::HttpFetcher {
public:
    using Script = std::function<Outcome<http::FetchResponse>(const http::FetchRequest&)>;
    struct Heard {
        std::vector<http::FetchRequest> requests;
    };

    ScriptedFetcher(Heard& heard, Script script) : heard_(heard), script_(std::move(script)) {}

    asio::awaitable<Outcome<http::FetchResponse>> get(http::FetchRequest request, Deadline) override
    {
        heard_.requests.push_back(request);
        Outcome<http::FetchResponse> answer = script_(request);
        co_return answer;
    }

private:
    Heard& heard_;
    Script script_;
};

/// Answers honestly, but late.
class SlowFetcher : public ScriptedFetcher {
public:
    using ScriptedFetcher::ScriptedFetcher;

    asio::awaitable<Outcome<http::FetchResponse>> get(http::FetchRequest request,
                                                      Deadline deadline) override
    {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor, 50ms);
        co_await timer.async_wait(asio::use_awaitable);
        Outcome<http::FetchResponse> got =
            co_await ScriptedFetcher::get(std::move(request), deadline);
        co_return got;
    }
};

Octets octets_of(const std::string& text)
{
    return Octets(text.begin(), text.end());
}

http::FetchResponse message(const Octets& octets)
{
    http::FetchResponse response;
    response.status = 200;
    response.content_type = "application/dns-message";
    response.body.assign(octets.begin(), octets.end());
    return response;
}

ScriptedQuery query_in(const http::FetchRequest& request)
{
    ScriptedQuery query;
    query.octets = octets_of(request.content);
    const dnswire::DnsMessage read = resolvers::dnswire::parse_message(query.octets).value();
    query.id = read.header.id;
    query.name = read.question->name;
    query.type = read.question->type;
    return query;
}

http::FetchResponse honest(const http::FetchRequest& request)
{
    return message(address_reply(query_in(request), "192.0.2.7"));
}

dns::DnsOptions options(const std::vector<std::string>& urls = {"https://dns.example/dns-query"})
{
    dns::DnsOptions made;
    for (const std::string& url : urls)
        made.servers.push_back(dns::ResolverAddress::parse(url).value());
    made.retries = 1;
    return made;
}

template <typename Fetcher = ScriptedFetcher>
std::unique_ptr<dns::DnsClient> resolver_on(asio::io_context& io, ScriptedFetcher::Heard& heard,
                                            ScriptedFetcher::Script script, dns::DnsOptions given)
{
    auto fetcher = std::make_unique<Fetcher>(heard, std::move(script));
    auto made = resolvers::dns::make_dns_over_https(io.get_executor(), std::move(given),
                                                    std::move(fetcher));
    return std::move(made.value());
}

std::vector<DnsAnswer> ask(ScriptedFetcher::Heard& heard, ScriptedFetcher::Script script,
                           dns::DnsOptions given, const std::vector<std::string>& names)
{
    std::vector<Question> questions;
    for (const std::string& name : names)
        questions.push_back({DomainName::parse(name).value(), "A"});
    asio::io_context io(1);
    const auto resolver = resolver_on(io, heard, std::move(script), std::move(given));
    std::vector<DnsAnswer> answers;
    bool done = false;
    const Deadline deadline = std::chrono::steady_clock::now() + 10s;
    asio::co_spawn(io, resolver->ask(std::move(questions), deadline),
                   [&](std::exception_ptr error, std::vector<DnsAnswer> got) {
                       done = !error;
                       answers = std::move(got);
                   });
    io.run();
    REQUIRE(done);
    REQUIRE(answers.size() == names.size());
    return answers;
}

}  // namespace

TEST_CASE("questions go out as POST requests, and come back in their order")
{
    ScriptedFetcher::Heard heard;
    const auto answers = ask(heard, honest, options(), {"a.example", "b.example"});
    CHECK(answers[0].name == "a.example");
    CHECK(answers[0].status == DnsStatus::noerror);
    CHECK(answers[0].records.at(0).data == "192.0.2.7");
    CHECK(answers[0].resolver == "https://dns.example/dns-query");
    CHECK(answers[0].attempts == 1);
    CHECK_FALSE(answers[0].over_tcp);
    CHECK(answers[1].name == "b.example");
    REQUIRE(heard.requests.size() == 2);
    CHECK(heard.requests[0].content_type == "application/dns-message");
    CHECK(heard.requests[0].accept == "application/dns-message");
    CHECK(query_in(heard.requests[0]).id == 0);
    CHECK(ask(heard, honest, options(), {}).empty());
}

TEST_CASE("what is no answer is told as what it is, after another try")
{
    struct Case {
        const char* why;
        ScriptedFetcher::Script script;
        DnsStatus status;
        const char* detail;
        unsigned attempts;
    };
    const Case cases[] = {
        {"silence",
         [](const http::FetchRequest&) {
             return Failure{"timeout", "the deadline"};
         },
         DnsStatus::timeout, "timeout: the deadline", 2},
        {"a certificate that does not verify",
         [](const http::FetchRequest&) {
             return Failure{"tls", "expired"};
         },
         DnsStatus::network_error, "tls: expired", 2},
        {"an error of HTTP's",
         [](const http::FetchRequest&) {
             http::FetchResponse response;
             response.status = 503;
             return response;
         },
         DnsStatus::bad_response, "HTTP status 503", 2},
        {"a page",
         [](const http::FetchRequest&) {
             http::FetchResponse response;
             response.status = 200;
             response.content_type = "text/html";
             return response;
         },
         DnsStatus::bad_response, "no DNS message but text/html", 2},
        {"an answer to something else",
         [](const http::FetchRequest& request) {
             ScriptedQuery query = query_in(request);
             query.id = 7;
             return message(reply_to(query).octets());
         },
         DnsStatus::bad_response, "", 2},
        {"cut short",
         [](const http::FetchRequest& request) {
             http::FetchResponse response = honest(request);
             response.body.resize(response.body.size() - 3);
             return response;
         },
         DnsStatus::bad_response, "", 2},
        {"SERVFAIL",
         [](const http::FetchRequest& request) {
             return message(reply_to(query_in(request), 0x8182).octets());
         },
         DnsStatus::servfail, "", 2},
        {"NXDOMAIN is an answer",
         [](const http::FetchRequest& request) {
             return message(reply_to(query_in(request), 0x8183).octets());
         },
         DnsStatus::nxdomain, "", 1},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        ScriptedFetcher::Heard heard;
        const DnsAnswer answer = ask(heard, c.script, options(), {"a.example"})[0];
        CHECK(answer.status == c.status);
        CHECK(answer.attempts == c.attempts);
        CHECK(heard.requests.size() == c.attempts);
        CHECK(answer.tried.size() == (c.attempts == 1 ? 0 : c.attempts));
        if (!answer.tried.empty()) {
            CHECK(answer.tried.back().status == c.status);
            CHECK(answer.tried.back().resolver == answer.resolver);
        }
        if (*c.detail != '\0')
            CHECK(answer.detail == c.detail);
    }
}

TEST_CASE("of several servers each takes its turn, and the next one takes over from one that fails")
{
    const std::vector<std::string> urls = {"https://bad.example/q", "https://good.example/q"};
    const auto script = [](const http::FetchRequest& request) -> Outcome<http::FetchResponse> {
        if (request.url.find("bad") != std::string::npos)
            return Failure{"refused", ""};
        return honest(request);
    };
    ScriptedFetcher::Heard heard;
    auto answers = ask(heard, script, options(urls), {"a.example", "b.example"});
    for (const DnsAnswer& answer : answers) {
        CHECK(answer.status == DnsStatus::noerror);
        CHECK(answer.resolver == urls[1]);
        CHECK(answer.detail.empty());
    }
    CHECK(answers[0].attempts + answers[1].attempts == 3);

    heard.requests.clear();
    dns::DnsOptions given = options(urls);
    given.out_of_use = [](std::size_t server) { return server == 0; };
    answers = ask(heard, script, given, {"a.example", "b.example"});
    CHECK(heard.requests.size() == 2);
    for (const http::FetchRequest& request : heard.requests)
        CHECK(request.url == urls[1]);
}

TEST_CASE("an ask may be cancelled while its questions are on their way")
{
    ScriptedFetcher::Heard heard;
    asio::io_context io(1);
    const auto resolver = resolver_on<SlowFetcher>(io, heard, honest, options());
    std::vector<Question> questions(3, Question{DomainName::parse("a.example").value(), "A"});
    bool cancelled = false;
    const auto now = std::chrono::steady_clock::now();
    auto work = resolver->ask(std::move(questions), now + 10s);
    auto limited = with_deadline(std::move(work), now + 5ms);
    asio::co_spawn(io, std::move(limited), [&](std::exception_ptr error, auto got) {
        cancelled = !error && !got.has_value();
    });
    io.run();
    CHECK(cancelled);
    CHECK(heard.requests.size() == 3);
}

TEST_CASE("our own limit is no attempt, and not the server's fault")
{
    ScriptedFetcher::Heard heard;
    const auto script = [](const http::FetchRequest&) { return Failure{"local_error", "files"}; };
    const DnsAnswer answer = ask(heard, script, options(), {"a.example"})[0];
    CHECK(answer.status == DnsStatus::local_error);
    CHECK(answer.detail == "local_error: files");
    CHECK(answer.attempts == 0);
    CHECK(heard.requests.size() == 1);
}

TEST_CASE("a server over HTTPS that knows no EDNS is asked without, from then on at once")
{
    ScriptedFetcher::Heard heard;
    const auto script = [](const http::FetchRequest& request) -> Outcome<http::FetchResponse> {
        const ScriptedQuery query = query_in(request);
        if (resolvers::dnswire::parse_message(query.octets).value().edns)
            return message(reply_to(query, 0x8181).octets());
        return honest(request);
    };
    asio::io_context io(1);
    const auto resolver = resolver_on(io, heard, script, options());
    for (const unsigned attempts : {2U, 1U}) {
        std::vector<DnsAnswer> answers;
        asio::co_spawn(
            io,
            resolver->ask({{DomainName::parse("a.example").value(), "A"}},
                          std::chrono::steady_clock::now() + 10s),
            [&](std::exception_ptr, std::vector<DnsAnswer> got) { answers = std::move(got); });
        io.restart();
        io.run();
        REQUIRE(answers.size() == 1);
        CHECK(answers[0].status == DnsStatus::noerror);
        CHECK(answers[0].attempts == attempts);
    }
}

TEST_CASE("a resolver over HTTPS may go away with requests under way")
{
    for (const bool started : {false, true}) {
        CAPTURE(started);
        ScriptedFetcher::Heard heard;
        asio::io_context io(1);
        auto resolver = resolver_on<SlowFetcher>(io, heard, honest, options());
        std::vector<DnsAnswer> answers;
        asio::co_spawn(
            io,
            resolver->ask({{DomainName::parse("a.example").value(), "A"}},
                          std::chrono::steady_clock::now() + 10s),
            [&](std::exception_ptr, std::vector<DnsAnswer> got) { answers = std::move(got); });
        io.poll_one();
        if (started)
            io.poll();
        resolver.reset();
        io.poll();  // no further: the script's fetcher must outlive its fetches
        REQUIRE(answers.size() == 1);
        CHECK(answers[0].status == DnsStatus::skipped);
    }
}
