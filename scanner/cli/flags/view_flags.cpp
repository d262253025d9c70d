#include "scanner/cli/flags/view_flags.h"

#include "scanner/observe/profile.h"

namespace scanner::cli {

void add_view_flags(OptionTable& table, ViewFlags& flags)
{
    table.add({.names = "--view",
               .target = &flags.views,
               .summary = "NAME=ADDRESS[,ADDRESS]: another resolver's word on every name, to tell "
                          "tampering; may be given again",
               .value = "NAME=ADDR",
               .one_value = true});
    table.add({.names = "--profile",
               .target = &flags.profile,
               .summary =
                   "quick: addresses and a probe; standard: HTTPS, NS and SOA records too; deep: "
                   "MX, SPF, CAA, reverse names, wildcards as well",
               .choices =
                   [] {
                       std::vector<std::string> names;
                       for (const std::string_view name : observe::profile_names())
                           names.emplace_back(name);
                       return names;
                   }(),
               .shows_default = true});
    table.add({.names = "--www",
               .target = &flags.www,
               .summary = "Ask for the addresses of www too when the name is an apex"});
    table.add({.names = "--canary",
               .target = &flags.canary,
               .summary =
                   "auto: ask each resolver now and then what is known anyway, and leave out "
                   "those that make answers up; off",
               .choices = {"auto", "off"},
               .shows_default = true});
    table.add({.names = "--authority",
               .target = &flags.authority,
               .summary =
                   "Ask the zone's own name servers as well: never, always, or auto: when views "
                   "disagree",
               .choices = {"auto", "always", "never"},
               .shows_default = true});
    table.add({.names = "--ecs",
               .target = &flags.client_subnet,
               .summary = "Claim this network as the client's in every query (RFC 7871), like "
                          "192.0.2.0/24",
               .value = "PREFIX"});
}

}  // namespace scanner::cli
