// Tables of sites: RFC 4180 rows, split by comma, semicolon or tab.
// A quote that is never closed costs its own line, not the rest of the file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/input/line_list.h"

namespace scanner {

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
    /// Columns that may name the site, best first: url, host, hostname, domain, site, name. Not
    /// empty.
    std::vector<std::size_t> names;
    std::optional<std::size_t> weight;
    std::optional<std::size_t> category;
};

/// The layout that a first row tells: by its titles, or, without titles, by the one cell that reads
/// as a dotted host name ("1,example.com"). Absent for anything else.
std::optional<CsvLayout> layout_of(std::string_view first_row);

/// Reads rows as subjects. See line_list.h.
class CsvReader : public SubjectReader {
public:
    /// The layout is taken from the first row; where that tells nothing, the first column holds
    /// the names and the first row is data.
    explicit CsvReader(std::unique_ptr<LineReader> lines);
    bool next(Subject& subject) override;

private:
    bool next_row(Line& first, std::optional<std::vector<std::string>>& cells);
    Subject subject_of(const Line& line, const std::vector<std::string>& cells) const;

    std::unique_ptr<LineReader> lines_;
    bool laid_out_ = false;
    bool told_ = false;
    CsvLayout layout_;
};

}  // namespace scanner
