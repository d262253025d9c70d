#include "resolvers/rdap/client.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "tests/support/rdap_files.h"

using namespace resolvers;
using support::noon;
using support::rdap_fixture;
using namespace std::chrono_literals;

namespace asio = boost::asio;

namespace {

http::FetchResponse ok(std::string body)
{
    return {.status = 200,
            .content_type = "application/rdap+json",
            .location = {},
            .retry_after = {},
            .body = std::move(body),
            .body_truncated = false};
}

http::FetchResponse status(unsigned number, std::string content_type = "application/rdap+json")
{
    http::FetchResponse response = ok("{}");
    response.status = number;
    response.content_type = std::move(content_type);
    return response;
}

http::FetchResponse redirect(std::string location)
{
    http::FetchResponse response = status(302);
    response.location = std::move(location);
    return response;
}

std::string small_network(const std::string& name, const std::string& first,
                          const std::string& last)
{
    return R"({"objectClassName":"ip network","name":")" + name + R"(","startAddress":")" + first +
           R"(","endAddress":")" + last + "\"}";
}

// Answers from a table, and remembers what it was asked. A URL that is not in it "times out".
class TableFetcher : public http::HttpFetcher {
public:
    std::map<std::string, http::FetchResponse> table;
    std::vector<std::string> asked;

    asio::awaitable<Outcome<http::FetchResponse>> get(http::FetchRequest request, Deadline) override
    {
        asked.push_back(request.url);
        accept = request.accept;
        // Real answers take time: others get their turn first.
        const auto executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        const auto found = table.find(request.url);
        if (found == table.end())
            co_return Failure{"unreachable", request.url};
        co_return found->second;
    }

    std::string accept;
};

struct World {
    rdap::RdapBootstrap bootstrap = *rdap::RdapBootstrap::parse(
        R"({"version":"1.0","services":[[["com","net"],["https://rdap.registry.example/"]]]})",
        R"({"version":"1.0","services":[[["192.0.0.0/8","198.0.0.0/8"],["https://rdap.arin.example/registry/"]]]})",
        R"({"version":"1.0","services":[[["2001:db8::/32"],["https://rdap.six.example/"]]]})");
    TableFetcher fetcher;
    std::unique_ptr<rdap::RdapCache> cache = std::move(*rdap::RdapCache::open(":memory:"));
    rdap::RdapThrottle throttle{{.interval = 1ms, .burst = 1000}, {}};
    Timestamp now = noon;
    rdap::RdapClient client{fetcher, bootstrap, *cache, throttle, options()};
    asio::io_context io;

    rdap::RdapOptions options()
    {
        rdap::RdapOptions chosen;
        chosen.now = [this] { return now; };
        return chosen;
    }

    // Runs one question to its end.
    template <typename Facts>
    Outcome<Facts> result(asio::awaitable<Outcome<Facts>> question)
    {
        std::optional<Outcome<Facts>> got;
        asio::co_spawn(io, std::move(question),
                       [&got](std::exception_ptr failed, Outcome<Facts> answer) {
                           REQUIRE(!failed);
                           got = std::move(answer);
                       });
        io.restart();
        io.run();
        REQUIRE(got.has_value());
        return std::move(*got);
    }

    Deadline soon() { return std::chrono::steady_clock::now() + 5s; }

    Outcome<RegisteredNetwork> network(const char* address)
    {
        return result(client.network(*IpAddress::parse(address), soon()));
    }

    Outcome<rdap::DomainAnswer> domain(const char* name)
    {
        return result(client.domain(*DomainName::parse(name), soon()));
    }
};

const std::string arin = "https://rdap.arin.example/registry/";

}  // namespace

TEST_CASE("a network is asked for once in its block, and again when it has aged")
{
    World world;
    world.fetcher.table[arin + "ip/198.51.100.7"] = ok(rdap_fixture("arin_network.json"));
    world.fetcher.table[arin + "ip/198.51.101.7"] = ok(rdap_fixture("arin_network.json"));

    const auto first = world.network("198.51.100.7");
    REQUIRE(first.has_value());
    CHECK(first->holder == "Example Host, Inc.");
    CHECK(first->source == arin + "ip/198.51.100.7");
    CHECK(first->fetched_at == noon);
    CHECK(world.fetcher.accept.starts_with("application/rdap+json"));

    world.now = noon + 24h;
    const auto neighbour = world.network("198.51.100.200");
    REQUIRE(neighbour.has_value());
    CHECK(*neighbour == *first);
    CHECK(neighbour->fetched_at == noon);
    CHECK(world.fetcher.asked.size() == 1);

    // Inside the same network, but nobody knows whether a customer has a network of his own there.
    CHECK(world.network("198.51.101.7").has_value());
    CHECK(world.fetcher.asked.size() == 2);

    world.now = noon + 24h * 8;
    CHECK(world.network("198.51.100.7").has_value());
    CHECK(world.fetcher.asked.size() == 3);
}

TEST_CASE("questions about one block at the same time wait for the first")
{
    World world;
    for (int i = 0; i < 20; ++i)
        world.fetcher.table[arin + "ip/192.0.2." + std::to_string(i)] =
            ok(small_network("net", "192.0.2.0", "192.0.2.9"));
    world.fetcher.table[arin + "ip/192.0.2.15"] =
        ok(small_network("two", "192.0.2.10", "192.0.2.19"));

    std::vector<std::string> names(20);
    for (int i = 0; i < 20; ++i) {
        if (i >= 10 && i != 15)
            continue;
        const IpAddress address = *IpAddress::parse("192.0.2." + std::to_string(i));
        std::string& name = names[static_cast<std::size_t>(i)];
        asio::co_spawn(world.io, world.client.network(address, world.soon()),
                       [&name](std::exception_ptr failed, Outcome<RegisteredNetwork> answer) {
                           REQUIRE(!failed);
                           name = answer.has_value() ? answer->name : answer.error().code;
                       });
    }
    world.io.run();
    for (int i = 0; i < 10; ++i)
        CHECK(names[static_cast<std::size_t>(i)] == "net");
    CHECK(names[15] == "two");
    CHECK(world.fetcher.asked.size() == 2);
}

TEST_CASE("one \"too many requests\" silences the server for everybody, and is no answer")
{
    World world;
    http::FetchResponse busy = status(429, "text/html");
    busy.retry_after = "120";
    world.fetcher.table[arin + "ip/192.0.2.1"] = busy;
    world.fetcher.table[arin + "ip/198.51.100.7"] = ok(rdap_fixture("arin_network.json"));

    std::vector<std::string> codes;
    for (const char* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
        asio::co_spawn(world.io, world.client.network(*IpAddress::parse(address), world.soon()),
                       [&codes](std::exception_ptr failed, Outcome<RegisteredNetwork> answer) {
                           REQUIRE(!failed);
                           codes.push_back(answer.has_value() ? "ok" : answer.error().code);
                       });
    world.io.run();
    CHECK(codes == std::vector<std::string>{"rate_limited", "rate_limited", "rate_limited"});
    CHECK(world.fetcher.asked.size() == 1);

    const auto later = world.network("198.51.100.7");
    REQUIRE(!later.has_value());
    CHECK(later.error().code == "rate_limited");
    CHECK(later.error().detail == "rdap.arin.example asked not to be asked for another 120 s");
    CHECK(world.fetcher.asked.size() == 1);
    // Another server is not concerned.
    world.fetcher.table["https://rdap.registry.example/domain/example-site.com"] =
        ok(rdap_fixture("verisign_domain.json"));
    CHECK(world.domain("example-site.com").has_value());
}

TEST_CASE("who waits for his turn hears of a pause that another was told")
{
    World world;
    rdap::RdapThrottle slow({.interval = 30ms, .burst = 1}, {});
    rdap::RdapClient client(world.fetcher, world.bootstrap, *world.cache, slow, world.options());
    world.fetcher.table[arin + "ip/192.0.2.1"] = status(429);
    std::vector<std::string> codes;
    for (const char* address : {"192.0.2.1", "198.51.100.1"})
        asio::co_spawn(world.io, client.network(*IpAddress::parse(address), world.soon()),
                       [&codes](std::exception_ptr failed, Outcome<RegisteredNetwork> answer) {
                           REQUIRE(!failed);
                           codes.push_back(answer.has_value() ? "ok" : answer.error().code);
                       });
    world.io.run();
    CHECK(codes == std::vector<std::string>{"rate_limited", "rate_limited"});
    CHECK(world.fetcher.asked.size() == 1);
}

TEST_CASE("what is no answer is a failure that says so")
{
    struct Case {
        const char* why;
        http::FetchResponse response;
        const char* code;
    };
    http::FetchResponse truncated = ok(rdap_fixture("arin_network.json"));
    truncated.body_truncated = true;
    http::FetchResponse html = ok("<html>Service announcement</html>");
    html.content_type = "text/html; charset=utf-8";
    const Case cases[] = {
        {"HTML with status 200 is not \"no abuse contact\"", html, "not_json"},
        {"cut at our cap", truncated, "too_large"},
        {"no such object", status(404), "not_found"},
        {"a page with 404 may be anybody's", status(404, "text/HTML"), "bad_response"},
        {"closed to us", status(403), "refused"},
        {"out of order", status(500), "bad_response"},
        {"overloaded", status(503), "rate_limited"},
        {"a domain instead", ok(rdap_fixture("verisign_domain.json")), "not_rdap"},
        {"another network", ok(small_network("other", "198.51.100.0", "198.51.100.255")),
         "bad_response"},
        {"all of IPv4: the registry has no such network",
         ok(small_network("IANA-BLK", "0.0.0.0", "255.255.255.255")), "not_specific"},
        {"more than a /8", ok(small_network("BIG", "192.0.0.0", "193.255.255.255")),
         "not_specific"},
        {"a redirect to nowhere", redirect(""), "bad_redirect"},
        {"without TLS", redirect("http://rdap.ripe.example/ip/192.0.2.1"), "bad_redirect"},
        {"to an address", redirect("https://127.0.0.1/ip/192.0.2.1"), "bad_redirect"},
        {"to an IPv6 address", redirect("https://[::1]/ip/192.0.2.1"), "bad_redirect"},
        {"to a single label", redirect("https://localhost/"), "bad_redirect"},
        {"to another port", redirect("https://rdap.ripe.example:8443/"), "bad_redirect"},
        {"with a password", redirect("https://a@rdap.ripe.example/"), "bad_redirect"},
        {"with a line break", redirect("https://rdap.ripe.example/\r\nx"), "bad_redirect"},
        {"to itself", redirect("192.0.2.1"), "bad_redirect"},
        {"to a server that is down", redirect("https://down.example/ip/192.0.2.1"), "unreachable"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        World world;
        world.fetcher.table[arin + "ip/192.0.2.1"] = c.response;
        const auto answer = world.network("192.0.2.1");
        REQUIRE(!answer.has_value());
        CHECK(answer.error().code == c.code);
        CHECK(world.fetcher.asked.size() <= 5);
        // And nothing of it stays.
        CHECK(!world.cache->network(*IpAddress::parse("192.0.2.1"), *Prefix::parse("192.0.2.0/24"),
                                    noon - 24h));
    }
}

TEST_CASE("redirects to another registry are followed, however they are written")
{
    const std::string target = "https://rdap.ripe.example/ip/192.0.2.1";
    struct Case {
        const char* why;
        std::map<std::string, http::FetchResponse> table;
        const char* source;
    };
    const http::FetchResponse answer = ok(rdap_fixture("ripe_network.json"));
    const Case cases[] = {
        {"absolute",
         {{arin + "ip/192.0.2.1", redirect(target)}, {target, answer}},
         "https://rdap.ripe.example/ip/192.0.2.1"},
        {"upper-case scheme and default port",
         {{arin + "ip/192.0.2.1", redirect("HTTPS://rdap.ripe.example:443/ip/192.0.2.1")},
          {"HTTPS://rdap.ripe.example:443/ip/192.0.2.1", answer}},
         "HTTPS://rdap.ripe.example:443/ip/192.0.2.1"},
        {"no scheme",
         {{arin + "ip/192.0.2.1", redirect("//rdap.ripe.example/ip/192.0.2.1")}, {target, answer}},
         "https://rdap.ripe.example/ip/192.0.2.1"},
        {"a path",
         {{arin + "ip/192.0.2.1", redirect("/ip/192.0.2.0/24#top")},
          {"https://rdap.arin.example/ip/192.0.2.0/24", answer}},
         "https://rdap.arin.example/ip/192.0.2.0/24"},
        {"a relative path",
         {{arin + "ip/192.0.2.1", redirect("192.0.2.0")}, {arin + "ip/192.0.2.0", answer}},
         "https://rdap.arin.example/registry/ip/192.0.2.0"},
        {"a query",
         {{arin + "ip/192.0.2.1", redirect("?full=https://x.example/")},
          {arin + "ip/192.0.2.1?full=https://x.example/", answer}},
         "https://rdap.arin.example/registry/ip/192.0.2.1?full=https://x.example/"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        World world;
        world.fetcher.table = c.table;
        const auto got = world.network("192.0.2.1");
        if (!got.has_value())
            FAIL(got.error().code, ": ", got.error().detail);
        CHECK(got->source == c.source);
        CHECK(got->holder == "Example Net B.V.");
    }
}

TEST_CASE("the registrar is asked only where the registry leaves its abuse desk out")
{
    const std::string registry = "https://rdap.registry.example/domain/";
    const std::string registrar = "https://rdap.registrar.example/domain/example-site.net";
    World world;
    world.fetcher.table[registry + "example-site.com"] = ok(rdap_fixture("verisign_domain.json"));
    const auto whole = world.domain("example-site.com");
    REQUIRE(whole.has_value());
    CHECK(whole->facts.registrar_abuse.emails.at(0) == "abuse@registrar.example");
    CHECK(world.fetcher.asked.size() == 1);

    SUBCASE("the same registrar's desk is known already")
    {
        world.fetcher.table[registry + "example-site.net"] =
            ok(rdap_fixture("registry_without_desk.json"));
        const auto answer = world.domain("example-site.net");
        REQUIRE(answer.has_value());
        CHECK(answer->facts.registrar_abuse.emails.at(0) == "abuse@registrar.example");
        CHECK(world.fetcher.asked.size() == 2);
    }
    SUBCASE("nobody knows it: the registrar's own server does")
    {
        World fresh;
        fresh.fetcher.table[registry + "example-site.net"] =
            ok(rdap_fixture("registry_without_desk.json"));
        fresh.fetcher.table[registrar] = ok(rdap_fixture("registrar_domain.json"));
        const auto answer = fresh.domain("example-site.net");
        REQUIRE(answer.has_value());
        CHECK(!answer->registrar_gap);
        CHECK(answer->facts.registrar == "Example Registrar B.V. d/b/a Example");
        CHECK(answer->facts.registrar_abuse.emails.at(0) == "abuse@registrar.example");
        CHECK(answer->facts.source == registry + "example-site.net");
        // Now both are known.
        CHECK(fresh.cache->registrar_desk("9001", noon));
        CHECK(fresh.domain("example-site.net").has_value());
        CHECK(fresh.fetcher.asked.size() == 2);
    }
    SUBCASE("the registrar does not answer: a gap, and no conclusion")
    {
        World fresh;
        fresh.fetcher.table[registry + "example-site.net"] =
            ok(rdap_fixture("registry_without_desk.json"));
        fresh.fetcher.table[registrar] = status(429);
        const auto answer = fresh.domain("example-site.net");
        REQUIRE(answer.has_value());
        REQUIRE(answer->registrar_gap);
        CHECK(answer->registrar_gap->code == "rate_limited");
        CHECK(answer->facts.registrar_id == "9001");
        CHECK(!answer->facts.registrar_abuse.named);
        // It is not taken for the whole next time.
        fresh.now += 1h;
        CHECK(fresh.domain("example-site.net").has_value());
        CHECK(fresh.fetcher.asked.size() == 3);
    }
    SUBCASE("the registrar speaks of another name")
    {
        World fresh;
        fresh.fetcher.table[registry + "example-site.net"] =
            ok(rdap_fixture("registry_without_desk.json"));
        fresh.fetcher.table[registrar] = ok(rdap_fixture("verisign_domain.json"));
        const auto answer = fresh.domain("example-site.net");
        REQUIRE(answer.has_value());
        REQUIRE(answer->registrar_gap);
        CHECK(answer->registrar_gap->code == "bad_response");
        CHECK(!answer->facts.registrar_abuse.named);
    }
}

TEST_CASE("where there is no server nothing is asked")
{
    World world;
    CHECK(world.domain("site.example").error().code == "no_server");
    CHECK(world.network("203.0.113.1").error().code == "no_server");
    CHECK(world.fetcher.asked.empty());
}

TEST_CASE("after the deadline nobody is asked")
{
    World world;
    const Deadline past = std::chrono::steady_clock::now() - 1s;
    const auto answer = world.result(world.client.network(*IpAddress::parse("192.0.2.1"), past));
    REQUIRE(!answer.has_value());
    CHECK(answer.error().code == "timeout");
    CHECK(world.fetcher.asked.empty());
}

TEST_CASE("a question waits for its turn, but not beyond its deadline")
{
    World world;
    rdap::RdapThrottle slow({.interval = 30ms, .burst = 1}, {});
    rdap::RdapClient client(world.fetcher, world.bootstrap, *world.cache, slow, world.options());
    for (const char* address : {"192.0.2.1", "198.51.100.1"})
        world.fetcher.table[arin + "ip/" + address] = ok(small_network("net", address, address));
    CHECK(world.result(client.network(*IpAddress::parse("192.0.2.1"), world.soon())).has_value());
    CHECK(
        world.result(client.network(*IpAddress::parse("198.51.100.1"), world.soon())).has_value());
    CHECK(world.fetcher.asked.size() == 2);

    rdap::RdapThrottle slower({.interval = 1h, .burst = 1}, {});
    rdap::RdapClient patient(world.fetcher, world.bootstrap, *world.cache, slower, world.options());
    CHECK(
        !world.result(patient.network(*IpAddress::parse("192.0.77.1"), world.soon())).has_value());
    const auto late = world.result(patient.network(*IpAddress::parse("192.0.78.1"), world.soon()));
    REQUIRE(!late.has_value());
    CHECK(late.error().code == "rate_limited");
    CHECK(world.fetcher.asked.size() == 3);
}

TEST_CASE("a client may be dropped with questions under way")
{
    World world;
    world.fetcher.table[arin + "ip/192.0.2.1"] = ok(small_network("net", "192.0.2.0", "192.0.2.9"));
    for (const char* address : {"192.0.2.1", "192.0.2.2"})
        asio::co_spawn(world.io, world.client.network(*IpAddress::parse(address), world.soon()),
                       [](std::exception_ptr, Outcome<RegisteredNetwork>) {});
    world.io.poll_one();
    world.io.poll_one();
    CHECK(world.fetcher.asked.size() == 1);
}
