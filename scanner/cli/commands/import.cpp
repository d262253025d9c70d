// servedby import: what other tools recorded, as observations.
#include <memory>

#include "scanner/cli/commands/commands.h"
#include "scanner/cli/wiring/file_clash.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/offline.h"
#include "scanner/input/importers/importers.h"
#include "scanner/model/json.h"
#include "scanner/pipeline/input_stream.h"

namespace scanner::cli {

namespace {

struct Flags {
    std::string format;
    std::vector<std::string> files;
    std::string output;
    input::ImportOptions options;
    KnowledgeFlags knowledge;
};

void add_origins(Observation& seen, const resolvers::OriginTable& origins)
{
    for (SeenAddress& address : seen.addresses)
        if (!address.origin)
            address.origin = origins.find(address.address);
    seen.origin_data = {origins.date(), origins.sha256()};
}

ExitCode run_import(const Flags& flags)
{
    auto origins = load_origins(flags.knowledge);
    if (!origins)
        return fail(origins.error().detail);
    std::vector<NamedFile> read = knowledge_files(flags.knowledge);
    for (NamedFile& input : named_inputs(flags.files))
        read.push_back(std::move(input));
    if (const auto clash = file_clash(read, {{"-o", flags.output}}))
        return fail(*clash);
    const auto descriptor = open_output(flags.output);
    if (!descriptor)
        return fail(descriptor.error().detail);
    pipeline::LineWriter writer(*descriptor, pipeline::LineWriter::Order::as_they_come,
                                packing_of(flags.output));

    // Each file by itself: they may be of different formats.
    std::uint64_t made = 0;
    std::uint64_t invalid = 0;
    const std::vector<std::string> files =
        flags.files.empty() ? std::vector<std::string>{"-"} : flags.files;
    for (const std::string& file : files) {
        auto in = pipeline::open_inputs({file});
        if (!in)
            return fail(in.error().detail);
        const input::Importer* importer = flags.format == "auto"
                                              ? input::sniff(pipeline::first_bytes(**in))
                                              : input::importer_named(flags.format);
        if (importer == nullptr)
            return fail(file + ": of no format that can be told; name it instead of auto");
        const auto emit = [&](Observation&& seen) {
            if (*origins)
                add_origins(seen, **origins);
            std::string line;
            write_observation(line, seen);
            line += '\n';
            writer.write(0, std::move(line));
        };
        const input::ImportSummary summary = importer->run(**in, flags.options, emit);
        made += summary.observations;
        invalid += summary.invalid;
        if (!summary.complete) {
            writer.flush();
            const std::string fault = pipeline::input_fault(**in);
            return fail((fault.empty() ? file + ": breaks off" : fault) + " (" +
                        std::to_string(summary.observations) + " observations)");
        }
    }
    writer.flush();
    const ExitCode written = exit_code_of(writer, flags.output);
    if (written == ExitCode::ok && made > 0 && invalid == made)
        return fail("no line could be read as " + flags.format +
                    (flags.format == "auto" ? "" : "; does another program's name fit?"));
    return written;
}

}  // namespace

CommandRun import_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    std::vector<std::string> names = {"auto"};
    for (const input::Importer* importer : input::importers())
        names.emplace_back(importer->name);
    table.add({.names = "format",
               .target = &flags->format,
               .summary = "What wrote the files; auto looks at each",
               .value = "FORMAT",
               .choices = names,
               .required = true});
    table.add({.names = "files",
               .target = &flags->files,
               .summary = "Files to read, plain or zstd (default: stdin)",
               .value = "FILE"});
    table.add({.names = "-o,--output",
               .target = &flags->output,
               .summary = "Write to FILE instead of stdout; packed if it is called *.zst",
               .value = "FILE"});
    table.add({.names = "--per-entry",
               .target = &flags->options.per_entry,
               .summary = "HAR: one observation for each entry, not for each host"});
    table.add({.names = "--data",
               .target = &flags->knowledge.data_dir,
               .summary = "Directory with asn.mmdb",
               .value = "DIR"});
    add_asn_flag(table, flags->knowledge);
    table.epilogue("  servedby import har page.har | servedby attribute | servedby route");
    return [flags] { return run_import(*flags); };
}

}  // namespace scanner::cli
