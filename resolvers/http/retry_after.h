// When a peer wants to be asked again. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "resolvers/base/time_text.h"

namespace resolvers::http {

/// Reads Retry-After (RFC 9110 section 10.2.3): seconds, or a date, taken against `now`. Never
/// negative. Absent if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace resolvers::http
