#include "scanner/cli/wiring/live.h"

#include <unistd.h>

#include <cmath>
#include <iostream>
#include <sstream>

#include "scanner/cli/wiring/file_clash.h"
#include "scanner/cli/wiring/offline.h"
#include "scanner/cli/wiring/run_control.h"
#include "scanner/input/lists/line_list.h"
#include "scanner/model/words.h"
#include "scanner/pipeline/list_files.h"

namespace scanner::cli {

namespace {

using Clock = std::chrono::steady_clock;

// Sorted lists would hammer one operator; within this many lines the order is shuffled.
constexpr std::size_t shuffle_window = 512;
// Records held back for --ordered: at most this many times those in flight.
constexpr std::uint64_t ordered_span = 8;

// What the intake's thread reads from; it owns it, since a read may outlive the run.
struct Lines {
    std::unique_ptr<pipeline::ListFiles> lists;
    std::uint64_t seen = 0;
    unsigned shards = 1;
    unsigned shard = 0;

    bool next(Subject& subject)
    {
        while (lists->next(subject)) {
            const bool ours = seen++ % shards == shard;
            if (ours)
                return true;
            subject = Subject{};
        }
        return false;
    }
};

std::string progress_line(const pipeline::ScanCounters& counters, Clock::time_point began,
                          bool at_end, std::uint64_t given)
{
    const double elapsed = std::chrono::duration<double>(Clock::now() - began).count();
    const std::uint64_t done = counters.done.load(std::memory_order_relaxed);
    const std::uint64_t started = counters.started.load(std::memory_order_relaxed);
    std::ostringstream out;
    out.precision(1);
    out << std::fixed << elapsed << " s; " << done << " done; "
        << static_cast<double>(done) / std::max(elapsed, 0.001) << "/s; " << started - done
        << " in flight";
    if (const std::int64_t parked = counters.parked.load(std::memory_order_relaxed); parked > 0)
        out << " (" << parked << " held back by limits)";
    for (std::size_t i = 0; i < std::size(counters.states); ++i)
        if (const std::uint64_t count = counters.states[i].load(std::memory_order_relaxed))
            out << "; " << word(static_cast<State>(i)) << " " << count;
    if (at_end && given > done && done > 0)
        out << "; ETA " << static_cast<double>(given - done) * elapsed / static_cast<double>(done)
            << " s";
    return out.str();
}

// A run in which no resolver answered has seen nothing, whatever its records say of the names.
ExitCode tell_of_sight(const pipeline::ScanCounters& counters, std::uint64_t given)
{
    const std::uint64_t answered = counters.answered.load();
    const bool blind = counters.blind.load();
    if (!blind && (answered > 0 || counters.asked.load() == 0))
        return ExitCode::ok;
    const std::string why = counters.silence();
    std::string what = answered > 0 ? "the resolvers answer no more" : "no resolver answers";
    if (!why.empty())
        what += " (" + why + ")";
    what += ". Check the network, or name resolvers with --resolvers. ";
    if (answered == 0)
        what += "No site was judged";
    else
        what += "The last " + std::to_string(counters.unanswered_in_row.load()) +
                " names are not observed";
    if (blind)
        what += "; stopped after " + std::to_string(given) + " lines of the input";
    return fail(what);
}

}  // namespace

namespace {

input::ListOptions list_options_of(const LiveFlags& flags)
{
    return {*input::list_format_of(flags.input_format), flags.column};
}

ExitCode run_over(const LiveFlags& flags, Live& live, const Frame& frame,
                  std::unique_ptr<pipeline::ListFiles> lists);

}  // namespace

ExitCode run_live(const LiveFlags& flags, Live& live, const Frame& frame)
{
    auto lists = pipeline::ListFiles::open(flags.files, list_options_of(flags));
    if (!lists)
        return fail(lists.error().detail);
    return run_over(flags, live, frame, std::move(*lists));
}

ExitCode run_live_on(const LiveFlags& flags, Live& live, const Frame& frame,
                     std::unique_ptr<std::istream> in)
{
    auto lists = pipeline::ListFiles::open(std::move(in), list_options_of(flags));
    if (!lists)
        return fail(lists.error().detail);
    return run_over(flags, live, frame, std::move(*lists));
}

std::optional<std::string> clash_of(const LiveFlags& flags, const KnowledgeFlags& knowledge)
{
    std::vector<NamedFile> written = {{"-o", flags.output}};
    if (!flags.polite.certificates.empty())
        written.push_back({"--certs", flags.polite.certificates});
    if (!flags.rdap.cache.empty())
        written.push_back({"--rdap-cache", flags.rdap.cache});
    std::vector<NamedFile> read = named_inputs(flags.files);
    for (NamedFile& file : knowledge_files(knowledge))
        read.push_back(std::move(file));
    if (!flags.rdap.bootstrap.empty())
        read.push_back({"the file of --rdap-bootstrap", flags.rdap.bootstrap});
    for (const std::string& file : flags.polite.opt_outs)
        read.push_back({"the list of --optout", file});
    for (const std::string& file : flags.polite.block_lists)
        read.push_back({"the list of --blocklist", file});
    if (!flags.ca_file.empty())
        read.push_back({"the certificates of --ca-file", flags.ca_file});
    return file_clash(read, written);
}

namespace {

ExitCode run_over(const LiveFlags& flags, Live& live, const Frame& frame,
                  std::unique_ptr<pipeline::ListFiles> lists)
{
    if (flags.shard >= flags.shards)
        return fail("--shard counts from 0: it must be below --shards");
    RunControl control;
    const auto source = std::make_shared<Lines>();
    source->shards = flags.shards;
    source->shard = flags.shard;
    source->lists = std::move(lists);
    if (!flags.silent)
        for (const std::string& guess : source->lists->guesses())
            std::cerr << "servedby: " + guess + "\n";
    const auto descriptor = open_output(flags.output);
    if (!descriptor)
        return fail(descriptor.error().detail);

    pipeline::LineWriter writer(*descriptor,
                                flags.ordered ? pipeline::LineWriter::Order::sequence
                                              : pipeline::LineWriter::Order::as_they_come,
                                packing_of(flags.output));
    writer.write_frame(frame.before);

    pipeline::Intake::Options intake_options;
    // Only a file may be shuffled: a terminal or a pipe should see its answers as it asks.
    intake_options.window = flags.files.empty() ? 1 : shuffle_window;
    intake_options.seed = flags.seed;
    if (flags.ordered) {
        intake_options.span = ordered_span * live.options.in_flight + shuffle_window;
        intake_options.written = [&writer] { return writer.next_number(); };
    }
    pipeline::ScanCounters counters;
    pipeline::Intake intake([source](Subject& subject) { return source->next(subject); },
                            intake_options);

    const Clock::time_point began = Clock::now();
    RunControl::Hooks hooks;
    hooks.stop = [&] { intake.stop(); };
    hooks.save = [&] {
        writer.close_gaps();
        writer.flush();
        if (live.certificates)
            live.certificates->finish();
    };
    if (live.refusals)
        hooks.reload = [&live] {
            const auto again = live.refusals->read_again();
            return again ? "read again: " + *again
                         : again.error().detail + "; the lists stay as they were";
        };
    const bool show = flags.stats || (!flags.silent && ::isatty(STDERR_FILENO) != 0);
    if (show)
        hooks.progress = [&] {
            return progress_line(counters, began, intake.at_end(), intake.given());
        };
    control.start(hooks);
    start_watch(live.watch.get());
    pipeline::scan(intake, writer, live.parts, live.options, counters);
    writer.close_gaps();
    writer.write_frame(frame.after);
    writer.flush();
    control.finish();
    finish_watch(live.watch.get(), !flags.silent);
    report_breakers(live.views);

    if (live.certificates && !live.certificates->finish())
        return fail("cannot write " + flags.polite.certificates);
    if (control.interrupted())
        return ExitCode::interrupted;
    if (const ExitCode sight = tell_of_sight(counters, intake.given()); sight != ExitCode::ok)
        return sight;
    const ExitCode written = exit_code_of(writer, flags.output);
    if (written != ExitCode::ok)
        return written;
    // The whole list was not there to be read: whoever counts on it must hear so.
    if (intake.at_end())
        if (const std::string fault = source->lists->fault(); !fault.empty())
            return fail(fault);
    const auto invalid = counters.states[static_cast<std::size_t>(State::invalid_input)].load();
    return flags.strict && invalid > 0 ? ExitCode::found : ExitCode::ok;
}

}  // namespace

}  // namespace scanner::cli
