// Flags that say what decisions rest on.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

struct KnowledgeFlags {
    /// Empty: SERVEDBY_DATA, else where servedby was built or installed.
    std::string data_dir;
    std::vector<std::string> overlays;
    /// Empty: asn.mmdb in the data directory, if it is there.
    std::string asn_db;
};

void add_catalogue_flags(OptionTable& table, KnowledgeFlags& flags);
void add_asn_flag(OptionTable& table, KnowledgeFlags& flags);

}  // namespace scanner::cli
