#include "scanner/catalogue/load/document.h"

#include <toml++/toml.h>

#include <cstdio>

namespace scanner::catalogue {

namespace {

unsigned line_of(const toml::source_region& source)
{
    return source.begin.line;
}

std::string iso(const toml::date& day)
{
    char text[32];
    std::snprintf(text, sizeof text, "%04u-%02u-%02u", static_cast<unsigned>(day.year),
                  static_cast<unsigned>(day.month), static_cast<unsigned>(day.day));
    return text;
}

// The parser limits nesting, so this recursion is bounded too.
Value converted(const toml::node& node)
{
    Value made;
    made.line = line_of(node.source());
    switch (node.type()) {
        case toml::node_type::string:
            made.kind = Value::Kind::text;
            made.text = node.as_string()->get();
            break;
        case toml::node_type::integer:
            made.kind = Value::Kind::integer;
            made.integer = node.as_integer()->get();
            break;
        case toml::node_type::boolean:
            made.kind = Value::Kind::boolean;
            made.boolean = node.as_boolean()->get();
            break;
        case toml::node_type::date:
            made.kind = Value::Kind::date;
            made.text = iso(node.as_date()->get());
            break;
        case toml::node_type::array:
            made.kind = Value::Kind::array;
            made.items.reserve(node.as_array()->size());
            for (const toml::node& item : *node.as_array())
                made.items.push_back(converted(item));
            break;
        case toml::node_type::table:
            made.kind = Value::Kind::table;
            made.fields.reserve(node.as_table()->size());
            for (auto&& [key, value] : *node.as_table()) {
                made.fields.push_back({std::string(key.str()), converted(value)});
                // A table made by [a.b] or an array by [[a.b]] has its own line, where a reader
                // looks.
                if (!value.is_table() && line_of(key.source()) != 0)
                    made.fields.back().value.line = line_of(key.source());
            }
            break;
        default:
            // Floats, times and date-times: the catalogue has no use for them, the reader says so.
            made.kind = Value::Kind::real;
            break;
    }
    return made;
}

}  // namespace

const Value* Value::find(std::string_view key) const
{
    for (const auto& [name, value] : fields)
        if (name == key)
            return &value;
    return nullptr;
}

std::string_view name_of(Value::Kind kind)
{
    switch (kind) {
        case Value::Kind::text:
            return "a text";
        case Value::Kind::integer:
            return "a number";
        case Value::Kind::boolean:
            return "true or false";
        case Value::Kind::date:
            return "a date";
        case Value::Kind::array:
            return "a list";
        case Value::Kind::table:
            return "a table";
        case Value::Kind::real:
            break;
    }
    return "a time or a broken number";
}

// The library throws on bad syntax; here, at the rim, that becomes data.
Document parse_toml(std::string_view text)
{
    Document document;
    try {
        const toml::table root = toml::parse(text);
        document.root = converted(root);
    } catch (const toml::parse_error& error) {
        document.error = std::string(error.description());
        document.error_line = line_of(error.source());
    }
    return document;
}

}  // namespace scanner::catalogue
