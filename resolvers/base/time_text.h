// Moments, days and spans of time as text: RFC 3339 as we write it, the looser forms that other
// tools write, and what people type on a command line.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace resolvers {

/// A moment of the wall clock, UTC.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A span on a monotonic clock. Zero when it was not measured (imported observations).
using Milliseconds = std::chrono::milliseconds;

/// Length of "2026-11-22T03:04:05.123Z".
inline constexpr std::size_t time_length = 24;

/// Writes RFC 3339 in UTC with milliseconds, time_length octets. Years before 0 and after 9999
/// cannot be written so; they are moved to the nearest moment that can.
void write_time(char* at, Timestamp time);

/// The same as a string; empty for a moment that is not known.
std::string time_text(std::optional<Timestamp> time);

/// Reads RFC 3339 with any fraction (cut to milliseconds) and any offset; a space may stand for the
/// T (section 5.6, note). Absent if it is not that.
std::optional<Timestamp> parse_time(std::string_view text);

/// Reads RFC 3339 and its looser forms: a day alone, no seconds, offsets without colon or minutes,
/// no offset (then UTC), the zone names that mean one offset the world over. Absent otherwise.
std::optional<Timestamp> parse_loose_time(std::string_view text);

/// Reads what parse_loose_time() does, and what date(1), OpenSSL and HTTP print ("Fri Jan 05
/// 12:00:00 CET 2024", "Jan  5 12:00:00 2024 GMT"). Absent for anything else (a year alone, a span
/// of years, an unknown time zone) and for years outside 1990 to 2200, which tools write for "not
/// known".
std::optional<Timestamp> parse_recorded_time(std::string_view text);

/// From seconds since the epoch. Absent outside the years 1990 to 2200, and for what is no number.
std::optional<Timestamp> recorded_time_of(double seconds);

/// A day as the data files write it, "2026-08-22" (ISO 8601's long form). Absent unless the day
/// exists and is not before 1990, when nothing in the data can have been seen.
std::optional<std::chrono::sys_days> parse_day(std::string_view text);

/// "2026-08-22".
std::string day_text(std::chrono::sys_days day);

/// A span as people type it: "500ms", "8s", "2m", or plain seconds. Absent unless it is a number
/// with one of those units, at least 1 ms and at most a day.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads as that span: "2m", "5s", "1500ms".
std::string duration_text(std::chrono::milliseconds span);

}  // namespace resolvers
