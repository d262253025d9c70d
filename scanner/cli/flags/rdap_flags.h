// Flags of the questions to registries (RDAP), and what they make.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "resolvers/base/outcome.h"
#include "resolvers/rdap/registry.h"
#include "scanner/observe/observe.h"

namespace scanner {

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
void add_rdap_flags(CLI::App& app, RdapFlags& flags);
/// All but --rdap itself.
void add_rdap_cache_flags(CLI::App& app, RdapFlags& flags);

/// Puts into the plan what is to be asked, and makes what the shards share for it; null if nothing
/// is asked.
resolvers::Outcome<std::shared_ptr<resolvers::RdapShared>> make_rdap(const RdapFlags& flags,
                                                                     const std::string& data_dir,
                                                                     Plan& plan);

}  // namespace scanner
