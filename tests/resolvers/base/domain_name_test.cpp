#include "resolvers/base/domain_name.h"

#include <doctest/doctest.h>

using namespace resolvers;

TEST_CASE("a name lies under another at the ends of labels, not of text")
{
    struct Case {
        std::string why;
        std::string name;
        std::string suffix;
        bool under;
    };
    const Case cases[] = {
        {"itself", "cloudflare.net", "cloudflare.net", true},
        {"below", "x.cdn.cloudflare.net", "cloudflare.net", true},
        {"a label that ends alike", "evilcloudflare.net", "cloudflare.net", false},
        {"in the middle", "cloudflare.net.example.org", "cloudflare.net", false},
        {"a dot inside of the label", "x.cdn\\.cloudflare.net", "cloudflare.net", false},
        {"one label with all the dots", "x\\.cdn\\.cloudflare.net", "cloudflare.net", false},
        {"all of the name in one label", "x\\.cloudflare\\.net", "cloudflare.net", false},
        {"a backslash at the end of a label", "x\\\\.cloudflare.net", "cloudflare.net", true},
        {"a backslash and a dot in it", "x\\\\\\.cloudflare.net", "cloudflare.net", false},
        {"nothing", "cloudflare.net", "", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(is_under(c.name, c.suffix) == c.under);
    }
}

TEST_CASE("the parent of a name is what follows its first label")
{
    CHECK(parent_of("a.b.c") == "b.c");
    CHECK(parent_of("c") == "");
    CHECK(parent_of("x\\.cdn\\.cloudflare.net") == "net");
    CHECK(parent_of("x\\\\.net") == "net");
    CHECK(parent_of("a\\.b") == "");
}
