// servedby data show: what the catalogue says of one thing, and from where.
#include <iostream>
#include <memory>

#include "scanner/catalogue/show.h"
#include "scanner/cli/data.h"
#include "scanner/cli/knowledge.h"

namespace scanner {

namespace {

struct Flags {
    KnowledgeFlags knowledge;
    std::vector<std::string> queries;
};

ExitCode run(const Flags& flags)
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

}  // namespace

std::function<ExitCode()> data_show_command(CLI::App& app)
{
    const auto flags = std::make_shared<Flags>();
    app.add_option("query", flags->queries, "NAME, ADDRESS, SUFFIX or 'HEADER: VALUE'")->required();
    add_catalogue_flags(app, flags->knowledge);
    return [flags] { return run(*flags); };
}

}  // namespace scanner
