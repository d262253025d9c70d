#include "scanner/catalogue/index/address_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

using resolvers::IpAddress;
using resolvers::Prefix;
using scanner::catalogue::AddressIndex;
using scanner::catalogue::ListedPrefix;
using scanner::catalogue::RangeHit;
using scanner::catalogue::Rule;

std::vector<ListedPrefix> sorted(std::vector<ListedPrefix> listed)
{
    std::stable_sort(
        listed.begin(), listed.end(),
        [](const ListedPrefix& a, const ListedPrefix& b) { return a.prefix < b.prefix; });
    return listed;
}

AddressIndex index_of(const std::vector<const char*>& prefixes)
{
    static const Rule rule;
    std::vector<ListedPrefix> listed;
    for (const char* text : prefixes)
        listed.push_back({*Prefix::parse(text), &rule});
    AddressIndex index;
    index.build(sorted(listed));
    return index;
}

std::vector<std::string> found(const AddressIndex& index, const char* address)
{
    std::vector<std::string> prefixes;
    for (const RangeHit& hit : index.find(*IpAddress::parse(address)))
        prefixes.push_back(hit.prefix.text());
    return prefixes;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every prefix that holds an address is found, the longest first")
{
    const AddressIndex index =
        index_of({"25.0.0.0/8", "25.1.0.0/16", "25.1.2.0/24", "25.1.2.3/32", "25.1.3.0/24",
                  "0.0.0.0/8", "255.255.255.0/24", "2d00::/20", "2d00:1::/32", "2d00:1:2::/64",
                  "2d00:1:2::3/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"});
    struct Case {
        const char* why;
        const char* address;
        Texts expected;
    };
    const Case cases[] = {
        {"innermost of four",
         "25.1.2.3",
         {"25.1.2.3/32", "25.1.2.0/24", "25.1.0.0/16", "25.0.0.0/8"}},
        {"just below it", "25.1.2.2", {"25.1.2.0/24", "25.1.0.0/16", "25.0.0.0/8"}},
        {"just above it", "25.1.2.4", {"25.1.2.0/24", "25.1.0.0/16", "25.0.0.0/8"}},
        {"first of a neighbour", "25.1.3.0", {"25.1.3.0/24", "25.1.0.0/16", "25.0.0.0/8"}},
        {"last of a block", "25.255.255.255", {"25.0.0.0/8"}},
        {"first after it", "26.0.0.0", {}},
        {"between blocks", "24.255.255.255", {}},
        {"the very first address", "0.0.0.0", {"0.0.0.0/8"}},
        {"the very last address", "255.255.255.255", {"255.255.255.0/24"}},
        {"IPv6 innermost",
         "2d00:1:2::3",
         {"2d00:1:2::3/128", "2d00:1:2::/64", "2d00:1::/32", "2d00::/20"}},
        {"IPv6 in the /64", "2d00:1:2:0:ffff::", {"2d00:1:2::/64", "2d00:1::/32", "2d00::/20"}},
        {"IPv6 past the /64", "2d00:1:2:1::", {"2d00:1::/32", "2d00::/20"}},
        {"IPv6 past all", "2d00:1000::", {}},
        {"the very last IPv6 address",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"}},
        {"IPv4 in IPv6 clothes is another address", "::ffff:25.1.2.3", {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(found(index, c.address) == c.expected);
    }
}

TEST_CASE("an index without prefixes finds nothing")
{
    const AddressIndex index = index_of({});
    CHECK(found(index, "25.0.0.1") == Texts{});
    CHECK(found(index, "2d00::1") == Texts{});
}

TEST_CASE("of the same prefix twice the one added last comes first")
{
    Rule loser;
    loser.id = "loser";
    Rule winner;
    winner.id = "winner";
    AddressIndex index;
    index.build(
        {{*Prefix::parse("25.0.0.0/16"), &loser}, {*Prefix::parse("25.0.0.0/16"), &winner}});
    const std::vector<RangeHit> hits = index.find(*IpAddress::parse("25.0.3.4"));
    REQUIRE(hits.size() == 2);
    CHECK(hits[0].rule->id == "winner");
    CHECK(hits[1].rule->id == "loser");
}

TEST_CASE("prefixes inside another are listed in order and up to the limit")
{
    const AddressIndex index = index_of({"25.0.0.0/8", "25.1.0.0/16", "25.1.2.0/24", "25.9.0.0/24",
                                         "26.0.0.0/8", "2d00::/32", "2d00::1/128"});
    const auto inside = [&](const char* prefix, std::size_t limit) {
        Texts texts;
        for (const RangeHit& hit : index.inside(*Prefix::parse(prefix), limit))
            texts.push_back(hit.prefix.text());
        return texts;
    };
    CHECK(inside("25.0.0.0/8", 10) == Texts{"25.1.0.0/16", "25.1.2.0/24", "25.9.0.0/24"});
    CHECK(inside("25.0.0.0/8", 2) == Texts{"25.1.0.0/16", "25.1.2.0/24"});
    CHECK(inside("25.1.2.0/24", 10) == Texts{});
    CHECK(inside("2d00::/32", 10) == Texts{"2d00::1/128"});
    CHECK(inside("27.0.0.0/8", 10) == Texts{});
}

TEST_CASE("the index agrees with asking every prefix, on a thousand random ones of each family")
{
    std::mt19937 random(20260822);
    const auto random_address = [&random](bool v4) {
        std::array<std::uint8_t, 16> bytes{};
        for (std::uint8_t& byte : bytes)
            byte = static_cast<std::uint8_t>(random());
        // Few leading bits, so that prefixes nest.
        bytes[0] = static_cast<std::uint8_t>(25 + random() % 2);
        bytes[1] = static_cast<std::uint8_t>(random() % 4);
        return v4 ? IpAddress::from_v4(static_cast<std::uint32_t>(bytes[0] << 24 | bytes[1] << 16 |
                                                                  bytes[2] << 8 | bytes[3]))
                  : IpAddress::from_v6(bytes);
    };
    for (const bool v4 : {true, false}) {
        CAPTURE(v4);
        static const Rule rule;
        std::vector<ListedPrefix> listed;
        for (int i = 0; i < 1000; ++i) {
            const auto length = static_cast<std::uint8_t>(8 + random() % (v4 ? 25 : 121));
            listed.push_back({resolvers::prefix_around(random_address(v4), length), &rule});
        }
        listed = sorted(listed);
        const auto same = [](const ListedPrefix& a, const ListedPrefix& b) {
            return a.prefix == b.prefix;
        };
        listed.erase(std::unique(listed.begin(), listed.end(), same), listed.end());
        AddressIndex index;
        index.build(listed);

        unsigned held = 0;
        for (int i = 0; i < 3000; ++i) {
            // Every other question is about the edge of a prefix, where mistakes live.
            IpAddress address = random_address(v4);
            if (i % 2 == 0)
                address = listed[random() % listed.size()].prefix.address;
            std::vector<Prefix> expected;
            for (const ListedPrefix& one : listed)
                if (one.prefix.contains(address))
                    expected.push_back(one.prefix);
            std::stable_sort(expected.begin(), expected.end(),
                             [](const Prefix& a, const Prefix& b) { return a.length > b.length; });
            std::vector<Prefix> got;
            for (const RangeHit& hit : index.find(address))
                got.push_back(hit.prefix);
            held += expected.empty() ? 0 : 1;
            REQUIRE(got == expected);
        }
        CHECK(held > 1500);
    }
}
