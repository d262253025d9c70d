#include "resolvers/rdap/cache.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "resolvers/rdap/cache_json.h"
#include "resolvers/rdap/values.h"
#include "tests/support/rdap_files.h"

using namespace resolvers;
using support::noon;
using support::rdap_fixture;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<RdapCache> opened(const std::filesystem::path& path = ":memory:")
{
    Outcome<std::unique_ptr<RdapCache>> cache = RdapCache::open(path);
    if (!cache.has_value())
        FAIL(cache.error().detail);
    return std::move(*cache);
}

RdapAnswer<RdapNetwork> network(const char* name, const char* first, const char* last,
                                Timestamp fetched_at = noon)
{
    RdapAnswer<RdapNetwork> answer;
    answer.facts.name = name;
    answer.facts.first = *IpAddress::parse(first);
    answer.facts.last = *IpAddress::parse(last);
    answer.facts.prefixes = prefixes_between(answer.facts.first, answer.facts.last);
    answer.source = "https://rdap.example/ip/" + std::string(first);
    answer.fetched_at = fetched_at;
    return answer;
}

std::string name_found(RdapCache& cache, const char* address, std::uint8_t block_length = 24,
                       Timestamp not_before = noon)
{
    const IpAddress asked = *IpAddress::parse(address);
    const auto answer = cache.network(asked, prefix_around(asked, block_length), not_before);
    return answer ? answer->facts.name : "none";
}

struct TemporaryPath {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("rdap-cache-" + std::to_string(::getpid()));
    ~TemporaryPath()
    {
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(path.string() + suffix);
    }
};

}  // namespace

TEST_CASE("facts come out of the cache as they went in")
{
    for (const char* file : {"arin_network.json", "ripe_network.json", "lacnic_network.json",
                             "afrinic_network.json", "registro_br_network.json"}) {
        CAPTURE(file);
        const Outcome<RdapNetwork> before = parse_rdap_network(rdap_fixture(file));
        REQUIRE(before.has_value());
        const Outcome<RdapNetwork> after = rdap_network_of(rdap_facts_text(*before));
        REQUIRE(after.has_value());
        CHECK(*after == *before);
    }
    for (const char* file : {"verisign_domain.json", "redacted_domain.json"}) {
        CAPTURE(file);
        const Outcome<RdapDomain> before = parse_rdap_domain(rdap_fixture(file));
        REQUIRE(before.has_value());
        const Outcome<RdapDomain> after = rdap_domain_of(rdap_facts_text(*before));
        REQUIRE(after.has_value());
        CHECK(*after == *before);
        const Outcome<RdapRegistrar> registrar =
            rdap_registrar_of(rdap_facts_text(before->registrar));
        REQUIRE(registrar.has_value());
        CHECK(*registrar == before->registrar);
    }
}

TEST_CASE("nothing of people is written to the cache")
{
    const std::string text =
        rdap_facts_text(*parse_rdap_network(rdap_fixture("ripe_network.json"))) +
        rdap_facts_text(*parse_rdap_network(rdap_fixture("lacnic_network.json"))) +
        rdap_facts_text(*parse_rdap_domain(rdap_fixture("registrar_domain.json")));
    for (const char* personal : {"A Person", "person@", "+31 20 555 0100", "Una Persona",
                                 "57 4 5550100", "k1@privacy", "filtered@"}) {
        CAPTURE(personal);
        CHECK(text.find(personal) == std::string::npos);
    }
    CHECK(text.find("abuse@registrar.example") != std::string::npos);
}

TEST_CASE("text that is not the cache's own is refused")
{
    const std::string whole =
        rdap_facts_text(*parse_rdap_network(rdap_fixture("arin_network.json")));
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[]"), whole.substr(0, whole.size() / 2),
          rdap_fixture("arin_network.json")}) {
        CHECK(rdap_network_of(text).has_value() == false);
        CHECK(rdap_domain_of(text).has_value() == false);
    }
}

TEST_CASE("the narrowest network around an address is found, in the block that was asked about")
{
    const std::unique_ptr<RdapCache> cache = opened();
    const Prefix block = *Prefix::parse("192.0.2.0/24");
    cache->store(block, network("wide", "192.0.0.0", "192.0.255.255"));
    cache->store(block, network("narrow", "192.0.2.64", "192.0.2.127"));
    cache->store(block, network("narrower", "192.0.2.64", "192.0.2.71"));
    const Prefix block6 = *Prefix::parse("2001:db8:1::/48");
    cache->store(block6, network("six", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));

    CHECK(name_found(*cache, "192.0.2.1") == "wide");
    CHECK(name_found(*cache, "192.0.2.64") == "narrower");
    CHECK(name_found(*cache, "192.0.2.71") == "narrower");
    CHECK(name_found(*cache, "192.0.2.72") == "narrow");
    CHECK(name_found(*cache, "192.0.2.128") == "wide");
    // The wide one covers this, but a customer's network may be there that nobody asked about.
    CHECK(name_found(*cache, "192.0.3.1") == "none");
    CHECK(name_found(*cache, "2001:db8:1::1", 48) == "six");
    CHECK(name_found(*cache, "2001:db8:2::1", 48) == "none");
    CHECK(cache->failures() == 0);
}

TEST_CASE("what is too old is not used, and may be forgotten")
{
    const std::unique_ptr<RdapCache> cache = opened();
    const Prefix block = *Prefix::parse("192.0.2.0/24");
    cache->store(block, network("old and narrow", "192.0.2.0", "192.0.2.7", noon - 48h));
    cache->store(block, network("new", "192.0.2.0", "192.0.2.255", noon));
    CHECK(name_found(*cache, "192.0.2.1", 24, noon - 72h) == "old and narrow");
    CHECK(name_found(*cache, "192.0.2.1", 24, noon - 24h) == "new");
    CHECK(name_found(*cache, "192.0.2.1", 24, noon + 1h) == "none");
    cache->forget(noon - 24h);
    CHECK(name_found(*cache, "192.0.2.1", 24, noon - 72h) == "new");
}

TEST_CASE("domains are kept by name and registrars by IANA id, with source and time")
{
    const TemporaryPath file;
    {
        const std::unique_ptr<RdapCache> cache = opened(file.path);
        RdapAnswer<RdapDomain> domain;
        domain.facts = *parse_rdap_domain(rdap_fixture("verisign_domain.json"));
        domain.source = "https://rdap.verisign.com/com/v1/domain/example-site.com";
        domain.fetched_at = noon;
        domain.gaps = {{"timeout", ""}};
        cache->store(domain);
        RdapAnswer<RdapRegistrar> registrar;
        registrar.facts = domain.facts.registrar;
        registrar.fetched_at = noon;
        cache->store(registrar);
    }
    const std::unique_ptr<RdapCache> cache = opened(file.path);
    const auto domain = cache->domain(*DomainName::parse("example-site.com"), noon);
    REQUIRE(domain);
    CHECK(domain->facts == *parse_rdap_domain(rdap_fixture("verisign_domain.json")));
    CHECK(domain->source == "https://rdap.verisign.com/com/v1/domain/example-site.com");
    CHECK(domain->fetched_at == noon);
    CHECK(domain->gaps.empty());
    CHECK(!cache->domain(*DomainName::parse("other-site.com"), noon));
    REQUIRE(cache->registrar("9001", noon));
    CHECK(cache->registrar("9001", noon)->facts.abuse.emails[0].address ==
          "abuse@registrar.example");
    CHECK(!cache->registrar("9002", noon));
}

TEST_CASE("a file that is no cache of this version is refused")
{
    CHECK(RdapCache::open("/nonexistent/cache.db").error().code == "unreadable");
    const TemporaryPath file;
    std::ofstream(file.path) << std::string(4096, 'x');
    const Outcome<std::unique_ptr<RdapCache>> cache = RdapCache::open(file.path);
    REQUIRE(!cache.has_value());
    CHECK(cache.error().code == "unreadable");
    CHECK(cache.error().detail.find(file.path.string()) == 0);
}
