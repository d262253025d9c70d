// Octets as text and back: hexadecimal and base64.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace resolvers {

/// Two lower-case digits an octet.
std::string hex_of(std::span<const std::uint8_t> octets);

/// Absent if the text has an odd length or holds anything but hexadecimal digits.
std::optional<std::vector<std::uint8_t>> octets_of_hex(std::string_view text);

/// RFC 4648 section 4, with padding, without line breaks.
std::string base64_of(std::span<const std::uint8_t> octets);

/// Strict: padded, no white space, no bits left over. Absent otherwise.
std::optional<std::vector<std::uint8_t>> octets_of_base64(std::string_view text);

}  // namespace resolvers
