// The parts of servedby data: one file each, one row each in data.cpp.
#pragma once

#include "scanner/cli/commands/commands.h"
#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

CommandRun data_show_command(OptionTable& table);
CommandRun data_check_command(OptionTable& table);
CommandRun data_update_command(OptionTable& table);
CommandRun data_diff_command(OptionTable& table);

}  // namespace scanner::cli
