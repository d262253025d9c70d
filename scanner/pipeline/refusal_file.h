// Reads block lists and opt-out lists: one name or prefix a line, "#" begins a comment.
#pragma once

#include <istream>
#include <string>

#include "resolvers/base/outcome.h"
#include "scanner/observe/refusal_list.h"

namespace scanner::pipeline {

/// Adds what the stream lists; `list` still wants its finish(). A line is "example.org" (it and all
/// under it), "*.example.org" (all under it), an address, or a prefix without host bits.
/// Failure "malformed" at the first line that is none of these, with "file:line: what" as detail:
/// half a list of what must not be touched is worse than none.
resolvers::Outcome<bool> read_refusals(std::istream& in, const std::string& file,
                                       observe::RefusalList& list);

/// The same out of a named file. Failure "not_found" if it cannot be opened.
resolvers::Outcome<bool> read_refusal_file(const std::string& file, observe::RefusalList& list);

}  // namespace scanner::pipeline
