#include "scanner/input/timestamp_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace scanner {

namespace {

using resolvers::Timestamp;

struct Clock {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
};

// Reads exactly `width` digits at the front and takes them off.
std::optional<int> take_digits(std::string_view& text, std::size_t width)
{
    int number = 0;
    if (text.size() < width)
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + width, number);
    if (error != std::errc{} || end != text.data() + width || text[0] == '-')
        return std::nullopt;
    text.remove_prefix(width);
    return number;
}

bool take(std::string_view& text, char c)
{
    if (text.empty() || text[0] != c)
        return false;
    text.remove_prefix(1);
    return true;
}

// HH:MM[:SS[.fraction]]
std::optional<Clock> take_clock(std::string_view& text)
{
    Clock clock;
    const std::optional<int> hour = take_digits(text, 2);
    if (!hour || !take(text, ':'))
        return std::nullopt;
    const std::optional<int> minute = take_digits(text, 2);
    if (!minute)
        return std::nullopt;
    if (take(text, ':')) {
        const std::optional<int> second = take_digits(text, 2);
        if (!second)
            return std::nullopt;
        clock.second = *second;
        if (take(text, '.') || take(text, ',')) {
            int scale = 100;
            while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
                clock.millisecond += (text[0] - '0') * scale;
                scale /= 10;
                text.remove_prefix(1);
            }
        }
    }
    clock.hour = *hour;
    clock.minute = *minute;
    if (clock.hour > 23 || clock.minute > 59 || clock.second > 60)
        return std::nullopt;
    return clock;
}

// Abbreviations that mean one offset the world over; the others (CST, IST, BST) say nothing.
constexpr std::array<std::pair<std::string_view, int>, 15> zones = {{
    {"UTC", 0},
    {"GMT", 0},
    {"Z", 0},
    {"WET", 0},
    {"WEST", 60},
    {"CET", 60},
    {"CEST", 120},
    {"EET", 120},
    {"EEST", 180},
    {"MSK", 180},
    {"JST", 540},
    {"EST", -300},
    {"EDT", -240},
    {"PST", -480},
    {"PDT", -420},
}};

// Minutes east of Greenwich. An empty zone is UTC.
std::optional<int> zone_minutes(std::string_view zone)
{
    if (zone.empty())
        return 0;
    for (const auto& [name, minutes] : zones)
        if (zone == name)
            return minutes;
    const int sign = zone[0] == '-' ? -1 : 1;
    if (!take(zone, '+') && !take(zone, '-'))
        return std::nullopt;
    const std::optional<int> hours = take_digits(zone, 2);
    if (!hours)
        return std::nullopt;
    int minutes = 0;
    take(zone, ':');
    if (!zone.empty()) {
        const std::optional<int> read = take_digits(zone, 2);
        if (!read || !zone.empty())
            return std::nullopt;
        minutes = *read;
    }
    return sign * (*hours * 60 + minutes);
}

Timestamp moment(int year, int month, int day, const Clock& clock, int zone)
{
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                              std::chrono::day(unsigned(day))};
    if (!date.ok() || year < 1990 || year > 2200)
        return {};
    return sys_days(date) + hours(clock.hour) + minutes(clock.minute - zone) +
           seconds(clock.second) + milliseconds(clock.millisecond);
}

Timestamp read_iso(std::string_view text)
{
    const std::optional<int> year = take_digits(text, 4);
    if (!year || !take(text, '-'))
        return {};
    const std::optional<int> month = take_digits(text, 2);
    if (!month || !take(text, '-'))
        return {};
    const std::optional<int> day = take_digits(text, 2);
    if (!day)
        return {};
    if (text.empty())
        return moment(*year, *month, *day, {}, 0);
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' '))
        return {};
    const std::optional<Clock> clock = take_clock(text);
    if (!clock)
        return {};
    take(text, ' ');
    if (text == "z")
        text = {};
    const std::optional<int> zone = zone_minutes(text);
    if (!zone)
        return {};
    return moment(*year, *month, *day, *clock, *zone);
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Words in any order that date(1) and OpenSSL use: month, day, clock, zone, year.
Timestamp read_words(std::string_view text)
{
    std::optional<int> month;
    std::optional<int> day;
    std::optional<int> year;
    std::optional<Clock> clock;
    std::optional<int> zone;
    unsigned words = 0;
    while (!text.empty()) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos)
            break;
        text.remove_prefix(begin);
        std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        if (++words > 8)
            return {};
        for (std::size_t i = 0; i < months.size(); ++i)
            if (word == months[i])
                month = static_cast<int>(i) + 1;
        const std::size_t size = word.size();
        if (word.find(':') != std::string_view::npos && !clock)
            clock = take_clock(word);
        else if (size <= 2 && !day)
            day = take_digits(word, size);
        else if (size == 4 && !year && word[0] >= '0' && word[0] <= '9')
            year = take_digits(word, 4);
        else if (clock && !zone)
            zone = zone_minutes(word);
    }
    if (!month || !day || !year || !clock || !zone)
        return {};
    return moment(*year, *month, *day, *clock, *zone);
}

}  // namespace

Timestamp read_timestamp(std::string_view text)
{
    if (text.size() > 64)
        return {};
    const Timestamp iso = read_iso(text);
    return iso == Timestamp{} ? read_words(text) : iso;
}

Timestamp timestamp_of(double seconds)
{
    constexpr double year_1990 = 631152000;
    constexpr double year_2200 = 7258118400;
    if (!std::isfinite(seconds) || seconds < year_1990 || seconds > year_2200)
        return {};
    return Timestamp(
        std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

}  // namespace scanner
