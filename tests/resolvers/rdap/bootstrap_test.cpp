#include "resolvers/rdap/bootstrap.h"

#include <doctest/doctest.h>

using namespace resolvers;

namespace {

std::string registry(const std::string& services)
{
    return R"({"version":"1.0","services":[)" + services + "]}";
}

const std::string some_dns = registry(
    R"([["example"],["https://rdap.registry.example/"]],)"
    R"([["Co.Example","xn--p1ai"],["http://rdap.co.example/","https://rdap.co.example/v1"]],)"
    R"([["plain"],["http://rdap.plain.example/"]])");
const std::string some_ipv4 = registry(
    R"([["192.0.0.0/8"],["https://a.example/"]],[["192.0.2.0/24"],["https://b.example/"]])");
const std::string some_ipv6 = registry(R"([["2001:db8::/32"],["https://six.example/"]])");

rdap::RdapBootstrap some_bootstrap()
{
    Outcome<rdap::RdapBootstrap> parsed =
        rdap::RdapBootstrap::parse(some_dns, some_ipv4, some_ipv6);
    REQUIRE(parsed.has_value());
    return std::move(*parsed);
}

std::string shown(const Outcome<std::string>& server)
{
    return server.has_value() ? *server : server.error().code;
}

}  // namespace

TEST_CASE("the longest match names the server")
{
    const rdap::RdapBootstrap bootstrap = some_bootstrap();
    struct Case {
        const char* why;
        std::string shown;
        const char* expected;
    };
    const auto name = [&bootstrap](const char* text) {
        return shown(bootstrap.server_for(*DomainName::parse(text)));
    };
    const auto address = [&bootstrap](const char* text) {
        return shown(bootstrap.server_for(*IpAddress::parse(text)));
    };
    const Case cases[] = {
        {"a name under the suffix", name("www.site.example"), "https://rdap.registry.example/"},
        {"the suffix itself", name("example"), "https://rdap.registry.example/"},
        {"two labels beat one; https is chosen and ends with a slash", name("site.co.example"),
         "https://rdap.co.example/v1/"},
        {"a label boundary is needed", name("siteco.example"), "https://rdap.registry.example/"},
        {"an A-label", name("site.xn--p1ai"), "https://rdap.co.example/v1/"},
        {"only http is none", name("site.plain"), "no_https"},
        {"a TLD that IANA does not list", name("site.unlisted"), "no_server"},
        {"the longer prefix", address("192.0.2.1"), "https://b.example/"},
        {"the shorter prefix", address("192.0.3.1"), "https://a.example/"},
        {"no prefix", address("198.51.100.1"), "no_server"},
        {"IPv6", address("2001:db8::1"), "https://six.example/"},
        {"not in IPv6", address("2001:db9::1"), "no_server"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(c.shown == c.expected);
    }
}

TEST_CASE("a file that is not a bootstrap registry is refused with its name")
{
    struct Case {
        const char* why;
        std::string dns;
        std::string ipv4;
        const char* part;
    };
    const Case cases[] = {
        {"HTML", "<html>", some_ipv4, "dns.json: "},
        {"empty", "", some_ipv4, "dns.json: "},
        {"another version", R"({"version":"2.0","services":[]})", some_ipv4,
         "not a bootstrap registry of version 1"},
        {"no services", registry(""), some_ipv4, "dns.json: no services"},
        {"a service of three", registry(R"([["a"],["https://a.example/"],["b"]])"), some_ipv4,
         "no pair"},
        {"a key twice",
         registry(R"([["a"],["https://a.example/"]],[["a"],["https://b.example/"]])"), some_ipv4,
         "stands twice: a"},
        {"host bits set", some_dns, registry(R"([["192.0.2.1/24"],["https://a.example/"]])"),
         "ipv4.json: a key"},
        {"IPv6 in the IPv4 file", some_dns,
         registry(R"([["2001:db8::/32"],["https://a.example/"]])"), "ipv4.json: a key"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<rdap::RdapBootstrap> parsed =
            rdap::RdapBootstrap::parse(c.dns, c.ipv4, some_ipv6);
        REQUIRE(!parsed.has_value());
        CHECK(parsed.error().code == "malformed");
        CAPTURE(parsed.error().detail);
        CHECK(parsed.error().detail.find(c.part) != std::string::npos);
    }
    CHECK(rdap::RdapBootstrap::load("/nonexistent").error().code == "not_found");
}

TEST_CASE("the shipped registries know the servers of the large registries")
{
    const Outcome<rdap::RdapBootstrap> bootstrap =
        rdap::RdapBootstrap::load(std::filesystem::path(SERVEDBY_SOURCE_DIR) / "data/rdap");
    REQUIRE(bootstrap.has_value());
    struct Case {
        const char* asked;
        const char* expected;
    };
    const Case names[] = {
        {"example.com", "https://rdap.verisign.com/com/v1/"},
        {"example.com.br", "https://rdap.registro.br/"},
        {"example.fr", "https://rdap.nic.fr/"},
        {"example.to", "https://rdap.tonicregistry.to/rdap/"},
        {"example.io", "no_server"},
    };
    for (const Case& c : names) {
        CAPTURE(c.asked);
        CHECK(shown(bootstrap->server_for(*DomainName::parse(c.asked))) == c.expected);
    }
    const Case addresses[] = {
        {"1.1.1.1", "https://rdap.apnic.net/"},
        {"8.8.8.8", "https://rdap.arin.net/registry/"},
        {"186.2.163.1", "https://rdap.lacnic.net/rdap/"},
        {"193.0.6.139", "https://rdap.db.ripe.net/"},
        {"196.11.240.1", "https://rdap.afrinic.net/rdap/"},
        {"2606:4700::1", "https://rdap.arin.net/registry/"},
        {"2a00:1450::1", "https://rdap.db.ripe.net/"},
        {"127.0.0.1", "no_server"},
    };
    for (const Case& c : addresses) {
        CAPTURE(c.asked);
        CHECK(shown(bootstrap->server_for(*IpAddress::parse(c.asked))) == c.expected);
    }
}
