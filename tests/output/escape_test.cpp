#include "scanner/output/escape.h"

#include <doctest/doctest.h>

using namespace scanner;

namespace {

std::string csv(std::string_view text)
{
    std::string out;
    scanner::output::append_csv_cell(out, text);
    return out;
}

}  // namespace

TEST_CASE("nothing that a terminal would act on reaches it")
{
    struct Case {
        const char* why;
        std::string_view text;
        std::string_view shown;
    };
    const Case cases[] = {
        {"plain", "www.example.com", "www.example.com"},
        {"colours", "\x1B[31mred", "\\x1b[31mred"},
        {"window title", "\x1B]0;title\x07", "\\x1b]0;title\\x07"},
        {"C1 CSI as UTF-8",
         "\xC2\x9B"
         "31m",
         "\\x9b31m"},
        {"C1 CSI as a byte",
         "\x9B"
         "31m",
         "\\x9b31m"},
        {"newline and tab", "a\r\n\tb", "a\\x0d\\x0a\\x09b"},
        {"NUL and DEL", std::string_view("\0\x7F", 2), "\\x00\\x7f"},
        {"right-to-left override", "\xE2\x80\xAEmoc", "\\u202emoc"},
        {"isolates and marks", "\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C", "\\u2066\\u200f\\u061c"},
        {"line separator", "\xE2\x80\xA8", "\\u2028"},
        {"zero width space and BOM", "a\xE2\x80\x8B\xEF\xBB\xBF", "a\\u200b\\ufeff"},
        {"soft hyphen", "pay\xC2\xADpal", "pay\\u00adpal"},
        {"tag characters", "\xF3\xA0\x81\xA1", "\\U000e0061"},
        {"not UTF-8", "caf\xE9", "caf\\xe9"},
        {"a character cut short", "\xF0\x9F\x92", "\\xf0\\x9f\\x92"},
        {"a backslash cannot pass for an escape", "\\x1b", "\\\\x1b"},
        {"other scripts stay", "\xE6\xBC\xAB\xE7\x94\xBB \xD0\xB4 \xC3\xB6",
         "\xE6\xBC\xAB\xE7\x94\xBB \xD0\xB4 \xC3\xB6"},
        {"three combining marks may stack", "e\xCC\x81\xCC\x81\xCC\x81",
         "e\xCC\x81\xCC\x81\xCC\x81"},
        {"a fourth may not", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
         "e\xCC\x81\xCC\x81\xCC\x81\\u0301"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(scanner::output::for_terminal(c.text) == c.shown);
    }
}

TEST_CASE("no byte and no pair of bytes gives a terminal a control character")
{
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const char text[] = {static_cast<char>(first), static_cast<char>(second)};
            for (const char c : scanner::output::for_terminal({text, 2})) {
                const auto byte = static_cast<unsigned char>(c);
                REQUIRE(byte >= 0x20);
                REQUIRE(byte != 0x7F);
            }
        }
}

TEST_CASE("CSV cells are quoted by RFC 4180, and where another separator would split them")
{
    struct Case {
        const char* why;
        std::string_view text;
        std::string_view cell;
    };
    const Case cases[] = {
        {"plain", "abc", "abc"},
        {"empty", "", ""},
        {"comma", "a,b", "\"a,b\""},
        {"quote", "a\"b", "\"a\"\"b\""},
        {"semicolon", "a; b", "\"a; b\""},
        {"space at an end", " a", "\" a\""},
        {"a line break becomes a space", "a\r\nb", "a  b"},
        {"a tab becomes a space", "a\tb", "a b"},
        {"other controls are dropped", "a\x1B[1m\x07z\x7F", "a[1mz"},
        {"C1 controls are dropped", "a\xC2\x9Bz", "az"},
        {"bidi controls are dropped", "a\xE2\x80\xAEz", "az"},
        {"not UTF-8", "caf\xE9", "caf\xEF\xBF\xBD"},
        {"UTF-8", "\xC3\xB6\xE6\xBC\xAB", "\xC3\xB6\xE6\xBC\xAB"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(csv(c.text) == c.cell);
    }
}

TEST_CASE("no cell begins as a formula")
{
    struct Case {
        const char* why;
        std::string_view text;
        std::string_view cell;
    };
    const Case cases[] = {
        {"equals", "=1+1", "\"'=1+1\""},
        {"plus", "+49", "\"'+49\""},
        {"minus", "-1", "\"'-1\""},
        {"at", "@SUM(A1)", "\"'@SUM(A1)\""},
        {"behind a space", " =1", "\"' =1\""},
        {"behind a tab", "\t=1", "\"' =1\""},
        {"behind a carriage return", "\r=1", "\"' =1\""},
        {"behind a quote", "\"=1", "\"'\"\"=1\""},
        {"behind an apostrophe", "'=1", "\"''=1\""},
        {"behind quotes and spaces", "\" ' =1", "\"'\"\" ' =1\""},
        {"behind a no-break space", "\xC2\xA0=1", "\"'\xC2\xA0=1\""},
        {"behind a BOM", "\xEF\xBB\xBF=1", "\"'\xEF\xBB\xBF=1\""},
        {"behind a control that is dropped", "\x01=1", "\"'=1\""},
        {"behind an override that is dropped", "\xE2\x80\xAE=1", "\"'=1\""},
        {"full-width equals",
         "\xEF\xBC\x9D"
         "1",
         "\"'\xEF\xBC\x9D"
         "1\""},
        {"in the middle it does nothing", "a=1", "a=1"},
        {"a negative number in a stranger's text is guarded too", "-", "\"'-\""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(csv(c.text) == c.cell);
    }
}
