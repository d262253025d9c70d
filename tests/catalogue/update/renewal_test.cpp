#include "scanner/catalogue/update/renewal.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scanner/catalogue/update/json_select.h"

using namespace scanner;
using resolvers::Prefix;

namespace {

using Texts = std::vector<std::string>;

std::vector<Prefix> prefixes(const Texts& texts)
{
    std::vector<Prefix> made;
    for (const std::string& text : texts)
        made.push_back(*Prefix::parse(text));
    return scanner::catalogue::in_order(made);
}

catalogue::Publisher lines_list()
{
    catalogue::Publisher list;
    list.file = "acme.txt";
    list.urls = {"https://acme.example/ips"};
    list.kind = catalogue::SourceKind::primary;
    return list;
}

}  // namespace

TEST_CASE("a path takes texts out of JSON, and finding nothing is a failure")
{
    struct Case {
        const char* why;
        const char* json;
        Texts paths;
        Texts found;
        // Empty if there is none.
        const char* failure;
    };
    const Case cases[] = {
        {"a list at the top", R"(["a","b"])", {"[]"}, {"a", "b"}, ""},
        {"a list in a member", R"({"x":{"y":["a"]}})", {"x.y[]"}, {"a"}, ""},
        {"members of elements, where they are there",
         R"({"p":[{"v4":"a"},{"v6":"b"},{"v4":"c"}]})",
         {"p[].v4", "p[].v6"},
         {"a", "c", "b"},
         ""},
        {"elements with a text",
         R"({"p":[{"s":"X","v":"a"},{"s":"Y","v":"b"},{"v":"c"}]})",
         {"p[s=Y].v"},
         {"b"},
         ""},
        {"a text with dots",
         R"({"v":[{"n":"A.B","q":{"l":["a"]}}]})",
         {"v[n=A.B].q.l[]"},
         {"a"},
         ""},
        {"lists in lists",
         R"({"r":[{"c":[{"v":"a"}]},{"c":[{"v":"b"}]}]})",
         {"r[].c[].v"},
         {"a", "b"},
         ""},
        {"a renamed member", R"({"p":["a"]})", {"q[]"}, {}, "empty"},
        {"one path of two", R"({"p":["a"]})", {"p[]", "q[]"}, {}, "empty"},
        {"a number", R"({"p":[7]})", {"p[]"}, {}, "malformed"},
        {"not JSON", "<html>", {"p[]"}, {}, "malformed"},
        {"cut off", R"({"p":["a")", {"p[]"}, {}, "malformed"},
    };
    for (const Case& c : cases) {
        CAPTURE(std::string(c.why));
        const auto found = scanner::catalogue::select_texts(c.json, c.paths);
        CHECK((found.has_value() ? *found : Texts{}) == c.found);
        CHECK((found.has_value() ? "" : found.error().code) == std::string(c.failure));
    }
}

TEST_CASE("what is no path is told")
{
    for (const char* text : {"", "a..b", ".a", "a[b", "a[=b]", "a[b]", "a[]b"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(catalogue::JsonPath::parse(text).has_value());
    }
}

TEST_CASE("addresses are counted once however often they are listed")
{
    const catalogue::PrefixTotals totals = scanner::catalogue::totals_of(
        prefixes({"25.0.0.0/24", "25.0.0.0/25", "25.0.0.200/32", "25.0.1.0/24", "2a0f::/32",
                  "2a0f:0:1::/48", "2a10::1/128"}));
    CHECK(totals.prefixes == 7);
    CHECK(totals.v4_addresses == 512);
    CHECK(totals.v6_networks == doctest::Approx(4294967296.0));
    const catalogue::PrefixChange change = scanner::catalogue::change_between(
        prefixes({"25.0.0.0/24", "25.0.1.0/24"}), prefixes({"25.0.1.0/24", "25.0.2.0/24"}));
    CHECK(change.added == prefixes({"25.0.2.0/24"}));
    CHECK(change.removed == prefixes({"25.0.0.0/24"}));
}

TEST_CASE("a list may lose thirty percent of its prefixes and of its addresses, and no more")
{
    struct Case {
        const char* why;
        Texts before;
        const char* after;
        bool believed;
    };
    const Texts ten = {"25.0.0.0/24", "25.0.1.0/24", "25.0.2.0/24", "25.0.3.0/24", "25.0.4.0/24",
                       "25.0.5.0/24", "25.0.6.0/24", "25.0.7.0/24", "25.0.8.0/24", "25.0.9.0/24"};
    const Case cases[] = {
        {"seven of ten", ten,
         "25.0.0.0/24 25.0.1.0/24 25.0.2.0/24 25.0.3.0/24 25.0.4.0/24 25.0.5.0/24 25.0.6.0/24",
         true},
        {"six of ten", ten,
         "25.0.0.0/24 25.0.1.0/24 25.0.2.0/24 25.0.3.0/24 25.0.4.0/24 25.0.5.0/24", false},
        {"all addresses in fewer prefixes", ten, "25.0.0.0/21 25.0.8.0/23", false},
        {"as many prefixes, half the addresses", {"25.0.0.0/24"}, "25.0.0.0/25", false},
        {"all of IPv6 gone",
         {"25.0.0.0/24", "25.0.1.0/24", "25.0.2.0/24", "2a0f::/32"},
         "25.0.0.0/24,25.0.1.0/24,25.0.2.0/24",
         false},
        {"no old list", {}, "25.0.0.0/24", true},
        {"growth", {"25.0.0.0/24"}, "25.0.0.0/16", true},
    };
    const catalogue::Publisher list = lines_list();
    for (const Case& c : cases) {
        CAPTURE(std::string(c.why));
        catalogue::RenewalRequest request{&list,        {c.after}, prefixes(c.before),
                                          "2026-11-22", false,     ""};
        const auto renewed = scanner::catalogue::renew(request);
        CHECK(renewed.has_value() == c.believed);
        if (!renewed)
            CHECK(renewed.error().code == "shrunk");
        request.accept_shrink = true;
        CHECK(scanner::catalogue::renew(request).has_value());
    }
}

TEST_CASE("a renewed file says where it is from, when, and what was fetched")
{
    const catalogue::Publisher list = lines_list();
    const auto renewed =
        scanner::catalogue::renew({&list,
                                   {"25.0.1.7/24\n25.0.0.9 # a remark\n25.0.0.9\n"},
                                   {},
                                   "2026-11-22",
                                   false,
                                   "25.0.0.9"});
    REQUIRE(renewed.has_value());
    CHECK(renewed->text ==
          "# url: https://acme.example/ips\n# fetched: 2026-11-22\n# kind: primary\n"
          "# sha256: 40bd284ca20b31cc2fc1e38fac48a4949d1eda9341b54bd7c245232a48cffda9\n"
          "# example: 25.0.0.9\n25.0.0.9/32\n25.0.1.0/24\n");
    CHECK(renewed->notes.size() == 1);
}

TEST_CASE("the link of a page is the first with that text in it")
{
    const char* page =
        "<a href='https://a.example/x'>1</a> <a href=\"https://d.example/Tags_1.json"
        "\">2</a> https://d.example/Tags_2.json";
    CHECK(scanner::catalogue::link_in(page, "/Tags_") == "https://d.example/Tags_1.json");
    CHECK(scanner::catalogue::link_in(page, "/Nothing_") == "");
    CHECK(scanner::catalogue::link_in("https://", "x") == "");
}
