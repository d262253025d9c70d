// Reads data/canaries.toml.
#pragma once

#include <string>
#include <string_view>

#include "scanner/catalogue/errors.h"
#include "scanner/model/canary.h"

namespace scanner::catalogue {

/// What the file says takes the place of what `canaries` held.
void read_canary_file(const std::string& file, std::string_view text, Canaries& canaries,
                      Errors& errors);

}  // namespace scanner::catalogue
