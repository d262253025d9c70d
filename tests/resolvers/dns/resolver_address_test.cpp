#include "resolvers/dns/resolver_address.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace resolvers;

TEST_CASE("a resolver's address is read as people write it, and written with its port")
{
    struct Case {
        const char* text;
        const char* expected;
    };
    const Case cases[] = {
        {"9.9.9.9", "9.9.9.9:53"},
        {"127.0.0.1:5353", "127.0.0.1:5353"},
        {"127.0.0.1:65535", "127.0.0.1:65535"},
        {"2620:fe::fe", "[2620:fe::fe]:53"},
        {"[2620:FE::fe]", "[2620:fe::fe]:53"},
        {"[::1]:53", "[::1]:53"},
        {"[::1]:1", "[::1]:1"},
        {"udp://9.9.9.9", "9.9.9.9:53"},
        {"tcp://9.9.9.9", "tcp://9.9.9.9:53"},
        {"https://DNS.example/dns-query", "https://dns.example/dns-query"},
        {"https://9.9.9.9:8443/q?x=1", "https://9.9.9.9:8443/q?x=1"},
        {"tcp://[::1]:5353", "tcp://[::1]:5353"},
        {"tls://9.9.9.9", "tls://9.9.9.9:853"},
        {"tls://[::1]:8853", "tls://[::1]:8853"},
        {"tls://2620:fe::fe#dns.example", "tls://[2620:fe::fe]:853#dns.example"},
        {"tls://9.9.9.9:853#DNS.example.", "tls://9.9.9.9:853#dns.example"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.expected);
        const Outcome<dns::ResolverAddress> address = dns::ResolverAddress::parse(c.text);
        REQUIRE(address.has_value());
        CHECK(address->text() == c.expected);
        CHECK(*dns::ResolverAddress::parse(address->text()) == *address);
    }
}

TEST_CASE("what is no resolver's address is refused")
{
    for (const char* text : {"",
                             "dns.example",
                             "9.9.9",
                             "9.9.9.9:",
                             "9.9.9.9:0",
                             "9.9.9.9:65536",
                             "9.9.9.9:+5",
                             "9.9.9.9:53 ",
                             " 9.9.9.9",
                             "[::1",
                             "::1]",
                             "[::1]x",
                             "[::1]:",
                             "[9.9.9.9]:53",
                             "[9.9.9.9]",
                             "[]",
                             "fe80::1%eth0",
                             "[fe80::1%eth0]:53",
                             "1:2:3:4:5:6:7:8:53",
                             "tcp://",
                             "tcp://dns.example",
                             "tls://",
                             "tls://dns.example",
                             "tls://9.9.9.9#",
                             "tls://9.9.9.9#a b",
                             "tls://9.9.9.9#9.9.9.9",
                             "tls://9.9.9.9#dns.example#dns.example",
                             "tls://9.9.9.9#dns.example:853",
                             "tls://#dns.example",
                             "9.9.9.9#dns.example",
                             "tcp://9.9.9.9#dns.example",
                             "https://",
                             "http://9.9.9.9/",
                             "TCP://9.9.9.9",
                             "sctp://9.9.9.9",
                             "://9.9.9.9"}) {
        CAPTURE(std::string(text));
        const Outcome<dns::ResolverAddress> address = dns::ResolverAddress::parse(text);
        REQUIRE_FALSE(address.has_value());
        CHECK(address.error().code == "malformed");
    }
}

TEST_CASE("the resolvers of resolv.conf are those that the C library would ask")
{
    struct Case {
        const char* why;
        const char* text;
        std::vector<std::string> expected;
    };
    const Case cases[] = {
        {"nothing", "", {}},
        {"one", "nameserver 192.0.2.1\n", {"192.0.2.1:53"}},
        {"no line feed at the end", "nameserver 192.0.2.1", {"192.0.2.1:53"}},
        {"tabs, a carriage return, IPv6", "nameserver\t2001:db8::1 \r\n", {"[2001:db8::1]:53"}},
        {"other lines and comments",
         "# nameserver 192.0.2.9\nsearch example.com\noptions edns0\n;x\nnameserver 192.0.2.1 # a",
         {"192.0.2.1:53"}},
        {"a zone and nonsense are passed over",
         "nameserver fe80::1%eth0\nnameserver localhost\nnameserver\nnameserver 192.0.2.2\n",
         {"192.0.2.2:53"}},
        {"three at most",
         "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
         {"192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        std::vector<std::string> found;
        for (const dns::ResolverAddress& address : resolvers::dns::parse_resolv_conf(c.text))
            found.push_back(address.text());
        CHECK(found == c.expected);
    }
}

TEST_CASE("a resolv.conf that is missing, or names nobody, is told apart")
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("servedby-resolv-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    const std::string path = folder / "resolv.conf";
    CHECK(resolvers::dns::read_resolv_conf(path).error().code == "unreadable");
    std::ofstream(path) << "search example\n";
    CHECK(resolvers::dns::read_resolv_conf(path).error().code == "no_resolver");
    std::ofstream(path) << "nameserver ::1\n";
    const auto found = resolvers::dns::read_resolv_conf(path);
    REQUIRE(found.has_value());
    CHECK(found->at(0).text() == "[::1]:53");
    std::filesystem::remove_all(folder);
}
