#include <doctest/doctest.h>

#include <string>

#include "tests/support/catalogue_files.h"

using resolvers::IpAddress;
using scanner::catalogue::RuleKind;
using test::CatalogueFiles;

namespace {

constexpr const char* acme_of_mine = R"(id = "acme"
name = "My Acme"
[sources.mine]
kind = "primary"
url = "https://me.example/"
checked = 2026-09-01
[[product]]
id = "acme-mine"
name = "My Acme"
roles = ["host"]
[[product.range]]
file = "mine.txt"
kind = "customer"
source = "mine"
example = "25.9.0.1"
)";

constexpr const char* my_range =
    "# url: https://me.example/\n# fetched: 2026-09-01\n# kind: primary\n25.9.0.0/16\n";

void write_shipped(CatalogueFiles& files)
{
    files
        .write("providers/acme.toml", std::string(test::acme) +
                                          "[[product.cname]]\nsuffix = \"a.acme.example\"\n"
                                          "source = \"page\"\nexample = \"x.a.acme.example\"\n")
        .write("providers/other.toml", test::other)
        .write("deny.toml", "mailboxes = [\"a@denied.example\"]\n")
        .write("registrars.toml",
               "[[registrar]]\niana_id = 1\nname = \"One\"\n"
               "[[registrar]]\niana_id = 2\nname = \"Two\"\n")
        .write(
            "states/s.toml",
            "[sources.s]\nkind = \"observation\"\nurl = \"https://s.example/\"\n"
            "checked = 2026-01-01\n[[marker]]\nid = \"m\"\nstate = \"parked\"\nkind = \"title\"\n"
            "key = \"parked\"\nsource = \"s\"\nexample = \"Parked\"\n");
}

}  // namespace

TEST_CASE("a company in an overlay replaces the shipped one wholly, others stay")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles mine;
    mine.write("providers/acme.toml", acme_of_mine).write("ranges/mine.txt", my_range);
    const auto loaded = shipped.load({mine.dir()});
    REQUIRE(loaded.has_value());
    CHECK(loaded->product("acme-front") == nullptr);
    REQUIRE(loaded->product("acme-mine") != nullptr);
    CHECK(loaded->product("acme-mine")->provider->name == "My Acme");
    CHECK(loaded->name_rules(RuleKind::cname, "x.a.acme.example").empty());
    CHECK(loaded->ranges_of(*IpAddress::parse("25.9.0.1")).size() == 1);
    CHECK(loaded->product("other-host") != nullptr);
    CHECK(loaded->date() == "2026-09-01");
}

TEST_CASE("an overlay's provider files may stand in its folder itself")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles mine;
    mine.write("acme.toml", acme_of_mine).write("ranges/mine.txt", my_range);
    const auto loaded = shipped.load({mine.dir()});
    REQUIRE(loaded.has_value());
    CHECK(loaded->product("acme-mine") != nullptr);
}

TEST_CASE("a later overlay replaces an earlier one")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles first;
    first.write("providers/acme.toml", acme_of_mine).write("ranges/mine.txt", my_range);
    CatalogueFiles second;
    second.write("providers/acme.toml", test::acme);
    const auto loaded = shipped.load({first.dir(), second.dir()});
    REQUIRE(loaded.has_value());
    CHECK(loaded->product("acme-mine") == nullptr);
    CHECK(loaded->product("acme-front") != nullptr);
}

TEST_CASE("an overlay renews a range file by its name")
{
    CatalogueFiles shipped;
    shipped.write("providers/acme.toml", acme_of_mine).write("ranges/mine.txt", my_range);
    CatalogueFiles renewed;
    renewed.write("ranges/mine.txt",
                  "# url: https://me.example/\n# fetched: 2026-10-01\n# kind: primary\n"
                  "25.8.0.0/15\n");
    const auto loaded = shipped.load({renewed.dir()});
    REQUIRE(loaded.has_value());
    const auto hits = loaded->ranges_of(*IpAddress::parse("25.8.0.1"));
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].rule->source->checked == "2026-10-01");
}

TEST_CASE("markers and registrars of an overlay replace those of their id, denials add up")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles mine;
    mine.write("deny.toml", "domains = [\"mine.example\"]\n")
        .write("registrars.toml",
               "[[registrar]]\niana_id = 2\nname = \"Zwei\"\n"
               "[[registrar]]\niana_id = 3\nname = \"Three\"\n")
        .write(
            "states/mine.toml",
            "[sources.s]\nkind = \"observation\"\nurl = \"https://s.example/\"\n"
            "checked = 2026-01-01\n[[marker]]\nid = \"m\"\nstate = \"seized\"\nkind = \"title\"\n"
            "key = \"seized\"\nsource = \"s\"\nexample = \"Seized\"\n");
    const auto loaded = shipped.load({mine.dir()});
    REQUIRE(loaded.has_value());
    CHECK(loaded->registrar(1)->name == "One");
    CHECK(loaded->registrar(2)->name == "Zwei");
    CHECK(loaded->registrar(3)->name == "Three");
    REQUIRE(loaded->state_rules().size() == 1);
    CHECK(loaded->state_rules()[0].state == scanner::State::seized);
    CHECK(loaded->is_denied("a@denied.example"));
    CHECK(loaded->is_denied("b@mine.example"));
    CHECK_FALSE(loaded->is_denied("b@denied.example"));
}

TEST_CASE("the checks run over the shipped data and the overlay together")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles mine;
    mine.write("providers/mine.toml",
               "id = \"mine\"\nname = \"Mine\"\n[sources.s]\nkind = \"primary\"\n"
               "url = \"https://me.example/\"\nchecked = 2026-09-01\n[[product]]\n"
               "id = \"mine-cdn\"\nname = \"Mine\"\nroles = [\"front\"]\n[[product.cname]]\n"
               "suffix = \"a.acme.example\"\nsource = \"s\"\nexample = \"y.a.acme.example\"\n");
    CHECK(shipped.faults({mine.dir()}) ==
          mine.dir() +
              "/providers/mine.toml:11: suffix \"a.acme.example\" is claimed by acme-front "
              "(providers/acme.toml:24) as well; a suffix has one owner");
}

TEST_CASE("an overlay without a catalogue in it is a mistake in the command")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles empty;
    CHECK(shipped.faults({empty.dir()}) ==
          empty.dir() + ": no catalogue files in this folder; put providers/NAME.toml into it");
    CHECK(shipped.faults({empty.dir() + "/missing"}) ==
          empty.dir() +
              "/missing: no catalogue files in this folder; put providers/NAME.toml into it");
}

TEST_CASE("one overlay cannot have a company twice")
{
    CatalogueFiles shipped;
    write_shipped(shipped);
    CatalogueFiles mine;
    mine.write("providers/acme.toml", acme_of_mine)
        .write("acme.toml", acme_of_mine)
        .write("ranges/mine.txt", my_range);
    CHECK(shipped.faults({mine.dir()}) == mine.dir() + "/acme.toml:1: company \"acme\" stands in " +
                                              mine.dir() +
                                              "/providers/acme.toml:1 already; ids are unique");
}
