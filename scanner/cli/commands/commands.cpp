#include "scanner/cli/commands/commands.h"

namespace scanner::cli {

namespace {

const Command table[] = {
    {"scan", "From names or URLs to attributed records with addressees", scan_command},
    {"observe", "Only look: from names to observations", observe_command},
    {"attribute", "Only decide: from observations to records, offline", attribute_command},
    {"route", "Only address: from records to records with addressees, offline", route_command},
    {"import", "From what other tools recorded to observations", import_command},
    {"explain", "For people: the verdict on a name and everything that speaks for it",
     explain_command},
    {"score", "How right records are, held against labels", score_command},
    {"rdap", "What registries say of a name or an address: registrar, holder, abuse desks",
     rdap_command},
    {"data", "What the catalogue knows: search it, check it", nullptr, data_commands(),
     "  servedby data show 104.16.1.1 'server: cloudflare'\n  servedby data check\n"
     "  servedby data update --dry-run cloudflare\n  servedby data diff old-data data"},
};

}  // namespace

std::span<const Command> commands()
{
    return table;
}

}  // namespace scanner::cli
