#include "resolvers/asn/maxmind.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "resolvers/base/digest.h"

using namespace resolvers;

namespace {

std::filesystem::path fixture(const std::string& name)
{
    return std::filesystem::path(SERVEDBY_SOURCE_DIR) / "tests/fixtures/mmdb" / name;
}

const std::filesystem::path shipped = std::filesystem::path(SERVEDBY_SOURCE_DIR) / "data/asn.mmdb";

std::unique_ptr<asn::MaxmindOrigins> opened(const std::filesystem::path& path)
{
    Outcome<std::unique_ptr<asn::MaxmindOrigins>> outcome = asn::MaxmindOrigins::open(path);
    if (!outcome.has_value())
        FAIL(outcome.error().detail);
    return std::move(*outcome);
}

// "192.0.2.0/24 AS64496 Example One", or "none".
std::string found(const OriginTable& table, std::string_view address)
{
    const std::optional<Origin> origin = table.find(*IpAddress::parse(address));
    if (!origin)
        return "none";
    return origin->prefix.text() + " AS" + std::to_string(origin->asn) + " " + origin->organisation;
}

std::string bytes_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A file of the test's own, gone with it.
struct TemporaryFile {
    std::filesystem::path path;

    TemporaryFile(const std::string& name, const std::string& content)
        : path(std::filesystem::temp_directory_path() / (name + std::to_string(::getpid())))
    {
        std::ofstream(path, std::ios::binary) << content;
    }
    ~TemporaryFile() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("the most specific block around an address names its AS")
{
    struct Case {
        const char* why;
        const char* address;
        const char* expected;
    };
    const Case cases[] = {
        {"IPv4 prefixes count from the IPv4 corner of the tree", "192.0.2.1",
         "192.0.2.0/25 AS64496 Example One"},
        {"the longer prefix wins", "192.0.2.129", "192.0.2.128/25 AS64497 Exemple Réseau, S.A."},
        {"first address", "192.0.2.0", "192.0.2.0/25 AS64496 Example One"},
        {"last address", "192.0.2.255", "192.0.2.128/25 AS64497 Exemple Réseau, S.A."},
        {"one below", "192.0.1.255", "none"},
        {"one above", "192.0.3.0", "none"},
        {"an AS without a name, and the greatest number", "198.51.100.7",
         "198.51.100.0/24 AS4294967295 "},
        {"a record without a number says nothing", "203.0.113.1", "none"},
        {"AS 0 is nobody", "203.0.113.200", "none"},
        {"IPv6", "2001:db8:2::1", "2001:db8:2::/47 AS64498 Example Six"},
        {"IPv6, more specific", "2001:db8:1::1", "2001:db8:1::/48 AS64499 Example Six More"},
        {"IPv6, one address", "2001:db8::1", "2001:db8::1/128 AS64500 One Address"},
        {"not announced", "2001:db9::1", "none"},
        {"an IPv6 address is not the IPv4 address in its last bits", "::192.0.2.1", "none"},
        {"nor is an IPv4-mapped one, unless the file says so", "::ffff:192.0.2.1", "none"},
    };
    const std::unique_ptr<asn::MaxmindOrigins> table = opened(fixture("asn.mmdb"));
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(found(*table, c.address) == c.expected);
    }
}

TEST_CASE("files of other makers with the same field names are read as well")
{
    SUBCASE("GeoLite2-ASN: 28-bit records, IPv4 aliased into IPv6")
    {
        const std::unique_ptr<asn::MaxmindOrigins> table = opened(fixture("geolite2_shape.mmdb"));
        CHECK(table->database_type() == "GeoLite2-ASN");
        CHECK(found(*table, "192.0.2.1") == "192.0.2.0/25 AS64496 Example One");
        CHECK(found(*table, "2001:db8:1::1") == "2001:db8:1::/48 AS64499 Example Six More");
        CHECK(found(*table, "::ffff:192.0.2.1") == "::ffff:192.0.2.0/121 AS64496 Example One");
        CHECK(found(*table, "2002:c000:201::1") == "2002:c000:200::/41 AS64496 Example One");
    }
    SUBCASE("a tree of IPv4 alone: IPv6 addresses are not found")
    {
        const std::unique_ptr<asn::MaxmindOrigins> table = opened(fixture("ipv4_only.mmdb"));
        CHECK(found(*table, "192.0.2.1") == "192.0.2.0/25 AS64496 Example One");
        CHECK(found(*table, "2001:db8:1::1") == "none");
    }
    SUBCASE("a record for more than all of IPv4 has length 0, not less")
    {
        const std::unique_ptr<asn::MaxmindOrigins> table = opened(fixture("wide.mmdb"));
        CHECK(found(*table, "192.0.2.1") == "0.0.0.0/0 AS64496 Everything");
        CHECK(found(*table, "2001:db8::1") == "::/1 AS64496 Everything");
    }
}

TEST_CASE("the file itself says of which day it is")
{
    const std::unique_ptr<asn::MaxmindOrigins> table = opened(fixture("asn.mmdb"));
    CHECK(table->date() == "2023-11-14");
    CHECK(table->database_type() == "servedby-ASN");
    CHECK(table->description() == "servedby test data: asn");
    CHECK(table->sha256() == sha256_hex(bytes_of(fixture("asn.mmdb"))));
}

TEST_CASE("what is not an ASN database is refused with the reason")
{
    const std::string whole = bytes_of(fixture("asn.mmdb"));
    const TemporaryFile empty("origin-empty-", "");
    const TemporaryFile text("origin-text-", "192.0.2.0,192.0.2.255,64496,Example One\n");
    const TemporaryFile cut("origin-cut-", whole.substr(0, whole.size() / 2));
    struct Case {
        const char* why;
        std::filesystem::path path;
        const char* code;
        const char* part;
    };
    const Case cases[] = {
        {"no file", fixture("no_such.mmdb"), "not_found", "no_such.mmdb: no such file"},
        {"a directory", fixture(""), "unreadable", ""},
        {"an empty file", empty.path, "unreadable", ""},
        {"another format", text.path, "unreadable", "invalid metadata"},
        {"half a file has no metadata at its end", cut.path, "unreadable", "invalid metadata"},
        {"a database of countries", fixture("country.mmdb"), "not_asn_data",
         "has no autonomous_system_number: is this an ASN database? It says it is "
         "\"Example-Country\""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<std::unique_ptr<asn::MaxmindOrigins>> outcome =
            asn::MaxmindOrigins::open(c.path);
        REQUIRE(!outcome.has_value());
        CHECK(outcome.error().code == c.code);
        CAPTURE(outcome.error().detail);
        CHECK(outcome.error().detail.find(c.part) != std::string::npos);
        CHECK(outcome.error().detail.find(c.path.string()) == 0);
    }
}

TEST_CASE("several threads may look into one table at once")
{
    const std::unique_ptr<asn::MaxmindOrigins> table = opened(fixture("asn.mmdb"));
    constexpr unsigned rounds = 2'000;
    unsigned right[2] = {0, 0};
    std::string digests[2];
    const auto look = [&table, &right, &digests](unsigned which) {
        for (unsigned i = 0; i < rounds; ++i)
            right[which] +=
                found(*table, which ? "2001:db8::1" : "198.51.100.7") ==
                (which ? "2001:db8::1/128 AS64500 One Address" : "198.51.100.0/24 AS4294967295 ");
        digests[which] = table->sha256();
    };
    std::thread other(look, 1);
    look(0);
    other.join();
    CHECK(right[0] == rounds);
    CHECK(right[1] == rounds);
    CHECK(digests[0].size() == 64);
    CHECK(digests[0] == digests[1]);
}

TEST_CASE("the shipped table knows who announces well-known addresses")
{
    const std::unique_ptr<asn::MaxmindOrigins> table = opened(shipped);
    MESSAGE("data/asn.mmdb of ", table->date(), ", sha256 ", table->sha256());
    CHECK(table->date() == "2026-06-17");
    CHECK(table->description().find("CC BY 4.0") != std::string::npos);

    struct Case {
        const char* address;
        std::uint32_t asn;
        const char* organisation;
    };
    const Case cases[] = {
        {"1.1.1.1", 13335, "Cloudflare"},          {"186.2.163.1", 59692, ""},
        {"76.76.21.21", 16509, "Amazon"},          {"2606:4700::1", 13335, "Cloudflare"},
        {"2001:4860:4860::8888", 15169, "Google"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.address);
        const IpAddress address = *IpAddress::parse(c.address);
        const std::optional<Origin> origin = table->find(address);
        REQUIRE(origin);
        CHECK(origin->asn == c.asn);
        CHECK(origin->organisation.find(c.organisation) != std::string::npos);
        CHECK(!origin->organisation.empty());
        CHECK(origin->prefix.contains(address));
    }
    for (const char* nobody :
         {"127.0.0.1", "10.0.0.1", "192.0.2.1", "::1", "fe80::1", "240.0.0.1"}) {
        CAPTURE(nobody);
        CHECK(found(*table, nobody) == "none");
    }
}
