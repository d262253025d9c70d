// Flags of the questions to registries (RDAP).
#pragma once

#include <string>

#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

struct RdapFlags {
    /// "off", "domain", "network" or "all".
    std::string ask = "off";
    /// SQLite file. Empty: answers are remembered for this run alone.
    std::string cache;
    /// Questions a second to one registry.
    double rate = 1.0;
    /// Folder with IANA's three files. Empty: rdap/ in the data directory.
    std::string bootstrap;
};

/// All of them.
void add_rdap_flags(OptionTable& table, RdapFlags& flags);
/// All but --rdap itself.
void add_rdap_cache_flags(OptionTable& table, RdapFlags& flags);

}  // namespace scanner::cli
