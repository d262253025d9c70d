// What a run needs to ask registries.
#pragma once

#include <memory>
#include <string>

#include "resolvers/base/outcome.h"
#include "resolvers/rdap/registry.h"
#include "scanner/cli/flags/rdap_flags.h"
#include "scanner/observe/observe.h"

namespace scanner::cli {

/// Puts into the plan what is to be asked, and makes what the shards share for it; null if nothing
/// is asked.
resolvers::Outcome<std::shared_ptr<resolvers::rdap::RdapShared>> make_rdap(
    const RdapFlags& flags, const std::string& data_dir, observe::Plan& plan);

}  // namespace scanner::cli
