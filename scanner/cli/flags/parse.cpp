// Reads a command line against tables of options. CLI11 is known here alone: its header takes seven
// seconds to compile.
#include <CLI/CLI.hpp>
#include <memory>

#include "resolvers/base/time_text.h"
#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

namespace {

constexpr std::size_t column_of_summaries = 34;

CLI::Option* add_to(CLI::App& app, const Option& row, bool* target)
{
    return app.add_flag(row.names, *target, row.summary);
}

// Spans are texts to CLI11, so that help and errors show them as people type them.
CLI::Option* add_to(CLI::App& app, const Option& row, std::chrono::milliseconds* target)
{
    const std::string name = row.names;
    CLI::Option* option = app.add_option_function<std::string>(
        name,
        [target, name](const std::string& text) {
            const auto span = resolvers::parse_duration(text);
            if (!span)
                throw CLI::ValidationError(
                    name, "'" + text + "' is no span; write it like 500ms, 5s or 2m");
            *target = *span;
        },
        row.summary);
    option->type_name("TEXT");
    if (row.shows_default)
        option->default_str(resolvers::duration_text(*target));
    return option;
}

template <typename T>
CLI::Option* add_to(CLI::App& app, const Option& row, T* target)
{
    CLI::Option* option = app.add_option(row.names, *target, row.summary);
    if (row.range) {
        if (row.range->whole)
            option->check(CLI::Range(static_cast<std::uint64_t>(row.range->least),
                                     static_cast<std::uint64_t>(row.range->most)));
        else
            option->check(CLI::Range(row.range->least, row.range->most));
    }
    return option;
}

void add_row(CLI::App& app, const Option& row)
{
    CLI::Option* option =
        std::visit([&](auto* target) { return add_to(app, row, target); }, row.target);
    if (!row.value.empty())
        option->type_name(row.value);
    if (!row.choices.empty())
        option->check(CLI::IsMember(row.choices));
    if (row.shows_default && !std::holds_alternative<std::chrono::milliseconds*>(row.target))
        option->capture_default_str();
    if (row.one_value)
        option->allow_extra_args(false);
    if (row.delimiter != 0)
        option->delimiter(row.delimiter);
    option->required(row.required);
}

// Adds the commands below `app`. The one that the command line names leaves its run in `chosen`.
void add_commands(CLI::App& app, std::span<const Command> commands, CommandRun& chosen)
{
    app.require_subcommand(1);
    for (const Command& command : commands) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        if (command.set_up == nullptr) {
            add_commands(*sub, command.parts, chosen);
            sub->footer(command.epilogue);
            continue;
        }
        OptionTable table;
        CommandRun run = command.set_up(table);
        for (const Option& row : table.options())
            add_row(*sub, row);
        sub->footer(table.epilogue());
        sub->final_callback([&chosen, run = std::move(run)] { chosen = run; });
    }
}

}  // namespace

ExitCode run_command_line(std::span<const Command> commands, const char* about, int argc,
                          char** argv)
{
    CLI::App app(about, "servedby");
    app.set_version_flag("--version", "servedby " SERVEDBY_VERSION);
    app.get_formatter()->column_width(column_of_summaries);
    CommandRun chosen;
    add_commands(app, commands, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ExitCode::ok : ExitCode::failed;
    }
    return chosen();
}

}  // namespace scanner::cli
