// servedby data diff: what differs between two data directories.
#include <iostream>
#include <memory>

#include "resolvers/json/writer.h"
#include "scanner/audit/diff.h"
#include "scanner/cli/commands/data.h"

namespace scanner::cli {

namespace {

constexpr std::string_view diff_format = "servedby.catalogue_diff/1";

struct Flags {
    std::string before;
    std::string after;
    bool json = false;
};

void print(const audit::EntryChange& change)
{
    const char sign = change.change == "added" ? '+' : change.change == "removed" ? '-' : '~';
    std::cout << sign << ' ' << change.what << ' ' << change.id << '\n';
    for (const audit::FieldChange& field : change.fields)
        std::cout << "    " << field.field << ": \"" << field.before << "\" -> \"" << field.after
                  << "\"\n";
    const catalogue::PrefixChange& prefixes = change.prefixes;
    if (prefixes.empty())
        return;
    std::cout << "    " << catalogue::text_of(prefixes.before) << " -> "
              << catalogue::text_of(prefixes.after) << '\n';
    for (const resolvers::Prefix& prefix : prefixes.removed)
        std::cout << "    -" << prefix.text() << '\n';
    for (const resolvers::Prefix& prefix : prefixes.added)
        std::cout << "    +" << prefix.text() << '\n';
}

void write(resolvers::JsonWriter& out, const char* key,
           const std::vector<resolvers::Prefix>& prefixes)
{
    out.key(key);
    out.open_list();
    for (const resolvers::Prefix& prefix : prefixes)
        out.prefix(prefix);
    out.close_list();
}

void write(resolvers::JsonWriter& out, const char* key, const catalogue::PrefixTotals& totals)
{
    out.key(key);
    out.open_object();
    out.key("prefixes");
    out.number(totals.prefixes);
    out.key("ipv4_addresses");
    out.number(totals.v4_addresses);
    out.key("ipv6_networks");
    out.number(totals.v6_networks);
    out.close_object();
}

void write(resolvers::JsonWriter& out, const audit::EntryChange& change)
{
    out.open_object();
    out.key("what");
    out.word(change.what);
    out.key("id");
    out.string(change.id);
    out.key("change");
    out.word(change.change);
    out.key("fields");
    out.open_list();
    for (const audit::FieldChange& field : change.fields) {
        out.open_object();
        out.key("field");
        out.string(field.field);
        out.key("before");
        out.string(field.before);
        out.key("after");
        out.string(field.after);
        out.close_object();
    }
    out.close_list();
    if (!change.prefixes.empty()) {
        write(out, "prefixes_added", change.prefixes.added);
        write(out, "prefixes_removed", change.prefixes.removed);
        write(out, "before", change.prefixes.before);
        write(out, "after", change.prefixes.after);
    }
    out.close_object();
}

ExitCode run(const Flags& flags)
{
    const auto before = catalogue::Catalogue::load(flags.before);
    if (!before)
        return fail(flags.before + ":\n" + before.error().detail);
    const auto after = catalogue::Catalogue::load(flags.after);
    if (!after)
        return fail(flags.after + ":\n" + after.error().detail);
    const std::vector<audit::EntryChange> changes = audit::changes_between(*before, *after);
    if (flags.json) {
        std::string text;
        {
            resolvers::JsonWriter out(text);
            out.open_object();
            out.key("format");
            out.word(diff_format);
            out.key("changes");
            out.open_list();
            for (const audit::EntryChange& change : changes)
                write(out, change);
            out.close_list();
            out.close_object();
        }
        std::cout << text << '\n';
    } else {
        for (const audit::EntryChange& change : changes)
            print(change);
    }
    return changes.empty() ? ExitCode::ok : ExitCode::found;
}

}  // namespace

CommandRun data_diff_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    table.add({.names = "old",
               .target = &flags->before,
               .summary = "A data directory",
               .value = "OLD",
               .required = true});
    table.add({.names = "new",
               .target = &flags->after,
               .summary = "Another",
               .value = "NEW",
               .required = true});
    table.add(
        {.names = "--json", .target = &flags->json, .summary = "One JSON object instead of lines"});
    table.epilogue(
        "  servedby data diff data-of-june data\n\n"
        "Exit status: 0 the same, 1 they differ, 2 one of them could not be read.");
    return [flags] { return run(*flags); };
}

}  // namespace scanner::cli
