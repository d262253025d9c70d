// servedby scan and servedby observe: names in, records (or observations) out.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/live.h"
#include "scanner/model/json.h"
#include "scanner/output/outputs.h"
#include "scanner/pipeline/stages.h"
#include "scanner/route/route.h"

namespace scanner::cli {

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

// What stdout can show, if it is a terminal at all.
output::OutputOptions terminal_look()
{
    output::OutputOptions look;
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0)
        return look;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        look.width = size.ws_col;
    look.colour = std::getenv("NO_COLOR") == nullptr;
    return look;
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
    const output::Output* output = output::find_output(chosen_format(flags));
    const output::OutputOptions look = terminal_look();
    live->parts.finish = [&](Observation&& seen, std::string& lines) {
        Record record = pipeline::decide(std::move(seen), *catalogue, provenance);
        route::route_record(record, *catalogue);
        output->write(lines, record, look);
        return record.attribution.state;
    };
    Frame frame;
    output->begin(frame.before, look);
    output->end(frame.after, look);
    return run_live(flags.live, *live, frame);
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
    return run_live(flags.live, *live, Frame{});
}

}  // namespace

CommandRun scan_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    add_live_flags(table, flags->live);
    add_catalogue_flags(table, flags->knowledge);
    add_asn_flag(table, flags->knowledge);
    std::vector<std::string> formats;
    for (const output::Output* output : output::outputs())
        formats.emplace_back(output->name);
    table.add({.names = "--format",
               .target = &flags->format,
               .summary = "jsonl, csv or table (default: table on a terminal)",
               .choices = formats});
    table.add({.names = "--json", .target = &flags->json, .summary = "The same as --format jsonl"});
    table.epilogue(
        "  printf 'example.com\\nhttps://example.org/x\\n' | servedby scan\n"
        "  servedby scan --ordered sites.csv -o records.jsonl");
    return [flags] { return run_scan(*flags); };
}

CommandRun observe_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    add_live_flags(table, flags->live);
    add_catalogue_flags(table, flags->knowledge);
    add_asn_flag(table, flags->knowledge);
    table.epilogue("  servedby observe sites.txt | servedby attribute | servedby route");
    return [flags] { return run_observe(*flags); };
}

}  // namespace scanner::cli
