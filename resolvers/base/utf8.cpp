#include "resolvers/base/utf8.h"

namespace resolvers {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i)
{
    return static_cast<std::uint8_t>(text[i]);
}

bool is_continuation(char c)
{
    return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80;
}

// What may follow each first byte: Unicode 15.0 table 3-7.
struct Lead {
    std::uint8_t length;
    std::uint8_t second_low;
    std::uint8_t second_high;
};

constexpr Lead lead_of(std::uint8_t first)
{
    if (first >= 0xC2 && first <= 0xDF)
        return {2, 0x80, 0xBF};
    if (first == 0xE0)
        return {3, 0xA0, 0xBF};
    if (first == 0xED)
        return {3, 0x80, 0x9F};
    if (first >= 0xE1 && first <= 0xEF)
        return {3, 0x80, 0xBF};
    if (first == 0xF0)
        return {4, 0x90, 0xBF};
    if (first >= 0xF1 && first <= 0xF3)
        return {4, 0x80, 0xBF};
    if (first == 0xF4)
        return {4, 0x80, 0x8F};
    return {0, 0, 0};
}

void append_latin1(std::string& out, char c)
{
    append_utf8(out, static_cast<std::uint8_t>(c));
}

}  // namespace

Utf8Char decode_utf8(std::string_view text)
{
    const std::uint8_t first = byte_at(text, 0);
    if (first < 0x80)
        return {first, 1, true};
    const Lead lead = lead_of(first);
    if (lead.length == 0 || text.size() < 2)
        return {};
    std::uint8_t next = byte_at(text, 1);
    if (next < lead.second_low || next > lead.second_high)
        return {};
    char32_t code = (first & (0x7FU >> lead.length)) << 6 | (next & 0x3FU);
    for (std::uint8_t i = 2; i < lead.length; ++i) {
        if (i >= text.size() || !is_continuation(text[i]))
            return {0xFFFD, i, false};
        next = byte_at(text, i);
        code = code << 6 | (next & 0x3FU);
    }
    return {code, lead.length, true};
}

void append_utf8(std::string& out, char32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
        return;
    }
    if (code < 0x800) {
        put(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            put(0xE0 | code >> 12);
        } else {
            put(0xF0 | code >> 18);
            put(0x80 | (code >> 12 & 0x3F));
        }
        put(0x80 | (code >> 6 & 0x3F));
    }
    put(0x80 | (code & 0x3F));
}

bool is_utf8(std::string_view text)
{
    while (!text.empty()) {
        const Utf8Char character = decode_utf8(text);
        if (!character.valid)
            return false;
        text.remove_prefix(character.length);
    }
    return true;
}

std::string utf8_or_latin1(std::string_view text)
{
    if (is_utf8(text))
        return std::string(text);
    std::string made;
    made.reserve(text.size() * 2);
    for (const char c : text)
        append_latin1(made, c);
    return made;
}

std::string utf8_or_latin1(std::span<const std::uint8_t> octets)
{
    return utf8_or_latin1(
        std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size()));
}

namespace {

// Copies what is UTF-8 and hands each other octet to `mend`.
template <typename Mend>
std::string mended(std::string_view text, Mend mend)
{
    std::string made;
    made.reserve(text.size());
    while (!text.empty()) {
        const Utf8Char character = decode_utf8(text);
        const std::size_t taken = character.valid ? character.length : 1;
        if (character.valid)
            made += text.substr(0, taken);
        else
            mend(made, text[0]);
        text.remove_prefix(taken);
    }
    return made;
}

}  // namespace

std::string utf8_with_latin1(std::string_view text)
{
    return mended(text, append_latin1);
}

std::string utf8_replaced(std::string_view text)
{
    return mended(text, [](std::string& out, char) { append_utf8(out, 0xFFFD); });
}

std::string_view utf8_cut(std::string_view text, std::size_t octets)
{
    if (text.size() <= octets)
        return text;
    std::size_t end = octets;
    // At most three octets follow a lead; beyond that it is no UTF-8 and any place will do.
    for (unsigned back = 0; back < 3 && end > 0 && is_continuation(text[end]); ++back)
        --end;
    return text.substr(0, end);
}

}  // namespace resolvers
