// servedby data: what the catalogue knows, searched and checked.
#include <iostream>
#include <memory>

#include "scanner/catalogue/show.h"
#include "scanner/cli/commands.h"
#include "scanner/cli/knowledge.h"

namespace scanner {

namespace {

struct Flags {
    KnowledgeFlags knowledge;
    std::vector<std::string> queries;
};

ExitCode run_show(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    bool known = true;
    for (const std::string& query : flags.queries) {
        std::cout << describe(*catalogue, query);
        known = known && knows(*catalogue, query);
    }
    return known ? ExitCode::ok : ExitCode::found;
}

ExitCode run_check(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue) {
        std::cout << catalogue.error().detail << '\n';
        return ExitCode::found;
    }
    std::cout << catalogue->products().size() << " products, " << catalogue->rules().size()
              << " rules, newest of " << catalogue->date() << ", sha256 " << catalogue->sha256()
              << "\n";
    return ExitCode::ok;
}

}  // namespace

std::function<ExitCode()> data_command(CLI::App& app)
{
    const auto flags = std::make_shared<Flags>();
    app.require_subcommand(1);
    CLI::App* show = app.add_subcommand(
        "show", "What is known of a name, an address, a suffix, a header, and from where");
    show->add_option("query", flags->queries, "NAME, ADDRESS, SUFFIX or 'HEADER: VALUE'")
        ->required();
    add_catalogue_flags(*show, flags->knowledge);
    CLI::App* check = app.add_subcommand("check", "Read everything, try every example");
    add_catalogue_flags(*check, flags->knowledge);
    app.footer("  servedby data show 104.16.1.1 'server: cloudflare'\n  servedby data check");
    return [flags, show] { return show->parsed() ? run_show(*flags) : run_check(*flags); };
}

}  // namespace scanner
