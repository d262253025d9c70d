#include "scanner/cli/wiring/knowledge.h"

#include <cstdlib>
#include <filesystem>

#include "resolvers/asn/maxmind.h"

namespace scanner {

using resolvers::Failure;
using resolvers::Outcome;

void add_catalogue_flags(OptionTable& table, KnowledgeFlags& flags)
{
    table.add({.names = "--data",
               .target = &flags.data_dir,
               .summary = "Directory of the catalogue (default: $SERVEDBY_DATA, else as built)",
               .value = "DIR"});
    table.add({.names = "--catalogue",
               .target = &flags.overlays,
               .summary = "Add or replace providers by the files in DIR; may be given again",
               .value = "DIR",
               .one_value = true});
}

void add_asn_flag(OptionTable& table, KnowledgeFlags& flags)
{
    table.add({.names = "--asn-db",
               .target = &flags.asn_db,
               .summary =
                   "MaxMind DB of origin ASes, GeoLite2-ASN or alike (default: asn.mmdb of --data)",
               .value = "FILE"});
}

std::string data_dir_of(const KnowledgeFlags& flags)
{
    if (!flags.data_dir.empty())
        return flags.data_dir;
    if (const char* set = std::getenv("SERVEDBY_DATA"); set != nullptr && *set != '\0')
        return set;
    return SERVEDBY_DATA_DIR;
}

Outcome<Catalogue> load_catalogue(const KnowledgeFlags& flags)
{
    return Catalogue::load(data_dir_of(flags), flags.overlays);
}

Outcome<std::unique_ptr<resolvers::OriginTable>> load_origins(const KnowledgeFlags& flags)
{
    const std::string shipped = data_dir_of(flags) + "/asn.mmdb";
    if (flags.asn_db.empty() && !std::filesystem::exists(shipped))
        return std::unique_ptr<resolvers::OriginTable>();
    auto opened = resolvers::MaxmindOrigins::open(flags.asn_db.empty() ? shipped : flags.asn_db);
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

Provenance provenance_of(const Catalogue& catalogue)
{
    return {"servedby " SERVEDBY_VERSION, catalogue.date(), catalogue.sha256()};
}

}  // namespace scanner
