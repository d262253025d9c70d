// servedby data check: is everything in the data well formed, does the engine give every example
// to its own product, and how fresh is it all?
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>

#include "resolvers/json/writer.h"
#include "scanner/audit/engine_examples.h"
#include "scanner/audit/staleness.h"
#include "scanner/cli/commands/data.h"
#include "scanner/cli/wiring/knowledge.h"

namespace scanner::cli {

namespace {

constexpr std::string_view check_format = "servedby.catalogue_check/1";

struct Flags {
    KnowledgeFlags knowledge;
    bool json = false;
    bool strict = false;
    bool stale = false;
};

struct Findings {
    /// One "file:line: what" each.
    std::vector<std::string> errors;
    std::vector<catalogue::CatalogueError> warnings;
};

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

using Counts = std::vector<std::pair<std::string, std::size_t>>;

void print_counts(const char* title, const Counts& counts)
{
    std::cout << title;
    for (const auto& [word, count] : counts)
        std::cout << ' ' << word << ' ' << count;
    std::cout << '\n';
}

// `all`: each fact that is past its limit too, and not their number alone.
void print(const Findings& found, const catalogue::Catalogue* catalogue, bool all)
{
    for (const std::string& line : found.errors)
        std::cout << line << '\n';
    if (all)
        for (const catalogue::CatalogueError& one : found.warnings)
            std::cout << one.where << ": warning: " << one.what << '\n';
    if (catalogue == nullptr)
        return;
    const audit::Census census = audit::count_facts(*catalogue);
    std::cout << census.companies << " companies, " << census.products << " products, "
              << catalogue->rules().size() << " rules, " << census.prefixes << " prefixes\n";
    print_counts("facts:", census.facts);
    print_counts("rules and markers by source:", census.sources);
    std::cout << "channels that the provider itself published: " << census.verified_channels
              << "\noldest of " << census.oldest << " (" << census.oldest_where << "), newest of "
              << catalogue->date() << "\nsha256 " << catalogue->sha256() << '\n'
              << found.errors.size() << " errors; " << found.warnings.size()
              << " ranges and channels that nobody has read again in time"
              << (all || found.warnings.empty() ? "" : " (--stale lists them)") << '\n';
}

void write_counts(resolvers::JsonWriter& out, const char* key, const Counts& counts)
{
    out.key(key);
    out.open_object();
    for (const auto& [word, count] : counts) {
        out.key(word);
        out.number(count);
    }
    out.close_object();
}

void write_finding(resolvers::JsonWriter& out, std::string_view where, std::string_view what)
{
    out.open_object();
    out.key("where");
    out.string(where);
    out.key("what");
    out.string(what);
    out.close_object();
}

void print_json(const Findings& found, const catalogue::Catalogue* catalogue)
{
    std::string text;
    {
        resolvers::JsonWriter out(text);
        out.open_object();
        out.key("format");
        out.word(check_format);
        out.key("errors");
        out.open_list();
        for (const std::string& line : found.errors) {
            const std::size_t colon = std::min(line.find(": "), line.size());
            write_finding(out, line.substr(0, colon),
                          line.substr(std::min(colon + 2, line.size())));
        }
        out.close_list();
        out.key("warnings");
        out.open_list();
        for (const catalogue::CatalogueError& one : found.warnings)
            write_finding(out, one.where, one.what);
        out.close_list();
        if (catalogue != nullptr) {
            const audit::Census census = audit::count_facts(*catalogue);
            out.key("companies");
            out.number(census.companies);
            out.key("products");
            out.number(census.products);
            out.key("rules");
            out.number(catalogue->rules().size());
            out.key("prefixes");
            out.number(census.prefixes);
            write_counts(out, "facts", census.facts);
            write_counts(out, "sources", census.sources);
            out.key("verified_channels");
            out.number(census.verified_channels);
            out.key("oldest");
            out.string(census.oldest);
            out.key("newest");
            out.string(catalogue->date());
            out.key("sha256");
            out.string(catalogue->sha256());
        }
        out.close_object();
    }
    std::cout << text << '\n';
}

ExitCode run(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    Findings found;
    if (!catalogue) {
        found.errors = lines_of(catalogue.error().detail);
    } else {
        const audit::EngineJudge judge(*catalogue);
        for (const catalogue::CatalogueError& error :
             audit::check_examples(*catalogue, std::cref(judge)))
            found.errors.push_back(error.text());
        const auto now = std::chrono::system_clock::now();
        found.warnings = audit::stale(*catalogue, std::chrono::floor<std::chrono::days>(now));
    }
    const catalogue::Catalogue* loaded = catalogue ? &*catalogue : nullptr;
    if (flags.json)
        print_json(found, loaded);
    else
        print(found, loaded, flags.stale || flags.strict);
    const bool good = found.errors.empty() && (!flags.strict || found.warnings.empty());
    return good ? ExitCode::ok : ExitCode::found;
}

}  // namespace

CommandRun data_check_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    add_catalogue_flags(table, flags->knowledge);
    table.add({.names = "--strict",
               .target = &flags->strict,
               .summary = "Also fail on lists and channels read too long ago"});
    table.add({.names = "--stale",
               .target = &flags->stale,
               .summary = "Also list those lists and channels"});
    table.add({.names = "--json",
               .target = &flags->json,
               .summary = "Findings and counts as one JSON object"});
    table.epilogue("  servedby data check --catalogue my-providers");
    return [flags] { return run(*flags); };
}

}  // namespace scanner::cli
