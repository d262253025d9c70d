// Who a network is registered to, against who announces it: agreement supports the host, a lessor
// of addresses is told, and any other difference says nothing.
#include "scanner/attribute/holder.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "scanner/route/route.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Observed;

namespace {

constexpr const char* address = "62.210.9.9";

Observed registered(const char* holder, unsigned asn, const char* announcer,
                    support::Headers headers = {})
{
    Observed observed("example.org");
    observed.address(address, asn, announcer).https(address, std::move(headers));
    observed.seen.registry.asked = {"network"};
    auto& network = observed.seen.registry.networks.emplace_back();
    network.addresses = {*resolvers::IpAddress::parse(address)};
    network.first = *resolvers::IpAddress::parse("62.210.9.0");
    network.last = *resolvers::IpAddress::parse("62.210.9.255");
    network.holder = holder;
    network.abuse.emails = {"abuse@holder.lab"};
    network.source = "https://rdap.example/ip/62.210.9.9";
    return observed;
}

Attribution judged(const Observed& observed)
{
    return scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
}

bool is_leased(const Attribution& verdict)
{
    return std::find(verdict.flags.begin(), verdict.flags.end(), Flag::leased_suspected) !=
           verdict.flags.end();
}

const Finding* lessor_in(const Attribution& verdict)
{
    for (const Finding& finding : verdict.others)
        if (finding.product == "ipxo-network")
            return &finding;
    return nullptr;
}

bool has_holder_evidence(const Attribution& verdict)
{
    return std::any_of(verdict.evidence.begin(), verdict.evidence.end(),
                       [](const Evidence& one) { return one.signal == "network_holder"; });
}

}  // namespace

TEST_CASE("holder and announcer agree, the holder lets addresses, or nothing follows")
{
    struct Case {
        const char* why;
        const char* holder;
        unsigned asn;
        const char* announcer;
        Grade host;
        bool evidence;
        bool leased;
    };
    const Case cases[] = {
        {"nobody's name", "", 64500, "Kleinhost GmbH", Grade::possible, false, false},
        {"one name, two legal forms", "KLEINHOST LTD", 64500, "Kleinhost GmbH", Grade::probable,
         true, false},
        {"one catalogued company, by its AS", "Hetzner Online GmbH", 24940, "HETZNER-AS",
         Grade::probable, true, false},
        {"a customer of the host's", "Bakery Example Ltd", 24940, "HETZNER-AS", Grade::probable,
         false, false},
        {"a customer of an unknown host's", "Bakery Example Ltd", 64500, "Kleinhost GmbH",
         Grade::possible, false, false},
        {"two catalogued hosts: a purchase, a customer, a lease - who knows", "OVH SAS", 24940,
         "HETZNER-AS", Grade::probable, false, false},
        {"a lessor, and an unknown host", "IPXO LLC", 64500, "Kleinhost GmbH", Grade::probable,
         true, true},
        {"a lessor by its other company", "Internet Utilities NA, LLC", 64500, "Kleinhost GmbH",
         Grade::probable, true, true},
        {"a lessor, and a catalogued host", "IPXO LLC", 24940, "HETZNER-AS", Grade::probable, true,
         true},
        {"the lessor announces it itself", "IPXO LLC", 834, "IPXO LLC", Grade::none, false, false},
        {"a lessor, and nobody knows who announces it", "IPXO LLC", 64500, "", Grade::none, false,
         false},
        {"a name that merely begins like the lessor's", "IPXO Gaming Club", 64500, "Kleinhost GmbH",
         Grade::possible, false, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Attribution verdict = judged(registered(c.holder, c.asn, c.announcer));
        CHECK(verdict.host.grade == c.host);
        CHECK(has_holder_evidence(verdict) == c.evidence);
        CHECK(is_leased(verdict) == c.leased);
        if (c.leased)
            REQUIRE(lessor_in(verdict) != nullptr);
        for (const std::string& id : verdict.host.evidence)
            CHECK(std::any_of(verdict.evidence.begin(), verdict.evidence.end(),
                              [&](const Evidence& one) { return one.id == id; }));
    }
}

TEST_CASE("a person's network, one that was not announced, and one elsewhere say nothing")
{
    Observed person = registered("IPXO LLC", 64500, "Kleinhost GmbH");
    person.seen.registry.networks[0].holder_is_person = true;
    CHECK_FALSE(is_leased(judged(person)));

    Observed unannounced = registered("IPXO LLC", 0, "");
    CHECK_FALSE(is_leased(judged(unannounced)));

    Observed other = registered("IPXO LLC", 64500, "Kleinhost GmbH");
    other.seen.registry.networks[0].addresses = {*resolvers::IpAddress::parse("62.210.8.8")};
    CHECK_FALSE(is_leased(judged(other)));
}

TEST_CASE("agreement makes no host of an announcer beside marks of somebody else's")
{
    const Attribution verdict =
        judged(registered("Kleinhost GmbH", 64500, "Kleinhost GmbH",
                          {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}}));
    CHECK(verdict.host.grade <= Grade::possible);
}

TEST_CASE("an announcer whose answers show a cache may be a front that nobody has catalogued")
{
    for (const char* name : {"via", "age", "x-cache", "x-cdn", "cdn-cache", "cache-control"}) {
        CAPTURE(name);
        const Attribution verdict =
            judged(registered("Kleinhost GmbH", 64500, "Kleinhost GmbH", {{name, "1"}}));
        const bool harmless = name == std::string("cache-control");
        CHECK(verdict.host.grade == (harmless ? Grade::probable : Grade::possible));
    }
}

TEST_CASE("behind a front the holder of the front's address is no host")
{
    Observed observed = registered("Cloudflare, Inc.", 13335, "Cloudflare, Inc.");
    observed.seen.registry.networks[0].addresses = {*resolvers::IpAddress::parse("104.16.1.10")};
    observed.address("104.16.1.10", 13335, "Cloudflare, Inc.").https("104.16.1.10");
    std::erase_if(observed.seen.addresses,
                  [](const SeenAddress& one) { return one.address.text() == address; });
    std::erase_if(observed.seen.probes,
                  [](const resolvers::Probe& one) { return one.address->text() == address; });
    const Attribution verdict = judged(observed);
    CHECK(verdict.front.product == "cloudflare-proxy");
    CHECK(verdict.host.reason == UnknownReason::behind_front);
    CHECK_FALSE(has_holder_evidence(verdict));
}

TEST_CASE(
    "on let addresses the announcer is written to, the network's contact too, the lessor last")
{
    const Observed observed = registered("IPXO LLC", 64500, "Kleinhost GmbH");
    const std::vector<Addressee> to = scanner::route::route(
        judged(observed), support::shipped_catalogue(), observed.seen.registry);
    REQUIRE(to.size() >= 2);
    CHECK(to[0].name == "Kleinhost GmbH");
    CHECK(to[0].role == Role::host);
    CHECK(to[0].kind == AddresseeKind::primary);
    REQUIRE(to[0].channels.size() == 1);
    CHECK(to[0].channels[0].address == "abuse@holder.lab");
    const auto lessor = std::find_if(
        to.begin(), to.end(), [](const Addressee& one) { return one.product == "ipxo-network"; });
    REQUIRE(lessor != to.end());
    CHECK(lessor->kind == AddresseeKind::escalation);

    // A host that the catalogue knows keeps its own channels, first.
    const Observed known = registered("IPXO LLC", 24940, "HETZNER-AS");
    const std::vector<Addressee> both =
        scanner::route::route(judged(known), support::shipped_catalogue(), known.seen.registry);
    REQUIRE_FALSE(both.empty());
    CHECK(both[0].provider == "hetzner");
    REQUIRE(both[0].channels.size() >= 2);
    CHECK(both[0].channels.back().address == "abuse@holder.lab");
}
