#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>
#include <sstream>
#include <string>

#include "scanner/input/importers/json_documents.h"
#include "scanner/input/importers/json_text.h"

namespace {

// "1 {"a":1} | 2 !malformed"
std::string documents_of(const std::string& text, std::size_t max_line = 1000,
                         std::size_t max_document = 1000)
{
    std::istringstream in(text);
    scanner::input::LineReader lines(in, max_line);
    std::string made;
    scanner::input::read_json_documents(
        lines, max_document,
        [&made](std::uint64_t line, std::string_view,
                resolvers::Outcome<boost::json::value> value) {
            made += (made.empty() ? "" : " | ") + std::to_string(line) + " " +
                    (value.has_value() ? boost::json::serialize(*value) : "!" + value.error().code);
        });
    return made;
}

std::string keys_of(std::string_view text)
{
    std::string made;
    for (const std::string& key : scanner::input::leading_keys(text))
        made += (made.empty() ? "" : " ") + key;
    return made;
}

}  // namespace

TEST_CASE("Values come one a line, one over many lines, or in a list")
{
    struct Case {
        std::string why;
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"a line each", "{\"a\":1}\n{\"a\":2}\n", "1 {\"a\":1} | 2 {\"a\":2}"},
        {"blank lines between", "\n{\"a\":1}\n\n  \n{\"a\":2}", "2 {\"a\":1} | 5 {\"a\":2}"},
        {"CRLF", "{\"a\":1}\r\n{\"a\":2}\r\n", "1 {\"a\":1} | 2 {\"a\":2}"},
        {"over many lines", "{\n \"a\": {\n  \"b\": \"}\"\n }\n}\n", "1 {\"a\":{\"b\":\"}\"}}"},
        {"several over many lines", "{\n\"a\":1\n}\n{\n\"a\":2\n}\n", "1 {\"a\":1} | 4 {\"a\":2}"},
        {"a list over many lines", "[\n{\"a\":1},\n{\"a\":2}\n]", "1 {\"a\":1} | 2 {\"a\":2}"},
        {"a list on one line", "[{\"a\":1},{\"a\":2}]", "1 {\"a\":1} | 2 {\"a\":2}"},
        {"an empty list", "[]", "1 []"},
        {"a broken line among others", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n",
         "1 {\"a\":1} | 2 !malformed | 3 {\"a\":3}"},
        {"a broken first line", "{\"a\":\n{\"a\":2}\n{\"a\":3}\n",
         "1 !malformed | 2 {\"a\":2} | 3 {\"a\":3}"},
        {"a first line that breaks off in a text", "{\"a\":\"x\n{\"a\":2}\n",
         "1 !malformed | 2 {\"a\":2}"},
        {"no JSON at all", "hello\n{\"a\":1}\n", "1 !malformed | 2 {\"a\":1}"},
        {"two values on a line", "{} {}\n", "1 !malformed"},
        {"nothing", "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(documents_of(c.text) == c.expected);
    }
}

TEST_CASE("Lines and documents beyond their limits are failures of their own")
{
    CHECK(documents_of("{\"a\":\"" + std::string(100, 'x') + "\"}\n{\"a\":2}\n", 50) ==
          "1 !too_large | 2 {\"a\":2}");
    std::string document = "{\n";
    for (int i = 0; i < 40; ++i)
        document += "\"k" + std::to_string(i) + "\": 1,\n";
    // Its lines are then taken one by one, none is lost.
    const std::string made = documents_of(document + "\"z\":1\n}\n", 50, 100);
    CHECK(made.starts_with("1 !malformed | 2 !malformed"));
    CHECK(made.ends_with("43 !malformed"));
}

TEST_CASE("Depth is bounded")
{
    const std::string deep = std::string(100, '[') + std::string(100, ']');
    const std::string deeper = std::string(200, '[') + std::string(200, ']');
    CHECK(scanner::input::parse_json(deep).has_value());
    CHECK_FALSE(scanner::input::parse_json(deeper).has_value());
}

TEST_CASE("Text that is not quite JSON's is mended")
{
    struct Case {
        std::string why;
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"half a surrogate pair", R"({"a":"\ud83d!"})", "\xEF\xBF\xBD!"},
        {"the other half", R"({"a":"\udE00"})", "\xEF\xBF\xBD"},
        {"a whole pair stays", R"({"a":"\ud83d\ude00"})", "\xF0\x9F\x98\x80"},
        {"two high halves", R"({"a":"\ud83d\ud83d\ude00"})", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
        {"an escaped backslash before u", R"({"a":"\\ud83d"})", "\\ud83d"},
        {"ISO-8859-1", "{\"a\":\"caf\xE9\"}", "caf\xC3\xA9"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto value = scanner::input::parse_json(c.text);
        REQUIRE(value.has_value());
        CHECK(scanner::input::text_at(value->as_object(), {"a"}) == c.expected);
    }
}

TEST_CASE("Getters take what is there and nothing else")
{
    const auto value = scanner::input::parse_json(
        R"({"text":"x","number":7,"digits":"42","real":200.0,"big":1e300,"flag":true,"none":null,
            "list":["a",1,"b"],"object":{}})");
    REQUIRE(value.has_value());
    const boost::json::object& object = value->as_object();
    CHECK(scanner::input::text_at(object, {"text"}) == "x");
    CHECK(scanner::input::text_at(object, {"number"}) == "7");
    CHECK(scanner::input::text_at(object, {"list"}) == "");
    CHECK(scanner::input::text_at(object, {"absent", "text"}) == "x");
    CHECK(scanner::input::text_at(object, {"none", "text"}) == "x");
    CHECK(scanner::input::integer_at(object, {"number"}) == 7);
    CHECK(scanner::input::integer_at(object, {"digits"}) == 42);
    CHECK(scanner::input::integer_at(object, {"real"}) == 200);
    CHECK_FALSE(scanner::input::integer_at(object, {"big"}).has_value());
    CHECK_FALSE(scanner::input::integer_at(object, {"text"}).has_value());
    CHECK(scanner::input::bool_at(object, {"flag"}) == true);
    CHECK_FALSE(scanner::input::bool_at(object, {"text"}).has_value());
    CHECK(scanner::input::texts_at(object, {"list"}) == std::vector<std::string>{"a", "b"});
    CHECK(scanner::input::texts_at(object, {"text"}) == std::vector<std::string>{"x"});
    CHECK(scanner::input::texts_at(object, {"number"}).empty());
    CHECK(scanner::input::object_at(object, {"object"}) != nullptr);
    CHECK(scanner::input::object_at(object, {"list"}) == nullptr);
    CHECK(scanner::input::list_at(object, {"list"}) != nullptr);
}

TEST_CASE("The keys of a beginning are found wherever it is cut")
{
    CHECK(keys_of(R"({"a":1,"b":{"c":2},"d":["e",{"f":1}],"g":"h:i"})") == "a b d g");
    CHECK(keys_of(R"(  {"a":1,"b":{"c)") == "a b");
    CHECK(keys_of(R"({"a\"b":1})") == "a\\\"b");
    CHECK(keys_of(R"({"a":1} {"b":2})") == "a");
    CHECK(keys_of("[1,2]") == "");
    CHECK(keys_of("plain") == "");
    CHECK(keys_of("") == "");
    CHECK(keys_of("}") == "");
}
