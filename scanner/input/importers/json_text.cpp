#include "scanner/input/importers/json_text.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/parse_options.hpp>
#include <charconv>
#include <cmath>
#include "resolvers/base/utf8.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

std::optional<unsigned> hex_unit(std::string_view text, std::size_t at)
{
    unsigned unit = 0;
    if (at + 4 > text.size())
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 4, unit, 16);
    if (error != std::errc{} || end != text.data() + at + 4)
        return std::nullopt;
    return unit;
}

bool is_high(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

// JSON.stringify of ECMAScript writes half pairs as escapes, which Boost.JSON refuses. The
// replacement has the same length.
void mend_surrogates(std::string& text)
{
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] != '\\')
            continue;
        if (text[i + 1] != 'u') {
            ++i;
            continue;
        }
        const std::optional<unsigned> unit = hex_unit(text, i + 2);
        if (!unit || (!is_high(*unit) && !is_low(*unit)))
            continue;
        const bool escape_follows = text.compare(i + 6, 2, "\\u") == 0;
        const std::optional<unsigned> next = escape_follows ? hex_unit(text, i + 8) : std::nullopt;
        if (is_high(*unit) && next && is_low(*next)) {
            i += 11;
            continue;
        }
        text.replace(i + 2, 4, "FFFD");
        i += 5;
    }
}

}  // namespace

resolvers::Outcome<json::value> parse_json(std::string text)
{
    if (!resolvers::is_utf8(text))
        text = resolvers::utf8_with_latin1(text);
    if (text.find("\\ud") != std::string::npos || text.find("\\uD") != std::string::npos)
        mend_surrogates(text);
    json::parse_options options;
    options.max_depth = max_json_depth;
    json::error_code error;
    json::value value = json::parse(text, error, {}, options);
    if (error)
        return resolvers::Failure{"malformed", error.message()};
    return value;
}

const json::value* value_at(const json::object& object,
                            std::initializer_list<std::string_view> keys)
{
    for (const std::string_view key : keys) {
        const json::value* found = object.if_contains(key);
        if (found != nullptr && !found->is_null())
            return found;
    }
    return nullptr;
}

const json::object* object_at(const json::object& object,
                              std::initializer_list<std::string_view> keys)
{
    const json::value* found = value_at(object, keys);
    return found == nullptr ? nullptr : found->if_object();
}

const json::array* list_at(const json::object& object, std::initializer_list<std::string_view> keys)
{
    const json::value* found = value_at(object, keys);
    return found == nullptr ? nullptr : found->if_array();
}

namespace {

std::string text_of(const json::value& value)
{
    if (const json::string* text = value.if_string())
        return std::string(*text);
    if (const std::int64_t* number = value.if_int64())
        return std::to_string(*number);
    if (const std::uint64_t* number = value.if_uint64())
        return std::to_string(*number);
    return {};
}

}  // namespace

std::string text_at(const json::object& object, std::initializer_list<std::string_view> keys)
{
    const json::value* found = value_at(object, keys);
    return found == nullptr ? std::string() : text_of(*found);
}

std::optional<std::int64_t> integer_at(const json::object& object,
                                       std::initializer_list<std::string_view> keys)
{
    const json::value* found = value_at(object, keys);
    if (found == nullptr)
        return std::nullopt;
    if (const double* number = found->if_double()) {
        constexpr double limit = 9e15;  // whole numbers are exact below
        if (!std::isfinite(*number) || std::fabs(*number) > limit)
            return std::nullopt;
        return static_cast<std::int64_t>(*number);
    }
    const std::string text = text_of(*found);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<bool> bool_at(const json::object& object,
                            std::initializer_list<std::string_view> keys)
{
    const json::value* found = value_at(object, keys);
    if (found == nullptr || !found->is_bool())
        return std::nullopt;
    return found->as_bool();
}

std::vector<std::string> texts_at(const json::object& object,
                                  std::initializer_list<std::string_view> keys)
{
    std::vector<std::string> texts;
    const json::value* found = value_at(object, keys);
    if (found == nullptr)
        return texts;
    if (found->is_string())
        return {text_of(*found)};
    if (const json::array* list = found->if_array())
        for (const json::value& item : *list)
            if (item.is_string())
                texts.push_back(text_of(item));
    return texts;
}

std::vector<std::string> leading_keys(std::string_view text)
{
    std::vector<std::string> keys;
    unsigned depth = 0;
    bool quoted = false;
    std::size_t quote_begin = 0;
    std::string last;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\')
                ++i;
            else if (c == '"') {
                quoted = false;
                last = text.substr(quote_begin, i - quote_begin);
            }
            continue;
        }
        if (c == '"') {
            quoted = true;
            quote_begin = i + 1;
        } else if (c == '{' || c == '[') {
            if (depth == 0 && c != '{')
                return keys;
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                return keys;
        } else if (c == ':' && depth == 1) {
            keys.push_back(last);
        } else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return keys;
        }
    }
    return keys;
}

}  // namespace scanner::input
