// Reads tests/fixtures/vectors/*.json.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// The whole file, or a thrown std::runtime_error that names it.
boost::json::object vector_file(std::string_view name);

/// Octets of a "hex" member.
std::vector<std::uint8_t> octets_of(const boost::json::object& vector);

/// A string member.
std::string text_of(const boost::json::object& vector, std::string_view member);

}  // namespace tests
