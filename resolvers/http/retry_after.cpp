#include "resolvers/http/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "resolvers/base/ascii.h"

namespace resolvers::http {

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, Timestamp now)
{
    text = trim(text);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size())
        return std::chrono::seconds(number);

    // "Sun, 06 Nov 1994 08:49:37 GMT"; the two other forms of RFC 9110 5.6.7 are long gone.
    constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    if (text.size() != 29 || !text.ends_with(" GMT"))
        return std::nullopt;
    const auto month = std::find(months.begin(), months.end(), to_lower(text.substr(8, 3)));
    if (month == months.end())
        return std::nullopt;
    const auto number_of_month = static_cast<unsigned>(month - months.begin() + 1);
    const std::string date = std::string(text.substr(12, 4)) + (number_of_month < 10 ? "-0" : "-") +
                             std::to_string(number_of_month) + "-" +
                             std::string(text.substr(5, 2)) + "T" +
                             std::string(text.substr(17, 8)) + "Z";
    const std::optional<Timestamp> when = parse_loose_time(date);
    if (!when)
        return std::nullopt;
    return std::max(std::chrono::ceil<std::chrono::seconds>(*when - now), std::chrono::seconds(0));
}

}  // namespace resolvers::http
