// The commands of servedby: one file each, one row each in commands.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>

namespace scanner {

/// Exit statuses, the same for every command.
enum class ExitCode : int {
    ok = 0,
    found = 1,          ///< done, with something to report
    failed = 2,         ///< could not
    interrupted = 130,  ///< by SIGINT or SIGTERM, what was done is written
};

struct Command {
    const char* name;
    const char* summary;
    /// Adds the command's flags to `app` and returns what to run once they are read.
    std::function<ExitCode()> (*set_up)(CLI::App& app);
};

std::span<const Command> commands();

std::function<ExitCode()> scan_command(CLI::App& app);
std::function<ExitCode()> observe_command(CLI::App& app);
std::function<ExitCode()> attribute_command(CLI::App& app);
std::function<ExitCode()> route_command(CLI::App& app);
std::function<ExitCode()> explain_command(CLI::App& app);
std::function<ExitCode()> import_command(CLI::App& app);
std::function<ExitCode()> score_command(CLI::App& app);
std::function<ExitCode()> rdap_command(CLI::App& app);
std::function<ExitCode()> data_command(CLI::App& app);

/// Prints "servedby: <what>" to stderr and gives ExitCode::failed.
ExitCode fail(const std::string& what);

}  // namespace scanner
