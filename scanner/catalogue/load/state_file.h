// One file of data/states/: markers of what is not a live site (parking, seizure, block pages).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

/// Keys are normalised: addresses to prefixes ("198.51.100.7/32"), texts and names to lower case.
/// Each example is checked against its own marker.
std::unique_ptr<StateFile> read_state_file(const std::string& file, std::string_view text,
                                           Errors& errors);

}  // namespace scanner::catalogue
