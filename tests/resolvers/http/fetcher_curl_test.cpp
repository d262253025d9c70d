// What comes of getting a document, whatever the server does. All servers are on loopback.
#include "resolvers/http/fetcher_curl.h"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>
#include <thread>

#include "tests/support/deadline.h"
#include "tests/support/http_faults.h"
#include "tests/support/tls_server.h"

namespace {

using namespace resolvers;
using namespace support;
using namespace std::chrono_literals;
namespace asio = boost::asio;

// Made once: keys take time under sanitizers.
struct World {
    TestAuthority authority;
    std::shared_ptr<const tls::TrustStore> store = tls::TrustStore::load(authority.file()).value();
    TestCertificate leaf = authority.leaf({.names = {"DNS:rdap.example.org"}});

    TlsWishes tls() const { return {.leaf = leaf, .chain = {authority.intermediate}}; }
};

const World& world()
{
    static const World made;
    return made;
}

// Says the same of every name, and counts.
class FakeDns : public DnsResolver {
public:
    std::string v4 = "127.0.0.1";
    std::string v6;
    DnsStatus empty = DnsStatus::nodata;
    unsigned asked = 0;

    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions, Deadline) override
    {
        std::vector<DnsAnswer> answers;
        for (const Question& question : questions) {
            ++asked;
            const std::string& data = question.type == "A" ? v4 : v6;
            DnsAnswer& answer = answers.emplace_back();
            answer.name = question.name.text();
            answer.type = question.type;
            answer.status = data.empty() ? empty : DnsStatus::noerror;
            if (!data.empty())
                answer.records.push_back({.name = answer.name,
                                          .type = question.type,
                                          .ttl = 300,
                                          .data = data,
                                          .service = {}});
        }
        co_return answers;
    }
};

http::FetchOptions at_home()
{
    http::FetchOptions options;
    options.user_agent = "servedby-test (+https://example.org/)";
    options.allow_private = true;
    return options;
}

http::FetchRequest request_to(std::uint16_t port, const std::string& scheme = "https")
{
    http::FetchRequest request;
    request.url = scheme + "://rdap.example.org:" + std::to_string(port) + "/domain/example.org";
    request.accept = "application/rdap+json";
    request.body_limit = 1000;
    return request;
}

struct Fetching {
    asio::io_context io;
    FakeDns dns;
    http::CurlFetcher fetcher;

    explicit Fetching(http::FetchOptions options = at_home())
        : fetcher(io, std::move(options), world().store, &dns)
    {
    }

    static asio::awaitable<void> into(http::CurlFetcher& fetcher, http::FetchRequest request,
                                      Deadline deadline,
                                      std::optional<Outcome<http::FetchResponse>>& outcome)
    {
        outcome = co_await fetcher.get(std::move(request), deadline);
    }

    void start(http::FetchRequest request, std::optional<Outcome<http::FetchResponse>>& outcome,
               std::chrono::milliseconds deadline = 20s)
    {
        const Deadline at = std::chrono::steady_clock::now() + deadline;
        asio::co_spawn(io, into(fetcher, std::move(request), at, outcome), asio::detached);
    }

    Outcome<http::FetchResponse> get(http::FetchRequest request,
                                     std::chrono::milliseconds deadline = 20s)
    {
        std::optional<Outcome<http::FetchResponse>> outcome;
        start(std::move(request), outcome, deadline);
        io.restart();
        // Kept connections keep the loop busy: it is run until this one is done.
        while (!outcome && io.run_one() > 0) {
        }
        REQUIRE(outcome.has_value());
        return *outcome;
    }
};

Server::Behaviour answering_tls(std::string bytes)
{
    return [bytes = std::move(bytes)](Connection& connection) {
        if (!connection.shake_hands(world().tls()))
            return;
        connection.read_head();
        connection.write(bytes);
        connection.wait_for_close();
    };
}

std::string code(const Outcome<http::FetchResponse>& outcome)
{
    return outcome.has_value() ? "(" + std::to_string(outcome->status) + ")" : outcome.error().code;
}

}  // namespace

TEST_CASE("a document comes with what is needed of its head")
{
    std::string head;
    std::string name;
    Server server([&](Connection& connection) {
        REQUIRE(connection.shake_hands(world().tls()));
        name = connection.server_name();
        head = connection.read_head();
        connection.write(http_response("{}", {"Content-Type: application/rdap+json",
                                              "Retry-After: 12", "Location: /elsewhere"}));
        connection.wait_for_close();
    });
    Fetching fetching;
    const auto got = fetching.get(request_to(server.port()));
    REQUIRE(got.has_value());
    CHECK(got->status == 200);
    CHECK(got->content_type == "application/rdap+json");
    CHECK(got->retry_after == "12");
    CHECK(got->location == "/elsewhere");
    CHECK(got->body == "{}");
    CHECK_FALSE(got->body_truncated);
    CHECK(name == "rdap.example.org");
    CHECK(head.starts_with("GET /domain/example.org HTTP/1.1\r\n"));
    CHECK(head.find("\r\nAccept: application/rdap+json\r\n") != head.npos);
    CHECK(head.find("\r\nUser-Agent: servedby-test (+https://example.org/)\r\n") != head.npos);
    CHECK(head.find("ookie") == head.npos);
}

TEST_CASE("content is posted as it is, with its type")
{
    std::string head;
    std::string content;
    {
        Server server([&](Connection& connection) {
            if (!connection.shake_hands(world().tls()))
                return;
            head = connection.read_head();
            const std::size_t end = head.find("\r\n\r\n") + 4;
            content = head.substr(end);
            head.resize(end);
            for (std::string part = "?"; content.size() < 5 && !part.empty();) {
                part = connection.read_some();
                content += part;
            }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            connection.wait_for_close();
        });
        http::FetchRequest request = request_to(server.port());
        request.content_type = "application/dns-message";
        request.content = std::string("a\0b\xFF\n", 5);
        Fetching fetching;
        const Outcome<http::FetchResponse> got = fetching.get(request);
        REQUIRE(got.has_value());
        CHECK(got->status == 200);
        CHECK(got->body == "ok");
    }
    CHECK(head.starts_with("POST /domain/example.org HTTP/1.1\r\n"));
    CHECK(head.find("\r\nContent-Type: application/dns-message\r\n") != std::string::npos);
    CHECK(head.find("\r\nContent-Length: 5\r\n") != std::string::npos);
    CHECK(content == std::string("a\0b\xFF\n", 5));
}

TEST_CASE("every status is an answer, and redirects are not followed")
{
    for (const char* status : {"301 Moved Permanently", "404 Not Found", "429 Too Many Requests",
                               "500 Internal Server Error"}) {
        CAPTURE(status);
        Server server(answering_tls(http_response(
            "x", {"Location: https://rdap.example.org/other", "Retry-After: 7"}, status)));
        Fetching fetching;
        const auto got = fetching.get(request_to(server.port()));
        REQUIRE(got.has_value());
        CHECK(std::to_string(got->status) == std::string(status).substr(0, 3));
        CHECK(got->location == "https://rdap.example.org/other");
        CHECK(server.accepted() == 1);
    }
}

TEST_CASE("a body is read up to its limit, and no further")
{
    struct Case {
        const char* why;
        std::string response;
        std::size_t size;
        bool truncated;
    };
    const Case cases[] = {
        {"exactly the limit", http_response(std::string(1000, 'a')), 1000, false},
        {"one more", http_response(std::string(1001, 'a')), 1000, true},
        {"much more", http_response(std::string(200'000, 'a')), 1000, true},
        {"packed small, unpacked large",
         http_response(gzip_bomb(100'000'000), {"Content-Encoding: gzip"}), 1000, true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(answering_tls(c.response));
        Fetching fetching;
        const auto got = fetching.get(request_to(server.port()));
        REQUIRE(got.has_value());
        CHECK(got->body.size() == c.size);
        CHECK(got->body_truncated == c.truncated);
    }
}

TEST_CASE("a certificate that does not verify is not talked to")
{
    const TestCertificate stranger =
        TestCertificate::self_signed({.names = {"DNS:rdap.example.org"}});
    const TestCertificate other = world().authority.leaf({.names = {"DNS:rdap.example.com"}});
    const TestCertificate old = world().authority.leaf(
        {.names = {"DNS:rdap.example.org"}, .valid_from = -7200s, .valid_until = -3600s});
    struct Case {
        const char* why;
        TlsWishes wishes;
    };
    const Case cases[] = {
        {"signed by nobody we know", {.leaf = stranger}},
        {"for another name", {.leaf = other, .chain = {world().authority.intermediate}}},
        {"expired", {.leaf = old, .chain = {world().authority.intermediate}}},
        {"an old version of TLS",
         {.leaf = world().leaf,
          .chain = {world().authority.intermediate},
          .highest_version = 0x0302}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        std::string head;
        Server server([&](Connection& connection) {
            if (connection.shake_hands(c.wishes))
                head = connection.read_head();
        });
        Fetching fetching;
        const auto got = fetching.get(request_to(server.port()));
        CHECK(code(got) == "tls");
        CHECK(head == "");
    }
}

TEST_CASE("what went wrong has its code")
{
    struct Case {
        const char* why;
        Server::Behaviour behaviour;
        const char* code;
    };
    const Case cases[] = {
        {"closed at once", [](Connection& c) { c.close(); }, "tls"},
        {"no TLS",
         [](Connection& c) {
             c.read_some();
             c.write("HTTP/1.1 400 Bad Request\r\n\r\n");
             c.wait_for_close();
         },
         "tls"},
        {"closed instead of an answer",
         [](Connection& c) {
             if (c.shake_hands(world().tls()))
                 c.read_head();
         },
         "closed"},
        {"body shorter than announced",
         [](Connection& c) {
             if (!c.shake_hands(world().tls()))
                 return;
             c.read_head();
             c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
         },
         "closed"},
        {"not HTTP", answering_tls("SSH-2.0-OpenSSH_9.2\r\n"), "protocol_error"},
        {"a head without end",
         answering_tls("HTTP/1.1 200 OK\r\nX: " + std::string(90'000, 'a') + "\r\n\r\n"),
         "protocol_error"},
        {"more fields than anybody needs",
         [](Connection& c) {
             if (!c.shake_hands(world().tls()))
                 return;
             c.read_head();
             c.write("HTTP/1.1 200 OK\r\n");
             for (int i = 0; i < 200; ++i)
                 c.write("X: y\r\n");
             c.write("\r\n");
             c.wait_for_close();
         },
         "protocol_error"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(c.behaviour);
        Fetching fetching;
        const auto got = fetching.get(request_to(server.port()));
        CHECK(code(got) == c.code);
    }
}

TEST_CASE("a port that nobody listens on refuses")
{
    const RefusingPort port;
    Fetching fetching;
    CHECK(code(fetching.get(request_to(port.port()))) == "refused");
}

TEST_CASE("a server that says nothing is given up at the deadline")
{
    Server silent([](Connection& connection) { connection.wait_for_close(); });
    Server slow([](Connection& connection) {
        if (!connection.shake_hands(world().tls()))
            return;
        connection.read_head();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        connection.wait_for_close();
    });
    const FullPort full;
    for (const std::uint16_t port : {silent.port(), slow.port(), full.port()}) {
        Fetching fetching;
        CHECK(code(fetching.get(request_to(port), 300ms)) == "timeout");
    }
}

TEST_CASE("addresses that no stranger may send us to are refused before connecting")
{
    Server server(answering_tls(http_response("{}")));
    http::FetchOptions strict = at_home();
    strict.allow_private = false;

    Fetching named(strict);
    CHECK(code(named.get(request_to(server.port()))) == "blocked");
    named.dns.v4 = "";
    named.dns.v6 = "::ffff:127.0.0.1";
    http::FetchRequest other = request_to(server.port());
    other.url = "https://other.example.org:" + std::to_string(server.port()) + "/";
    CHECK(code(named.get(other)) == "blocked");

    for (const char* host :
         {"127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:10.0.0.1]", "192.168.1.1"}) {
        CAPTURE(host);
        http::FetchRequest request = request_to(server.port());
        request.url = "https://" + std::string(host) + ":" + std::to_string(server.port()) + "/";
        CHECK(code(named.get(request)) == "blocked");
    }
    CHECK(server.accepted() == 0);
}

TEST_CASE("hosts and addresses that are to be left alone are not asked, nor looked up")
{
    Server server(answering_tls(http_response("{}")));
    http::FetchOptions options = at_home();
    options.refuses_host = [](const std::string& host) {
        return host == "rdap.example.org" ? "opt_out" : "";
    };
    Fetching by_name(options);
    CHECK(code(by_name.get(request_to(server.port()))) == "blocked");
    CHECK(by_name.dns.asked == 0);

    options = at_home();
    options.refuses_address = [](const IpAddress& address) {
        return address.text() == "127.0.0.1" ? "blocked" : "";
    };
    Fetching by_address(options);
    CHECK(code(by_address.get(request_to(server.port()))) == "blocked");
    CHECK(server.accepted() == 0);
}

TEST_CASE("only https, unless said otherwise")
{
    Server server([](Connection& connection) {
        connection.read_head();
        connection.write(http_response("plain"));
        connection.wait_for_close();
    });
    Fetching strict;
    for (const std::string url : {"http://rdap.example.org/", "ftp://rdap.example.org/",
                                  "file:///etc/passwd", "rdap.example.org", "https://", ""}) {
        CAPTURE(url);
        http::FetchRequest request = request_to(443);
        request.url = url;
        CHECK(code(strict.get(request)) == "bad_url");
    }
    http::FetchOptions plain = at_home();
    plain.allow_http = true;
    Fetching relaxed(plain);
    const auto got = relaxed.get(request_to(server.port(), "http"));
    REQUIRE(got.has_value());
    CHECK(got->body == "plain");
}

TEST_CASE("a name without an address is told from one that could not be looked up")
{
    struct Case {
        const char* why;
        DnsStatus empty;
        const char* code;
    };
    const Case cases[] = {
        {"the name has no address", DnsStatus::nodata, "no_address"},
        {"the name does not exist", DnsStatus::nxdomain, "no_address"},
        {"the resolver failed", DnsStatus::servfail, "not_resolved"},
        {"the resolver was silent", DnsStatus::timeout, "not_resolved"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Fetching fetching;
        fetching.dns.v4 = "";
        fetching.dns.empty = c.empty;
        CHECK(code(fetching.get(request_to(443))) == c.code);
    }
}

TEST_CASE("a server is looked up and connected to once for several documents")
{
    Server server([](Connection& connection) {
        if (!connection.shake_hands(world().tls()))
            return;
        while (!connection.read_head().empty())
            connection.write(http_response("{}"));
    });
    Fetching fetching;
    for (int i = 0; i < 3; ++i)
        CHECK(code(fetching.get(request_to(server.port()))) == "(200)");
    CHECK(server.accepted() == 1);
    CHECK(fetching.dns.asked == 2);
}

TEST_CASE("the next address is tried when the first refuses")
{
    Server server(answering_tls(http_response("{}")), "::1");
    if (!server.listening()) {
        MESSAGE("no IPv6 on loopback: skipped");
        return;
    }
    Fetching fetching;
    fetching.dns.v6 = "::1";
    CHECK(code(fetching.get(request_to(server.port()))) == "(200)");
}

TEST_CASE("requests end when the fetcher goes")
{
    Server server([](Connection& connection) { connection.wait_for_close(); });
    asio::io_context io;
    FakeDns dns;
    auto fetcher = std::make_unique<http::CurlFetcher>(io, at_home(), world().store, &dns);
    std::optional<Outcome<http::FetchResponse>> outcome;
    const Deadline deadline = std::chrono::steady_clock::now() + 20s;
    asio::co_spawn(io, Fetching::into(*fetcher, request_to(server.port()), deadline, outcome),
                   asio::detached);
    while (server.accepted() == 0)
        io.poll();
    fetcher.reset();
    io.run();
    REQUIRE(outcome.has_value());
    CHECK(code(*outcome) == "local_error");
}

TEST_CASE("a request that is dropped closes its connection, and the fetcher goes on")
{
    std::atomic<unsigned> closed{0};
    Server silent([&](Connection& connection) {
        connection.wait_for_close();
        ++closed;
    });
    Server server(answering_tls(http_response("{}")));
    Fetching fetching;
    bool dropped = false;
    const auto drop = [](http::CurlFetcher& fetcher, http::FetchRequest request,
                         bool& done) -> asio::awaitable<void> {
        const Deadline late = std::chrono::steady_clock::now() + 20s;
        const Deadline soon = std::chrono::steady_clock::now() + 200ms;
        auto work = fetcher.get(std::move(request), late);
        const auto got = co_await with_deadline(std::move(work), soon);
        done = !got.has_value();
    };
    asio::co_spawn(fetching.io, drop(fetching.fetcher, request_to(silent.port()), dropped),
                   asio::detached);
    while (!dropped && fetching.io.run_one() > 0) {
    }
    CHECK(dropped);
    CHECK(code(fetching.get(request_to(server.port()))) == "(200)");
    while (closed == 0)
        std::this_thread::yield();
}

TEST_CASE("many at once share few connections")
{
    Server server([](Connection& connection) {
        if (!connection.shake_hands(world().tls()))
            return;
        while (!connection.read_head().empty())
            connection.write(http_response("{}"));
    });
    Fetching fetching;
    std::vector<std::optional<Outcome<http::FetchResponse>>> outcomes(40);
    for (auto& outcome : outcomes)
        fetching.start(request_to(server.port()), outcome);
    const auto all_done = [&] {
        for (const auto& outcome : outcomes)
            if (!outcome)
                return false;
        return true;
    };
    while (!all_done() && fetching.io.run_one() > 0) {
    }
    for (const auto& outcome : outcomes) {
        REQUIRE(outcome.has_value());
        CHECK(code(*outcome) == "(200)");
    }
    CHECK(server.accepted() <= 4);
}
