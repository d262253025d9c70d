// servedby data: what the catalogue knows, searched, checked, renewed and compared.
#include "scanner/cli/commands/data.h"

#include <memory>
#include <utility>
#include <vector>

namespace scanner {

namespace {

constexpr Command table[] = {
    {"show", "What is known of a name, an address, a suffix, a header, and from where",
     data_show_command},
    {"check", "Read everything, try every example on the engine itself", data_check_command},
    {"update", "Fetch the lists that publishers give out, and the routing data",
     data_update_command},
    {"diff", "What differs between two data directories", data_diff_command},
};

}  // namespace

std::function<ExitCode()> data_command(CLI::App& app)
{
    app.require_subcommand(1);
    using Part = std::pair<const CLI::App*, std::function<ExitCode()>>;
    const auto parts = std::make_shared<std::vector<Part>>();
    for (const Command& part : table) {
        CLI::App* sub = app.add_subcommand(part.name, part.summary);
        parts->emplace_back(sub, part.set_up(*sub));
    }
    app.footer(
        "  servedby data show 104.16.1.1 'server: cloudflare'\n  servedby data check\n"
        "  servedby data update --dry-run cloudflare\n  servedby data diff old-data data");
    return [parts] {
        for (const auto& [sub, run] : *parts)
            if (sub->parsed())
                return run();
        return ExitCode::failed;
    };
}

}  // namespace scanner
