// The flags of a command as data: what the parser, the help, the manual and the completions are
// made from. The parser itself is known to parse.cpp alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scanner/cli/exit_code.h"

namespace scanner::cli {

/// Where the value of an option goes. A bool is set by the flag alone, a vector collects the values
/// of an option that is given more than once, milliseconds are given as "500ms", "8s" or "2m". What
/// the variable holds at the start is the default.
using OptionTarget =
    std::variant<bool*, std::string*, std::vector<std::string>*, unsigned*, std::uint64_t*, double*,
                 std::optional<double>*, std::chrono::milliseconds*>;

/// The smallest and the largest value of a number, both allowed.
struct OptionRange {
    double least = 0;
    double most = 0;
    /// In messages: whole numbers are written without a decimal point.
    bool whole = false;
};

/// One row: a flag, an option with a value, or a positional argument.
struct Option {
    /// "-o,--output"; a name without hyphens is that of the positional argument ("files,-l").
    std::string names;
    OptionTarget target;
    /// One line of help.
    std::string summary;
    /// What stands for the value in help ("FILE"). Empty: the type of the target.
    std::string value = {};
    /// The values that are accepted. Empty: any that the target can hold.
    std::vector<std::string> choices = {};
    std::optional<OptionRange> range = {};
    /// Does the help name the default?
    bool shows_default = false;
    /// For vectors: one value each time that the option is given, so that a positional argument may
    /// follow.
    bool one_value = false;
    /// For vectors: splits a value at this character. 0: not split.
    char delimiter = 0;
    bool required = false;
};

/// The rows of one command.
class OptionTable {
public:
    void add(Option option) { options_.push_back(std::move(option)); }
    /// Examples and explanations that stand below the options in the help.
    void epilogue(std::string text) { epilogue_ = std::move(text); }

    std::span<const Option> options() const { return options_; }
    const std::string& epilogue() const { return epilogue_; }

private:
    std::vector<Option> options_;
    std::string epilogue_;
};

/// What a command does once its flags are read.
using CommandRun = std::function<ExitCode()>;

struct Command {
    const char* name;
    /// One line of help.
    const char* summary;
    /// Adds the command's rows and returns what to run. Null for a command that has parts.
    CommandRun (*set_up)(OptionTable& table);
    /// "servedby data show": the commands behind this one, one of which must be given.
    std::span<const Command> parts = {};
    /// The epilogue of a command that has parts.
    const char* epilogue = "";
};

/// Reads the command line and runs the command that it names. Prints help, version and what is
/// wrong with the command line itself; that is ExitCode::failed.
ExitCode run_command_line(std::span<const Command> commands, const char* about, int argc,
                          char** argv);

}  // namespace scanner::cli
