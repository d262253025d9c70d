// servedby data update: fetches what publishers give out and renews the copies in data/ranges/. A
// list that looks broken, or that the catalogue could not live with, is not installed: the old one
// stays, and why is said.
#include "scanner/cli/commands/data_update.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <memory>

#include "resolvers/base/time_text.h"
#include "scanner/audit/engine_examples.h"
#include "scanner/audit/staleness.h"
#include "scanner/catalogue/load/data_files.h"
#include "scanner/catalogue/load/range_file.h"
#include "scanner/catalogue/update/renewal.h"
#include "scanner/cli/commands/data.h"
#include "scanner/cli/wiring/atomic_file.h"

namespace scanner::cli {

using resolvers::IpAddress;
using resolvers::Outcome;
using resolvers::Prefix;

namespace {

struct Candidate {
    const catalogue::Publisher* list = nullptr;
    catalogue::Renewal renewal;
};

std::string today()
{
    return resolvers::day_text(
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
}

std::vector<const catalogue::Publisher*> chosen_lists(const catalogue::Catalogue& catalogue,
                                                      const std::vector<std::string>& names,
                                                      std::string& unknown)
{
    std::vector<const catalogue::Publisher*> chosen;
    for (const catalogue::Publisher& list : catalogue.publishers()) {
        const bool wanted = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return name == list.name() ||
                   std::ranges::find(list.companies, name) != list.companies.end();
        });
        if (wanted || names.empty())
            chosen.push_back(&list);
    }
    for (const std::string& name : names) {
        const bool known =
            std::any_of(chosen.begin(), chosen.end(), [&](const catalogue::Publisher* list) {
                return name == list->name() ||
                       std::ranges::find(list->companies, name) != list->companies.end();
            });
        if (!known && unknown.empty())
            unknown = name;
    }
    return chosen;
}

// What the file holds now; nothing if it is not there, or broken: then there is nothing to keep.
std::vector<Prefix> old_prefixes(const catalogue::Publisher& list)
{
    const auto text = read_whole_file(catalogue::range_path(list.folder, list.file));
    if (!text)
        return {};
    catalogue::Errors ignored;
    return catalogue::in_order(catalogue::read_range_file(list.file, *text, ignored)->prefixes);
}

bool holds(const std::vector<Prefix>& prefixes, const IpAddress& address)
{
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const Prefix& prefix) { return prefix.contains(address); });
}

// An address of the list that no other list claims more closely.
std::string new_example(const catalogue::Catalogue& catalogue, const catalogue::Publisher& list,
                        const std::vector<Prefix>& prefixes)
{
    for (const Prefix& prefix : prefixes) {
        const std::vector<catalogue::RangeHit> hits = catalogue.ranges_of(prefix.address);
        if (hits.empty() || hits.front().rule->key == list.file)
            return prefix.address.text();
    }
    return prefixes.front().address.text();
}

Outcome<Candidate> renewed(const catalogue::Catalogue& catalogue, const catalogue::Publisher& list,
                           ListSource& source, const UpdateFlags& flags)
{
    auto documents = source.documents(list);
    if (!documents)
        return documents.error();
    catalogue::RenewalRequest request;
    request.list = &list;
    request.bodies = std::move(*documents);
    request.old = old_prefixes(list);
    request.day = today();
    request.accept_shrink =
        std::ranges::find(flags.accept_shrink, list.name()) != flags.accept_shrink.end();
    Outcome<catalogue::Renewal> made = catalogue::renew(request);
    if (!made)
        return made.error();
    const auto example = IpAddress::parse(list.example);
    if (!example || !holds(made->prefixes, *example)) {
        request.example = new_example(catalogue, list, made->prefixes);
        made = catalogue::renew(request);
        made->notes.push_back("the example " + list.example + " has left the list; " +
                              request.example + " stands for it in the file");
    }
    return Candidate{&list, std::move(*made)};
}

// What would be wrong with the catalogue if these files were in it; empty if nothing.
std::string faults_with(const catalogue::FileTexts& files, const KnowledgeFlags& knowledge)
{
    const auto catalogue =
        catalogue::Catalogue::load_with(files, data_dir_of(knowledge), knowledge.overlays);
    if (!catalogue)
        return catalogue.error().detail;
    const audit::EngineJudge judge(*catalogue);
    std::string faults;
    for (const catalogue::CatalogueError& error :
         audit::check_examples(*catalogue, std::cref(judge)))
        faults += (faults.empty() ? "" : "\n") + error.text();
    return faults;
}

// Takes out those with which the catalogue would not load; true if there were any.
bool drop_unfit(std::vector<Candidate>& candidates, const KnowledgeFlags& knowledge)
{
    catalogue::FileTexts files;
    for (const Candidate& one : candidates)
        files[catalogue::range_path(one.list->folder, one.list->file)] = one.renewal.text;
    if (faults_with(files, knowledge).empty())
        return false;
    // One by one, each on top of those that were found fit.
    files.clear();
    std::vector<Candidate> fit;
    for (Candidate& one : candidates) {
        const std::string path = catalogue::range_path(one.list->folder, one.list->file);
        files[path] = one.renewal.text;
        const std::string faults = faults_with(files, knowledge);
        if (faults.empty()) {
            fit.push_back(std::move(one));
            continue;
        }
        files.erase(path);
        tell_kept(one.list->name(), "the catalogue would not do with the new one:\n" + faults);
    }
    candidates = std::move(fit);
    return true;
}

void print(const Candidate& one, bool every_prefix)
{
    const catalogue::PrefixChange& change = one.renewal.change;
    std::cout << one.list->name() << ": " << catalogue::text_of(change.after) << " (+"
              << change.added.size() << " -" << change.removed.size() << ")\n";
    for (const std::string& note : one.renewal.notes)
        std::cerr << "servedby: " << one.list->name() << ": note: " << note << '\n';
    if (!every_prefix)
        return;
    for (const Prefix& prefix : change.removed)
        std::cout << "-" << prefix.text() << '\n';
    for (const Prefix& prefix : change.added)
        std::cout << "+" << prefix.text() << '\n';
}

// Where the file of a list goes; empty (and told) if it cannot be put there.
std::string target_of(const catalogue::Publisher& list, const UpdateFlags& flags)
{
    const std::string dir = flags.to.empty() ? list.folder : flags.to;
    std::error_code error;
    const std::filesystem::path ranges = std::filesystem::path(dir) / "ranges";
    std::filesystem::create_directories(ranges, error);
    if (error || !is_writable_folder(ranges.string())) {
        tell_kept(list.name(),
                  ranges.string() + " cannot be written to; name another data directory with --to");
        return "";
    }
    return catalogue::range_path(dir, list.file);
}

bool install(const Candidate& one, const UpdateFlags& flags)
{
    const std::string path = target_of(*one.list, flags);
    if (path.empty())
        return false;
    if (const auto failure = replace_file(path, one.renewal.text)) {
        tell_kept(one.list->name(), failure->detail);
        return false;
    }
    return true;
}

ExitCode update_lists(const UpdateFlags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail("the catalogue must be right before its lists are renewed:\n" +
                    catalogue.error().detail);
    std::string unknown;
    const std::vector<const catalogue::Publisher*> lists =
        chosen_lists(*catalogue, flags.names, unknown);
    if (!unknown.empty())
        return fail("\"" + unknown +
                    "\" has no list in ranges/publishers.toml; name a company's id "
                    "or a list");
    if (lists.empty())
        return fail("ranges/publishers.toml names no list; is this the data directory?");
    auto source = make_source(flags.source);
    if (!source)
        return fail(source.error().detail);

    bool all = true;
    std::vector<Candidate> candidates;
    for (const catalogue::Publisher* list : lists) {
        auto one = renewed(*catalogue, *list, **source, flags);
        if (one) {
            candidates.push_back(std::move(*one));
            continue;
        }
        tell_kept(list->name(), one.error().detail);
        all = false;
    }
    all = !drop_unfit(candidates, flags.knowledge) && all;
    for (const Candidate& one : candidates) {
        if (!flags.dry_run && !install(one, flags)) {
            all = false;
            continue;
        }
        print(one, flags.dry_run);
    }
    return all ? ExitCode::ok : ExitCode::found;
}

}  // namespace

void tell_kept(const std::string& name, const std::string& why)
{
    std::cerr << "servedby: " << name << ": kept the old one: " << why << '\n';
}

CommandRun data_update_command(OptionTable& table)
{
    const auto flags = std::make_shared<UpdateFlags>();
    table.add({.names = "names",
               .target = &flags->names,
               .summary = "Companies or lists to renew, or \"asn\" (default: every list)",
               .value = "PROVIDER"});
    add_catalogue_flags(table, flags->knowledge);
    table.add({.names = "--from",
               .target = &flags->source.from,
               .summary =
                   "A mirror (URL in place of every publisher's scheme and host) or a folder; for "
                   "asn: the file or the URL itself",
               .value = "URL|DIR|FILE"});
    table.add({.names = "--to",
               .target = &flags->to,
               .summary = "Write into this data directory (default: the loaded one)",
               .value = "DIR"});
    table.add({.names = "--dry-run",
               .target = &flags->dry_run,
               .summary = "Print what would change, write nothing"});
    table.add({.names = "--accept-shrink",
               .target = &flags->accept_shrink,
               .summary = "Believe that this list lost more than 30 %; may be given again",
               .value = "LIST",
               .one_value = true});
    table.add({.names = "--timeout",
               .target = &flags->source.timeout,
               .summary = "For each document",
               .shows_default = true});
    table.add({.names = "--resolvers",
               .target = &flags->source.resolvers,
               .summary = "Resolvers to ask, comma separated",
               .one_value = true,
               .delimiter = ','});
    table.add({.names = "--ca-file",
               .target = &flags->source.ca_file,
               .summary = "Trust these certificates (PEM) as well"});
    table.epilogue(
        "  servedby data update\n  servedby data update --dry-run cloudflare bunny\n"
        "  servedby data update --from https://mirror.example/lists --to /srv/servedby\n"
        "  servedby data update asn --from GeoLite2-ASN.mmdb\n\n"
        "Exit status: 0 all renewed, 1 an old one was kept (stderr says which and why), 2 nothing "
        "could be done.");
    return [flags] {
        if (std::ranges::find(flags->names, "asn") == flags->names.end())
            return update_lists(*flags);
        if (flags->names.size() > 1)
            return fail("\"asn\" is renewed by itself: give it alone");
        return update_asn(*flags);
    };
}

}  // namespace scanner::cli
