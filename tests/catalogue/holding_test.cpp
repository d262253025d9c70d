#include "scanner/catalogue/holding.h"

#include <doctest/doctest.h>

#include "tests/support/catalogue_files.h"

using namespace scanner;
using resolvers::IpAddress;

namespace {

catalogue::Holding holding_of(const char* address)
{
    return test::fixture_catalogue().holding_of(*IpAddress::parse(address));
}

std::string id_of(const catalogue::Product* product)
{
    return product == nullptr ? "" : product->id;
}

}  // namespace

TEST_CASE("an address is the property of the longest edge, customer or service range")
{
    struct Case {
        const char* why;
        const char* address;
        const char* product;
        const char* run_by;
        const char* is;
    };
    const Case cases[] = {
        {"an edge of a front", "25.10.1.1", "examplecdn-proxy", "examplecdn-proxy", "edge front"},
        {"a service inside the edges", "25.10.53.53", "examplecdn-resolver", "examplecdn-resolver",
         "service front"},
        {"a platform's edge among what is let", "25.30.44.7", "exampleplatform-pages",
         "exampleplatform-pages", "edge"},
        {"what is let to customers", "25.30.1.1", "examplehost-cloud", "", "customer"},
        {"what only routing data say", "25.12.0.1", "", "", ""},
        {"what third parties collected", "25.31.0.1", "", "", ""},
        {"what calls origins", "25.11.0.9", "", "", ""},
        {"nobody's", "25.99.0.1", "", "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const catalogue::Holding holding = holding_of(c.address);
        CHECK(id_of(holding.product()) == c.product);
        CHECK(id_of(holding.run_by()) == c.run_by);
        std::string is = holding.is_edge()        ? "edge"
                         : holding.is_service()   ? "service"
                         : holding.is_customers() ? "customer"
                                                  : "";
        if (holding.is_front_edge())
            is += " front";
        CHECK(is == c.is);
        CHECK(holding.is_rented_out() == holding.is_customers());
    }
}

TEST_CASE("an address lies in a company's network by its ranges, but for what third parties say")
{
    const catalogue::Catalogue& catalogue = test::fixture_catalogue();
    const catalogue::Provider& cdn = *catalogue.provider("examplecdn");
    const catalogue::Provider& host = *catalogue.provider("examplehost");
    CHECK(holding_of("25.10.1.1").belongs_to(cdn));
    CHECK_FALSE(holding_of("25.10.1.1").belongs_to(host));
    CHECK(holding_of("25.12.0.1").belongs_to(cdn));
    CHECK(holding_of("25.30.1.1").belongs_to(host));
    CHECK_FALSE(holding_of("25.31.0.1").belongs_to(host));
}

TEST_CASE("the AS says whose network it is where no list does")
{
    const catalogue::Catalogue& catalogue = test::fixture_catalogue();
    const catalogue::Provider& cdn = *catalogue.provider("examplecdn");
    const catalogue::Rule* own_as = nullptr;
    for (const catalogue::Rule* rule : catalogue.rules())
        if (rule->kind == catalogue::RuleKind::asn && rule->product->provider == &cdn)
            own_as = rule;
    REQUIRE(own_as != nullptr);
    catalogue::Holding nobodys = holding_of("25.99.0.1");
    CHECK_FALSE(nobodys.belongs_to(cdn));
    nobodys.as_rules = catalogue.asn_rules(own_as->asn);
    CHECK(nobodys.belongs_to(cdn));
    CHECK(nobodys.is_announced_by(cdn));
    catalogue::Holding listed = holding_of("25.10.1.1");
    listed.as_rules = catalogue.asn_rules(own_as->asn);
    CHECK_FALSE(listed.is_announced_by(cdn));
}

TEST_CASE("a range that was given up holds its addresses up to its last day")
{
    using namespace std::chrono_literals;
    const catalogue::Catalogue& catalogue = test::fixture_catalogue();
    const IpAddress address = *IpAddress::parse("25.13.0.7");
    CHECK(catalogue.holding_of(address).owner == nullptr);
    const catalogue::Holding then = catalogue.holding_of(address, 2024y / 6 / 30);
    CHECK(id_of(then.product()) == "examplecdn-proxy");
    CHECK(then.until() == 2024y / 6 / 30);
    CHECK(catalogue.holding_of(address, 2024y / 7 / 1).owner == nullptr);
    CHECK_FALSE(catalogue.holding_of(*IpAddress::parse("25.10.1.1"), 2024y / 6 / 30).until());
}
