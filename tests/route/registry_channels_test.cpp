// Contacts out of the registries: used where the catalogue has none, never a registry's own.
#include "scanner/route/registry_channels.h"

#include <doctest/doctest.h>

#include "scanner/model/words.h"
#include "scanner/route/route.h"
#include "tests/support/observed.h"

using namespace scanner;
using resolvers::IpAddress;
using resolvers::RegistryFacts;

namespace {

using Lines = std::vector<std::string>;

const resolvers::Timestamp day{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)};

RegistryFacts facts()
{
    RegistryFacts made;
    auto& domain = made.domain.emplace();
    domain.name = "example.org";
    domain.registrar = "Registrar Nobody Lists";
    domain.registrar_abuse.emails = {"abuse@registrar.lab"};
    domain.registrar_abuse.urls = {"https://registrar.lab/abuse"};
    domain.source = "https://rdap.example/domain/example.org";
    domain.fetched_at = day;
    auto& network = made.networks.emplace_back();
    network.addresses = {*IpAddress::parse("5.9.1.1")};
    network.abuse.emails = {"abuse@hoster.lab"};
    network.remark_urls = {"https://hoster.lab/report"};
    network.source = "https://rdap.example/ip/5.9.1.1";
    network.fetched_at = day;
    auto& other = made.networks.emplace_back();
    other.addresses = {*IpAddress::parse("8.8.8.8")};
    other.abuse.emails = {"abuse@elsewhere.lab"};
    return made;
}

Finding found(Role role, const char* name)
{
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::identified;
    finding.name = name;
    finding.grade = Grade::confirmed;
    return finding;
}

Attribution verdict_of(const Finding& host)
{
    Attribution verdict;
    verdict.state = State::live;
    verdict.host = host;
    AddressVerdict& address = verdict.addresses.emplace_back();
    address.address = *IpAddress::parse("5.9.1.1");
    address.host = host;
    verdict.others = {found(Role::registrar, "Registrar Nobody Lists")};
    return verdict;
}

Lines told(const std::vector<ContactChannel>& channels)
{
    Lines lines;
    for (const ContactChannel& channel : channels)
        lines.push_back(std::string(word(channel.type)) + " " + channel.address);
    return lines;
}

}  // namespace

TEST_CASE("host and registrar get their desks from the registries when the catalogue has none")
{
    const Finding host = found(Role::host, "Some Hoster GmbH");
    const auto to = scanner::route::route(verdict_of(host), support::shipped_catalogue(), facts());
    REQUIRE(to.size() == 2);
    CHECK(to[0].role == Role::host);
    CHECK(told(to[0].channels) ==
          Lines{"form https://hoster.lab/report", "email abuse@hoster.lab"});
    const ContactChannel& email = to[0].channels[1];
    CHECK(email.source == "https://rdap.example/ip/5.9.1.1");
    CHECK(email.checked == "2026-11-21");
    CHECK(email.scope == ChannelScope::general);
    CHECK_FALSE(email.verified);
    CHECK_FALSE(email.guessed);
    CHECK(to[1].role == Role::registrar);
    CHECK(to[1].kind == AddresseeKind::escalation);
    CHECK(told(to[1].channels) ==
          Lines{"form https://registrar.lab/abuse", "email abuse@registrar.lab"});
}

TEST_CASE("the catalogue's channels stand before a registry's word")
{
    Attribution verdict = verdict_of(found(Role::host, "Some Hoster GmbH"));
    Finding& registrar = verdict.others.front();
    registrar.product = "registrar-48";
    registrar.provider = "tucows";
    registrar.name = "eNom, LLC";
    const auto to = scanner::route::route(verdict, support::shipped_catalogue(), facts());
    REQUIRE(to.size() == 2);
    CHECK(told(to[1].channels) == Lines{"form https://cp.enom.com/help/abusepolicy.aspx"});
}

TEST_CASE("only networks in which the host answers count, and other roles get nothing")
{
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    const Attribution verdict = verdict_of(found(Role::host, "Some Hoster GmbH"));
    CHECK(
        scanner::route::registry_channels(found(Role::host, "Another"), verdict, facts(), catalogue)
            .empty());
    CHECK(scanner::route::registry_channels(found(Role::front, "Some Hoster GmbH"), verdict,
                                            facts(), catalogue)
              .empty());
    CHECK(scanner::route::registry_channels(found(Role::network, "AS24940"), verdict, facts(),
                                            catalogue)
              .empty());
    CHECK(scanner::route::registry_channels(found(Role::registrar, "R"), verdict, {}, catalogue)
              .empty());
}

TEST_CASE("no notice goes to a registry's own desk")
{
    struct Case {
        const char* why;
        const char* email;
        const char* url;
    };
    const Case cases[] = {
        {"RIPE NCC", "abuse@ripe.net", "https://www.ripe.net/support/abuse"},
        {"APNIC's catch-all", "helpdesk@apnic.net", "https://www.apnic.net/"},
        {"LACNIC", "abuse@lacnic.net", "https://lacnic.net/abuse"},
        {"a placeholder", "abuse@example.com", "https://example.com/"},
        {"a privacy service", "x@whoisguard.com", "https://whoisguard.com/"},
        {"no web address at all", "abuse@arin.net", "call us"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        RegistryFacts given = facts();
        given.networks[0].abuse.emails = {c.email};
        given.networks[0].remark_urls = {c.url};
        given.domain->registrar_abuse.emails = {c.email};
        given.domain->registrar_abuse.urls = {c.url};
        const Finding host = found(Role::host, "Some Hoster GmbH");
        for (const Addressee& to :
             scanner::route::route(verdict_of(host), support::shipped_catalogue(), given))
            CHECK(told(to.channels) == Lines{});
    }
}
