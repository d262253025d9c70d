// Stretches of JSON text that need no second look.
#pragma once

#include <cstddef>
#include <string_view>

namespace resolvers {

/// How many bytes at the beginning are printable ASCII other than '"' and '\': they stand in JSON
/// as they are. DEL is not counted.
std::size_t plain_length(std::string_view text);

/// plain_length goes fastest in steps of so many bytes.
inline constexpr std::size_t plain_step = 16;

}  // namespace resolvers
