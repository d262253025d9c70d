#include "scanner/cli/flags/knowledge_flags.h"

namespace scanner::cli {

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

}  // namespace scanner::cli
