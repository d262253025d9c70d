// Days as the data files write them: "2026-08-22".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace scanner {

/// Absent unless the text is a day that exists, in ISO 8601's long form.
std::optional<std::chrono::sys_days> parse_day(std::string_view text);

/// "2026-08-22".
std::string day_text(std::chrono::sys_days day);

}  // namespace scanner
