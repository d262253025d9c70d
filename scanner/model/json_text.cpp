#include "scanner/model/json_text.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace scanner {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i)
{
    return static_cast<std::uint8_t>(text[i]);
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

bool is_plain(char c)
{
    const auto byte = static_cast<std::uint8_t>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

#ifdef __SSE2__

// One bit for each of plain_step bytes that is not plain.
unsigned not_plain(const char* at)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto is = [&bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    // As signed numbers, bytes from 0x80 on are below 0x20 too.
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    const __m128i any =
        _mm_or_si128(_mm_or_si128(is('"'), is('\\')), _mm_or_si128(is('\x7F'), low));
    return static_cast<unsigned>(_mm_movemask_epi8(any));
}

#endif

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
        if (i >= text.size() || (byte_at(text, i) & 0xC0) != 0x80)
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

std::size_t plain_length(std::string_view text)
{
    std::size_t length = 0;
#ifdef __SSE2__
    for (; text.size() - length >= plain_step; length += plain_step)
        if (const unsigned found = not_plain(text.data() + length))
            return length + static_cast<std::size_t>(std::countr_zero(found));
#endif
    while (length < text.size() && is_plain(text[length]))
        ++length;
    return length;
}

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr resolvers::Timestamp first_moment = sys_days{std::chrono::year{0} / 1 / 1};
constexpr resolvers::Timestamp last_moment =
    sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::milliseconds{1};

void write_digits(char* at, unsigned value, unsigned count)
{
    for (unsigned i = count; i-- > 0; value /= 10)
        at[i] = static_cast<char>('0' + value % 10);
}

// The number that `count` digits of the text make; something above 9999 if they are no digits.
unsigned digits_at(std::string_view text, std::size_t at, std::size_t count)
{
    unsigned value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        const auto digit = static_cast<unsigned char>(text[i] - '0');
        value = digit > 9 ? 10'000 : value * 10 + digit;
    }
    return value;
}

// "Z" or "+01:30".
std::optional<std::chrono::minutes> parse_offset(std::string_view text)
{
    if (text == "Z" || text == "z")
        return std::chrono::minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    const unsigned hours = digits_at(text, 1, 2);
    const unsigned minutes = digits_at(text, 4, 2);
    if (hours > 23 || minutes > 59)
        return std::nullopt;
    const std::chrono::minutes east{hours * 60 + minutes};
    return text[0] == '-' ? -east : east;
}

}  // namespace

void write_time(char* at, resolvers::Timestamp time)
{
    time = std::clamp(time, first_moment, last_moment);
    const sys_days day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<unsigned>((time - day).count());
    std::memcpy(at, "0000-00-00T00:00:00.000Z", time_length);
    write_digits(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    write_digits(at + 5, static_cast<unsigned>(date.month()), 2);
    write_digits(at + 8, static_cast<unsigned>(date.day()), 2);
    write_digits(at + 11, in_day / 3'600'000, 2);
    write_digits(at + 14, in_day / 60'000 % 60, 2);
    write_digits(at + 17, in_day / 1000 % 60, 2);
    write_digits(at + 20, in_day % 1000, 3);
}

std::string time_text(resolvers::Timestamp time)
{
    if (time == resolvers::Timestamp{})
        return {};
    std::string text(time_length, ' ');
    write_time(text.data(), time);
    return text;
}

std::optional<resolvers::Timestamp> parse_time(std::string_view text)
{
    // RFC 3339 section 5.6; its note allows a space for the T.
    constexpr std::size_t fixed = std::string_view("2026-11-22T03:04:05").size();
    if (text.size() <= fixed || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' ||
        text[16] != ':')
        return std::nullopt;
    const unsigned year = digits_at(text, 0, 4);
    const unsigned month = digits_at(text, 5, 2);
    const unsigned day = digits_at(text, 8, 2);
    const unsigned hour = digits_at(text, 11, 2);
    const unsigned minute = digits_at(text, 14, 2);
    const unsigned second = digits_at(text, 17, 2);
    // Second 60 is a leap second: the moment after it is as close as this clock comes.
    if (year > 9999 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                           std::chrono::month{month}, std::chrono::day{day}};
    if (!date.ok())
        return std::nullopt;
    text.remove_prefix(fixed);
    unsigned milliseconds = 0;
    if (text.front() == '.') {
        const std::size_t end = std::min(text.find_first_not_of("0123456789", 1), text.size());
        if (end == 1)
            return std::nullopt;
        unsigned scale = 100;
        for (std::size_t i = 1; i < end && scale > 0; ++i, scale /= 10)
            milliseconds += scale * digits_at(text, i, 1);
        text.remove_prefix(end);
    }
    const std::optional<std::chrono::minutes> offset = parse_offset(text);
    if (!offset)
        return std::nullopt;
    return resolvers::Timestamp{sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} +
           std::chrono::milliseconds{milliseconds} - *offset;
}

}  // namespace scanner
