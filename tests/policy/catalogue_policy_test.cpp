// What the shipped catalogue says of addresses that a scan might look at.
#include "scanner/policy/catalogue_policy.h"

#include <doctest/doctest.h>

#include "tests/support/observed.h"

using namespace scanner;
using support::Certificate;
using support::Observed;

TEST_CASE("one probe stands for a holder's addresses, and lists of edges spare the registry")
{
    struct Case {
        const char* why;
        const char* address;
        const char* holder;
        const char* lister;
    };
    const Case cases[] = {
        {"an edge", "104.16.1.10", "cloudflare-proxy", "cloudflare-proxy"},
        {"nobody's", "11.0.9.9", "", ""},
    };
    const policy::CataloguePolicy policy(support::shipped_catalogue());
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const resolvers::IpAddress address = *resolvers::IpAddress::parse(c.address);
        CHECK(policy.holder_of(address) == c.holder);
        CHECK(policy.lister_of(address) == c.lister);
    }
}

TEST_CASE("the outer name of ECH is tried where a listed edge showed nothing else of its own")
{
    struct Case {
        const char* why;
        Observed observed;
        bool tried;
    };
    const auto at = [](const char* address) {
        Observed observed("www.example.org", "example.org");
        observed.address(address, 13335, "Cloudflare, Inc.");
        return observed;
    };
    const Case cases[] = {
        {"a certificate for other names",
         at("104.16.1.10").https("104.16.1.10", {}, 200, Certificate::wrong_name), true},
        {"a certificate for the name", at("104.16.1.10").https("104.16.1.10"), false},
        {"marks of the edge's own",
         at("104.16.1.10")
             .https("104.16.1.10", {{"cf-ray", "8f3c2a1b4d5e6f70-FRA"}}, 200,
                    Certificate::wrong_name),
         false},
        {"no TLS", at("104.16.1.10").http("104.16.1.10"), false},
        {"an address in no list",
         at("11.0.9.9").https("11.0.9.9", {}, 200, Certificate::wrong_name), false},
    };
    const policy::CataloguePolicy policy(support::shipped_catalogue());
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const std::optional<observe::FurtherProbe> further =
            policy.public_name_probe(c.observed.seen);
        REQUIRE(further.has_value() == c.tried);
        if (further) {
            CHECK(further->name == "cloudflare-ech.com");
            CHECK(further->path.empty());
        }
    }
}
