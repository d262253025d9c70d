// One file of data/providers/: a company, its sources, its products and what gives each away.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

/// `file` as in errors ("providers/examplecdn.toml"). Null if the text is not TOML or has no id;
/// with other faults the company is returned as far as it can be read, so that checks go on.
std::unique_ptr<Company> read_provider_file(const std::string& file, std::string_view text,
                                            Errors& errors);

/// Lower-case letters, digits and single '-' between them.
bool is_id(std::string_view text);

}  // namespace scanner::catalogue
