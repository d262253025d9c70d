#include "resolvers/http/head.h"

#include <doctest/doctest.h>
#include "resolvers/base/utf8.h"

using namespace resolvers;

TEST_CASE("bytes that are UTF-8 stay, others are read as ISO-8859-1")
{
    struct Case {
        std::string why;
        std::string bytes;
        std::string expected;
    };
    const Case cases[] = {
        {"ASCII", "plain", "plain"},
        {"nothing", "", ""},
        {"two, three and four bytes", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
         "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"a lone high byte", "caf\xe9", "caf\xc3\xa9"},
        {"a sequence cut short", "\xe2\x82", "\xc3\xa2\xc2\x82"},
        {"overlong, RFC 3629 forbids it", "\xc0\xaf", "\xc3\x80\xc2\xaf"},
        {"overlong in three bytes", "\xe0\x80\xaf", "\xc3\xa0\xc2\x80\xc2\xaf"},
        {"a surrogate", "\xed\xa0\x80", "\xc3\xad\xc2\xa0\xc2\x80"},
        {"beyond U+10FFFF", "\xf4\x90\x80\x80", "\xc3\xb4\xc2\x90\xc2\x80\xc2\x80"},
        {"NUL is a character", std::string("a\0b", 3), std::string("a\0b", 3)},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::utf8_or_latin1(c.bytes) == c.expected);
        CHECK(resolvers::is_utf8(c.bytes) == (c.bytes == c.expected));
        CHECK(resolvers::is_utf8(c.expected));
    }
}

TEST_CASE("a cookie keeps its name and attributes and loses its value")
{
    struct Case {
        std::string why;
        std::string value;
        std::string expected;
    };
    const Case cases[] = {
        {"with attributes", "__cf_bm=abc.def; path=/; Secure",
         "__cf_bm=[redacted]; path=/; Secure"},
        {"alone", "sid=1", "sid=[redacted]"},
        {"a value with '='", "a=b=c; HttpOnly", "a=[redacted]; HttpOnly"},
        {"an empty value", "a=; Path=/", "a=[redacted]; Path=/"},
        {"no name: it may all be secret", "secret; Path=/", "[redacted]; Path=/"},
        {"an empty name", "=secret", "=[redacted]"},
        {"nothing", "", "[redacted]"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::http::redact_cookie(c.value) == c.expected);
    }
}

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

http::HeaderReader reader_of(const std::vector<std::string>& lines, http::HeaderLimits limits = {})
{
    http::HeaderReader reader(limits);
    for (const std::string& line : lines)
        if (!reader.add(line))
            break;
    return reader;
}

}  // namespace

TEST_CASE("a head is read line by line")
{
    struct Case {
        std::string why;
        std::vector<std::string> lines;
        bool complete;
        unsigned status;
        std::string version;
        Fields fields;
    };
    const Case cases[] = {
        {"the usual",
         {"HTTP/1.1 200 OK\r\n", "Server: nginx\r\n", "X:y\r\n", "\r\n"},
         true,
         200,
         "HTTP/1.1",
         {{"server", "nginx"}, {"x", "y"}}},
        {"no reason phrase", {"HTTP/2 404\r\n", "\r\n"}, true, 404, "HTTP/2", {}},
        {"interim responses are dropped",
         {"HTTP/1.1 103 Early Hints", "Link: a", "", "HTTP/1.1 200 OK", "A: b", ""},
         true,
         200,
         "HTTP/1.1",
         {{"a", "b"}}},
        {"only an interim response",
         {"HTTP/1.1 100 Continue", "A: b", ""},
         false,
         0,
         "HTTP/1.1",
         {}},
        {"cut within the fields: what came is kept",
         {"HTTP/1.1 200 OK", "A: b"},
         false,
         200,
         "HTTP/1.1",
         {{"a", "b"}}},
        {"trailers are not fields of the head",
         {"HTTP/1.1 200 OK", "", "X-Trailer: 1", ""},
         true,
         200,
         "HTTP/1.1",
         {}},
        {"folded lines (RFC 9112 5.2)",
         {"HTTP/1.1 200 OK", "A: b", "  c", "\td ", ""},
         true,
         200,
         "HTTP/1.1",
         {{"a", "b c d"}}},
        {"a fold before any field",
         {"HTTP/1.1 200 OK", " lost", "A: b", ""},
         true,
         200,
         "HTTP/1.1",
         {{"a", "b"}}},
        {"a line without a colon",
         {"HTTP/1.1 200 OK", "nonsense", "A: b", ""},
         true,
         200,
         "HTTP/1.1",
         {{"a", "b"}}},
        {"white space around the colon",
         {"HTTP/1.1 200 OK", "A : \t b \t", ""},
         true,
         200,
         "HTTP/1.1",
         {{"a", "b"}}},
        {"a name that is not UTF-8",
         {"HTTP/1.1 200 OK", "\xe9: 1", ""},
         true,
         200,
         "HTTP/1.1",
         {{"\xc3\xa9", "1"}}},
        {"an impossible status", {"HTTP/1.1 2x0 OK", ""}, true, 20, "HTTP/1.1", {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        http::HeaderReader reader = reader_of(c.lines);
        CHECK(reader.started());
        CHECK(reader.complete() == c.complete);
        CHECK_FALSE(reader.too_large());
        CHECK(reader.status() == c.status);
        CHECK(reader.version() == c.version);
        CHECK(reader.take_fields() == c.fields);
    }
}

TEST_CASE("a head is cut at its limits and keeps what fits")
{
    http::HeaderReader three = reader_of({"HTTP/1.1 200 OK", "A: 1", "B: 2", "C: 3", "D: 4", ""},
                                         {.bytes = 1000, .count = 3});
    CHECK(three.too_large());
    CHECK_FALSE(three.complete());
    CHECK(three.take_fields() == Fields{{"a", "1"}, {"b", "2"}, {"c", "3"}});

    http::HeaderReader exact =
        reader_of({"HTTP/1.1 200 OK", "A: 1", "B: 2", "C: 3", ""}, {.bytes = 27, .count = 3});
    CHECK_FALSE(exact.too_large());
    CHECK(exact.complete());

    http::HeaderReader short_of_one =
        reader_of({"HTTP/1.1 200 OK", "A: 1", "B: 2", "C: 3", ""}, {.bytes = 26, .count = 3});
    CHECK(short_of_one.too_large());
    CHECK(short_of_one.take_fields() == Fields{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("the first field of a name is found")
{
    const http::HeaderReader reader = reader_of({"HTTP/1.1 200 OK", "Via: a", "VIA: b", ""});
    CHECK(reader.first("via") == "a");
    CHECK(reader.first("server") == "");
}
