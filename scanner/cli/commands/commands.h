// The commands of servedby: one file each, one row each in commands.cpp.
#pragma once

#include <span>

#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

std::span<const Command> commands();
/// Those of "servedby data".
std::span<const Command> data_commands();

CommandRun scan_command(OptionTable& table);
CommandRun observe_command(OptionTable& table);
CommandRun attribute_command(OptionTable& table);
CommandRun route_command(OptionTable& table);
CommandRun explain_command(OptionTable& table);
CommandRun import_command(OptionTable& table);
CommandRun score_command(OptionTable& table);
CommandRun rdap_command(OptionTable& table);

}  // namespace scanner::cli
