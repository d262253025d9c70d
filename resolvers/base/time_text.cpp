#include "resolvers/base/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "resolvers/base/ascii.h"

namespace resolvers {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr Timestamp first_moment = sys_days{std::chrono::year{0} / 1 / 1};
constexpr Timestamp last_moment =
    sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::milliseconds{1};

// What a recording may have been made in; tools write moments outside for "not known".
constexpr Timestamp first_recorded = sys_days{std::chrono::year{1990} / 1 / 1};
constexpr Timestamp last_recorded = sys_days{std::chrono::year{2200} / 1 / 1};

void write_digits(char* at, unsigned value, unsigned count)
{
    for (unsigned i = count; i-- > 0; value /= 10)
        at[i] = static_cast<char>('0' + value % 10);
}

// Reads exactly `width` digits at the front and takes them off.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t width)
{
    if (text.size() < width)
        return std::nullopt;
    unsigned number = 0;
    for (const char c : text.substr(0, width)) {
        if (!is_digit(c))
            return std::nullopt;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    text.remove_prefix(width);
    return number;
}

bool take(std::string_view& text, std::string_view any_of)
{
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    return true;
}

enum class Form { strict, loose };

// The digits behind the point, cut to milliseconds. Absent if there are none.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& text)
{
    unsigned scale = 100;
    unsigned milliseconds = 0;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0)
        return std::nullopt;
    for (const char c : text.substr(0, digits)) {
        milliseconds += scale * static_cast<unsigned>(c - '0');
        scale /= 10;
    }
    text.remove_prefix(digits);
    return std::chrono::milliseconds{milliseconds};
}

// HH:MM:SS[.fraction]; loosely also HH:MM, and a comma for the point.
std::optional<std::chrono::milliseconds> take_clock(std::string_view& text, Form form)
{
    const std::optional<unsigned> hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ":"))
        return std::nullopt;
    const std::optional<unsigned> minute = take_digits(text, 2);
    if (!minute || *minute > 59)
        return std::nullopt;
    std::chrono::milliseconds clock = std::chrono::hours{*hour} + minutes{*minute};
    if (!take(text, ":"))
        return form == Form::loose ? std::optional(clock) : std::nullopt;
    // Second 60 is a leap second: the moment after it is as close as this clock comes.
    const std::optional<unsigned> second = take_digits(text, 2);
    if (!second || *second > 60)
        return std::nullopt;
    clock += std::chrono::seconds{*second};
    if (take(text, form == Form::loose ? ".," : ".")) {
        const auto fraction = take_fraction(text);
        if (!fraction)
            return std::nullopt;
        clock += *fraction;
    }
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

// How far east of Greenwich: "Z" or "+01:30". Loosely also "+0130", "+01", a zone's name, and
// nothing at all, which is UTC.
std::optional<minutes> parse_offset(std::string_view text, Form form)
{
    if (text == "Z" || text == "z")
        return minutes{0};
    if (form == Form::loose) {
        if (text.empty())
            return minutes{0};
        for (const auto& [name, east] : zones)
            if (text == name)
                return minutes{east};
    }
    const bool west = text.starts_with('-');
    if (!take(text, "+-"))
        return std::nullopt;
    const std::optional<unsigned> hour = take_digits(text, 2);
    if (!hour || *hour > 23)
        return std::nullopt;
    const bool colon = take(text, ":");
    std::optional<unsigned> minute = take_digits(text, 2);
    if (form == Form::strict && (!colon || !minute))
        return std::nullopt;
    // "+01", and "+00:" of a program that cuts it short.
    if (!minute && text.empty())
        minute = 0;
    if (!minute || *minute > 59 || !text.empty())
        return std::nullopt;
    const minutes east{*hour * 60 + *minute};
    return west ? -east : east;
}

std::optional<sys_days> take_day(std::string_view& text)
{
    const std::optional<unsigned> year = take_digits(text, 4);
    if (!year || !take(text, "-"))
        return std::nullopt;
    const std::optional<unsigned> month = take_digits(text, 2);
    if (!month || !take(text, "-"))
        return std::nullopt;
    const std::optional<unsigned> day = take_digits(text, 2);
    if (!day)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{*month}, std::chrono::day{*day}};
    return date.ok() ? std::optional<sys_days>(date) : std::nullopt;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text, Form form)
{
    const std::optional<sys_days> day = take_day(text);
    if (!day)
        return std::nullopt;
    if (text.empty())
        return form == Form::loose ? std::optional<Timestamp>(*day) : std::nullopt;
    if (!take(text, "Tt "))
        return std::nullopt;
    const std::optional<std::chrono::milliseconds> clock = take_clock(text, form);
    if (!clock)
        return std::nullopt;
    if (form == Form::loose)
        take(text, " ");
    const std::optional<minutes> east = parse_offset(text, form);
    if (!east)
        return std::nullopt;
    return Timestamp{*day} + *clock - *east;
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Words in any order that date(1), OpenSSL and HTTP use: month, day, clock, zone, year.
std::optional<Timestamp> parse_words(std::string_view text)
{
    std::optional<unsigned> month;
    std::optional<unsigned> day;
    std::optional<unsigned> year;
    std::optional<std::chrono::milliseconds> clock;
    std::optional<minutes> east;
    unsigned words = 0;
    while (!text.empty()) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos)
            break;
        text.remove_prefix(begin);
        std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        if (++words > 8)
            return std::nullopt;
        for (unsigned i = 0; i < months.size(); ++i)
            if (word == months[i])
                month = i + 1;
        const std::size_t size = word.size();
        if (word.find(':') != std::string_view::npos && !clock)
            clock = take_clock(word, Form::loose);
        else if (size <= 2 && !day)
            day = take_digits(word, size);
        else if (size == 4 && !year && is_digit(word[0]))
            year = take_digits(word, 4);
        else if (clock && !east)
            east = parse_offset(word, Form::loose);
    }
    if (!month || !day || !year || !clock || !east)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{*month}, std::chrono::day{*day}};
    if (!date.ok())
        return std::nullopt;
    return Timestamp{sys_days{date}} + *clock - *east;
}

}  // namespace

void write_time(char* at, Timestamp time)
{
    time = std::clamp(time, first_moment, last_moment);
    const sys_days day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<unsigned>((time - day).count());
    std::memcpy(at, "0000-00-00T00:00:00.000Z", time_length);
    write_digits(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    write_digits(at + 5, static_cast<unsigned>(date.month()), 2);
    write_digits(at + 8, static_cast<unsigned>(date.day()), 2);
    write_digits(at + 11, in_day / 3'600'000, 2);
    write_digits(at + 14, in_day / 60'000 % 60, 2);
    write_digits(at + 17, in_day / 1000 % 60, 2);
    write_digits(at + 20, in_day % 1000, 3);
}

std::string time_text(std::optional<Timestamp> time)
{
    if (!time)
        return {};
    std::string text(time_length, ' ');
    write_time(text.data(), *time);
    return text;
}

std::optional<Timestamp> parse_time(std::string_view text)
{
    return parse_rfc3339(text, Form::strict);
}

std::optional<Timestamp> parse_loose_time(std::string_view text)
{
    return parse_rfc3339(trim(text), Form::loose);
}

std::optional<Timestamp> parse_recorded_time(std::string_view text)
{
    constexpr std::size_t longest = 64;
    if (text.size() > longest)
        return std::nullopt;
    std::optional<Timestamp> time = parse_rfc3339(text, Form::loose);
    if (!time)
        time = parse_words(text);
    const bool plausible = time && *time >= first_recorded && *time <= last_recorded;
    return plausible ? time : std::nullopt;
}

std::optional<Timestamp> recorded_time_of(double seconds)
{
    const auto plain = [](Timestamp time) {
        return std::chrono::duration<double>(time.time_since_epoch()).count();
    };
    if (!std::isfinite(seconds) || seconds < plain(first_recorded) ||
        seconds > plain(last_recorded))
        return std::nullopt;
    return Timestamp(
        std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

std::optional<sys_days> parse_day(std::string_view text)
{
    const std::optional<sys_days> day = take_day(text);
    return day && text.empty() && *day >= first_recorded ? day : std::nullopt;
}

std::string day_text(sys_days day)
{
    constexpr std::size_t day_length = std::string_view("2026-08-22").size();
    char text[time_length];
    write_time(text, Timestamp{day});
    return {text, day_length};
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
    double amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc{} || !std::isfinite(amount))
        return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit == "s" || unit.empty())
        amount *= 1000;
    else if (unit == "m")
        amount *= 60 * 1000;
    else if (unit != "ms")
        return std::nullopt;
    constexpr double day = 24 * 60 * 60 * 1000.0;
    if (amount < 1 || amount > day)
        return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(amount));
}

std::string duration_text(std::chrono::milliseconds span)
{
    const auto count = span.count();
    if (count % 60'000 == 0 && count != 0)
        return std::to_string(count / 60'000) + "m";
    return count % 1'000 == 0 ? std::to_string(count / 1'000) + "s" : std::to_string(count) + "ms";
}

}  // namespace resolvers
