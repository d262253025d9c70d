#include "resolvers/json/writer.h"

#include <doctest/doctest.h>

#include <charconv>
#include <limits>

#include "tests/model/random_values.h"

using namespace resolvers;

namespace {

template <typename Write>
std::string written(Write write)
{
    std::string out;
    {
        resolvers::JsonWriter writer(out, 0);
        write(writer);
    }
    return out;
}

std::string as_string(std::string_view text)
{
    return written([&](resolvers::JsonWriter& out) { out.string(text); });
}

}  // namespace

TEST_CASE("strings are escaped as far as JSON requires, and no further")
{
    struct Case {
        const char* why;
        std::string_view text;
        std::string_view json;
    };
    const Case cases[] = {
        {"empty", "", R"("")"},
        {"quote and backslash", R"(a"b\c)", R"("a\"b\\c")"},
        {"a slash stays", "</script>", R"("</script>")"},
        {"controls with a letter", "\b\f\n\r\t", R"("\b\f\n\r\t")"},
        {"other controls", std::string_view("\0\x1B\x1F", 3), R"("\u0000\u001b\u001f")"},
        {"DEL", "a\x7F", R"("a\u007f")"},
        {"C1 controls stay", "\xC2\x85", "\"\xC2\x85\""},
        {"line separator stays", "\xE2\x80\xA8", "\"\xE2\x80\xA8\""},
        {"emoji stays", "\xF0\x9F\x92\xA9", "\"\xF0\x9F\x92\xA9\""},
        {"ISO-8859-1 is replaced", "caf\xE9!", "\"caf\xEF\xBF\xBD!\""},
        {"a surrogate is three bytes that are not UTF-8", "\xED\xA0\x80",
         "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"one replacement for a character cut short", "\xF0\x9F\x92", "\"\xEF\xBF\xBD\""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(as_string(c.text) == c.json);
    }
}

TEST_CASE("a string is escaped the same at every distance from the ends of a step")
{
    for (std::size_t before = 0; before < 40; ++before)
        for (std::size_t after = 0; after < 20; ++after) {
            const std::string left(before, 'l');
            const std::string right(after, 'r');
            CHECK(as_string(left + "\n" + right + "\"") == "\"" + left + "\\n" + right + "\\\"\"");
        }
}

TEST_CASE("numbers are written shortest")
{
    struct Case {
        double value;
        const char* json;
    };
    const Case cases[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1.0, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {9999.0, "9999"},
        {1.0 / 3, "0.3333333333333333"},
        {-9999, "-9999"},
        {1e300, "1e+300"},
        {5e-324, "5e-324"},
        {std::numeric_limits<double>::infinity(), "null"},
        {std::numeric_limits<double>::quiet_NaN(), "null"},
    };
    for (const Case& c : cases)
        CHECK(written([&](resolvers::JsonWriter& out) { out.number(c.value); }) == c.json);
    CHECK(written([](resolvers::JsonWriter& out) {
              out.number(std::numeric_limits<std::uint64_t>::max());
          }) == "18446744073709551615");
    CHECK(written([](resolvers::JsonWriter& out) {
              out.number(std::numeric_limits<std::int64_t>::min());
          }) == "-9223372036854775808");
}

TEST_CASE("the quick way of writing whole doubles gives what the slow one gives")
{
    for (int i = -10'001; i <= 10'001; ++i) {
        char digits[32];
        char* const end = std::to_chars(digits, digits + 32, static_cast<double>(i)).ptr;
        REQUIRE(written([&](resolvers::JsonWriter& out) { out.number(static_cast<double>(i)); }) ==
                std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }
}

TEST_CASE("addresses are written as IpAddress and Prefix write themselves")
{
    random_values::Random random(7);
    for (int i = 0; i < 20'000; ++i) {
        resolvers::Prefix prefix;
        resolvers::IpAddress address;
        random_values::fill(random, prefix);
        random_values::fill(random, address);
        REQUIRE(written([&](resolvers::JsonWriter& out) { out.address(address); }) ==
                "\"" + address.text() + "\"");
        REQUIRE(written([&](resolvers::JsonWriter& out) { out.prefix(prefix); }) ==
                "\"" + prefix.text() + "\"");
    }
}

TEST_CASE("commas come by themselves and the writer appends")
{
    std::string out = "before ";
    {
        resolvers::JsonWriter writer(out, 3);
        writer.open_object();
        writer.key("empty");
        writer.open_list();
        writer.close_list();
        writer.key("list");
        writer.open_list();
        writer.number(1);
        writer.null();
        writer.boolean(false);
        writer.open_object();
        writer.close_object();
        writer.word("w");
        writer.close_list();
        writer.key("time");
        writer.time({});
        writer.close_object();
    }
    CHECK(out == R"(before {"empty":[],"list":[1,null,false,{},"w"],"time":null})");
}
