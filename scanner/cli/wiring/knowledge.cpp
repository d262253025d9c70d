#include "scanner/cli/wiring/knowledge.h"

#include <cstdlib>
#include <filesystem>

#include "resolvers/asn/maxmind.h"

namespace scanner::cli {

using resolvers::Failure;
using resolvers::Outcome;

std::string data_dir_of(const KnowledgeFlags& flags)
{
    if (!flags.data_dir.empty())
        return flags.data_dir;
    if (const char* set = std::getenv("SERVEDBY_DATA"); set != nullptr && *set != '\0')
        return set;
    return SERVEDBY_DATA_DIR;
}

Outcome<catalogue::Catalogue> load_catalogue(const KnowledgeFlags& flags)
{
    return catalogue::Catalogue::load(data_dir_of(flags), flags.overlays);
}

Outcome<std::unique_ptr<resolvers::OriginTable>> load_origins(const KnowledgeFlags& flags)
{
    const std::string shipped = data_dir_of(flags) + "/asn.mmdb";
    if (flags.asn_db.empty() && !std::filesystem::exists(shipped))
        return std::unique_ptr<resolvers::OriginTable>();
    auto opened =
        resolvers::asn::MaxmindOrigins::open(flags.asn_db.empty() ? shipped : flags.asn_db);
    if (!opened)
        return opened.error();
    return std::unique_ptr<resolvers::OriginTable>(std::move(*opened));
}

std::vector<NamedFile> knowledge_files(const KnowledgeFlags& flags)
{
    std::vector<NamedFile> files = {{"the catalogue's file", data_dir_of(flags)}};
    for (const std::string& overlay : flags.overlays)
        files.push_back({"the catalogue's file", overlay});
    if (!flags.asn_db.empty())
        files.push_back({"the routing data", flags.asn_db});
    return files;
}

Provenance provenance_of(const catalogue::Catalogue& catalogue)
{
    return {"servedby " SERVEDBY_VERSION, catalogue.date(), catalogue.sha256()};
}

}  // namespace scanner::cli
