#include "resolvers/base/url.h"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <sstream>

#include "resolvers/base/ip_address.h"

using namespace resolvers;

namespace {

namespace json = boost::json;

std::string member(const json::object& of, const char* key)
{
    const json::value* value = of.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

bool is_web(std::string_view url)
{
    return url.starts_with("http:") || url.starts_with("https:");
}

// A URL as the Standard writes it, as we keep it: without user information and fragment, IPv6 as
// IpAddress writes it.
std::string expected_of(const std::string& href)
{
    std::string url = href.substr(0, href.find('#'));
    const std::size_t begin = url.find("://") + 3;
    const std::size_t end = url.find('/', begin);
    if (const std::size_t at = url.rfind('@', end); at != url.npos && at > begin)
        url.erase(begin, at + 1 - begin);
    if (url.compare(begin, 1, "[") == 0) {
        const std::size_t close = url.find(']');
        const auto address = IpAddress::parse(url.substr(begin + 1, close - begin - 1));
        REQUIRE(address.has_value());
        url.replace(begin + 1, close - begin - 1, address->text());
    }
    return url;
}

std::string text_of(const Outcome<Url>& url)
{
    return url.has_value() ? url->text() : "failure";
}

}  // namespace

TEST_CASE("URLs are read as the URL Standard's own tests say")
{
    std::ifstream file(SERVEDBY_SOURCE_DIR "/tests/fixtures/url/urltestdata.json");
    std::ostringstream text;
    text << file.rdbuf();
    const json::value cases = json::parse(text.str());
    std::size_t read = 0;
    for (const json::value& item : cases.as_array()) {
        const json::object& one = item.as_object();
        const std::string input = member(one, "input");
        const std::string base_text = member(one, "base");
        CAPTURE(input);
        CAPTURE(base_text);
        Outcome<Url> base = parse_url(base_text);
        // Bases of other schemes are none of ours.
        if (!base_text.empty() && base.has_error())
            continue;
        const std::string href = member(one, "href");
        const std::string expected = is_web(href) ? expected_of(href) : "failure";
        const Outcome<Url> got = parse_url(input, base_text.empty() ? nullptr : &*base);
        ++read;
        CHECK(text_of(got) == expected);
    }
    CHECK(read > 400);
}

TEST_CASE("a URL is kept in the parts that a request needs")
{
    struct Case {
        std::string why;
        std::string text;
        Url expected;
    };
    const Case cases[] = {
        {"plain", "http://www.example.org/a?b", {"http", "www.example.org", 80, "/a?b"}},
        {"a port of its own", "https://a:8443", {"https", "a", 8443, "/"}},
        {"the usual port, written out", "https://a:443/", {"https", "a", 443, "/"}},
        {"a port that is usual elsewhere", "http://a:443/", {"http", "a", 443, "/"}},
        {"user information and fragment are dropped", "http://u:p@a/b#c", {"http", "a", 80, "/b"}},
        {"IPv6 without its brackets",
         "http://[2001:DB8:0::1]:81/",
         {"http", "2001:db8::1", 81, "/"}},
        {"all ways to write an address", "http://0x7f.1/", {"http", "127.0.0.1", 80, "/"}},
        {"IDN as A-labels",
         "http://b\xc3\xbc"
         "cher.example/",
         {"http", "xn--bcher-kva.example", 80, "/"}},
        {"a percent in the host", "http://oth%65r.org/", {"http", "other.org", 80, "/"}},
        {"what cannot be sent is encoded",
         "http://a/\xc3\xa9 ?\xc3\xa9'",
         {"http", "a", 80, "/%C3%A9%20?%C3%A9%27"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<Url> url = parse_url(c.text);
        REQUIRE(url.has_value());
        CHECK((*url == c.expected));
        const Outcome<Url> again = parse_url(url->text());
        REQUIRE(again.has_value());
        CHECK((*again == c.expected));
    }
}

TEST_CASE("why a URL is none of ours is told")
{
    struct Case {
        std::string text;
        std::string code;
    };
    const Case cases[] = {
        {"ftp://a/", "other_scheme"},
        {"javascript:alert(1)", "other_scheme"},
        {"/a", "no_scheme"},
        {"", "no_scheme"},
        {"http://", "bad_host"},
        {"http://a b/", "bad_host"},
        {"http://[::1/", "bad_host"},
        {"http://[fe80::1%25eth0]/", "bad_host"},
        {"http://256.0.0.1/", "bad_host"},
        {"http://\xff/", "bad_host"},
        {"http://a:65536/", "bad_port"},
        {"http://a:8o/", "bad_port"},
        {"http://a/" + std::string(longest_url, 'a'), "too_long"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const Outcome<Url> url = parse_url(c.text);
        REQUIRE(url.has_error());
        CHECK(url.error().code == c.code);
    }
}
