#include "scanner/cli/duration.h"

#include <charconv>
#include <cmath>

namespace scanner {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
    double amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc{} || !std::isfinite(amount))
        return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit == "ms")
        ;
    else if (unit == "s" || unit.empty())
        amount *= 1000;
    else if (unit == "m")
        amount *= 60 * 1000;
    else
        return std::nullopt;
    constexpr double day = 24 * 60 * 60 * 1000.0;
    if (amount < 1 || amount > day)
        return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(amount));
}

}  // namespace scanner
