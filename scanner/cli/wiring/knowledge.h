// Finds and loads what decisions rest on: the catalogue and the routing data.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/resolvers.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/cli/flags/knowledge_flags.h"
#include "scanner/cli/wiring/file_clash.h"
#include "scanner/model/record.h"

namespace scanner::cli {

/// The data directory that the flags, the environment or the build point at.
std::string data_dir_of(const KnowledgeFlags& flags);

resolvers::Outcome<catalogue::Catalogue> load_catalogue(const KnowledgeFlags& flags);

/// Null when no file was named and none is shipped.
resolvers::Outcome<std::unique_ptr<resolvers::OriginTable>> load_origins(
    const KnowledgeFlags& flags);

/// What is read because of these flags.
std::vector<NamedFile> knowledge_files(const KnowledgeFlags& flags);

Provenance provenance_of(const catalogue::Catalogue& catalogue);

}  // namespace scanner::cli
