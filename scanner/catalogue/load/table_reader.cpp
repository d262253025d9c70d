#include "scanner/catalogue/load/table_reader.h"

#include <algorithm>
#include "resolvers/base/time_text.h"

namespace scanner::catalogue {

TableReader::TableReader(const Value& table, std::string_view file, std::string_view name,
                         Errors& errors)
    : table_(table), file_(file), name_(name), errors_(errors)
{
    asked_.reserve(16);
}

unsigned TableReader::line_of(std::string_view key) const
{
    const Value* value = table_.find(key);
    return value != nullptr ? value->line : table_.line;
}

void TableReader::error(std::string_view key, std::string what)
{
    errors_.add(where(key), std::move(what));
}

void TableReader::missing(std::string_view key)
{
    errors_.add(where(), std::string(name_) + " has no \"" + std::string(key) + "\"; add it");
}

const Value* TableReader::ask(std::string_view key, Value::Kind kind)
{
    asked_.push_back(key);
    const Value* value = table_.find(key);
    if (value == nullptr)
        return nullptr;
    // Days may stand in quotes.
    const bool quoted_day = kind == Value::Kind::date && value->kind == Value::Kind::text;
    if (value->kind == kind || quoted_day)
        return value;
    error(key, "\"" + std::string(key) + "\" must be " + std::string(name_of(kind)) + ", not " +
                   std::string(name_of(value->kind)));
    return nullptr;
}

// Control characters in data would reach terminals and notices. Only prose may have lines.
bool TableReader::printable(std::string_view key, const std::string& text, unsigned line)
{
    const bool lines_allowed = key == "notes" || key == "address";
    const bool clean = std::none_of(text.begin(), text.end(), [lines_allowed](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet < 0x20 && !(lines_allowed && c == '\n')) || octet == 0x7F;
    });
    if (!clean)
        errors_.add(place(file_, line),
                    "\"" + std::string(key) + "\" has a control character in it; take it out");
    return clean;
}

std::string TableReader::text(std::string_view key)
{
    const Value* value = ask(key, Value::Kind::text);
    if (value == nullptr)
        return {};
    if (value->text.empty())
        error(key, "\"" + std::string(key) + "\" is empty; fill it or leave it out");
    if (!printable(key, value->text, value->line))
        return {};
    return value->text;
}

std::string TableReader::required_text(std::string_view key)
{
    if (!has(key)) {
        asked_.push_back(key);
        missing(key);
        return {};
    }
    return text(key);
}

std::vector<LinedText> TableReader::texts(std::string_view key)
{
    std::vector<LinedText> found;
    const Value* list = ask(key, Value::Kind::array);
    if (list == nullptr)
        return found;
    found.reserve(list->items.size());
    for (const Value& item : list->items) {
        if (item.kind != Value::Kind::text || item.text.empty()) {
            errors_.add(place(file_, item.line),
                        "\"" + std::string(key) + "\" must be a list of texts, none of them empty");
            continue;
        }
        if (printable(key, item.text, item.line))
            found.push_back({item.text, item.line});
    }
    return found;
}

std::optional<bool> TableReader::flag(std::string_view key)
{
    const Value* value = ask(key, Value::Kind::boolean);
    return value != nullptr ? std::optional<bool>(value->boolean) : std::nullopt;
}

std::optional<std::int64_t> TableReader::number(std::string_view key)
{
    const Value* value = ask(key, Value::Kind::integer);
    return value != nullptr ? std::optional<std::int64_t>(value->integer) : std::nullopt;
}

std::string TableReader::day(std::string_view key)
{
    const Value* value = ask(key, Value::Kind::date);
    if (value == nullptr)
        return {};
    if (!resolvers::parse_day(value->text)) {
        error(key, "\"" + value->text + "\" is not a day; write it like 2026-08-22");
        return {};
    }
    return value->text;
}

std::string TableReader::required_day(std::string_view key)
{
    if (!has(key)) {
        asked_.push_back(key);
        missing(key);
        return {};
    }
    return day(key);
}

std::optional<std::size_t> TableReader::word(std::string_view key, Words known)
{
    const Value* value = ask(key, Value::Kind::text);
    if (value == nullptr)
        return std::nullopt;
    const auto found = std::find(known.begin(), known.end(), value->text);
    if (found == known.end()) {
        error(key, "unknown " + std::string(key) + " \"" + value->text + "\"" +
                       suggestion(value->text, known));
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - known.begin());
}

std::optional<std::size_t> TableReader::required_word(std::string_view key, Words known)
{
    if (!has(key)) {
        asked_.push_back(key);
        missing(key);
        return std::nullopt;
    }
    return word(key, known);
}

const std::vector<Value>& TableReader::tables(std::string_view key)
{
    static const std::vector<Value> none;
    const Value* list = ask(key, Value::Kind::array);
    if (list == nullptr)
        return none;
    for (const Value& item : list->items)
        if (item.kind != Value::Kind::table) {
            error(key, "\"" + std::string(key) + "\" must be tables, each headed by [[...]]");
            return none;
        }
    return list->items;
}

const Value* TableReader::table(std::string_view key)
{
    return ask(key, Value::Kind::table);
}

void TableReader::finish()
{
    for (const auto& [key, value] : table_.fields)
        if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
            errors_.add(place(file_, value.line), "unknown field \"" + key + "\" in " +
                                                      std::string(name_) + suggestion(key, asked_));
}

}  // namespace scanner::catalogue
