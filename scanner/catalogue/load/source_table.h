// The [sources.*] tables of a data file, and the fields that refer to them.
#pragma once

#include <map>
#include <string>

#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/load/table_reader.h"

namespace scanner::catalogue {

std::map<std::string, Source> read_sources(TableReader& file_table, std::string_view file,
                                           Errors& errors);

/// What `source = "..."` names; null (and an error noted) if it is missing or names none.
const Source* read_source(TableReader& reader, const std::map<std::string, Source>& sources);

/// The words for kinds of sources.

/// Is it http(s)://host..., without spaces?
bool is_url(std::string_view text);

}  // namespace scanner::catalogue
