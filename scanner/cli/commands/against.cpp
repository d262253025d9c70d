#include "scanner/cli/commands/against.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>

#include "scanner/cli/wiring/file_clash.h"
#include "scanner/history/change_report.h"
#include "scanner/history/record_join.h"
#include "scanner/input/lists/line_reader.h"
#include "scanner/model/json.h"
#include "scanner/pipeline/input_stream.h"
#include "scanner/pipeline/stages.h"

namespace scanner::cli {

namespace {

// The earlier run, record by record. Lines that are no records are counted and passed over.
class OldRun {
public:
    explicit OldRun(std::istream& in) : lines_(in, input::max_stored_line) {}

    std::optional<history::RunVerdict> next()
    {
        for (input::Line line; lines_.next(line);) {
            if (line.text.empty() || line.broken)
                continue;
            if (auto record = read_record(line.text))
                return history::verdict_of(std::move(*record));
            ++unreadable_;
        }
        return std::nullopt;
    }

    std::uint64_t unreadable() const { return unreadable_; }

private:
    input::LineReader lines_;
    std::uint64_t unreadable_ = 0;
};

}  // namespace

void add_against_flags(OptionTable& table, AgainstFlags& flags)
{
    table.add({.names = "--against",
               .target = &flags.old,
               .summary =
                   "Say what changed since these records (plain or zstd), and why; exit 1 if "
                   "anything did. Works on one thread, and holds as many verdicts as the two are "
                   "out of order",
               .value = "OLD"});
    table.add({.names = "--report",
               .target = &flags.report,
               .summary = "Write that to FILE instead of stderr",
               .value = "FILE"});
    table.add({.names = "--json",
               .target = &flags.json,
               .summary = "... as JSON lines, the summary last"});
}

ExitCode run_against(const AgainstFlags& against, const OfflineFlags& offline,
                     std::vector<NamedFile> also_read, const catalogue::Catalogue& catalogue,
                     const Provenance& provenance)
{
    auto in = pipeline::open_inputs(offline.files);
    if (!in)
        return fail(in.error().detail);
    auto old_in = pipeline::open_inputs({against.old});
    if (!old_in)
        return fail(old_in.error().detail);
    std::vector<NamedFile> read = named_inputs(offline.files);
    read.push_back({"the earlier records", against.old});
    read.insert(read.end(), also_read.begin(), also_read.end());
    std::vector<NamedFile> outputs = {{"-o", offline.output}};
    if (!against.report.empty())
        outputs.push_back({"--report", against.report});
    else
        outputs.push_back({"the report", standard_error});
    if (const auto clash = file_clash(read, outputs))
        return fail(*clash);
    std::ofstream report_file;
    if (!against.report.empty()) {
        report_file.open(against.report, std::ios::binary | std::ios::trunc);
        if (!report_file)
            return fail(against.report + ": " + std::strerror(errno));
    }
    std::ostream& told = against.report.empty() ? std::cerr : report_file;
    const auto descriptor = open_output(offline.output);
    if (!descriptor)
        return fail(descriptor.error().detail);

    pipeline::LineWriter writer(*descriptor, pipeline::LineWriter::Order::as_they_come,
                                packing_of(offline.output));
    history::ChangeReport report(against.json);
    history::RecordJoin join(
        [&](const history::RunVerdict& before, const history::RunVerdict& after) {
            told << report.compared(before, after);
        });
    OldRun old(**old_in);
    input::LineReader lines(**in, input::max_stored_line);
    for (input::Line line; writer.failure() == 0 && lines.next(line);) {
        if (line.text.empty() || line.broken)
            continue;
        Record record = pipeline::attribute_line(line.text, line.number, catalogue, provenance);
        std::string out;
        write_record(out, record);
        out += '\n';
        writer.write_when_room(std::move(out));
        join.add_after(history::verdict_of(std::move(record)));
        if (std::optional<history::RunVerdict> before = old.next())
            join.add_before(std::move(*before));
    }
    while (std::optional<history::RunVerdict> before = old.next())
        join.add_before(std::move(*before));
    for (const history::RunVerdict& verdict : join.left_before())
        told << report.only_before(verdict);
    for (const history::RunVerdict& verdict : join.left_after())
        told << report.only_after(verdict);
    told << report.summary();
    told.flush();
    writer.flush();
    for (std::istream* stream : {in->get(), old_in->get()})
        if (stream->bad())
            return fail(pipeline::input_fault(*stream));
    if (!told)
        return fail((against.report.empty() ? "stderr" : against.report) + ": cannot be written");
    if (old.unreadable() > 0)
        return fail(against.old + ": " + std::to_string(old.unreadable()) +
                    " lines are no records of this version; give the records of an earlier run");
    const ExitCode written = exit_code_of(writer, offline.output);
    if (written != ExitCode::ok)
        return written;
    return report.found_changes() ? ExitCode::found : ExitCode::ok;
}

}  // namespace scanner::cli
