// servedby explain: the verdict on names, or on stored lines, told to a person.
#include "scanner/explain/explain.h"

#include <memory>
#include <sstream>

#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/live.h"
#include "scanner/cli/wiring/offline.h"
#include "scanner/pipeline/stages.h"
#include "scanner/route/route.h"

namespace scanner::cli {

namespace {

struct Flags {
    std::vector<std::string> names;
    LiveFlags live;
    KnowledgeFlags knowledge;
};

ExitCode explain_stored(const Flags& flags, const catalogue::Catalogue& catalogue)
{
    const Provenance provenance = provenance_of(catalogue);
    OfflineFlags offline;
    offline.output = flags.live.output;
    offline.threads = 1;
    return run_offline(offline, knowledge_files(flags.knowledge),
                       [&](std::string_view line, std::uint64_t number, std::string& out) {
                           out += explain::explain(
                               pipeline::route_line(line, number, catalogue, provenance),
                               catalogue);
                       });
}

}  // namespace

CommandRun explain_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    table.add({.names = "names",
               .target = &flags->names,
               .summary = "Names or URLs; - explains stored lines from stdin",
               .value = "NAME",
               .required = true});
    add_catalogue_flags(table, flags->knowledge);
    add_asn_flag(table, flags->knowledge);
    table.add({.names = "--resolvers",
               .target = &flags->live.resolvers,
               .summary = "Resolvers to ask, comma separated",
               .one_value = true,
               .delimiter = ','});
    table.add({.names = "--timeout",
               .target = &flags->live.timeout,
               .summary = "For each step",
               .shows_default = true});
    table.add({.names = "--deadline",
               .target = &flags->live.deadline,
               .summary = "For each name",
               .shows_default = true});
    table.add({.names = "--ca-file",
               .target = &flags->live.ca_file,
               .summary = "Trust these certificates (PEM) as well"});
    add_rdap_flags(table, flags->live.rdap);
    table.add(
        {.names = "--no-http", .target = &flags->live.no_http, .summary = "Ask the DNS only"});
    table.epilogue(
        "  servedby explain example.com\n"
        "  grep '\"host\":\"example.com\"' records.jsonl | servedby explain -");
    return [flags]() -> ExitCode {
        const auto catalogue = load_catalogue(flags->knowledge);
        if (!catalogue)
            return fail(catalogue.error().detail);
        if (flags->names == std::vector<std::string>{"-"})
            return explain_stored(*flags, *catalogue);
        flags->live.threads = 1;
        flags->live.silent = true;
        flags->live.ordered = true;
        auto live = make_live(flags->live, flags->knowledge, *catalogue);
        if (!live)
            return fail(live.error().detail);
        const Provenance provenance = provenance_of(*catalogue);
        live->parts.finish = [&](Observation&& seen, std::string& lines) {
            Record record = pipeline::decide(std::move(seen), *catalogue, provenance);
            route::route_record(record, *catalogue);
            lines += explain::explain(record, *catalogue);
            return record.attribution.state;
        };
        std::string text;
        for (const std::string& name : flags->names)
            text += name + "\n";
        return run_live_on(flags->live, *live, Frame{}, std::make_unique<std::istringstream>(text));
    };
}

}  // namespace scanner::cli
