#include "scanner/score/label_names.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/support/catalogue_files.h"

using scanner::score::LabelNames;
using scanner::score::Meaning;

TEST_CASE("a label's name means companies or products, by name, id or alias")
{
    const LabelNames names(test::fixture_catalogue());
    using Names = std::set<std::string>;
    struct Case {
        const char* why;
        std::vector<std::string> label;
        Names companies;
        Names products;
    };
    const Case cases[] = {
        {"a company, and a product of the same name",
         {"ExampleCDN"},
         {"examplecdn"},
         {"examplecdn-proxy"}},
        {"letter case and punctuation do not matter",
         {"EXAMPLE-cdn"},
         {"examplecdn"},
         {"examplecdn-proxy"}},
        {"an alias of the company", {"Example Edge"}, {"examplecdn"}, {}},
        {"a product", {"ExampleCDN Storage"}, {}, {"examplecdn-storage"}},
        {"a product's id", {"examplehost-balancer"}, {}, {"examplehost-balancer"}},
        {"what stands before the bracket", {"ExampleHost (own)"}, {"examplehost"}, {}},
        {"what stands in the bracket", {"Formerly (ExampleNet DNS)"}, {}, {"examplenet-dns"}},
        {"either of two",
         {"ExampleDead/ExampleHost Cloud"},
         {"exampledead"},
         {"examplehost-cloud"}},
        {"several names", {"ExampleNet DNS", "ExampleScrub"}, {"examplescrub"}, {"examplenet-dns"}},
        {"never a part of a word", {"Example"}, {}, {}},
        {"never a word of a name", {"Storage"}, {}, {}},
        {"nobody", {}, {}, {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Meaning meaning = names.find(c.label);
        CHECK(meaning.companies == c.companies);
        CHECK(meaning.products == c.products);
        CHECK(meaning.is_unknown() == (c.companies.empty() && c.products.empty()));
    }
    CHECK(names.find({"ExampleCDN Storage"}).companies_of_products == Names{"examplecdn"});
    CHECK(names.find({"Nobody & Sons"}).texts == Names{"nobodysons"});
}
