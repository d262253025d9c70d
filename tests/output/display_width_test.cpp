#include "scanner/output/display_width.h"

#include <doctest/doctest.h>

using namespace scanner;

namespace {

std::string in_width(std::string_view text, std::size_t width)
{
    std::string out;
    scanner::output::append_in_width(out, text, width);
    return out;
}

}  // namespace

TEST_CASE("text is as wide as a terminal shows it")
{
    struct Case {
        const char* why;
        const char* text;
        std::size_t width;
    };
    const Case cases[] = {
        {"nothing", "", 0},
        {"ASCII", "abc", 3},
        {"Latin", "k\xC3\xB6ln", 4},
        {"a combining accent", "e\xCC\x81", 1},
        {"Han", "\xE6\xBC\xAB\xE7\x94\xBB", 4},
        {"Hangul", "\xED\x95\x9C", 2},
        {"full-width Latin", "\xEF\xBC\xA1", 2},
        {"half-width Katakana", "\xEF\xBD\xB1", 1},
        {"emoji", "\xF0\x9F\x98\x80", 2},
        {"Cyrillic", "\xD0\xB4\xD0\xB0", 2},
        {"Thai with a vowel above", "\xE0\xB8\x81\xE0\xB8\xB4", 1},
        {"Devanagari with a vowel sign that has a column of its own", "\xE0\xA4\x95\xE0\xA4\xBE",
         2},
        {"Devanagari with a vowel sign below", "\xE0\xA4\x95\xE0\xA5\x81", 1},
        {"an ellipsis", "\xE2\x80\xA6", 1},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(scanner::output::display_width(c.text) == c.width);
    }
}

TEST_CASE("text fills its width exactly, cut with an ellipsis if it must be")
{
    struct Case {
        const char* why;
        const char* text;
        std::size_t width;
        const char* shown;
    };
    const Case cases[] = {
        {"shorter", "ab", 4, "ab  "},
        {"just fits", "abcd", 4, "abcd"},
        {"too long", "abcde", 4, "abc\xE2\x80\xA6"},
        {"a wide character fits", "\xE6\xBC\xAB", 2, "\xE6\xBC\xAB"},
        {"a wide character is not halved", "\xE6\xBC\xAB\xE7\x94\xBB", 3,
         "\xE6\xBC\xAB\xE2\x80\xA6"},
        {"a column is left over", "a\xE6\xBC\xAB\xE7\x94\xBB", 3, "a\xE2\x80\xA6 "},
        {"a mark stays with its letter", "e\xCC\x81tat", 2, "e\xCC\x81\xE2\x80\xA6"},
        {"room for the ellipsis alone", "abc", 1, "\xE2\x80\xA6"},
        {"no room at all", "abc", 0, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(in_width(c.text, c.width) == c.shown);
        CHECK(scanner::output::display_width(in_width(c.text, c.width)) == c.width);
    }
}
