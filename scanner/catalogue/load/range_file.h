// Prefixes of the data: single ones, and the snapshots of data/ranges/. Whatever a publisher says,
// nobody owns a /7, and nobody owns 10.0.0.0/8.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

/// A prefix that a rule may list: canonical, at most /8 (IPv4) or /19 (IPv6) wide, outside of
/// special-purpose space. Absent, with an error noted at `where`, otherwise.
std::optional<resolvers::Prefix> read_prefix(std::string_view text, std::string where,
                                             Errors& errors);

/// `name` as in errors ("ranges/examplecdn.txt").
std::unique_ptr<RangeFile> read_range_file(const std::string& name, std::string_view text,
                                           Errors& errors);

}  // namespace scanner::catalogue
