#include "resolvers/json/writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"

namespace resolvers {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

// Longer than any number, time or address with its prefix length, quotes and comma.
constexpr std::size_t scalar_room = 64;

char* copy(char* to, std::string_view text)
{
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

// What stands for a byte below 0x20, DEL, '"' or '\'. At most 6 bytes.
char* escape(char* to, char c)
{
    constexpr std::string_view plain = "\"\\\b\f\n\r\t";
    constexpr std::string_view letter = "\"\\bfnrt";
    *to++ = '\\';
    if (const std::size_t which = plain.find(c); which != std::string_view::npos) {
        *to++ = letter[which];
        return to;
    }
    const auto byte = static_cast<unsigned char>(c);
    to = copy(to, "u00");
    *to++ = hex_digits[byte >> 4];
    *to++ = hex_digits[byte & 0xF];
    return to;
}

char* decimal(char* to, unsigned value)
{
    return std::to_chars(to, to + 10, value).ptr;
}

char* dotted_quad(char* to, const std::array<std::uint8_t, 16>& bytes)
{
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0)
            *to++ = '.';
        to = decimal(to, bytes[i]);
    }
    return to;
}

// RFC 5952 section 4: the first of the longest runs of two or more zero groups becomes "::".
char* colon_hex(char* to, const std::array<std::uint16_t, 8>& groups)
{
    std::size_t run_at = 8;
    std::size_t run = 1;
    for (std::size_t i = 0; i < 8;) {
        std::size_t end = i;
        while (end < 8 && groups[end] == 0)
            ++end;
        if (end - i > run) {
            run_at = i;
            run = end - i;
        }
        i = end + 1;
    }
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == run_at) {
            to = copy(to, "::");
            i += run - 1;
            continue;
        }
        if (i > 0 && to[-1] != ':')
            *to++ = ':';
        to = std::to_chars(to, to + 4, groups[i], 16).ptr;
    }
    return to;
}

}  // namespace

JsonWriter::JsonWriter(std::string& out, std::size_t expected) : out_(out)
{
    const std::size_t before = out.size();
    out.resize(before + expected);
    at_ = out.data() + before;
    end_ = out.data() + out.size();
}

JsonWriter::~JsonWriter()
{
    out_.resize(static_cast<std::size_t>(at_ - out_.data()));
}

void JsonWriter::grow(std::size_t bytes)
{
    const auto used = static_cast<std::size_t>(at_ - out_.data());
    out_.resize(std::max(used + bytes, out_.size() + 4096));
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
}

void JsonWriter::raw(std::string_view text)
{
    need(text.size() + 1);
    separate();
    at_ = copy(at_, text);
}

void JsonWriter::word(std::string_view text)
{
    need(text.size() + 3);
    separate();
    put('"');
    at_ = copy(at_, text);
    put('"');
}

// Most strings need no escape: they are copied whole, and looked at where they were copied to,
// since there it does no harm to look a little beyond their end.
void JsonWriter::string(std::string_view text)
{
    need(text.size() + scalar_room);
    separate();
    put('"');
    at_ = copy(at_, text);
    const char* const begin = at_ - text.size();
    const std::size_t plain = plain_length({begin, text.size() + plain_step});
    if (plain < text.size()) {
        at_ -= text.size() - plain;
        rest_of_string(text.substr(plain));
    }
    need(1);
    put('"');
}

// A string from its first character that is not plain.
void JsonWriter::rest_of_string(std::string_view text)
{
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            need(scalar_room);
            at_ = escape(at_, text.front());
            text.remove_prefix(1);
        } else {
            const resolvers::Utf8Char next = resolvers::decode_utf8(text);
            need(scalar_room);
            at_ = copy(at_, next.valid ? text.substr(0, next.length) : "\xEF\xBF\xBD");
            text.remove_prefix(next.length);
        }
        const std::size_t plain = plain_length(text);
        need(plain + scalar_room);
        at_ = copy(at_, text.substr(0, plain));
        text.remove_prefix(plain);
    }
}

void JsonWriter::signed_number(std::int64_t value)
{
    need(scalar_room);
    separate();
    at_ = std::to_chars(at_, end_, value).ptr;
}

void JsonWriter::unsigned_number(std::uint64_t value)
{
    need(scalar_room);
    separate();
    at_ = std::to_chars(at_, end_, value).ptr;
}

void JsonWriter::number(double value)
{
    if (!std::isfinite(value)) {
        null();
        return;
    }
    // Shares and scores are mostly 0 and 1. From 10000 on, the shortest form may have an exponent.
    if (value > -10000 && value < 10000 && value == std::trunc(value)) {
        signed_number(static_cast<std::int64_t>(value));
        return;
    }
    need(scalar_room);
    separate();
    at_ = std::to_chars(at_, end_, value).ptr;
}

void JsonWriter::time(std::optional<resolvers::Timestamp> value)
{
    if (!value) {
        null();
        return;
    }
    need(scalar_room);
    separate();
    put('"');
    resolvers::write_time(at_, *value);
    at_ += resolvers::time_length;
    put('"');
}

// IpAddress::text() goes through inet_ntop, which took a quarter of the time of a whole record.
char* JsonWriter::address_text(char* to, const resolvers::IpAddress& value)
{
    const std::array<std::uint8_t, 16>& bytes = value.bytes();
    if (value.is_v4())
        return dotted_quad(to, bytes);
    std::array<std::uint16_t, 8> groups{};
    for (std::size_t i = 0; i < 8; ++i)
        groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    // With nothing but zeros in front, the text may end in an IPv4 address: rare, left to others.
    const bool may_embed = std::all_of(groups.begin(), groups.begin() + 5,
                                       [](std::uint16_t group) { return group == 0; });
    return may_embed ? copy(to, value.text()) : colon_hex(to, groups);
}

void JsonWriter::address(const resolvers::IpAddress& value)
{
    need(scalar_room);
    separate();
    put('"');
    at_ = address_text(at_, value);
    put('"');
}

void JsonWriter::prefix(const resolvers::Prefix& value)
{
    need(scalar_room);
    separate();
    put('"');
    at_ = address_text(at_, value.address);
    put('/');
    at_ = decimal(at_, value.length);
    put('"');
}

}  // namespace resolvers
