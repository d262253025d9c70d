// servedby explain: the verdict on names, or on stored lines, told to a person.
#include "scanner/explain/explain.h"

#include <memory>
#include <sstream>

#include "scanner/cli/flags/live_flags.h"
#include "scanner/cli/flags/offline.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/pipeline/stages.h"
#include "scanner/route/route.h"

namespace scanner {

namespace {

struct Flags {
    std::vector<std::string> names;
    LiveFlags live;
    KnowledgeFlags knowledge;
};

ExitCode explain_stored(const Flags& flags, const Catalogue& catalogue)
{
    const Provenance provenance = provenance_of(catalogue);
    OfflineFlags offline;
    offline.output = flags.live.output;
    offline.threads = 1;
    return run_offline(offline, knowledge_files(flags.knowledge),
                       [&](std::string_view line, std::uint64_t number, std::string& out) {
                           out +=
                               explain(route_line(line, number, catalogue, provenance), catalogue);
                       });
}

}  // namespace

std::function<ExitCode()> explain_command(CLI::App& app)
{
    const auto flags = std::make_shared<Flags>();
    app.add_option("names", flags->names, "Names or URLs; - explains stored lines from stdin")
        ->required()
        ->type_name("NAME");
    add_catalogue_flags(app, flags->knowledge);
    add_asn_flag(app, flags->knowledge);
    app.add_option("--resolvers", flags->live.resolvers, "Resolvers to ask, comma separated")
        ->allow_extra_args(false)
        ->delimiter(',');
    app.add_option("--timeout", flags->live.timeout, "For each step")->capture_default_str();
    app.add_option("--deadline", flags->live.deadline, "For each name")->capture_default_str();
    app.add_option("--ca-file", flags->live.ca_file, "Trust these certificates (PEM) as well");
    add_rdap_flags(app, flags->live.rdap);
    app.add_flag("--no-http", flags->live.no_http, "Ask the DNS only");
    app.footer(
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
            Record record = decide(std::move(seen), *catalogue, provenance);
            route_record(record, *catalogue);
            lines += explain(record, *catalogue);
            return record.attribution.state;
        };
        std::string text;
        for (const std::string& name : flags->names)
            text += name + "\n";
        return run_live_on(flags->live, *live, Frame{}, std::make_unique<std::istringstream>(text));
    };
}

}  // namespace scanner
