// Spans of time on the command line: "500ms", "8s", "2m", or plain seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace scanner {

/// Absent unless it is a number with one of those units. At most a day, at least 1 ms.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace scanner
