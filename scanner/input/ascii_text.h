// Letters and blanks of ASCII, whatever the locale says.
#pragma once

#include <string>
#include <string_view>

namespace scanner {

inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A to Z lowered; all other octets as they are.
inline std::string ascii_lower(std::string_view text)
{
    std::string made(text);
    for (char& c : made)
        c = ascii_lower(c);
    return made;
}

/// Without blanks, tabs and line ends at both ends.
inline std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace scanner
