// The [[product.channel]] tables: how a provider wants to be told. Nothing guessed, nothing
// undated.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/load/table_reader.h"

namespace scanner::catalogue {

/// `title` is how messages call the table: "[[product.channel]]".
void read_channels(const std::vector<Value>& tables, std::string_view file, std::string_view title,
                   const std::map<std::string, Source>& sources, Product& product, Errors& errors);

/// A mail address in lower case, as "local@host.tld": without display name, quotes or comments.
/// Absent if the text is no such thing.
std::optional<std::string> plain_mailbox(std::string_view text);

}  // namespace scanner::catalogue
