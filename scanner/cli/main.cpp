// servedby: whom is this site served by, and who should be served the notice?
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>

#include "scanner/cli/commands.h"

namespace {

constexpr const char* about =
    "servedby: whom is this site served by, and who should be served the notice?\n"
    "\n"
    "  printf 'example.com\\n' | servedby scan\n"
    "  servedby scan sites.txt -o records.jsonl\n"
    "  servedby explain example.com\n"
    "\n"
    "Names or URLs in, one JSON record a line out. servedby looks, it sends no notices.";

}  // namespace

int main(int argc, char** argv)
{
    std::ios::sync_with_stdio(false);
    // A reader that goes away is seen as a failed write.
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app(about, "servedby");
    app.set_version_flag("--version", "servedby " SERVEDBY_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    scanner::ExitCode code = scanner::ExitCode::ok;
    for (const scanner::Command& command : scanner::commands()) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        std::function<scanner::ExitCode()> run = command.set_up(*sub);
        sub->final_callback([&code, run = std::move(run)] { code = run(); });
    }

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int status = app.exit(error);
        return status == 0 ? 0 : static_cast<int>(scanner::ExitCode::failed);
    } catch (const std::exception& error) {
        return static_cast<int>(scanner::fail(error.what()));
    }
    return static_cast<int>(code);
}
