// Observations and records as JSON lines, both ways. data/schema/ says what the members mean.
// Reading back what was written gives the same value, and writing that gives the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "scanner/model/observation.h"
#include "scanner/model/record.h"

namespace scanner {

inline constexpr std::string_view observation_format = "servedby.observation/1";
inline constexpr std::string_view record_format = "servedby.record/1";

/// Appends one line's object, without the newline. Strangers' bytes that are not UTF-8 become
/// U+FFFD; members at their default are left out, but for those that say what this is about.
void write_observation(std::string& out, const Observation& observation);

/// Appends the "registry" member's object alone.
void write_registry(std::string& out, const resolvers::RegistryFacts& registry);

/// Appends one line's object, without the newline. The observation in it has the same bytes as
/// write_observation gives. `addressees` is null until the record was routed.
void write_record(std::string& out, const Record& record);

/// Reads one line. Members that this version does not know are ignored. Failure codes:
/// "malformed" (not JSON, a wrong type, an unknown word: the detail names the member),
/// "format" (another kind of line, or one of a newer major version), "too_large".
resolvers::Outcome<Observation> read_observation(std::string_view line);

/// The same for a record. What stands in it twice (input, observed_at) is taken from its
/// observation.
resolvers::Outcome<Record> read_record(std::string_view line);

enum class LineFormat { observation, record };

/// What kind of line this is, by its "format" member, wherever in the object that stands.
/// Failure codes as above.
resolvers::Outcome<LineFormat> format_of(std::string_view line);

}  // namespace scanner
