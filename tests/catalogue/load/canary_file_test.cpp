#include "scanner/catalogue/load/canary_file.h"

#include <doctest/doctest.h>

#include "tests/support/observed.h"

using namespace scanner;

namespace {

const std::string head = "[sources.s]\nkind = \"unverified\"\npath = \"a test\"\n[[canary]]\n";

}  // namespace

TEST_CASE("the shipped canaries are of every kind")
{
    const Canaries& shipped = support::shipped_catalogue().canaries();
    CHECK(shipped.nonexistent.size() == 2);
    REQUIRE(shipped.known.size() == 1);
    CHECK(shipped.known[0].name == "a.root-servers.net");
    CHECK(shipped.known[0].addresses.size() == 2);
    CHECK_FALSE(shipped.bogus.empty());
    CHECK_FALSE(shipped.policy.empty());
}

TEST_CASE("each fault in canaries.toml is told at its line")
{
    struct Case {
        const char* why;
        std::string fields;
        const char* where;
        const char* what;
    };
    const Case cases[] = {
        {"an unknown kind", "kind = \"trap\"\nname = \"a.example\"\nsource = \"s\"\n",
         "canaries.toml:5", "trap"},
        {"no name", "kind = \"bogus\"\nsource = \"s\"\n", "canaries.toml:4", "name"},
        {"no source", "kind = \"bogus\"\nname = \"a.example\"\n", "canaries.toml:4", "source"},
        {"a random label where it makes no sense",
         "kind = \"bogus\"\nname = \"{random}.example\"\nsource = \"s\"\n", "canaries.toml:6",
         "is not a name in lower case"},
        {"two random labels",
         "kind = \"nonexistent\"\nname = \"{random}.{random}\"\nsource = \"s\"\n",
         "canaries.toml:6", "at most one {random}"},
        {"a known answer that is none", "kind = \"known\"\nname = \"a.example\"\nsource = \"s\"\n",
         "canaries.toml:4", "a known answer needs its \"addresses\""},
        {"no address",
         "kind = \"known\"\nname = \"a.example\"\naddresses = [\"here\"]\nsource = \"s\"\n",
         "canaries.toml:7", "\"here\" is not an address"},
        {"addresses of a name that has none",
         "kind = \"policy\"\nname = \"a.example\"\naddresses = [\"192.0.2.1\"]\nsource = \"s\"\n",
         "canaries.toml:7", "only a canary of kind \"known\""},
        {"an unknown field",
         "kind = \"policy\"\nname = \"a.example\"\nsource = \"s\"\nexample = \"x\"\n",
         "canaries.toml:8", "example"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Canaries canaries;
        catalogue::Errors errors;
        scanner::catalogue::read_canary_file("canaries.toml", head + c.fields, canaries, errors);
        REQUIRE_FALSE(errors.sorted().empty());
        CHECK(errors.sorted().front().where == c.where);
        CHECK(errors.sorted().front().what.find(c.what) != std::string::npos);
    }
}

TEST_CASE("a later file takes the place of an earlier one")
{
    Canaries canaries;
    canaries.bogus = {"old.example"};
    catalogue::Errors errors;
    scanner::catalogue::read_canary_file(
        "canaries.toml",
        head + "kind = \"nonexistent\"\nname = \"{random}.example\"\nsource = \"s\"\n", canaries,
        errors);
    CHECK(errors.sorted().empty());
    CHECK(canaries.bogus.empty());
    CHECK(canaries.nonexistent == std::vector<std::string>{"{random}.example"});
}
