// The words that enumerations have in JSON, and back. One table each, here alone.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "scanner/model/attribution.h"
#include "scanner/model/evidence.h"
#include "scanner/model/observation.h"

namespace scanner {

std::string_view word(resolvers::DnsStatus status);
std::string_view word(resolvers::StepStatus status);
std::string_view word(ChainEnd end);
std::string_view word(Role role);
std::string_view word(Strength strength);
std::string_view word(Channel channel);
std::string_view word(Grade grade);
std::string_view word(State state);

/// The value of that word; absent if there is no such word. T is one of the types above.
template <typename T>
std::optional<T> value_of(std::string_view word);

/// All words of a type, in the order of its enumerators; for schemas and for help.
template <typename T>
std::span<const std::string_view> words_of();

}  // namespace scanner
