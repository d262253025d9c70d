// Puts a file in place whole or not at all: a reader sees the old one or the new one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"

namespace scanner::cli {

/// Writes beside `path`, syncs, renames over it, syncs the folder. Absent when it is done; else why
/// not, and the old file stands as it was. Failure code: "not_writable".
std::optional<resolvers::Failure> replace_file(const std::string& path, std::string_view bytes);

/// Can files be made in that folder (which must be there)?
bool is_writable_folder(const std::string& dir);

}  // namespace scanner::cli
