#include "scanner/catalogue/load/document.h"

#include <doctest/doctest.h>

using scanner::catalogue::Document;
using scanner::catalogue::parse_toml;
using scanner::catalogue::Value;

TEST_CASE("a TOML file becomes values that know their lines")
{
    const Document document = parse_toml(
        "id = \"acme\"\n"         // 1
        "\n"                      // 2
        "[sources.page]\n"        // 3
        "checked = 2026-08-22\n"  // 4
        "[[product]]\n"           // 5
        "roles = [\n"             // 6
        "    \"front\",\n"        // 7
        "    \"dns\",\n"          // 8
        "]\n"                     // 9
        "[[product.asn]]\n"       // 10
        "number = 64500\n"        // 11
        "verified = false\n"      // 12
        "[[product.asn]]\n"       // 13
        "number = 64501\n");      // 14
    REQUIRE(document.error == "");
    const Value& root = document.root;
    REQUIRE(root.find("id") != nullptr);
    CHECK(root.find("id")->kind == Value::Kind::text);
    CHECK(root.find("id")->text == "acme");
    CHECK(root.find("id")->line == 1);
    CHECK(root.find("name") == nullptr);

    const Value* page = root.find("sources")->find("page");
    REQUIRE(page != nullptr);
    CHECK(page->line == 3);
    CHECK(page->find("checked")->kind == Value::Kind::date);
    CHECK(page->find("checked")->text == "2026-08-22");

    REQUIRE(root.find("product")->items.size() == 1);
    const Value& product = root.find("product")->items[0];
    CHECK(product.line == 5);
    const Value* roles = product.find("roles");
    CHECK(roles->kind == Value::Kind::array);
    CHECK(roles->line == 6);
    REQUIRE(roles->items.size() == 2);
    CHECK(roles->items[1].text == "dns");
    CHECK(roles->items[1].line == 8);

    const Value* asns = product.find("asn");
    REQUIRE(asns->items.size() == 2);
    CHECK(asns->items[0].line == 10);
    CHECK(asns->items[0].find("number")->integer == 64500);
    CHECK(asns->items[0].find("verified")->kind == Value::Kind::boolean);
    CHECK_FALSE(asns->items[0].find("verified")->boolean);
    CHECK(asns->items[1].line == 13);
}

TEST_CASE("what is no TOML is told with its line and never thrown")
{
    struct Case {
        const char* why;
        const char* text;
        unsigned line;
    };
    const Case cases[] = {
        {"no quotes", "a = 1\nb = x\n", 2},
        {"a key twice", "a = 1\na = 2\n", 2},
        {"an end too early", "a = [1,\n", 1},
        {"a page", "<html>", 1},
        {"a byte that is no UTF-8", "a = 1\nb = \"\xC3(\"\n", 2},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Document document = parse_toml(c.text);
        CHECK(document.error != "");
        CHECK(document.error_line == c.line);
    }
}

TEST_CASE("nesting without end is refused and does not eat the stack")
{
    const Document document = parse_toml("a = " + std::string(100'000, '['));
    CHECK(document.error != "");
}

TEST_CASE("an empty file is an empty table")
{
    const Document document = parse_toml("# nothing\n");
    CHECK(document.error == "");
    CHECK(document.root.kind == Value::Kind::table);
    CHECK(document.root.fields.empty());
}
