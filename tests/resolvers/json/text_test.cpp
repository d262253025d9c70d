#include "resolvers/json/text.h"

#include <doctest/doctest.h>
#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"

using namespace resolvers;

TEST_CASE("UTF-8 is read a character at a time, and what is not UTF-8 in maximal subparts")
{
    struct Case {
        const char* why;
        std::string_view text;
        char32_t code;
        int length;
        bool valid;
    };
    const Case cases[] = {
        {"ASCII", "a", 'a', 1, true},
        {"NUL is a character", std::string_view("\0", 1), 0, 1, true},
        {"two bytes", "\xC3\xB6x", 0xF6, 2, true},
        {"three bytes", "\xE2\x82\xAC", 0x20AC, 3, true},
        {"four bytes", "\xF0\x9F\x92\xA9", 0x1F4A9, 4, true},
        {"the last code point", "\xF4\x8F\xBF\xBF", 0x10FFFF, 4, true},
        {"above the last code point", "\xF4\x90\x80\x80", 0xFFFD, 1, false},
        {"overlong slash", "\xC0\xAF", 0xFFFD, 1, false},
        {"overlong in three bytes", "\xE0\x80\xAF", 0xFFFD, 1, false},
        {"overlong in four bytes", "\xF0\x80\x80\xAF", 0xFFFD, 1, false},
        {"surrogate (CESU-8)", "\xED\xA0\x80", 0xFFFD, 1, false},
        {"last code point before the surrogates", "\xED\x9F\xBF", 0xD7FF, 3, true},
        {"continuation byte alone", "\x80", 0xFFFD, 1, false},
        {"ISO-8859-1", "\xE9t\xE9", 0xFFFD, 1, false},
        {"cut after two of three", "\xE2\x82", 0xFFFD, 2, false},
        {"cut after three of four, then text", "\xF0\x9F\x92z", 0xFFFD, 3, false},
        {"0xFF never occurs", "\xFF", 0xFFFD, 1, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const resolvers::Utf8Char got = resolvers::decode_utf8(c.text);
        CHECK(got.code == c.code);
        CHECK(int{got.length} == c.length);
        CHECK(got.valid == c.valid);
    }
}

TEST_CASE("every code point survives being appended and read")
{
    for (char32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 97) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        std::string text;
        resolvers::append_utf8(text, code);
        const resolvers::Utf8Char got = resolvers::decode_utf8(text);
        REQUIRE(got.valid);
        REQUIRE(got.code == code);
        REQUIRE(got.length == text.size());
    }
    std::string replaced;
    resolvers::append_utf8(replaced, 0xD800);
    resolvers::append_utf8(replaced, 0x110000);
    CHECK(replaced == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("plain text ends at the first byte that JSON must look at, wherever it stands")
{
    for (const char stop : {'"', '\\', '\x1F', '\0', '\x7F', '\x80', '\xFF'})
        for (std::size_t before = 0; before < 40; ++before) {
            std::string text(before, ' ');
            text += stop;
            text += "plain, and long enough for a step";
            CAPTURE(int{stop});
            CHECK(resolvers::plain_length(text) == before);
        }
    CHECK(resolvers::plain_length("") == 0);
    CHECK(resolvers::plain_length(" ~!#[]") == 6);
    CHECK(resolvers::plain_length(std::string(100, 'x')) == 100);
}

TEST_CASE("times are written in UTC with milliseconds")
{
    using namespace std::chrono;
    struct Case {
        const char* why;
        resolvers::Timestamp time;
        const char* text;
    };
    const Case cases[] = {
        {"now", sys_days{2026y / 11 / 22} + 3h + 4min + 5s + 123ms, "2026-11-22T03:04:05.123Z"},
        {"before the epoch", sys_days{1950y / 1 / 1}, "1950-01-01T00:00:00.000Z"},
        {"the millisecond before the epoch", resolvers::Timestamp{-1ms},
         "1969-12-31T23:59:59.999Z"},
        {"a leap day", sys_days{2024y / 2 / 29}, "2024-02-29T00:00:00.000Z"},
        {"no expiry (RFC 5280 4.1.2.5)", sys_days{9999y / 12 / 31} + 23h + 59min + 59s,
         "9999-12-31T23:59:59.000Z"},
        {"too late to be written", sys_days{12000y / 1 / 1}, "9999-12-31T23:59:59.999Z"},
        {"too early to be written", sys_days{-5y / 1 / 1}, "0000-01-01T00:00:00.000Z"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::time_text(c.time) == c.text);
    }
    CHECK(resolvers::time_text({}) == "");
}

TEST_CASE("times are read as RFC 3339 allows")
{
    struct Case {
        const char* why;
        const char* text;
        const char* canonical;
    };
    const Case cases[] = {
        {"as written", "2026-11-22T03:04:05.123Z", "2026-11-22T03:04:05.123Z"},
        {"no fraction", "2026-11-22T03:04:05Z", "2026-11-22T03:04:05.000Z"},
        {"nanoseconds are cut", "2026-11-22T03:04:05.123999999Z", "2026-11-22T03:04:05.123Z"},
        {"one digit of fraction", "2026-11-22T03:04:05.5Z", "2026-11-22T03:04:05.500Z"},
        {"an offset to the east", "2026-11-22T03:04:05+05:30", "2026-11-21T21:34:05.000Z"},
        {"an offset to the west", "2026-11-22T03:04:05-01:00", "2026-11-22T04:04:05.000Z"},
        {"lower case and a space", "2026-11-22 03:04:05z", "2026-11-22T03:04:05.000Z"},
        {"a leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto time = resolvers::parse_time(c.text);
        REQUIRE(time.has_value());
        CHECK(resolvers::time_text(*time) == c.canonical);
    }
}

TEST_CASE("what is not a time is not read as one")
{
    for (const char* text : {"",
                             "2026-11-22",
                             "2026-11-22T03:04:05",
                             "2026-11-22T03:04:05.Z",
                             "2026-11-22T03:04Z",
                             "2026-13-01T00:00:00Z",
                             "2026-02-29T00:00:00Z",
                             "2026-00-10T00:00:00Z",
                             "2026-11-0xT00:00:00Z",
                             "2026-1x-05T00:00:00Z",
                             "2x26-11-22T03:04:05Z",
                             "2026-11-22T24:00:00Z",
                             "2026-11-22T03:60:00Z",
                             "2026-11-22T03:04:61Z",
                             "2026-11-22T03:04:05+0100",
                             "2026-11-22T03:04:05+24:00",
                             "2026-11-22T03:04:05Zulu",
                             "2026-11-22T03:04:0 Z",
                             "+026-11-22T03:04:05Z",
                             "2026/11/22T03:04:05Z"}) {
        CAPTURE(text);
        CHECK_FALSE(resolvers::parse_time(text).has_value());
    }
}
