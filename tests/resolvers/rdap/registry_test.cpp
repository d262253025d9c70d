// From registries' answers to what observations keep of them.
#include "resolvers/rdap/registry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/support/rdap_files.h"

using namespace resolvers;
using support::noon;
using support::rdap_fixture;
using namespace std::chrono_literals;

namespace asio = boost::asio;

namespace {

// Answers from a table; a URL that is not in it is refused.
class TableFetcher : public http::HttpFetcher {
public:
    explicit TableFetcher(std::map<std::string, http::FetchResponse> table)
        : table_(std::move(table))
    {
    }

    asio::awaitable<Outcome<http::FetchResponse>> get(http::FetchRequest request, Deadline) override
    {
        const auto found = table_.find(request.url);
        if (found == table_.end())
            co_return Failure{"refused", request.url};
        co_return found->second;
    }

private:
    std::map<std::string, http::FetchResponse> table_;
};

http::FetchResponse answer(std::string body, unsigned status = 200,
                           std::string type = "application/rdap+json")
{
    http::FetchResponse response;
    response.status = status;
    response.content_type = std::move(type);
    response.body = std::move(body);
    return response;
}

std::shared_ptr<rdap::RdapShared> shared()
{
    auto bootstrap = rdap::RdapBootstrap::parse(
        R"({"version":"1.0","services":[[["com","net"],["https://rdap.registry.example/"]]]})",
        R"({"version":"1.0","services":[[["192.0.0.0/8","198.0.0.0/8","203.0.0.0/8"],["https://rdap.rir.example/"]]]})",
        R"({"version":"1.0","services":[[["2001:db8::/32"],["https://rdap.rir.example/"]]]})");
    return std::make_shared<rdap::RdapShared>(rdap::RdapShared{
        std::move(*bootstrap), std::move(*rdap::RdapCache::open("")),
        std::make_unique<rdap::RdapThrottle>(rdap::RdapRate{.interval = 1ms, .burst = 100})});
}

RegistryFacts looked_up(std::map<std::string, http::FetchResponse> table, const char* domain,
                        std::vector<const char*> addresses)
{
    asio::io_context io;
    rdap::RdapOptions options;
    options.now = [] { return noon; };
    rdap::RdapRegistry registry(std::make_unique<TableFetcher>(std::move(table)), shared(),
                                options);
    RegistryQuestion question;
    if (domain != nullptr)
        question.domain = DomainName::parse(domain);
    for (const char* address : addresses)
        question.addresses.push_back(*IpAddress::parse(address));
    RegistryFacts facts;
    asio::co_spawn(io, registry.look_up(question, std::chrono::steady_clock::now() + 5s),
                   [&](std::exception_ptr failed, RegistryFacts got) {
                       REQUIRE(!failed);
                       facts = std::move(got);
                   });
    io.run();
    return facts;
}

// "network 192.0.2.1 refused"
std::vector<std::string> told(const std::vector<RegistryGap>& gaps)
{
    std::vector<std::string> lines;
    for (const RegistryGap& gap : gaps)
        lines.push_back(gap.what + " " + gap.about + " " + gap.code);
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a name and its addresses are looked up together")
{
    const RegistryFacts facts = looked_up(
        {{"https://rdap.registry.example/domain/example-site.com",
          answer(rdap_fixture("verisign_domain.json"))},
         {"https://rdap.rir.example/ip/198.51.100.7", answer(rdap_fixture("arin_network.json"))},
         {"https://rdap.rir.example/ip/203.0.113.9", answer(rdap_fixture("apnic_network.json"))}},
        "example-site.com", {"198.51.100.7", "203.0.113.9", "198.51.100.8"});
    CHECK(facts.gaps.empty());
    REQUIRE(facts.domain.has_value());
    CHECK(facts.domain->name == "example-site.com");
    CHECK(facts.domain->registrar == "Example Registrar B.V. d/b/a Example");
    CHECK(facts.domain->registrar_id == "9001");
    CHECK(facts.domain->statuses == Lines{"client transfer prohibited"});
    CHECK(facts.domain->source == "https://rdap.registry.example/domain/example-site.com");
    CHECK(facts.domain->fetched_at == noon);
    CHECK(facts.domain->registrar_abuse.emails == Lines{"abuse@registrar.example"});

    REQUIRE(facts.networks.size() == 2);
    const RegisteredNetwork& arin = facts.networks[0];
    CHECK(arin.holder == "Example Host, Inc.");
    CHECK(arin.first.text() == "198.51.100.0");
    CHECK(arin.last.text() == "198.51.103.255");
    CHECK(arin.parent_handle == "NET-198-0-0-0-0");
    CHECK(arin.remark_urls == Lines{"https://www.host.example/abuse"});
    CHECK(arin.abuse.emails == Lines{"abuse@host.example", "arin-contact@host.example"});
    REQUIRE(arin.addresses.size() == 2);
    CHECK(arin.addresses[1].text() == "198.51.100.8");
    CHECK(facts.networks[1].country == "AU");
}

TEST_CASE("what each of the five registries and registro.br tells of a network is kept")
{
    struct Case {
        const char* why;
        const char* file;
        const char* address;
        Lines emails;
        bool named;
    };
    const Case cases[] = {
        {"ARIN",
         "arin_network.json",
         "198.51.100.1",
         {"abuse@host.example", "arin-contact@host.example"},
         true},
        {"RIPE NCC",
         "ripe_network.json",
         "192.0.2.1",
         {"abuse@example-net.example", "noc@example-net.example"},
         true},
        {"APNIC",
         "apnic_network.json",
         "203.0.113.1",
         {"abuse@ap.example", "helpdesk@ap.example"},
         true},
        {"AFRINIC names no desk", "afrinic_network.json", "192.0.2.129", {}, false},
        {"registro.br names one without a mailbox",
         "registro_br_network.json",
         "192.0.2.65",
         {},
         true},
        {"LACNIC names a person", "lacnic_network.json", "2001:db8:4000::1", {}, true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const std::string url = "https://rdap.rir.example/ip/" + std::string(c.address);
        const RegistryFacts facts =
            looked_up({{url, answer(rdap_fixture(c.file))}}, nullptr, {c.address});
        REQUIRE(facts.networks.size() == 1);
        CHECK(facts.networks[0].abuse.emails == c.emails);
        CHECK(facts.networks[0].abuse.named == c.named);
        CHECK(facts.gaps.empty());
    }
}

TEST_CASE("what could not be learnt is a gap with its code, never an empty fact")
{
    const http::FetchResponse page = answer("<html>Too many requests</html>", 200, "text/html");
    http::FetchResponse limited = answer("", 429);
    limited.retry_after = "60";
    const RegistryFacts facts =
        looked_up({{"https://rdap.registry.example/domain/example-site.com", limited},
                   {"https://rdap.rir.example/ip/198.51.100.7", page}},
                  "example-site.com", {"198.51.100.7", "203.0.113.9", "8.8.8.8"});
    CHECK_FALSE(facts.domain.has_value());
    CHECK(facts.networks.empty());
    CHECK(told(facts.gaps) == Lines{"domain example-site.com rate_limited",
                                    "network 198.51.100.7 not_json", "network 203.0.113.9 refused",
                                    "network 8.8.8.8 no_server"});
}

TEST_CASE("a registrar that does not answer is a gap beside the registry's facts")
{
    const RegistryFacts facts = looked_up({{"https://rdap.registry.example/domain/example-site.net",
                                            answer(rdap_fixture("registry_without_desk.json"))}},
                                          "example-site.net", {});
    REQUIRE(facts.domain.has_value());
    CHECK(facts.domain->registrar_id == "9001");
    CHECK(facts.domain->statuses == Lines{"client hold", "server transfer prohibited"});
    CHECK(facts.domain->registrar_abuse.emails.empty());
    CHECK(told(facts.gaps) == Lines{"registrar example-site.net refused"});
}
