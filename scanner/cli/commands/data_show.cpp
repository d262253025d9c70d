// servedby data show: what the catalogue says of one thing, and from where.
#include <iostream>
#include <memory>

#include "scanner/audit/show.h"
#include "scanner/cli/commands/data.h"
#include "scanner/cli/wiring/knowledge.h"

namespace scanner::cli {

namespace {

struct Flags {
    KnowledgeFlags knowledge;
    std::vector<std::string> queries;
};

// Who announces the address, and what the catalogue knows of that AS; empty if it is no address, or
// announced by nobody on that day.
std::string announcement(const catalogue::Catalogue& catalogue,
                         const resolvers::OriginTable* origins, const std::string& query)
{
    const auto address = resolvers::IpAddress::parse(query);
    if (!address || origins == nullptr)
        return "";
    const auto origin = origins->find(*address);
    if (!origin)
        return "  announced by nobody on " + origins->date() + "\n";
    std::string text = "  announced by AS" + std::to_string(origin->asn) + " " +
                       origin->organisation + " (" + origin->prefix.text() + ", " +
                       origins->date() + ")\n";
    for (const catalogue::Rule* rule : catalogue.asn_rules(origin->asn))
        text += "    " + rule->product->name + ", rule " + rule->id + ", at " + rule->where + "\n";
    return text;
}

ExitCode run(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    const auto origins = load_origins(flags.knowledge);
    if (!origins)
        return fail(origins.error().detail);
    bool known = true;
    for (const std::string& query : flags.queries) {
        std::cout << audit::describe(*catalogue, query)
                  << announcement(*catalogue, origins->get(), query);
        known = known && audit::knows(*catalogue, query);
    }
    return known ? ExitCode::ok : ExitCode::found;
}

}  // namespace

CommandRun data_show_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    table.add({.names = "query",
               .target = &flags->queries,
               .summary = "NAME, ADDRESS, SUFFIX or 'HEADER: VALUE'",
               .required = true});
    add_catalogue_flags(table, flags->knowledge);
    add_asn_flag(table, flags->knowledge);
    return [flags] { return run(*flags); };
}

}  // namespace scanner::cli
