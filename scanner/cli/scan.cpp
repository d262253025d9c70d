// servedby scan and servedby observe: names in, records (or observations) out.
#include <unistd.h>

#include <memory>

#include "scanner/cli/knowledge.h"
#include "scanner/cli/live_flags.h"
#include "scanner/model/json.h"
#include "scanner/output/outputs.h"
#include "scanner/pipeline/stages.h"
#include "scanner/route/route.h"

namespace scanner {

namespace {

struct Flags {
    LiveFlags live;
    KnowledgeFlags knowledge;
    std::string format;
    bool json = false;
};

// People get a table; whatever is not a terminal gets lines for machines.
std::string chosen_format(const Flags& flags)
{
    if (flags.json)
        return "jsonl";
    if (!flags.format.empty())
        return flags.format;
    const bool to_terminal =
        (flags.live.output.empty() || flags.live.output == "-") && ::isatty(STDOUT_FILENO) != 0;
    return to_terminal ? "table" : "jsonl";
}

ExitCode run_scan(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    auto live = make_live(flags.live, flags.knowledge, *catalogue);
    if (!live)
        return fail(live.error().detail);
    const Provenance provenance = provenance_of(*catalogue);
    const std::shared_ptr<const Output> output = make_output(chosen_format(flags));
    live->parts.finish = [&](Observation&& seen, std::string& lines) {
        Record record = decide(std::move(seen), *catalogue, provenance);
        record.addressees = route(record.attribution, *catalogue);
        record.routed = true;
        output->write(lines, record);
        return record.attribution.state;
    };
    std::string header;
    output->begin(header);
    return run_live(flags.live, *live, header);
}

ExitCode run_observe(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    auto live = make_live(flags.live, flags.knowledge, *catalogue);
    if (!live)
        return fail(live.error().detail);
    live->parts.finish = [](Observation&& seen, std::string& lines) {
        write_observation(lines, seen);
        lines += '\n';
        return seen.subject.invalid.empty() ? State::not_observed : State::invalid_input;
    };
    return run_live(flags.live, *live, "");
}

}  // namespace

std::function<ExitCode()> scan_command(CLI::App& app)
{
    const auto flags = std::make_shared<Flags>();
    add_live_flags(app, flags->live);
    add_catalogue_flags(app, flags->knowledge);
    add_asn_flag(app, flags->knowledge);
    app.add_option("--format", flags->format, "jsonl, csv or table (default: table on a terminal)")
        ->check(CLI::IsMember(output_names()));
    app.add_flag("--json", flags->json, "The same as --format jsonl");
    app.footer("  printf 'example.com\\nhttps://example.org/x\\n' | servedby scan\n"
               "  servedby scan --ordered sites.csv -o records.jsonl");
    return [flags] { return run_scan(*flags); };
}

std::function<ExitCode()> observe_command(CLI::App& app)
{
    const auto flags = std::make_shared<Flags>();
    add_live_flags(app, flags->live);
    add_catalogue_flags(app, flags->knowledge);
    add_asn_flag(app, flags->knowledge);
    app.footer("  servedby observe sites.txt | servedby attribute | servedby route");
    return [flags] { return run_observe(*flags); };
}

}  // namespace scanner
