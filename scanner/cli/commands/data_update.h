// servedby data update, in its two halves: the lists of data/ranges/, and data/asn.mmdb.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/commands/commands.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/list_source.h"

namespace scanner::cli {

struct UpdateFlags {
    KnowledgeFlags knowledge;
    SourceFlags source;
    /// Companies or lists; empty for all lists.
    std::vector<std::string> names;
    std::vector<std::string> accept_shrink;
    /// Empty: where the lists were loaded from.
    std::string to;
    bool dry_run = false;
};

/// Renews data/asn.mmdb from flags.source.from, a file or a URL.
ExitCode update_asn(const UpdateFlags& flags);

/// "servedby: NAME: kept the old one: WHY" on stderr.
void tell_kept(const std::string& name, const std::string& why);

}  // namespace scanner::cli
