#include "scanner/catalogue/calendar_day.h"

#include <charconv>
#include <cstdio>

namespace scanner {

std::optional<std::chrono::sys_days> parse_day(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const char* begin = text.data();
    if (std::from_chars(begin, begin + 4, year).ptr != begin + 4 ||
        std::from_chars(begin + 5, begin + 7, month).ptr != begin + 7 ||
        std::from_chars(begin + 8, begin + 10, day).ptr != begin + 10)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok() || year < 1990)
        return std::nullopt;
    return std::chrono::sys_days{date};
}

std::string day_text(std::chrono::sys_days day)
{
    const std::chrono::year_month_day date{day};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

}  // namespace scanner
