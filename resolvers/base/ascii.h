// ASCII letters, digits and white space, whatever the locale says. All other octets stay as they
// are: names and keywords of the protocols that are read here compare so (RFC 4343, RFC 9110 5.1).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace resolvers {

constexpr char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A to Z lowered, all other octets as they are.
inline std::string to_lower(std::string_view text)
{
    std::string lowered(text);
    for (char& c : lowered)
        c = to_lower(c);
    return lowered;
}

/// Holds no upper-case ASCII letter.
constexpr bool is_lower(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The value of a hexadecimal digit of either case, or -1.
constexpr int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    const char low = to_lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// White space in lines of text. HTML and JSON have more or less of it and say so where they
/// differ.
inline constexpr std::string_view white_space = " \t\r\n";

constexpr bool is_space(char c)
{
    return white_space.find(c) != std::string_view::npos;
}

constexpr bool is_ascii(std::string_view text)
{
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80)
            return false;
    return true;
}

/// The text without any of `these` at both ends.
constexpr std::string_view trim(std::string_view text, std::string_view these = white_space)
{
    const std::size_t begin = text.find_first_not_of(these);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(these) - begin + 1);
}

/// `wanted` must be lower case already, in this and the next two.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view wanted)
{
    return text.size() == wanted.size() &&
           std::equal(text.begin(), text.end(), wanted.begin(),
                      [](char a, char b) { return to_lower(a) == b; });
}

constexpr bool starts_ignoring_case(std::string_view text, std::string_view wanted)
{
    return text.size() >= wanted.size() &&
           equals_ignoring_case(text.substr(0, wanted.size()), wanted);
}

constexpr bool contains_ignoring_case(std::string_view text, std::string_view wanted)
{
    return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                       [](char a, char b) { return to_lower(a) == b; }) != text.end();
}

}  // namespace resolvers
