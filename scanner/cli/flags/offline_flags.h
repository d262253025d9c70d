// Flags that attribute, route and import share.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

struct OfflineFlags {
    std::vector<std::string> files;
    std::string output;
    /// 0: one a core.
    unsigned threads = 0;
};

void add_offline_flags(OptionTable& table, OfflineFlags& flags);

}  // namespace scanner::cli
