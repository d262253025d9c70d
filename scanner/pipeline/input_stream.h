// The named files one after the other as one stream, "-" being stdin; files in zstd's format are
// unpacked on the way. A missing newline at the end of a file is added.
#pragma once

#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"

namespace scanner::pipeline {

/// Stdin when no file is named. Failure "not_found" names the first file that cannot be opened. A
/// file that breaks off in the middle (damaged zstd) sets badbit.
resolvers::Outcome<std::unique_ptr<std::istream>> open_inputs(
    const std::vector<std::string>& files);

/// Why the stream went bad, with the file's name ("a.jsonl.zst: the zstd data break off; ...");
/// empty if it did not. All whole lines before that point were given out.
std::string input_fault(std::istream& stream);

/// What a stream of open_inputs() begins with, not consumed: up to 64 KiB, less where a pipe gave
/// less. Empty at the end of the input.
std::string_view first_bytes(std::istream& stream);

}  // namespace scanner::pipeline
