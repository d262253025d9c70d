// The parts of servedby data: one file each, one row each in data.cpp.
#pragma once

#include "scanner/cli/commands.h"

namespace scanner {

std::function<ExitCode()> data_show_command(CLI::App& app);
std::function<ExitCode()> data_check_command(CLI::App& app);
std::function<ExitCode()> data_update_command(CLI::App& app);
std::function<ExitCode()> data_diff_command(CLI::App& app);

}  // namespace scanner
