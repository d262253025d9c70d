// A TOML file as plain values that remember their lines. The TOML library is seen by document.cpp
// alone. Comments are lost, and the order of keys; the order in arrays is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scanner::catalogue {

struct Field;

struct Value {
    enum class Kind { text, integer, real, boolean, date, array, table };

    Kind kind = Kind::table;
    /// Where its key stands (elements of arrays: where it stands itself), from 1.
    unsigned line = 0;
    /// Of a text; of a date "2026-08-22".
    std::string text;
    std::int64_t integer = 0;
    bool boolean = false;
    /// Of an array.
    std::vector<Value> items;
    /// Of a table, by key.
    std::vector<Field> fields;

    /// Null if the table has no such key.
    const Value* find(std::string_view key) const;
};

struct Field {
    std::string key;
    Value value;
};

/// "a text", "a list"... for messages.
std::string_view name_of(Value::Kind kind);

struct Document {
    Value root;
    /// Empty if the text is TOML; else what is wrong with it, and where.
    std::string error;
    unsigned error_line = 0;
};

Document parse_toml(std::string_view text);

}  // namespace scanner::catalogue
