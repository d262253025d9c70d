#include "resolvers/json/reader.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace resolvers;

namespace {

bool accepts(std::string_view text)
{
    resolvers::JsonReader in(text);
    return in.skip() && in.finish();
}

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("strings are read back to what they mean")
{
    struct Case {
        const char* why;
        std::string_view json;
        std::string_view text;
    };
    const Case cases[] = {
        {"plain", R"("abc")", "abc"},
        {"empty", R"("")", ""},
        {"all short escapes", R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
        {"four digits in either case", R"("\u00e9\u00E9")", "\xC3\xA9\xC3\xA9"},
        {"NUL", R"("a\u0000b")", std::string_view("a\0b", 3)},
        {"a pair of surrogates", R"("\ud83d\ude00")", "\xF0\x9F\x98\x80"},
        {"a lone leading surrogate", R"("\ud83dx")", "\xEF\xBF\xBDx"},
        {"a lone trailing surrogate", R"("\ude00")", "\xEF\xBF\xBD"},
        {"two leading surrogates, then the trailing one", R"("\ud83d\ud83d\ude00")",
         "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
        {"a leading surrogate before another escape", R"("\ud83d\n")", "\xEF\xBF\xBD\n"},
        {"DEL may stand raw", "\"a\x7F\"", "a\x7F"},
        {"bytes that are not UTF-8 are replaced", "\"caf\xE9\"", "caf\xEF\xBF\xBD"},
        {"long text behind an escape", R"("\nthis goes on for more than sixteen bytes")",
         "\nthis goes on for more than sixteen bytes"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        resolvers::JsonReader in(c.json);
        std::string text;
        CHECK(in.read(text));
        CHECK(in.finish());
        CHECK(text == c.text);
        resolvers::JsonReader again(c.json);
        std::string_view looked_at;
        CHECK(again.read_text(looked_at));
        CHECK(looked_at == c.text);
    }
}

TEST_CASE("grammar is that of RFC 8259, as another parser understands it")
{
    const std::string_view texts[] = {
        "{}",
        "[]",
        "0",
        "-0",
        "-",
        "01",
        "1.",
        ".5",
        "1.5",
        "1e5",
        "1E+5",
        "1e",
        "+1",
        "0x1",
        "1e-7",
        "NaN",
        "Infinity",
        "-Infinity",
        "true",
        "tru",
        "True",
        "truefalse",
        "null",
        "nul",
        "nullx",
        "\"a\"",
        "\"a",
        "'a'",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1,2]",
        "[1",
        "]",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,\"b\":[{},{\"c\":null}]}",
        "{\"a\":1}}",
        "{\"a\":1} x",
        " \t\r\n{ } \n",
        "\v{}",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u-123\"",
        "\"a\nb\"",
        "\"\t\"",
        "",
        "  ",
        "{\"a\":1,\"a\":2}",
        "[[],[[]],{}]",
        "{\"\":0}",
        "{1:2}",
        "[true,false,null,-1.5e3]",
        "/**/{}",
        "{} //",
        "\xEF\xBB\xBF{}",
    };
    for (const std::string_view text : texts) {
        CAPTURE(text);
        boost::system::error_code error;
        boost::json::parse(text, error);
        CHECK(accepts(text) == !error);
    }
}

TEST_CASE("every text cut short is refused")
{
    const std::string_view whole =
        R"({"a":[1,-2.5e3,"x\u00e9\ud83d\ude00"],"b":{"c":null,"d":true,"e":false}})";
    REQUIRE(accepts(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        // Copied, so that reading beyond the end is seen.
        const std::string cut(whole.substr(0, length));
        CHECK_FALSE(accepts(cut));
    }
}

TEST_CASE("whole numbers are read within the range of their type")
{
    const auto read_port = [](std::string_view text) -> std::optional<std::uint16_t> {
        resolvers::JsonReader in(text);
        std::uint16_t port = 0;
        if (!in.read(port))
            return std::nullopt;
        return port;
    };
    CHECK(read_port("65535") == 65535);
    CHECK(read_port("0") == 0);
    for (const char* text : {"65536", "-1", "1.0", "1e2", "99999999999999999999", "\"80\"", "true"})
        CHECK_FALSE(read_port(text).has_value());

    std::int64_t value = 0;
    resolvers::JsonReader least("-9223372036854775808");
    CHECK(least.read(value));
    CHECK(value == std::numeric_limits<std::int64_t>::min());
    resolvers::JsonReader beyond("9223372036854775808");
    CHECK_FALSE(beyond.read(value));
    CHECK(beyond.failure().detail ==
          "expected a whole number from -9223372036854775808 to 9223372036854775807 (byte 19)");
}

TEST_CASE("a double beyond the range is refused rather than made infinite")
{
    double value = 0;
    resolvers::JsonReader large("1e999");
    CHECK_FALSE(large.read(value));
    resolvers::JsonReader fine("-1.5e3");
    CHECK(fine.read(value));
    CHECK(value == -1500);
}

TEST_CASE("depth, elements and size are bounded")
{
    CHECK(accepts(nested(resolvers::JsonReader::max_depth)));
    CHECK_FALSE(accepts(nested(resolvers::JsonReader::max_depth + 1)));
    CHECK_FALSE(accepts(nested(1'000'000)));

    const auto list_of = [](std::size_t elements) {
        std::string list = "[0";
        for (std::size_t i = 1; i < elements; ++i)
            list += ",0";
        return list + "]";
    };
    CHECK(accepts(list_of(resolvers::JsonReader::max_elements)));
    const std::string too_many = list_of(resolvers::JsonReader::max_elements + 1);
    resolvers::JsonReader in(too_many);
    CHECK_FALSE(in.skip());
    CHECK(in.failure().code == "too_large");

    const std::string too_long(resolvers::JsonReader::max_bytes + 1, ' ');
    resolvers::JsonReader of_spaces(too_long);
    CHECK_FALSE(of_spaces.skip());
    CHECK(of_spaces.failure().code == "too_large");
}

TEST_CASE("the first failure is kept, with the way to it")
{
    resolvers::JsonReader in(R"({"a":[{"b":1}]})");
    std::string_view name;
    REQUIRE(in.open_object());
    REQUIRE(in.next_member(name));
    REQUIRE(in.open_list());
    REQUIRE(in.next_element());
    REQUIRE(in.open_object());
    REQUIRE(in.next_member(name));
    bool value = false;
    CHECK_FALSE(in.read(value));
    in.inside("b");
    in.inside(0);
    in.inside("a");
    CHECK_FALSE(in.skip());
    CHECK_FALSE(in.fail("something later"));
    CHECK(in.failure().code == "malformed");
    CHECK(in.failure().detail == "a[0].b: expected true or false (byte 11)");
}
