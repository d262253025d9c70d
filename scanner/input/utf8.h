// Strangers' bytes made into valid UTF-8, and cut without breaking a character.
// Knows nothing of normalisation or of how characters look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scanner {

/// Octets of the UTF-8 character that the text begins with (RFC 3629: no surrogates, no overlong
/// forms); 0 if it begins with none.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

/// The text, every octet that is no UTF-8 replaced by U+FFFD.
std::string utf8_replaced(std::string_view text);

/// The text, every octet that is no UTF-8 read as ISO-8859-1 (the rule of resolvers/facts.h).
std::string utf8_from_latin1(std::string_view text);

/// The longest beginning of at most `octets` octets that does not cut a character.
std::string_view utf8_cut(std::string_view text, std::size_t octets);

}  // namespace scanner
