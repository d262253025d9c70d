#include "scanner/audit/engine_examples.h"

#include <doctest/doctest.h>

#include <string>

#include "scanner/attribute/attribute.h"
#include "scanner/audit/staleness.h"
#include "tests/support/catalogue_files.h"
#include "tests/support/observed.h"

using scanner::FindingStatus;
using scanner::audit::EngineJudge;
using scanner::catalogue::Catalogue;
using scanner::catalogue::CatalogueError;

namespace {

std::string judged(const Catalogue& catalogue)
{
    const EngineJudge judge(catalogue);
    std::string lines;
    for (const CatalogueError& one : scanner::audit::check_examples(catalogue, std::cref(judge)))
        lines += one.text() + "\n";
    return lines;
}

}  // namespace

TEST_CASE("the engine gives every example of the shipped data to its own product")
{
    CHECK(judged(support::shipped_catalogue()) == "");
}

TEST_CASE("the engine tells examples that the look-ups let pass")
{
    struct Case {
        const char* why;
        const char* block;
        const char* winner;
    };
    const Case cases[] = {
        {"another company's own list decides over a collector's longer prefix",
         "[[product.range]]\nprefixes = [\"25.1.9.0/24\"]\nkind = \"third_party\"\n"
         "source = \"page\"\nexample = \"25.1.9.9\"\n",
         "other-host"},
        {"name servers speak for the role dns, which this product has not",
         "[[product.ns]]\nsuffix = \"ns.acme.example\"\nsource = \"page\"\n"
         "example = \"a.ns.acme.example\"\n",
         "nobody"},
    };
    for (const Case& c : cases) {
        CAPTURE(std::string(c.why));
        test::CatalogueFiles files;
        files.write("providers/acme.toml", std::string(test::acme) + c.block)
            .write("providers/other.toml",
                   std::string(test::other)
                       .replace(test::other.find("\"host\""), 6, "\"host\", \"dns\""));
        const auto loaded = files.load();
        REQUIRE_MESSAGE(loaded.has_value(), files.faults());
        const std::string told = judged(*loaded);
        CHECK(told.find("providers/acme.toml:24: ") == 0);
        CHECK(told.find(std::string("is attributed to ") + c.winner) != std::string::npos);
        CHECK(told.find('\n') == told.size() - 1);
    }
}

TEST_CASE("of two products that know a name, the longer suffix decides, whatever the kinds")
{
    const Catalogue& catalogue = support::shipped_catalogue();
    const auto photon =
        scanner::attribute::attribute(support::Observed("i0.wp.com", "wp.com").seen, catalogue);
    REQUIRE(photon.evidence.size() == 1);
    CHECK(photon.evidence[0].product == "automattic-photon");
    const auto pages = scanner::attribute::attribute(
        support::Observed("www.example.org").alias("x.github.map.fastly.net").seen, catalogue);
    REQUIRE(pages.evidence.size() == 1);
    CHECK(pages.evidence[0].product == "github-pages");
}

TEST_CASE("what a company announces for one product is not another's, though its list contains it")
{
    const Catalogue& catalogue = support::shipped_catalogue();
    const std::string address = "104.105.1.1";
    const auto linode = scanner::attribute::attribute(
        support::Observed("www.example.org").address(address, 63949).https(address).seen,
        catalogue);
    CHECK(linode.front.status == FindingStatus::none);
    CHECK(linode.host.product == "akamai-linode");
    // Elsewhere in the same supernet the list stands.
    const std::string edge = "104.64.1.1";
    const auto akamai = scanner::attribute::attribute(
        support::Observed("www.example.org").address(edge, 16625).https(edge).seen, catalogue);
    CHECK(akamai.front.product == "akamai-edge");
}
