#include "scanner/pipeline/refusal_file.h"

#include <doctest/doctest.h>

#include <sstream>

using scanner::observe::RefusalList;

TEST_CASE("a list holds names, wildcards, addresses, prefixes and comments")
{
    std::istringstream in(
        "\xEF\xBB\xBF# asked for on 2026-03-01\r\n"
        "example.org  # all of it\r\n"
        "\n"
        "  *.Wild.Example.\n"
        "b\xC3\xBC"
        "cher.example\n"
        "192.0.2.0/24\n"
        "198.51.100.7\n"
        "2001:db8::/32");
    RefusalList list;
    const auto read = scanner::pipeline::read_refusals(in, "list.txt", list);
    REQUIRE(read.has_value());
    list.finish();
    CHECK(list.names() == 3);
    CHECK(list.prefixes() == 3);
    CHECK(list.covers(std::string_view("www.example.org")));
    CHECK(list.covers(std::string_view("x.wild.example")));
    CHECK_FALSE(list.covers(std::string_view("wild.example")));
    CHECK(list.covers(std::string_view("xn--bcher-kva.example")));
    CHECK(list.covers(*resolvers::IpAddress::parse("2001:db8::1")));
}

TEST_CASE("a line that is neither name nor prefix is told with file and line")
{
    struct Case {
        const char* why;
        const char* line;
        const char* told;
    };
    const Case cases[] = {
        {"host bits", "192.0.2.1/24", "write 192.0.2.0/24"},
        {"too long", "192.0.2.0/33", "is no prefix"},
        {"no length", "192.0.2.0/", "is no prefix"},
        {"a URL", "https://example.org/", "is no prefix"},
        {"a broken address", "192.0.2.400", "is neither"},
        {"two names", "example.org example.net", "is neither"},
        {"a star in the middle", "www.*.org", "is neither"},
        {"a star alone", "*.", "is neither"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        std::istringstream in("# first\n" + std::string(c.line) + "\nexample.org\n");
        RefusalList list;
        const auto read = scanner::pipeline::read_refusals(in, "list.txt", list);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == "malformed");
        CHECK(read.error().detail.starts_with("list.txt:2: "));
        CHECK(read.error().detail.find(c.told) != std::string::npos);
    }
}

TEST_CASE("a list that is not there is not an empty one")
{
    RefusalList list;
    CHECK_FALSE(scanner::pipeline::read_refusal_file("/no/such/list", list).has_value());
    CHECK_FALSE(scanner::pipeline::read_refusal_file("/", list).has_value());
}
