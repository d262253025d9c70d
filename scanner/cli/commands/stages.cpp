// servedby attribute and servedby route: the pure stages over stored lines. Offline; the same input
// and catalogue give the same bytes.
#include <atomic>
#include <memory>

#include "scanner/cli/commands/against.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/offline.h"
#include "scanner/model/json.h"
#include "scanner/pipeline/stages.h"

namespace scanner::cli {

namespace {

struct Flags {
    OfflineFlags offline;
    KnowledgeFlags knowledge;
    AgainstFlags against;
};

using Stage = Record (*)(std::string_view, std::uint64_t, const catalogue::Catalogue&,
                         const Provenance&);

ExitCode run_stage(const Flags& flags, Stage stage)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    const Provenance provenance = provenance_of(*catalogue);
    if (!flags.against.old.empty())
        return run_against(flags.against, flags.offline, knowledge_files(flags.knowledge),
                           *catalogue, provenance);
    std::atomic<std::uint64_t> lines = 0;
    std::atomic<std::uint64_t> unreadable = 0;
    const ExitCode done =
        run_offline(flags.offline, knowledge_files(flags.knowledge),
                    [&](std::string_view line, std::uint64_t number, std::string& out) {
                        const Record record = stage(line, number, *catalogue, provenance);
                        lines.fetch_add(1, std::memory_order_relaxed);
                        if (record.observation.source == "line")
                            unreadable.fetch_add(1, std::memory_order_relaxed);
                        write_record(out, record);
                        out += '\n';
                    });
    if (done == ExitCode::ok && lines > 0 && unreadable == lines)
        return fail(
            "no line of the input is an observation or a record; lists of sites are for "
            "servedby scan");
    return done;
}

std::shared_ptr<Flags> stage_flags(OptionTable& table)
{
    // Lives as long as the parser, which the returned function outlives never.
    const auto flags = std::make_shared<Flags>();
    add_offline_flags(table, flags->offline);
    add_catalogue_flags(table, flags->knowledge);
    return flags;
}

}  // namespace

CommandRun attribute_command(OptionTable& table)
{
    table.epilogue(
        "  servedby observe sites.txt | servedby attribute | servedby route\n"
        "  servedby attribute old.jsonl --against old.jsonl -o new.jsonl    # what newer data "
        "change");
    const auto flags = stage_flags(table);
    add_against_flags(table, flags->against);
    return [flags] { return run_stage(*flags, pipeline::attribute_line); };
}

CommandRun route_command(OptionTable& table)
{
    table.epilogue("  servedby observe sites.txt | servedby attribute | servedby route");
    const auto flags = stage_flags(table);
    return [flags] { return run_stage(*flags, pipeline::route_line); };
}

}  // namespace scanner::cli
