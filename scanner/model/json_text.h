// The characters that JSON lines are made of: UTF-8 taken one character at a time, stretches that
// need no second look, times as text. Knows nothing of objects and lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resolvers/facts.h"

namespace scanner {

/// One character at the beginning of some text.
struct Utf8Char {
    /// U+FFFD when the bytes are not UTF-8.
    char32_t code = 0xFFFD;
    /// Bytes that it takes up, 1 to 4. For bytes that are not UTF-8: as many as one U+FFFD stands
    /// for (Unicode 15.0 section 3.9, "maximal subpart").
    std::uint8_t length = 1;
    bool valid = false;
};

/// Reads the first character. Overlong forms, surrogates and anything above U+10FFFF are not valid.
/// `text` must not be empty.
Utf8Char decode_utf8(std::string_view text);

/// Appends a code point; surrogates and what is above U+10FFFF become U+FFFD.
void append_utf8(std::string& out, char32_t code);

/// How many bytes at the beginning are printable ASCII other than '"' and '\': they stand in JSON
/// as they are. DEL is not counted.
std::size_t plain_length(std::string_view text);

/// plain_length goes fastest in steps of so many bytes.
inline constexpr std::size_t plain_step = 16;

/// Length of "2026-11-22T03:04:05.123Z".
inline constexpr std::size_t time_length = 24;

/// Writes RFC 3339 in UTC with milliseconds, time_length bytes. Years before 0 and after 9999
/// cannot be written so; they are moved to the nearest moment that can.
void write_time(char* at, resolvers::Timestamp time);

/// The same as a string. Empty for the epoch, which means "not known".
std::string time_text(resolvers::Timestamp time);

/// Reads RFC 3339 with any fraction (cut to milliseconds) and any offset. Absent if it is not that.
std::optional<resolvers::Timestamp> parse_time(std::string_view text);

}  // namespace scanner
