// What attribute, route and import share: files in, lines out, in order, on several threads.
#pragma once

#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/cli/exit_code.h"
#include "scanner/cli/flags/offline_flags.h"
#include "scanner/cli/wiring/file_clash.h"
#include "scanner/pipeline/line_map.h"

namespace scanner::cli {

/// Descriptor of the output: stdout for "" and "-", else the file, cut to nothing. Failure
/// "not_writable".
resolvers::Outcome<int> open_output(const std::string& file);

/// Files called *.zst are packed.
pipeline::LineWriter::Packing packing_of(const std::string& file);

/// Runs the function over all lines. Says on stderr what went wrong. `also_read` must not be
/// written over either.
ExitCode run_offline(const OfflineFlags& flags, std::vector<NamedFile> also_read,
                     const pipeline::LineFunction& function);

/// What a failed writer means for the exit status: a reader that left is no failure.
ExitCode exit_code_of(const pipeline::LineWriter& writer, const std::string& output);

/// Processors that this process may use.
unsigned usable_cores();

}  // namespace scanner::cli
