#include "scanner/audit/staleness.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/catalogue_files.h"

using scanner::catalogue::CatalogueError;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> texts(const std::vector<CatalogueError>& found)
{
    std::vector<std::string> lines;
    for (const CatalogueError& one : found)
        lines.push_back(one.text());
    return lines;
}

// A range read on 2026-08-20, one on an unknown day, and a channel read on 2026-08-01.
void write_dated(test::CatalogueFiles& files)
{
    files.write("providers/acme.toml",
                std::string(test::acme) +
                    "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"edge\"\n"
                    "source = \"page\"\nexample = \"25.2.0.1\"\n"
                    "[[product.channel]]\ntype = \"email\"\naddress = \"abuse@acme.example\"\n"
                    "scope = \"general\"\nsource = \"repo\"\n");
}

}  // namespace

TEST_CASE("ranges go stale after thirty days and channels after a hundred and eighty")
{
    test::CatalogueFiles files;
    write_dated(files);
    const auto loaded = files.load();
    REQUIRE(loaded.has_value());
    const std::string range =
        "providers/acme.toml:24: ranges of acme-front were last read on 2026-08-20, 31 days ago "
        "(limit 30); read https://acme.example/ips again";
    CHECK(texts(scanner::audit::stale(*loaded, std::chrono::sys_days{2026y / 9 / 19})).empty());
    CHECK(texts(scanner::audit::stale(*loaded, std::chrono::sys_days{2026y / 9 / 20})) ==
          std::vector<std::string>{range});
    // 2026-08-01 and 180 days is 2027-01-28.
    CHECK(texts(scanner::audit::stale(*loaded, std::chrono::sys_days{2027y / 1 / 28})).size() == 1);
    const auto both = texts(scanner::audit::stale(*loaded, std::chrono::sys_days{2027y / 1 / 29}));
    REQUIRE(both.size() == 2);
    CHECK(
        both[1] ==
        "providers/acme.toml:29: channel abuse@acme.example was last read on 2026-08-01, 181 days "
        "ago (limit 180); read https://git.example/acme@abc123 again");
}

TEST_CASE("a range that nobody dated is never fresh")
{
    test::CatalogueFiles files;
    files.write("providers/acme.toml",
                std::string(test::acme) +
                    "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"edge\"\n"
                    "source = \"rumour\"\nexample = \"25.2.0.1\"\n");
    const auto loaded = files.load();
    REQUIRE(loaded.has_value());
    const auto found = texts(scanner::audit::stale(*loaded, std::chrono::sys_days{2026y / 8 / 20}));
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("were read on a day that nobody noted") != std::string::npos);
}

TEST_CASE("examples are put before a judge, and every wrong verdict is told at its rule")
{
    test::CatalogueFiles files;
    write_dated(files);
    files.write("providers/other.toml", test::other);
    const auto loaded = files.load();
    REQUIRE(loaded.has_value());
    CHECK(scanner::audit::check_examples(*loaded, [](const scanner::catalogue::Rule& rule) {
              return rule.product->id;
          }).empty());

    std::size_t asked = 0;
    const auto found = texts(
        scanner::audit::check_examples(*loaded, [&asked](const scanner::catalogue::Rule& rule) {
            ++asked;
            if (rule.id == "acme-front/range/edge")
                return std::string("other-host");
            return rule.kind == scanner::catalogue::RuleKind::ns ? std::string() : rule.product->id;
        }));
    CHECK(asked == loaded->rules().size());
    CHECK(found ==
          std::vector<std::string>{
              "providers/acme.toml:24: example \"25.2.0.1\" of acme-front/range/edge is attributed "
              "to other-host; it must be its own product's",
              "providers/other.toml:34: example \"a.ns.other.example\" of "
              "other-host/ns/ns.other.example is attributed to nobody; it must be its own "
              "product's"});
}
