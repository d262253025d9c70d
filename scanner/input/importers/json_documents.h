// JSON values out of a stream: one a line, one document over many lines, or a list of them.
// A line that is broken costs itself only.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "scanner/input/lists/line_reader.h"

namespace scanner::input {

/// Gets each value, or why there is none. `line` is the line that it begins on; for the members of
/// a list, 1 for the first. `text` is (the beginning of) what was read, valid during the call.
using JsonSink = std::function<void(std::uint64_t line, std::string_view text,
                                    resolvers::Outcome<boost::json::value> value)>;

/// Reads to the end; blank lines are passed over. A line longer than the reader allows is a failure
/// ("too_large") of its own. A document over several lines may have `max_document` octets.
void read_json_documents(LineReader& lines, std::size_t max_document, const JsonSink& sink);

/// Does what is left to read begin with a bracket, as JSON does? Reads nothing away.
bool begins_as_json(LineReader& lines);

}  // namespace scanner::input
