// servedby score: records held against labels. Offline.
#include "scanner/score/scorer.h"

#include <iostream>
#include <memory>
#include <optional>

#include "scanner/cli/commands/commands.h"
#include "scanner/cli/wiring/file_clash.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/explain/explain.h"
#include "scanner/input/lists/line_reader.h"
#include "scanner/model/json.h"
#include "scanner/model/words.h"
#include "scanner/pipeline/input_stream.h"
#include "scanner/score/report.h"

namespace scanner::cli {

namespace {

struct Flags {
    std::string labels;
    std::vector<std::string> records;
    std::string grade = "probable";
    bool json = false;
    bool explain = false;
    // Percent; absent: not asked for.
    std::optional<double> min_precision;
    std::optional<double> min_coverage;
    std::string role = "front";
    KnowledgeFlags knowledge;
};

constexpr const char* how_it_counts =
    "  servedby attribute observations.jsonl | servedby score labels.jsonl\n"
    "\n"
    "LABELS holds a JSON object a line:\n"
    "  {\"host\": \"example.com\", \"front\": \"Cloudflare\", \"host_provider\": null}\n"
    "front, host_provider, platform, dns: a company, a product, an id or alias of the catalogue, "
    "or a\n"
    "list of names that are all right; null: there is nobody (for host_provider: nobody can be "
    "seen);\n"
    "left out: not labelled, not counted. Besides: id (joins the record with that value in its "
    "column\n"
    "\"case\"), group (groups are never counted together), kind (cdn_proxy, platform, lb, "
    "own_edge,\n"
    "none), basis. Labels with {\"expected\": {\"front\", \"front_accept\", \"front_role\",\n"
    "\"host_provider\", \"front_scored\", \"host_scored\", \"declared_origin\"}} are read as well; "
    "those\n"
    "tagged declared_zone are a group of their own.\n"
    "\n"
    "How it counts, by group, with and without an address:\n"
    "  named       somebody at --grade or above; below it a record is silent\n"
    "  precision   labelled product named / all that were named, those of labels that say nobody\n"
    "              among them; a label that names a company is content with any product of it\n"
    "  of the company   the same, content with the company in any case\n"
    "  recall      labelled product named / labels that name somebody\n"
    "  coverage    somebody named / labels that name somebody\n"
    "  abstention  neither a name nor \"none\" / all labels; a label without a record is silent\n"
    "  nobody      a label says there is no front: \"none\" is right, \"unknown\" is silent, a "
    "name is\n"
    "              wrong. A label says the host is hidden: silence is right, any name is wrong, "
    "the\n"
    "              right one too. \"None\" where the label names a front is a disagreement, and "
    "no\n"
    "              name, so it lowers recall and not precision; for the kinds platform, lb and\n"
    "              own_edge it is silence, and the platform or host named there answers for them.\n"
    "  no look     where nobody connected to the site's addresses, a host that is known by its "
    "network,\n"
    "              and \"none\", are possible at most, and count from possible on\n"
    "  host        a platform that is named answers for the host, if no host is named or the "
    "label\n"
    "              means the platform";

Grade grade_of(const std::string& word)
{
    return value_of<Grade>(word).value_or(Grade::probable);
}

resolvers::Outcome<std::vector<score::Label>> read_labels(const std::string& file)
{
    auto in = pipeline::open_inputs({file});
    if (!in)
        return in.error();
    std::vector<score::Label> labels;
    input::LineReader lines(**in, input::max_stored_line);
    for (input::Line line; lines.next(line);) {
        if (line.text.empty() || line.text.front() == '#')
            continue;
        auto label = score::read_label(line.text);
        if (!label)
            return resolvers::Failure{
                "malformed", file + ":" + std::to_string(line.number) + ": " +
                                 label.error().detail +
                                 "; a label is {\"host\": NAME, \"front\": NAME or null, ...}"};
        labels.push_back(std::move(*label));
    }
    if ((*in)->bad())
        return resolvers::Failure{"malformed", pipeline::input_fault(**in)};
    if (labels.empty())
        return resolvers::Failure{"malformed", file + ": holds no label"};
    return labels;
}

// A section without anything to count meets every bar.
bool misses(const score::Share& share, std::optional<double> least_percent)
{
    return least_percent && share.whole > 0 && share.value() * 100 < *least_percent;
}

bool misses_a_bar(const score::Score& score, const Flags& flags)
{
    bool missed = false;
    for (const auto& [key, section] : score.sections) {
        const auto tally = section.roles.find(*value_of<Role>(flags.role));
        if (tally == section.roles.end())
            continue;
        const std::string where = flags.role + ", " + key.group +
                                  (key.with_address ? ", with" : ", without") + " an address";
        if (misses(tally->second.precision(), flags.min_precision)) {
            std::cerr << "servedby: precision is below the bar: " << where << '\n';
            missed = true;
        }
        // What has no address is not expected to be covered.
        if (key.with_address && misses(tally->second.coverage(), flags.min_coverage)) {
            std::cerr << "servedby: coverage is below the bar: " << where << '\n';
            missed = true;
        }
    }
    return missed;
}

ExitCode run_score(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    auto labels = read_labels(flags.labels);
    if (!labels)
        return fail(labels.error().detail);
    std::vector<NamedFile> read = named_inputs(flags.records);
    read.push_back({"the labels", flags.labels});
    for (NamedFile& file : knowledge_files(flags.knowledge))
        read.push_back(std::move(file));
    if (const auto clash = file_clash(read, {{"the output", ""}}))
        return fail(*clash);
    auto in = pipeline::open_inputs(flags.records);
    if (!in)
        return fail(in.error().detail);
    score::Scorer::Explain tell;
    if (flags.explain)
        tell = [&](const Record& record) { return explain::explain(record, *catalogue); };
    score::Scorer scorer(std::move(*labels), *catalogue, grade_of(flags.grade), tell);
    input::LineReader lines(**in, input::max_stored_line);
    for (input::Line line; lines.next(line);) {
        if (line.text.empty() || line.broken)
            continue;
        if (const auto record = read_record(line.text))
            scorer.add(*record);
        else
            scorer.add_unreadable();
    }
    if ((*in)->bad())
        return fail(pipeline::input_fault(**in));
    const score::Score score = scorer.finish();
    std::cout << (flags.json ? score::score_json(score) : score::score_text(score)) << std::flush;
    return misses_a_bar(score, flags) ? ExitCode::found : ExitCode::ok;
}

}  // namespace

CommandRun score_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    table.add({.names = "labels",
               .target = &flags->labels,
               .summary = "What is known to be true, JSON lines",
               .value = "LABELS",
               .required = true});
    table.add({.names = "records",
               .target = &flags->records,
               .summary = "Record lines, plain or zstd (default: stdin)",
               .value = "RECORDS"});
    table.add({.names = "--grade",
               .target = &flags->grade,
               .summary = "Count what is at least possible, probable, confirmed",
               .choices = {"possible", "probable", "confirmed"},
               .shows_default = true});
    table.add({.names = "--json",
               .target = &flags->json,
               .summary = "One JSON object instead of tables"});
    table.add({.names = "--explain",
               .target = &flags->explain,
               .summary = "Tell each disagreement's record at length"});
    table.add({.names = "--min-precision",
               .target = &flags->min_precision,
               .summary = "Exit 1 if any group's precision is below so many percent",
               .range = OptionRange{0.0, 100.0}});
    table.add({.names = "--min-coverage",
               .target = &flags->min_coverage,
               .summary = "Exit 1 if coverage is, in any group with addresses",
               .range = OptionRange{0.0, 100.0}});
    table.add({.names = "--role",
               .target = &flags->role,
               .summary = "The role that the two bars are about",
               .choices = {"front", "host", "platform", "dns"},
               .shows_default = true});
    add_catalogue_flags(table, flags->knowledge);
    table.epilogue(how_it_counts);
    return [flags] { return run_score(*flags); };
}

}  // namespace scanner::cli
