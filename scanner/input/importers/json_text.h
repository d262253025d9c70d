// JSON of strangers, read without surprises: bounded depth, mended text, getters that never throw.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"

namespace scanner::input {

/// Deepest nesting taken. Recordings of browsers nest call stacks.
inline constexpr std::size_t max_json_depth = 128;

/// One JSON value, no more. Octets that are no UTF-8 are read as ISO-8859-1, and half surrogate
/// pairs in escapes as U+FFFD: recordings of pages hold both. Failure code: "malformed".
resolvers::Outcome<boost::json::value> parse_json(std::string text);

/// Keys tried in order; the first present one that is not null. Null if there is none.
const boost::json::value* value_at(const boost::json::object& object,
                                   std::initializer_list<std::string_view> keys);

/// The object, the list or the text at the first of these keys. Null or empty when it is something
/// else or absent. A number counts as text.
const boost::json::object* object_at(const boost::json::object& object,
                                     std::initializer_list<std::string_view> keys);
const boost::json::array* list_at(const boost::json::object& object,
                                  std::initializer_list<std::string_view> keys);
std::string text_at(const boost::json::object& object,
                    std::initializer_list<std::string_view> keys);

/// A whole number, also one written as text or as 200.0.
std::optional<std::int64_t> integer_at(const boost::json::object& object,
                                       std::initializer_list<std::string_view> keys);
std::optional<bool> bool_at(const boost::json::object& object,
                            std::initializer_list<std::string_view> keys);

/// The texts of a list; a single text counts as a list of one.
std::vector<std::string> texts_at(const boost::json::object& object,
                                  std::initializer_list<std::string_view> keys);

/// The keys of an object's beginning, at its top level, without parsing all of it: for telling
/// formats apart by what may be cut off. Empty if the text does not begin with an object.
std::vector<std::string> leading_keys(std::string_view text);

}  // namespace scanner::input
