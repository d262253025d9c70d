#include "resolvers/http/url_parts.h"

#include <doctest/doctest.h>

using namespace resolvers;

TEST_CASE("a URL is taken apart, or refused")
{
    struct Case {
        std::string why;
        std::string url;
        std::optional<http::HttpUrl> expected;
    };
    const Case cases[] = {
        {"plain", "http://www.example.org/a?b",
         http::HttpUrl{"http", "www.example.org", 80, "/a?b"}},
        {"scheme and host are lowered, the final dot goes", "HTTPS://WWW.Example.ORG.",
         http::HttpUrl{"https", "www.example.org", 443, "/"}},
        {"a port", "https://a:8443/", http::HttpUrl{"https", "a", 8443, "/"}},
        {"an empty port is the default", "https://a:/", http::HttpUrl{"https", "a", 443, "/"}},
        {"user information is dropped", "http://me:secret@a/", http::HttpUrl{"http", "a", 80, "/"}},
        {"an '@' in the user information: the last one counts", "http://good.example@evil.example/",
         http::HttpUrl{"http", "evil.example", 80, "/"}},
        {"the fragment is dropped", "http://a/b#c", http::HttpUrl{"http", "a", 80, "/b"}},
        {"no path but a query", "http://a?q", http::HttpUrl{"http", "a", 80, "/?q"}},
        {"IPv6", "http://[2001:DB8::1]:81/", http::HttpUrl{"http", "2001:db8::1", 81, "/"}},
        {"bytes that cannot be sent are encoded", "http://a/\xc3\xa9 |?\"",
         http::HttpUrl{"http", "a", 80, "/%C3%A9%20%7C?%22"}},
        {"IDN is left to the caller",
         "http://b\xc3\xbc"
         "cher.example/",
         http::HttpUrl{"http",
                       "b\xc3\xbc"
                       "cher.example",
                       80, "/"}},
        {"underscores are in use", "http://a_b.example/",
         http::HttpUrl{"http", "a_b.example", 80, "/"}},
        {"another scheme", "ftp://a/", std::nullopt},
        {"javascript", "javascript:alert(1)", std::nullopt},
        {"no scheme", "//a/", std::nullopt},
        {"no authority", "http:/a", std::nullopt},
        {"no host", "http:///a", std::nullopt},
        {"only a dot", "http://./", std::nullopt},
        {"two dots", "http://../", std::nullopt},
        {"an empty label", "http://a..b/", std::nullopt},
        {"port 0", "http://a:0/", std::nullopt},
        {"port 65536", "http://a:65536/", std::nullopt},
        {"a port that is none", "http://a:8o/", std::nullopt},
        {"white space in the host", "http://a b/", std::nullopt},
        {"a percent in the host", "http://a%20b/", std::nullopt},
        {"brackets around IPv4", "http://[127.0.0.1]/", std::nullopt},
        {"an IPv6 zone", "http://[fe80::1%25eth0]/", std::nullopt},
        {"a bracket never closed", "http://[::1/", std::nullopt},
        {"a backslash", "http://a\\b/", std::nullopt},
        {"a host beyond 253 bytes", "http://" + std::string(254, 'a') + "/", std::nullopt},
        {"a URL beyond the limit", "http://a/" + std::string(http::url_limit, 'a'), std::nullopt},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK((resolvers::http::parse_http_url(c.url) == c.expected));
    }
}

TEST_CASE("a URL's text leaves the default port out and brackets IPv6")
{
    CHECK(http::HttpUrl{"https", "a", 443, "/"}.text() == "https://a/");
    CHECK(http::HttpUrl{"http", "a", 443, "/x?y"}.text() == "http://a:443/x?y");
    CHECK(http::HttpUrl{"http", "::1", 80, "/"}.text() == "http://[::1]/");
}

TEST_CASE("a URL is made of parts only where it would be read as meant")
{
    CHECK((resolvers::http::make_http_url("http", "::1", 80, "/") ==
           http::HttpUrl{"http", "::1", 80, "/"}));
    CHECK((resolvers::http::make_http_url("http", "[::1]", 80, "/") ==
           http::HttpUrl{"http", "::1", 80, "/"}));
    CHECK((resolvers::http::make_http_url("https", "A.", 1, "x?y?z#f") ==
           http::HttpUrl{"https", "a", 1, "/x?y?z"}));
    for (const char* host : {"", "a/b", "a@b", "a:80", "a b", "a#b", "a?b", "a\r\nb", "[a]"}) {
        const std::string shown = host;
        CAPTURE(shown);
        CHECK_FALSE(resolvers::http::make_http_url("http", host, 80, "/").has_value());
    }
    CHECK_FALSE(resolvers::http::make_http_url("ftp", "a", 21, "/").has_value());
    CHECK_FALSE(resolvers::http::make_http_url("http", "a", 0, "/").has_value());
}
