#include "resolvers/base/hex.h"
#include "resolvers/base/utf8.h"

#include <doctest/doctest.h>

using namespace resolvers;

namespace {

std::vector<std::uint8_t> octets(std::string_view text)
{
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("hexadecimal goes both ways and refuses what is not")
{
    CHECK(resolvers::hex_of(octets("\x01\xAB")) == "01ab");
    CHECK(octets_of_hex("01aB") == octets("\x01\xAB"));
    CHECK(octets_of_hex("") == octets(""));
    CHECK_FALSE(octets_of_hex("0"));
    CHECK_FALSE(octets_of_hex("0g"));
    CHECK_FALSE(octets_of_hex("0 "));
}

TEST_CASE("base64 follows the examples of RFC 4648 section 10 both ways")
{
    struct Case {
        const char* plain;
        const char* coded;
    };
    const Case cases[] = {{"", ""},
                          {"f", "Zg=="},
                          {"fo", "Zm8="},
                          {"foo", "Zm9v"},
                          {"foob", "Zm9vYg=="},
                          {"fooba", "Zm9vYmE="},
                          {"foobar", "Zm9vYmFy"}};
    for (const Case& c : cases) {
        CAPTURE(c.plain);
        CHECK(base64_of(octets(c.plain)) == c.coded);
        CHECK(octets_of_base64(c.coded) == octets(c.plain));
    }
}

TEST_CASE("base64 that is not exactly RFC 4648 section 4 is refused")
{
    struct Case {
        const char* why;
        const char* text;
    };
    const Case cases[] = {
        {"not padded", "Zg"},
        {"padding alone", "===="},
        {"padding in the middle", "Zg==Zg=="},
        {"bits left over", "Zh=="},
        {"the URL alphabet", "-_-_"},
        {"white space", "Zm9v Zm9v"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK_FALSE(octets_of_base64(c.text));
    }
}

TEST_CASE("strangers' octets are UTF-8 if they can be, else ISO-8859-1")
{
    struct Case {
        const char* why;
        const char* octets;
        const char* expected;
    };
    const Case cases[] = {
        {"ASCII", "abc", "abc"},
        {"two octets", "caf\xC3\xA9", "caf\xC3\xA9"},
        {"three octets", "\xE2\x82\xAC", "\xE2\x82\xAC"},
        {"four octets", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {"ISO-8859-1", "caf\xE9", "caf\xC3\xA9"},
        {"one bad octet makes all of it ISO-8859-1", "\xC3\xA9\xFF", "\xC3\x83\xC2\xA9\xC3\xBF"},
        {"overlong two", "\xC0\xAF", "\xC3\x80\xC2\xAF"},
        {"overlong three", "\xE0\x80\xAF", "\xC3\xA0\xC2\x80\xC2\xAF"},
        {"a surrogate", "\xED\xA0\x80", "\xC3\xAD\xC2\xA0\xC2\x80"},
        {"beyond U+10FFFF", "\xF4\x90\x80\x80", "\xC3\xB4\xC2\x90\xC2\x80\xC2\x80"},
        {"a cut sequence", "\xE2\x82", "\xC3\xA2\xC2\x82"},
        {"a stray continuation", "\x80", "\xC2\x80"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(utf8_or_latin1(octets(c.octets)) == c.expected);
    }
}
