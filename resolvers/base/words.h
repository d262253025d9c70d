// The words that enumerations have in JSON and in text, and back. The words of a type stand in one
// table, a specialisation of Words beside the type or in the words.h of its floor.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace resolvers {

/// Specialised for each enumeration that has words: `all` is an array of std::string_view in the
/// order of the enumerators, which count from 0.
template <typename T>
struct Words;

template <typename T>
concept Worded = requires
{
    Words<T>::all;
};

template <Worded T>
constexpr std::string_view word(T value)
{
    return Words<T>::all[static_cast<std::size_t>(value)];
}

/// The value of that word; absent if there is no such word.
template <Worded T>
constexpr std::optional<T> value_of(std::string_view text)
{
    for (std::size_t i = 0; i < std::size(Words<T>::all); ++i)
        if (Words<T>::all[i] == text)
            return static_cast<T>(i);
    return std::nullopt;
}

/// All words of a type, in the order of its enumerators; for schemas and for help.
template <Worded T>
constexpr std::span<const std::string_view> words_of()
{
    return Words<T>::all;
}

}  // namespace resolvers
