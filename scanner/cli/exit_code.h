// How a command ends, and how it says so.
#pragma once

#include <string>

namespace scanner::cli {

/// Exit statuses, the same for every command.
enum class ExitCode : int {
    ok = 0,
    found = 1,          ///< done, with something to report
    failed = 2,         ///< could not
    interrupted = 130,  ///< by SIGINT or SIGTERM, what was done is written
};

/// Prints "servedby: <what>" to stderr and gives ExitCode::failed.
ExitCode fail(const std::string& what);

}  // namespace scanner::cli
