// servedby: whom is this site served by, and who should be served the notice?
#include <csignal>
#include <exception>
#include <iostream>

#include "scanner/cli/commands/commands.h"

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

    try {
        return static_cast<int>(
            scanner::cli::run_command_line(scanner::cli::commands(), about, argc, argv));
    } catch (const std::exception& error) {
        return static_cast<int>(scanner::cli::fail(error.what()));
    }
}
