#include "scanner/audit/show.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/catalogue_files.h"

using scanner::audit::describe;
using scanner::audit::knows;
using test::fixture_catalogue;

TEST_CASE("an address is shown with the winner, what it lies in, and where that stands")
{
    CHECK(
        describe(fixture_catalogue(), "25.10.53.53") ==
        "25.10.53.53\n"
        "  the longest prefix decides:\n"
        "    examplecdn-resolver (ExampleCDN resolver, ExampleCDN): service (serves no customer's "
        "site)\n"
        "      25.10.53.0/24 (service, one of 2)\n"
        "      rule examplecdn-resolver/range/service, strong, at providers/examplecdn.toml:259\n"
        "      from https://docs.examplecdn.example/headers (primary, read 2026-08-18)\n"
        "  also inside:\n"
        "    25.10.0.0/16 of examplecdn-proxy\n"
        "      rule examplecdn-proxy/range/examplecdn, strong, at providers/examplecdn.toml:43\n"
        "      from https://www.examplecdn.example/ips.txt (primary, read 2026-08-22)\n");
}

TEST_CASE("each kind of question gets its answer")
{
    struct Case {
        const char* why;
        const char* query;
        // Each must be in the answer.
        std::vector<const char*> parts;
        // None may be.
        std::vector<const char*> not_parts;
    };
    const Case cases[] = {
        {"an edge, and what is cut out of it",
         "25.10.1.1",
         {"examplecdn-proxy (ExampleCDN): front", "cut out of 25.10.0.0/16 for other products:",
          "25.10.53.0/24 of examplecdn-resolver (service)"},
         {"also inside"}},
        {"a prefix is shown by its first address", "25.10.53.0/24", {"examplecdn-resolver"}, {}},
        {"an address that calls origins",
         "25.11.0.9",
         {"says nothing of who answers here", "25.11.0.0/24 of examplecdn-proxy"},
         {"the longest prefix decides"}},
        {"a platform inside a host's block",
         "25.30.44.7",
         {"exampleplatform-pages (ExamplePlatform Pages, ExamplePlatform): platform, stores: "
          "static_hosting",
          "also inside:", "25.30.0.0/16 of examplehost-cloud"},
         {}},
        {"a sinkhole in special space",
         "127.66.6.6",
         {"special-purpose space (loopback)", "marks tampered: exampleblock-sinkhole"},
         {}},
        {"an AS",
         "AS64510",
         {"examplehost-cloud", "precision shared: the AS alone does not tell"},
         {}},
        {"a CNAME target",
         "shop.cdn.examplecdn.example",
         {"as a CNAME's target:", "examplecdn-proxy/cname/cdn.examplecdn.example"},
         {"as a name server"}},
        {"a load balancer is no CDN",
         "foo.lb.eu-1.examplehost.example",
         {"ExampleHost load balancer, ExampleHost): host", "note: A load balancer, not a CDN."},
         {"front"}},
        {"a name server",
         "ada.ns.examplecdn.example",
         {"says who runs the DNS, not who serves", "examplecdn-dns"},
         {}},
        {"a native name",
         "someone.examplepages.example",
         {"as a host name that a product gives to customers:"},
         {}},
        {"a parking name server",
         "ns1.ns.examplepark.example",
         {"as ns it marks parked (with a second kind of sign): examplepark-ns"},
         {}},
        {"a header",
         "Server: ExampleCDN",
         {"as a header", "examplecdn-proxy/header/server=examplecdn", "edge side"},
         {}},
        {"an edge's error",
         "x-excdn-error: 1016",
         {"as an answer of the edge itself:", "examplecdn-proxy/answer/origin-dns-error",
          "examplecdn-proxy/answer/edge-made", "means origin_dead, with HTTP status 530"},
         {}},
        {"a cookie being set",
         "set-cookie: __excdn=abc; Path=/",
         {"as a cookie:", "examplecdn-proxy/cookie/__excdn"},
         {}},
        {"a header's name", "x-cache", {"as a header's name:", "x-cache~^(HIT|MISS)"}, {}},
        {"a cookie's name", "__exddg2_", {"as a cookie's name:"}, {}},
        {"a company",
         "Example CDN, Inc.",
         {"examplecdn-proxy (ExampleCDN): front", "examplecdn-storage (ExampleCDN Storage",
          "copyright form: https://abuse.examplecdn.example/",
          "wants: one_host_per_report max_250_urls"},
         {}},
        {"a product",
         "examplecdn-storage",
         {"known by:", "copyright@examplecdn.example"},
         {"examplecdn-proxy (ExampleCDN)"}},
        {"a product by name",
         "ExampleCDN Storage",
         {"copyright@examplecdn.example"},
         {"examplecdn-resolver"}},
        {"a defunct product", "exampledead", {"front, defunct", "no contact is known"}, {}},
        {"a registrar", "Example Registrar, LLC", {"registrar-999001", "(not verified)"}, {}},
        {"a denied mailbox", "hostmaster@exampleregistry.example", {"must never get a notice"}, {}},
        {"a provider's mailbox",
         "ABUSE@examplehost.example",
         {"general channel of examplehost-cloud"},
         {"must never"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const std::string shown = describe(fixture_catalogue(), c.query);
        CAPTURE(shown);
        CHECK(knows(fixture_catalogue(), c.query));
        for (const char* part : c.parts) {
            CAPTURE(part);
            CHECK(shown.find(part) != std::string::npos);
        }
        for (const char* part : c.not_parts) {
            CAPTURE(part);
            CHECK(shown.find(part) == std::string::npos);
        }
    }
}

TEST_CASE("what is not known is said to be not known")
{
    struct Case {
        const char* why;
        const char* query;
    };
    const Case cases[] = {
        {"a suffix in the middle of a stranger's name", "cdn.examplecdn.example.attacker.test"},
        {"the same letters are not the same label", "evilcdn.examplecdn.example"},
        {"nobody's address", "25.99.0.1"},
        {"nobody's AS", "AS1"},
        {"nobody's header", "server: nginx"},
        {"nobody", "Joe's Garage"},
        {"nothing", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK_FALSE(knows(fixture_catalogue(), c.query));
        CHECK(describe(fixture_catalogue(), c.query) ==
              std::string(c.query) + ": the catalogue of 2026-08-22 says nothing of it\n");
    }
}

TEST_CASE("a query cannot speak to the terminal")
{
    const std::string shown = describe(fixture_catalogue(), "x\x1b[31m\x07y");
    CHECK(shown == "x?[31m?y: the catalogue of 2026-08-22 says nothing of it\n");
}
