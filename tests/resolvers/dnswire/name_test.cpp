#include "resolvers/dnswire/name.h"

#include <doctest/doctest.h>

#include "resolvers/base/hex.h"

using namespace resolvers;

namespace {

std::vector<std::uint8_t> from_hex(std::string_view hex)
{
    return octets_of_hex(hex).value();
}

// The name at `position`, or "(refused)".
std::string read_at(const std::vector<std::uint8_t>& message, std::size_t position,
                    dnswire::Compression compression = dnswire::Compression::allowed)
{
    std::string text;
    return resolvers::dnswire::read_name(message, position, compression, text) ? text : "(refused)";
}

}  // namespace

TEST_CASE("a name on the wire becomes text that cannot be mistaken")
{
    struct Case {
        const char* why;
        const char* hex;
        const char* expected;
    };
    const Case cases[] = {
        {"plain", "03777777076578616d706c6500", "www.example"},
        {"letters are lowered", "0357577a00", "wwz"},
        {"the root", "00", "."},
        {"a dot inside a label", "03612e6200", "a\\.b"},
        {"a backslash", "015c00", "\\\\"},
        {"a quote and a semicolon", "02223b00", "\\\"\\;"},
        {"a NUL", "0300410000", "\\000a\\000"},
        {"a space", "0361206200", "a\\032b"},
        {"not ASCII", "02c3a900", "\\195\\169"},
        {"a line feed cannot break a line of output", "010a00", "\\010"},
        {"underscores, stars and hyphens are plain", "045f2a2d3000", "_*-0"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const std::vector<std::uint8_t> message = from_hex(c.hex);
        std::size_t position = 0;
        std::string text;
        CHECK(
            resolvers::dnswire::read_name(message, position, dnswire::Compression::allowed, text));
        CHECK(text == c.expected);
        CHECK(position == message.size());
    }
}

TEST_CASE("a pointer leads to an earlier name and is two octets long")
{
    // 0: example.   9: www + pointer to 0.   15: pointer to 9.
    const std::vector<std::uint8_t> message = from_hex("076578616d706c650003777777c000c009ff");
    std::size_t position = 9;
    std::string text;
    CHECK(resolvers::dnswire::read_name(message, position, dnswire::Compression::allowed, text));
    CHECK(text == "www.example");
    CHECK(position == 15);
    text.clear();
    CHECK(resolvers::dnswire::read_name(message, position, dnswire::Compression::allowed, text));
    CHECK(text == "www.example");
    CHECK(position == 17);
    CHECK(read_at(message, 9, dnswire::Compression::forbidden) == "(refused)");
}

TEST_CASE("a name that is cut, too long, or points anywhere but back is refused")
{
    std::string too_long;  // 128 labels of one octet: 257 octets with the end
    for (int i = 0; i < 128; ++i)
        too_long += "0161";
    too_long += "00";
    const std::string longest = too_long.substr(4);  // 127 labels: 255 octets

    struct Case {
        const char* why;
        std::string hex;
        std::size_t position;
    };
    const Case cases[] = {
        {"nothing there", "", 0},
        {"no end", "0161", 0},
        {"label cut", "0561", 0},
        {"pointer cut", "c0", 0},
        {"pointer to itself", "c000", 0},
        {"pointer forwards", "c00200", 0},
        {"pointer into its own labels", "0161c000", 0},
        {"two pointers in a circle", "c002c000", 2},
        {"pointer past the end", "00c0ff", 1},
        {"label kind 01", "4161", 0},
        {"label kind 10", "8161", 0},
        {"256 octets and more", too_long, 0},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(read_at(from_hex(c.hex), c.position) == "(refused)");
    }
    CHECK(read_at(from_hex(longest), 0).size() == 253);
}

TEST_CASE("labels and pointers together stay within 255 octets")
{
    std::string hex;  // 0: 120 labels of one octet; 241: ten more, then a pointer to 0
    for (int i = 0; i < 120; ++i)
        hex += "0161";
    hex += "00";
    for (int i = 0; i < 10; ++i)
        hex += "0162";
    hex += "c000";
    CHECK(read_at(from_hex(hex), 241) == "(refused)");
    CHECK(read_at(from_hex(hex), 241 + 2 * 3).size() == 253);
}

TEST_CASE("a long chain of pointers is refused")
{
    std::string hex = "00";  // 0: the root; then each pointer leads to the one before it
    std::size_t previous = 0;
    for (int i = 0; i < 200; ++i) {
        const std::vector<std::uint8_t> pointer = {static_cast<std::uint8_t>(0xC0 | previous >> 8),
                                                   static_cast<std::uint8_t>(previous)};
        previous = hex.size() / 2;
        hex += resolvers::hex_of(pointer);
    }
    const std::vector<std::uint8_t> message = from_hex(hex);
    CHECK(read_at(message, 1 + 2 * 126) == ".");
    CHECK(read_at(message, 1 + 2 * 127) == "(refused)");
}

TEST_CASE("a name in presentation format becomes octets")
{
    struct Case {
        const char* why;
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"plain", "www.example", "03777777076578616d706c6500"},
        {"with final dot", "www.example.", "03777777076578616d706c6500"},
        {"upper case is lowered", "WWW.", "0377777700"},
        {"the root", ".", "00"},
        {"escaped dot", "a\\.b", "03612e6200"},
        {"escaped octet", "a\\000", "02610000"},
        {"an escaped capital is lowered too", "\\065", "016100"},
        {"longest label", std::string(63, 'a'),
         "3f" + resolvers::hex_of(std::vector<std::uint8_t>(63, 'a')) + "00"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto octets = resolvers::dnswire::name_octets(c.text);
        REQUIRE(octets);
        CHECK(resolvers::hex_of(*octets) == c.expected);
    }
    const Case refused[] = {
        {"nothing", "", ""},
        {"empty label", "a..b", ""},
        {"leading dot", ".a", ""},
        {"two final dots", "a..", ""},
        {"label too long", std::string(64, 'a'), ""},
        {"escape cut", "a\\", ""},
        {"escape of two digits", "a\\12", ""},
        {"escape over 255", "a\\256", ""},
        {"name too long",
         std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." +
             std::string(62, 'a'),
         ""},
    };
    for (const Case& c : refused) {
        CAPTURE(c.why);
        CHECK_FALSE(resolvers::dnswire::name_octets(c.text));
    }
}

TEST_CASE("every octet of a label survives the way to text and back")
{
    for (unsigned octet = 0; octet < 256; ++octet) {
        CAPTURE(octet);
        std::vector<std::uint8_t> name = {1, static_cast<std::uint8_t>(octet), 0};
        const std::string text = read_at(name, 0);
        if (octet >= 'A' && octet <= 'Z')
            name[1] = static_cast<std::uint8_t>(octet - 'A' + 'a');
        CHECK(resolvers::dnswire::name_octets(text) == name);
        for (const char c : text)
            CHECK((c > 0x20 && c < 0x7F));
    }
}

TEST_CASE("data of unknown types is written as RFC 3597 has it")
{
    CHECK(resolvers::dnswire::unknown_rdata_text({}) == "\\# 0");
    CHECK(resolvers::dnswire::unknown_rdata_text(from_hex("0A00ff")) == "\\# 3 0a00ff");
}
