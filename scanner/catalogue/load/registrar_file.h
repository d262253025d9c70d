// data/registrars.toml: the abuse desks of registrars, by IANA id.
#pragma once

#include <string>
#include <string_view>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

/// Without a company if the text cannot be read at all.
Registrars read_registrar_file(const std::string& file, std::string_view text, Errors& errors);

}  // namespace scanner::catalogue
