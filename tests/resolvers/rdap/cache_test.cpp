#include "resolvers/rdap/cache.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "resolvers/base/ascii.h"
#include "resolvers/rdap/answers.h"
#include "tests/support/rdap_files.h"

using namespace resolvers;
using support::noon;
using support::rdap_fixture;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<rdap::RdapCache> opened(const std::filesystem::path& path = ":memory:")
{
    Outcome<std::unique_ptr<rdap::RdapCache>> cache = rdap::RdapCache::open(path);
    if (!cache.has_value())
        FAIL(cache.error().detail);
    return std::move(*cache);
}

RegisteredNetwork network(const char* name, const char* first, const char* last,
                          Timestamp fetched_at = noon)
{
    RegisteredNetwork made;
    made.name = name;
    made.first = *IpAddress::parse(first);
    made.last = *IpAddress::parse(last);
    made.source = "https://rdap.example/ip/" + std::string(first);
    made.fetched_at = fetched_at;
    return made;
}

std::string name_found(rdap::RdapCache& cache, const char* address, std::uint8_t block_length = 24,
                       Timestamp not_before = noon)
{
    const IpAddress asked = *IpAddress::parse(address);
    const auto found = cache.network(asked, prefix_around(asked, block_length), not_before);
    return found ? found->name : "none";
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

// What an answer says of people, in lower case, and telephone numbers of whomever.
struct Personal {
    std::set<std::string> names;
    std::set<std::string> mailboxes;
    std::set<std::string> telephones;
};

// Reads every jCard of an answer at any depth, in a way that owes nothing to our parser.
void add_personal(Personal& personal, const boost::json::value& value)
{
    if (const boost::json::array* list = value.if_array())
        for (const boost::json::value& item : *list)
            add_personal(personal, item);
    const boost::json::object* object = value.if_object();
    if (object == nullptr)
        return;
    for (const auto& [name, inner] : *object)
        add_personal(personal, inner);
    const boost::json::value* card = object->if_contains("vcardArray");
    if (card == nullptr)
        return;
    std::map<std::string, std::vector<std::string>> properties;
    for (const boost::json::value& property : card->at(1).as_array())
        if (const boost::json::string* text = property.at(3).if_string())
            properties[std::string(property.at(0).as_string())].push_back(to_lower(*text));
    for (const std::string& telephone : properties["tel"])
        personal.telephones.insert(telephone.substr(telephone.starts_with("tel:") ? 4 : 0));
    if (properties["kind"] != std::vector<std::string>{"individual"})
        return;
    for (const std::string& name : properties["fn"])
        // The RIPE database calls its maintainers individuals, and by their handles.
        if (name != to_lower(std::string(object->at("handle").as_string())))
            personal.names.insert(name);
    personal.mailboxes.insert(properties["email"].begin(), properties["email"].end());
}

// Stores whatever the answer is, in every way in which it may be stored.
void store_all(rdap::RdapCache& cache, const std::string& text)
{
    if (const auto network = resolvers::rdap::parse_rdap_network(text); network.has_value())
        cache.store(prefix_around(network->first, 24), *network);
    if (const auto domain = resolvers::rdap::parse_rdap_domain(text); domain.has_value()) {
        cache.store(*domain);
        cache.store(domain->registrar_id, domain->registrar_abuse, noon);
    }
}

void run(const std::filesystem::path& path, const std::string& statement)
{
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    CHECK(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
}

std::string octets_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Everything in the file, in lower case, read without our reader.
std::string rows_of(const std::filesystem::path& path)
{
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    std::string text;
    const auto add_row = [](void* to, int columns, char** values, char**) {
        for (int i = 0; i < columns; ++i)
            *static_cast<std::string*>(to) += std::string(values[i] ? values[i] : "") + "\n";
        return 0;
    };
    REQUIRE(sqlite3_exec(database, "SELECT * FROM answer", add_row, &text, nullptr) == SQLITE_OK);
    sqlite3_close(database);
    return to_lower(text);
}

}  // namespace

TEST_CASE("facts come out of the cache as they went in")
{
    const std::unique_ptr<rdap::RdapCache> cache = opened();
    for (const char* file :
         {"arin_network.json", "ripe_network.json", "apnic_network.json", "lacnic_network.json",
          "afrinic_network.json", "registro_br_network.json"}) {
        CAPTURE(file);
        Outcome<RegisteredNetwork> before = resolvers::rdap::parse_rdap_network(rdap_fixture(file));
        REQUIRE(before.has_value());
        before->source = "https://rdap.example/ip/" + before->first.text();
        before->fetched_at = noon;
        const Prefix block = prefix_around(before->first, 24);
        cache->store(block, *before);
        const auto after = cache->network(before->last, block, noon);
        REQUIRE(after);
        CHECK(*after == *before);
    }
    for (const char* file :
         {"verisign_domain.json", "redacted_domain.json", "registry_without_desk.json"}) {
        CAPTURE(file);
        Outcome<rdap::RdapDomain> before = resolvers::rdap::parse_rdap_domain(rdap_fixture(file));
        REQUIRE(before.has_value());
        before->source = "https://rdap.example/domain/" + before->name;
        before->fetched_at = noon;
        cache->store(*before);
        const auto after = cache->domain(*DomainName::parse(before->name), noon);
        REQUIRE(after);
        CHECK(*after == static_cast<const RegisteredDomain&>(*before));
    }
    CHECK(cache->failures() == 0);
}

TEST_CASE("nothing of people is written to the cache")
{
    const TemporaryPath file;
    Personal personal;
    {
        const std::unique_ptr<rdap::RdapCache> cache = opened(file.path);
        for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(
                 std::filesystem::path(SERVEDBY_SOURCE_DIR) / "tests/fixtures/rdap")) {
            const std::string text = rdap_fixture(entry.path().filename().string());
            add_personal(personal, boost::json::parse(text));
            store_all(*cache, text);
        }
    }
    // Should a fixture lose its people, this test must not go on passing.
    CHECK(personal.names.size() >= 3);
    CHECK(personal.mailboxes.size() >= 2);
    CHECK(personal.telephones.size() >= 5);

    const std::string written = rows_of(file.path);
    CHECK(written.find("abuse@registrar.example") != std::string::npos);
    CHECK(written.find("universidad de ejemplo") != std::string::npos);
    for (const auto* texts : {&personal.names, &personal.mailboxes, &personal.telephones})
        for (const std::string& text : *texts) {
            CAPTURE(text);
            CHECK(written.find(text) == std::string::npos);
        }
}

TEST_CASE("a row that is not the cache's own is as good as none, and is counted")
{
    const TemporaryPath file;
    const std::unique_ptr<rdap::RdapCache> cache = opened(file.path);
    const IpAddress address = *IpAddress::parse("192.0.2.1");
    const Prefix block = *Prefix::parse("192.0.2.0/24");
    cache->store(block, network("whole", "192.0.2.0", "192.0.2.255"));
    unsigned failures = 0;
    for (const char* facts : {"''", "'{}'", "'[]'", "substr(facts, 1, 40)", "facts || '}'",
                              "'{\"objectClassName\":\"ip network\"}'"}) {
        CAPTURE(facts);
        run(file.path, std::string("UPDATE answer SET facts=") + facts);
        CHECK(!cache->network(address, block, noon));
        CHECK(cache->failures() == ++failures);
        cache->store(block, network("whole", "192.0.2.0", "192.0.2.255"));
        CHECK(name_found(*cache, "192.0.2.1") == "whole");
    }
}

TEST_CASE("a file of the first format is emptied, for it held people's mailboxes")
{
    const TemporaryPath file;
    run(file.path,
        "CREATE TABLE answer(kind TEXT NOT NULL, key TEXT NOT NULL, first TEXT NOT NULL,"
        " last TEXT NOT NULL, fetched INTEGER NOT NULL, source TEXT NOT NULL,"
        " facts TEXT NOT NULL, PRIMARY KEY(kind, key, first, last)) WITHOUT ROWID;"
        "PRAGMA user_version=1;"
        "INSERT INTO answer VALUES('domain', 'example-site.com', '', '', 4102444800000, '',"
        " '{\"address\":\"jane@roe.example\"}')");
    CHECK(octets_of(file.path).find("jane@roe.example") != std::string::npos);
    {
        const std::unique_ptr<rdap::RdapCache> cache = opened(file.path);
        CHECK(!cache->domain(*DomainName::parse("example-site.com"), noon));
        CHECK(cache->failures() == 0);
        cache->store(*Prefix::parse("192.0.2.0/24"), network("new", "192.0.2.0", "192.0.2.255"));
    }
    CHECK(octets_of(file.path).find("jane@roe.example") == std::string::npos);
    CHECK(name_found(*opened(file.path), "192.0.2.1") == "new");
}

TEST_CASE("the narrowest network around an address is found, in the block that was asked about")
{
    const std::unique_ptr<rdap::RdapCache> cache = opened();
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

TEST_CASE("what is too old is not used")
{
    const std::unique_ptr<rdap::RdapCache> cache = opened();
    const Prefix block = *Prefix::parse("192.0.2.0/24");
    cache->store(block, network("old and narrow", "192.0.2.0", "192.0.2.7", noon - 48h));
    cache->store(block, network("new", "192.0.2.0", "192.0.2.255", noon));
    CHECK(name_found(*cache, "192.0.2.1", 24, noon - 72h) == "old and narrow");
    CHECK(name_found(*cache, "192.0.2.1", 24, noon - 24h) == "new");
    CHECK(name_found(*cache, "192.0.2.1", 24, noon + 1h) == "none");
}

TEST_CASE("domains are kept by name and registrars' desks by IANA id, with source and time")
{
    const TemporaryPath file;
    {
        const std::unique_ptr<rdap::RdapCache> cache = opened(file.path);
        RegisteredDomain domain =
            *resolvers::rdap::parse_rdap_domain(rdap_fixture("verisign_domain.json"));
        domain.source = "https://rdap.verisign.com/com/v1/domain/example-site.com";
        domain.fetched_at = noon;
        cache->store(domain);
        cache->store(domain.registrar_id, domain.registrar_abuse, noon);
    }
    const std::unique_ptr<rdap::RdapCache> cache = opened(file.path);
    const auto domain = cache->domain(*DomainName::parse("example-site.com"), noon);
    REQUIRE(domain);
    CHECK(domain->registrar == "Example Registrar B.V. d/b/a Example");
    CHECK(domain->source == "https://rdap.verisign.com/com/v1/domain/example-site.com");
    CHECK(domain->fetched_at == noon);
    CHECK(!cache->domain(*DomainName::parse("other-site.com"), noon));
    const auto desk = cache->registrar_desk("9001", noon);
    REQUIRE(desk);
    CHECK(desk->emails == std::vector<std::string>{"abuse@registrar.example"});
    CHECK(!cache->registrar_desk("9002", noon));
    CHECK(!cache->registrar_desk("9001", noon + 1h));
}

TEST_CASE("a file that is no cache of this version is refused")
{
    CHECK(rdap::RdapCache::open("/nonexistent/cache.db").error().code == "unreadable");
    const TemporaryPath file;
    std::ofstream(file.path) << std::string(4096, 'x');
    const Outcome<std::unique_ptr<rdap::RdapCache>> cache = rdap::RdapCache::open(file.path);
    REQUIRE(!cache.has_value());
    CHECK(cache.error().code == "unreadable");
    CHECK(cache.error().detail.find(file.path.string()) == 0);
}
