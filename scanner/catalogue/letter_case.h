// ASCII letters without regard to case, as DNS names, header names and our rules compare them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace scanner {

constexpr char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline bool is_lower(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

inline std::string lowered(std::string_view text)
{
    std::string made(text);
    for (char& c : made)
        c = lower(c);
    return made;
}

/// `wanted` is lower case already, in this and the next two.
inline bool equals_ignoring_case(std::string_view text, std::string_view wanted)
{
    return text.size() == wanted.size() && std::equal(text.begin(), text.end(), wanted.begin(),
                                                      [](char a, char b) { return lower(a) == b; });
}

inline bool starts_ignoring_case(std::string_view text, std::string_view wanted)
{
    return text.size() >= wanted.size() &&
           equals_ignoring_case(text.substr(0, wanted.size()), wanted);
}

inline bool contains_ignoring_case(std::string_view text, std::string_view wanted)
{
    return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                       [](char a, char b) { return lower(a) == b; }) != text.end();
}

/// Without white space at both ends.
inline std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view space = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

}  // namespace scanner
