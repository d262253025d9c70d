#include "scanner/cli/flags/live_flags.h"

namespace scanner::cli {

void add_live_flags(OptionTable& table, LiveFlags& flags)
{
    table.add({.names = "files,-l,-i,--list",
               .target = &flags.files,
               .summary = "Names or URLs, one a line, or CSV with a header (default: stdin)",
               .value = "FILE"});
    table.add({.names = "-o,--output",
               .target = &flags.output,
               .summary = "Write to FILE instead of stdout; packed if it is called *.zst",
               .value = "FILE"});
    table.add({.names = "--input-format",
               .target = &flags.input_format,
               .summary = "auto, text or csv",
               .choices = {"auto", "text", "csv"},
               .shows_default = true});
    table.add({.names = "--column",
               .target = &flags.column,
               .summary = "CSV column that holds the sites: its title, or its number from 1",
               .value = "NAME"});
    table.add({.names = "--resolvers",
               .target = &flags.resolvers,
               .summary =
                   "Resolvers that decide: ADDRESS or ADDRESS:PORT, over TCP with tcp:// before "
                   "it, over TLS as tls://ADDRESS#NAME, or https://HOST/PATH; comma separated "
                   "(default: the system's)",
               .one_value = true,
               .delimiter = ','});
    add_view_flags(table, flags.views);
    table.add({.names = "--timeout",
               .target = &flags.timeout,
               .summary = "For each step of a probe and each DNS query",
               .shows_default = true});
    table.add({.names = "--deadline",
               .target = &flags.deadline,
               .summary = "For all that is done for one name",
               .shows_default = true});
    table.add({.names = "--retries",
               .target = &flags.retries,
               .summary = "DNS queries more, after one that failed",
               .shows_default = true});
    table.add({.names = "--max-inflight",
               .target = &flags.in_flight,
               .summary = "Names at work at once",
               .range = OptionRange{1, 1e6, true},
               .shows_default = true});
    table.add({.names = "--threads",
               .target = &flags.threads,
               .summary = "Threads (default: one a core)"});
    table.add({.names = "--shards",
               .target = &flags.shards,
               .summary = "Split the input in N for N machines",
               .range = OptionRange{1, 1e6, true}});
    table.add({.names = "--shard",
               .target = &flags.shard,
               .summary = "... and take this part, 0 to N-1"});
    table.add({.names = "--seed",
               .target = &flags.seed,
               .summary = "For the order in which names are taken"});
    table.add({.names = "--contact",
               .target = &flags.contact,
               .summary = "Mail address or URL of yours, for the User-Agent (default: none)"});
    table.add({.names = "--user-agent",
               .target = &flags.user_agent,
               .summary = "The whole User-Agent, instead; put a contact in it"});
    table.add({.names = "--vantage",
               .target = &flags.vantage,
               .summary = "Where you look from, kept in each observation"});
    table.add({.names = "--ca-file",
               .target = &flags.ca_file,
               .summary = "Trust these certificates (PEM) as well",
               .value = "FILE"});
    add_rdap_flags(table, flags.rdap);
    table.add({.names = "--no-http",
               .target = &flags.no_http,
               .summary = "Ask the DNS only, connect to nothing"});
    table.add({.names = "--ordered",
               .target = &flags.ordered,
               .summary = "Records in the order of the input"});
    table.add({.names = "--allow-private",
               .target = &flags.allow_private,
               .summary = "Connect to private and other special-purpose addresses too"});
    add_polite_flags(table, flags.polite);
    table.add({.names = "--silent",
               .target = &flags.silent,
               .summary = "No progress and no findings about resolvers on stderr"});
    table.add({.names = "--stats",
               .target = &flags.stats,
               .summary = "Progress even when stderr is no terminal"});
    table.add({.names = "--strict",
               .target = &flags.strict,
               .summary = "Exit with 1 when a line could not be read"});
}

}  // namespace scanner::cli
