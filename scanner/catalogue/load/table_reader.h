// Reads the fields of one table of a data file: each asked for by name and kind, each mistake told
// with its line, and what nobody asked for reported as unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/words.h"
#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/load/document.h"

namespace scanner::catalogue {

/// The words of an enumeration that stand in files: all but the empty one.
template <resolvers::Worded T>
constexpr Words written_words()
{
    const Words all = resolvers::words_of<T>();
    return all.subspan(all.front().empty() ? 1 : 0);
}

/// A text with the line where it stands.
struct LinedText {
    std::string text;
    unsigned line = 0;
};

/// Lives shorter than the value, the file name and the errors that it is given.
class TableReader {
public:
    /// `name` is how messages call the table: "[[product.header]]".
    TableReader(const Value& table, std::string_view file, std::string_view name, Errors& errors);

    /// Empty if the field is missing; `required` makes that an error.
    std::string text(std::string_view key);
    std::string required_text(std::string_view key);

    /// A text, or a list of them, without empty ones.
    std::vector<LinedText> texts(std::string_view key);

    std::optional<bool> flag(std::string_view key);
    std::optional<std::int64_t> number(std::string_view key);

    /// An ISO date, written as a date or as a text.
    std::string day(std::string_view key);
    std::string required_day(std::string_view key);

    /// One of the known words: its index. Absent if missing or unknown (an error is noted).
    std::optional<std::size_t> word(std::string_view key, Words known);
    std::optional<std::size_t> required_word(std::string_view key, Words known);

    /// The same for an enumeration that has words; an empty word, which stands for an absent field,
    /// is none of them.
    template <resolvers::Worded T>
    std::optional<T> one_of(std::string_view key)
    {
        return value_at<T>(word(key, written_words<T>()));
    }
    template <resolvers::Worded T>
    std::optional<T> required_one_of(std::string_view key)
    {
        return value_at<T>(required_word(key, written_words<T>()));
    }

    /// The tables of [[key]]; empty if there are none.
    const std::vector<Value>& tables(std::string_view key);

    /// The table [key]; null if there is none.
    const Value* table(std::string_view key);

    bool has(std::string_view key) const { return table_.find(key) != nullptr; }

    /// Where the field stands; where the table stands if it has no such field.
    unsigned line_of(std::string_view key) const;
    std::string where(std::string_view key) const { return place(file_, line_of(key)); }
    std::string where() const { return place(file_, table_.line); }

    void error(std::string_view key, std::string what);

    /// Reports every field that was never asked for. Call it last.
    void finish();

private:
    template <resolvers::Worded T>
    static std::optional<T> value_at(std::optional<std::size_t> index)
    {
        return index ? resolvers::value_of<T>(written_words<T>()[*index]) : std::nullopt;
    }

    const Value* ask(std::string_view key, Value::Kind kind);
    void missing(std::string_view key);
    bool printable(std::string_view key, const std::string& text, unsigned line);

    const Value& table_;
    std::string_view file_;
    std::string_view name_;
    Errors& errors_;
    std::vector<std::string_view> asked_;
};

}  // namespace scanner::catalogue
