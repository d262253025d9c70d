#include "scanner/observe/refusal_list.h"

#include <doctest/doctest.h>

#include <random>

using resolvers::DomainName;
using resolvers::IpAddress;
using resolvers::Prefix;
using scanner::observe::RefusalList;

namespace {

using Reach = RefusalList::Reach;

RefusalList small_list()
{
    RefusalList list;
    list.add(*DomainName::parse("example.org"), Reach::at_and_below);
    list.add(*DomainName::parse("wild.example"), Reach::below);
    list.add(*DomainName::parse("both.example"), Reach::below);
    list.add(*DomainName::parse("both.example"), Reach::at_and_below);
    for (const char* prefix : {"192.0.2.0/24", "192.0.2.128/25", "198.51.100.7/32", "192.0.0.0/16",
                               "2001:db8:7::/48", "255.255.255.255/32"})
        list.add(*Prefix::parse(prefix));
    list.finish();
    return list;
}

}  // namespace

TEST_CASE("a name on the list covers what stands under it, at label boundaries")
{
    struct Case {
        const char* why;
        const char* host;
        bool covered;
    };
    const Case cases[] = {
        {"the name itself", "example.org", true},
        {"a name under it", "www.example.org", true},
        {"far under it", "a.b.c.d.example.org", true},
        {"no label boundary", "notexample.org", false},
        {"above it", "org", false},
        {"the name in the middle", "example.org.example", false},
        {"a wildcard leaves the name itself alone", "wild.example", false},
        {"and covers what is under it", "a.wild.example", true},
        {"both forms on two lines", "both.example", true},
        {"nothing", "", false},
        {"dots alone", "..", false},
    };
    const RefusalList list = small_list();
    CHECK(list.names() == 3);
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(list.covers(std::string_view(c.host)) == c.covered);
    }
}

TEST_CASE("an address is covered by its prefix, in whatever form it comes")
{
    struct Case {
        const char* why;
        const char* address;
        bool covered;
    };
    const Case cases[] = {
        {"first of a prefix", "192.0.0.0", true},
        {"last of a prefix", "192.0.255.255", true},
        {"one below", "191.255.255.255", false},
        {"one above", "192.1.0.0", false},
        {"after a prefix nested in another", "192.0.3.1", true},
        {"a single address", "198.51.100.7", true},
        {"its neighbour", "198.51.100.8", false},
        {"the very last", "255.255.255.255", true},
        {"the very first", "0.0.0.0", false},
        {"IPv6", "2001:db8:7:ffff::1", true},
        {"IPv6 beside", "2001:db8:8::", false},
        {"through NAT64", "64:ff9b::c633:6407", true},
        {"mapped", "::ffff:198.51.100.7", true},
        {"through 6to4", "2002:c633:6407::1", true},
        {"another one through NAT64", "64:ff9b::c633:6408", false},
    };
    const RefusalList list = small_list();
    CHECK(list.prefixes() == 4);
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(list.covers(*IpAddress::parse(c.address)) == c.covered);
    }
}

TEST_CASE("an empty list covers nothing")
{
    RefusalList list;
    list.finish();
    CHECK_FALSE(list.covers(std::string_view("example.org")));
    CHECK_FALSE(list.covers(*IpAddress::parse("192.0.2.1")));
}

TEST_CASE("many entries give what a walk through all of them gives")
{
    std::mt19937 random(7);
    RefusalList list;
    std::vector<std::string> names;
    std::vector<Prefix> prefixes;
    for (int i = 0; i < 3000; ++i) {
        names.push_back("n" + std::to_string(random() % 5000) + ".example" + std::to_string(i % 3));
        list.add(*DomainName::parse(names.back()), Reach::at_and_below);
        const auto length = static_cast<std::uint8_t>(12 + random() % 21);
        prefixes.push_back(
            prefix_around(IpAddress::from_v4(static_cast<std::uint32_t>(random())), length));
        list.add(prefixes.back());
    }
    list.finish();
    int covered = 0;
    for (int i = 0; i < 5000; ++i) {
        const std::string host = "www.n" + std::to_string(i) + ".example1";
        const bool named = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return resolvers::is_under(host, name);
        });
        REQUIRE(list.covers(std::string_view(host)) == named);
        const IpAddress address = IpAddress::from_v4(static_cast<std::uint32_t>(random()));
        const bool inside = std::any_of(prefixes.begin(), prefixes.end(),
                                        [&](const Prefix& p) { return p.contains(address); });
        REQUIRE(list.covers(address) == inside);
        covered += named + inside;
    }
    CHECK(covered > 100);
}
