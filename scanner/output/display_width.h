// How many columns of a terminal text takes up, so that tables line up. Knows the characters that
// are two columns wide or none, by libutf8proc's tables; misses what a terminal's font makes of
// joined emoji.
#pragma once

#include <string>
#include <string_view>

namespace scanner::output {

/// 0, 1 or 2.
unsigned width_of(char32_t code);

/// Of valid UTF-8 without control characters.
std::size_t display_width(std::string_view text);

/// Appends the text in exactly `width` columns: filled up with spaces, or cut with "…" at its end.
void append_in_width(std::string& out, std::string_view text, std::size_t width);

}  // namespace scanner::output
