// Tables of sites: RFC 4180 rows, split by comma, semicolon or tab.
// A quote that is never closed costs its own line, not the rest of the file.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/input/lists/line_list.h"

namespace scanner::input {

/// Splits one row into cells, fed with one line of it after the other.
class RowSplitter {
public:
    explicit RowSplitter(char delimiter);

    /// Text of the row; a line end inside of it is fed as "\n".
    void feed(std::string_view text);

    /// Is a quotation mark open, so that the row goes on in the next line?
    bool open() const { return quoted_; }

    /// The cells so far, without the quotation marks around them. Text after a closing one is kept.
    const std::vector<std::string>& cells() const { return cells_; }

private:
    char delimiter_;
    std::vector<std::string> cells_;
    bool quoted_ = false;
    bool at_start_ = true;
};

/// What the columns of a table mean.
struct CsvLayout {
    char delimiter = ',';
    /// Titles as they stand; "column1"... for a table without a header row.
    std::vector<std::string> titles;
    bool has_header = false;
    /// Columns that may name the site, best first: url, host, hostname, domain, site, website,
    /// origin, fqdn, name. Not empty.
    std::vector<std::size_t> names;
    std::optional<std::size_t> weight;
    std::optional<std::size_t> category;
};

/// Why a line that the input broke off in has no site.
inline constexpr const char* broken_line = "the input breaks off in this line";

/// Rows that are looked at before a column is guessed.
inline constexpr std::size_t rows_looked_at = 100;

/// What there is to tell a table by.
struct TableQuestion {
    std::string_view first_row;
    /// The last comment line before it, which may hold the titles. May be empty.
    std::string_view comment;
    /// The column that the user named, by title or number. Empty: to be found.
    std::string column;
    /// It is known to be a table; otherwise it may be plain text.
    bool is_table = false;
    /// The rows after the first, one a call; absent at the end, or after `rows_looked_at`.
    std::function<std::optional<std::string>()> next_row;
};

struct FoundTable {
    CsvLayout layout;
    /// As List::guess.
    std::string guess;
};

/// The layout of a table: by a title that is known, in the first row or in the comment before it,
/// or by the one column that mostly holds sites. Absent if it is no table. Failure "no_column" if
/// it is one whose sites cannot be told, with the columns that there are.
resolvers::Outcome<std::optional<FoundTable>> find_table(const TableQuestion& question);

/// Reads rows as subjects. See line_list.h.
class CsvReader : public SubjectReader {
public:
    /// `lines` must be at the first row of data.
    CsvReader(std::unique_ptr<LineReader> lines, CsvLayout layout);
    bool next(Subject& subject) override;

private:
    bool next_row(Line& first, std::optional<std::vector<std::string>>& cells);
    Subject subject_of(const Line& line, const std::vector<std::string>& cells) const;

    std::unique_ptr<LineReader> lines_;
    bool told_ = false;
    CsvLayout layout_;
};

}  // namespace scanner::input
