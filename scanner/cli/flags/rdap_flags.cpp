#include "scanner/cli/flags/rdap_flags.h"

namespace scanner::cli {

namespace {

constexpr double slowest = 0.01;
constexpr double fastest = 100.0;

}  // namespace

void add_rdap_flags(OptionTable& table, RdapFlags& flags)
{
    table.add(
        {.names = "--rdap",
         .target = &flags.ask,
         .summary =
             "Ask registries about the domain, the network of the addresses, or all; off asks "
             "nobody",
         .choices = {"off", "domain", "network", "all"},
         .shows_default = true});
    add_rdap_cache_flags(table, flags);
}

void add_rdap_cache_flags(OptionTable& table, RdapFlags& flags)
{
    table.add({.names = "--rdap-cache",
               .target = &flags.cache,
               .summary = "Remember registries' answers in this file, for later runs too",
               .value = "FILE"});
    table.add({.names = "--rdap-rate",
               .target = &flags.rate,
               .summary = "Questions a second to one registry",
               .range = OptionRange{slowest, fastest},
               .shows_default = true});
    table.add(
        {.names = "--rdap-bootstrap",
         .target = &flags.bootstrap,
         .summary = "Folder with IANA's dns.json, ipv4.json and ipv6.json (default: those shipped)",
         .value = "DIR"});
}

}  // namespace scanner::cli
