#include "scanner/cli/flags/polite_flags.h"

namespace scanner::cli {

void add_polite_flags(OptionTable& table, PoliteFlags& flags)
{
    table.add({.names = "--blocklist",
               .target = &flags.block_lists,
               .summary = "Send nothing to the names and prefixes in FILE (state opt_out, refused: "
                          "blocked); SIGHUP reads it again",
               .value = "FILE",
               .one_value = true});
    table.add({.names = "--optout",
               .target = &flags.opt_outs,
               .summary = "The same for those who asked for it (refused: opt_out)",
               .value = "FILE",
               .one_value = true});
    table.add({.names = "--per-address",
               .target = &flags.per_address,
               .summary = "Connections to one address at once, and new ones a second; or unlimited",
               .value = "N:RATE",
               .shows_default = true});
    table.add({.names = "--per-prefix",
               .target = &flags.per_prefix,
               .summary = "The same for a /24 (IPv6: /48)",
               .value = "N:RATE",
               .shows_default = true});
    table.add({.names = "--per-edge",
               .target = &flags.per_edge,
               .summary =
                   "Instead, for addresses that the catalogue knows as a front's edge; for their "
                   "prefix four times as much",
               .value = "N:RATE",
               .shows_default = true});
    table.add({.names = "--rate",
               .target = &flags.rate,
               .summary = "Connections a second altogether (default: unlimited)",
               .value = "RATE"});
    table.add({.names = "--dns-rate",
               .target = &flags.dns_rate,
               .summary = "DNS questions a second altogether (default: unlimited)",
               .value = "RATE"});
    table.add(
        {.names = "--max-wait",
         .target = &flags.longest_wait,
         .summary = "A probe that these limits hold back for longer is not made (not_probed: rate)",
         .shows_default = true});
    table.add({.names = "--certs",
               .target = &flags.certificates,
               .summary =
                   "Write leaf certificates to FILE, one JSON line each (sha256, der in base64); "
                   "one seen long ago may come again",
               .value = "FILE"});
}

}  // namespace scanner::cli
