// Strangers' octets as valid UTF-8 (RFC 3629), one character at a time or a text as a whole.
// Knows nothing of normalisation, or of how characters look.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace resolvers {

/// One character at the beginning of some text.
struct Utf8Char {
    /// U+FFFD when the octets are not UTF-8.
    char32_t code = 0xFFFD;
    /// Octets that it takes up, 1 to 4. For octets that are not UTF-8: as many as one U+FFFD stands
    /// for (Unicode 15.0 section 3.9, "maximal subpart").
    std::uint8_t length = 1;
    bool valid = false;
};

/// Reads the first character. Overlong forms, surrogates and anything above U+10FFFF are not valid.
/// `text` must not be empty.
Utf8Char decode_utf8(std::string_view text);

/// Appends a code point; surrogates and what is above U+10FFFF become U+FFFD.
void append_utf8(std::string& out, char32_t code);

bool is_utf8(std::string_view text);

/// The text itself if all of it is UTF-8, else each of its octets read as ISO-8859-1.
std::string utf8_or_latin1(std::string_view text);
std::string utf8_or_latin1(std::span<const std::uint8_t> octets);

/// The text with each octet that is part of no UTF-8 character read as ISO-8859-1: for documents in
/// which a stray octet must not change how the rest is read.
std::string utf8_with_latin1(std::string_view text);

/// The text with each octet that is part of no UTF-8 character replaced by U+FFFD.
std::string utf8_replaced(std::string_view text);

/// The longest beginning of at most `octets` octets that does not cut a character.
std::string_view utf8_cut(std::string_view text, std::size_t octets);

}  // namespace resolvers
