// The part of the JSON of observations that records share. Internal; everybody else wants json.h.
#pragma once

#include "resolvers/json/reader.h"
#include "resolvers/json/writer.h"
#include "scanner/model/observation.h"

namespace scanner {

void write_value(resolvers::JsonWriter& out, const Observation& observation);
bool read_value(resolvers::JsonReader& in, Observation& observation);

/// Reads a "format" member; wrong unless it is that format, in this major version.
bool read_format(resolvers::JsonReader& in, std::string_view expected);

}  // namespace scanner
