// servedby attribute --against OLD: the records as always, and what changed since an earlier run.
#pragma once

#include <string>

#include "scanner/cli/flags/option_table.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/offline.h"

namespace scanner::cli {

struct AgainstFlags {
    /// Records of the earlier run. Empty: nothing is compared.
    std::string old;
    /// Where the report goes; empty: stderr.
    std::string report;
    bool json = false;
};

void add_against_flags(OptionTable& table, AgainstFlags& flags);

/// One line of the input after the other, on one thread. ExitCode::found if anything changed.
ExitCode run_against(const AgainstFlags& against, const OfflineFlags& offline,
                     std::vector<NamedFile> also_read, const catalogue::Catalogue& catalogue,
                     const Provenance& provenance);

}  // namespace scanner::cli
