#include "resolvers/base/hex.h"

#include <algorithm>
#include "resolvers/base/ascii.h"

namespace resolvers {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string hex_of(std::span<const std::uint8_t> octets)
{
    std::string text;
    text.reserve(octets.size() * 2);
    for (const std::uint8_t octet : octets) {
        text.push_back(hex_digits[octet >> 4]);
        text.push_back(hex_digits[octet & 0x0F]);
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> octets_of_hex(std::string_view text)
{
    if (text.size() % 2 != 0)
        return std::nullopt;
    std::vector<std::uint8_t> octets;
    octets.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        octets.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return octets;
}

std::string base64_of(std::span<const std::uint8_t> octets)
{
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, octets.size() - i);
        std::uint32_t group = static_cast<std::uint32_t>(octets[i]) << 16;
        if (count > 1)
            group |= static_cast<std::uint32_t>(octets[i + 1]) << 8;
        if (count > 2)
            group |= octets[i + 2];
        for (std::size_t digit = 0; digit < 4; ++digit)
            text.push_back(digit <= count ? base64_digits[group >> (18 - 6 * digit) & 0x3F] : '=');
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> octets_of_base64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;

    std::vector<std::uint8_t> octets;
    octets.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text.substr(0, text.size() - padding)) {
        const std::size_t value = base64_digits.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        group = (group << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            octets.push_back(static_cast<std::uint8_t>(group >> bits));
        }
    }
    if ((group & ((1U << bits) - 1)) != 0)
        return std::nullopt;
    return octets;
}

}  // namespace resolvers
