#include "scanner/cli/against.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>

#include "scanner/history/change_report.h"
#include "scanner/history/record_join.h"
#include "scanner/model/json.h"
#include "scanner/pipeline/input_stream.h"
#include "scanner/pipeline/stages.h"

namespace scanner {

namespace {

// The earlier run, record by record. Lines that are no records are counted and passed over.
class OldRun {
public:
    explicit OldRun(std::istream& in) : in_(in) {}

    std::optional<RunVerdict> next()
    {
        for (std::string line; std::getline(in_, line);) {
            if (line.empty())
                continue;
            if (auto record = read_record(line))
                return verdict_of(std::move(*record));
            ++unreadable_;
        }
        return std::nullopt;
    }

    std::uint64_t unreadable() const { return unreadable_; }

private:
    std::istream& in_;
    std::uint64_t unreadable_ = 0;
};

}  // namespace

void add_against_flags(CLI::App& app, AgainstFlags& flags)
{
    app.add_option("--against", flags.old,
                   "Say what changed since these records (plain or zstd), and why; exit 1 if "
                   "anything did. Works on one thread, and holds as many verdicts as the two are "
                   "out of order")
        ->type_name("OLD");
    app.add_option("--report", flags.report, "Write that to FILE instead of stderr")
        ->type_name("FILE");
    app.add_flag("--json", flags.json, "... as JSON lines, the summary last");
}

ExitCode run_against(const AgainstFlags& against, const OfflineFlags& offline,
                     const Catalogue& catalogue, const Provenance& provenance)
{
    auto in = open_inputs(offline.files);
    if (!in)
        return fail(in.error().detail);
    auto old_in = open_inputs({against.old});
    if (!old_in)
        return fail(old_in.error().detail);
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

    LineWriter writer(*descriptor, LineWriter::Order::as_they_come, packing_of(offline.output));
    ChangeReport report(against.json);
    RecordJoin join([&](const RunVerdict& before, const RunVerdict& after) {
        told << report.compared(before, after);
    });
    OldRun old(**old_in);
    std::string line;
    for (std::uint64_t number = 1; writer.failure() == 0 && std::getline(**in, line); ++number) {
        if (line.ends_with('\r'))
            line.pop_back();
        if (line.empty())
            continue;
        Record record = attribute_line(line, number, catalogue, provenance);
        std::string out;
        write_record(out, record);
        out += '\n';
        writer.write_when_room(std::move(out));
        join.add_after(verdict_of(std::move(record)));
        if (std::optional<RunVerdict> before = old.next())
            join.add_before(std::move(*before));
    }
    while (std::optional<RunVerdict> before = old.next())
        join.add_before(std::move(*before));
    for (const RunVerdict& verdict : join.left_before())
        told << report.only_before(verdict);
    for (const RunVerdict& verdict : join.left_after())
        told << report.only_after(verdict);
    told << report.summary();
    told.flush();
    writer.flush();
    for (std::istream* stream : {in->get(), old_in->get()})
        if (stream->bad())
            return fail(input_fault(*stream));
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

}  // namespace scanner
