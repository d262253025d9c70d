#include "scanner/input/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "scanner/input/ascii_text.h"
#include "scanner/input/subject_text.h"
#include "scanner/input/utf8.h"

namespace scanner {

namespace {

constexpr std::array<char, 3> delimiters = {',', ';', '\t'};
constexpr std::array<std::string_view, 6> name_titles = {"url",    "host", "hostname",
                                                         "domain", "site", "name"};

std::optional<std::size_t> column_of(const std::vector<std::string>& cells, std::string_view title)
{
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (ascii_lower(trimmed(cells[i])) == title)
            return i;
    return std::nullopt;
}

std::optional<CsvLayout> layout_by_titles(const std::vector<std::string>& cells, char delimiter)
{
    CsvLayout layout;
    layout.delimiter = delimiter;
    layout.has_header = true;
    for (const std::string_view title : name_titles)
        if (const std::optional<std::size_t> column = column_of(cells, title))
            layout.names.push_back(*column);
    if (layout.names.empty())
        return std::nullopt;
    layout.weight = column_of(cells, "weight");
    layout.category = column_of(cells, "category");
    for (const std::string& cell : cells)
        layout.titles.push_back(utf8_replaced(trimmed(cell)));
    return layout;
}

bool reads_as_dotted_name(std::string_view cell)
{
    const Subject subject = read_subject(cell, 0);
    return subject.invalid.empty() && !subject.is_address &&
           subject.host.find('.') != std::string::npos;
}

// Rankings come without titles: "1,example.com". Two cells that read as names are no table that
// we understand.
std::optional<CsvLayout> layout_by_content(const std::vector<std::string>& cells, char delimiter)
{
    CsvLayout layout;
    layout.delimiter = delimiter;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (reads_as_dotted_name(cells[i]))
            layout.names.push_back(i);
        layout.titles.push_back("column" + std::to_string(i + 1));
    }
    if (cells.size() < 2 || layout.names.size() != 1)
        return std::nullopt;
    return layout;
}

std::optional<double> read_weight(std::string_view cell)
{
    const std::string_view text = trimmed(cell);
    double weight = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
        !std::isfinite(weight) || weight < 0)
        return std::nullopt;
    return weight;
}

bool is_comment_or_blank(std::string_view text)
{
    return text.starts_with('#') || trimmed(text).empty();
}

}  // namespace

RowSplitter::RowSplitter(char delimiter) : delimiter_(delimiter), cells_(1) {}

void RowSplitter::feed(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted_) {
            const bool doubled = c == '"' && text.substr(i + 1).starts_with('"');
            if (c == '"' && !doubled) {
                quoted_ = false;
                continue;
            }
            cells_.back() += c;
            i += doubled ? 1 : 0;
        } else if (c == delimiter_) {
            cells_.emplace_back();
            at_start_ = true;
        } else if (c == '"' && at_start_) {
            cells_.back().clear();
            quoted_ = true;
            at_start_ = false;
        } else {
            // Blanks before an opening quote are common ("a", "b") and mean nothing.
            cells_.back() += c;
            at_start_ = at_start_ && c == ' ';
        }
    }
}

std::optional<CsvLayout> layout_of(std::string_view first_row)
{
    std::optional<CsvLayout> best;
    for (const bool by_titles : {true, false}) {
        for (const char delimiter : delimiters) {
            RowSplitter row(delimiter);
            row.feed(first_row);
            if (row.open())
                continue;
            std::optional<CsvLayout> layout = by_titles ? layout_by_titles(row.cells(), delimiter)
                                                        : layout_by_content(row.cells(), delimiter);
            if (layout && (!best || layout->titles.size() > best->titles.size()))
                best = std::move(layout);
        }
        if (best)
            return best;
    }
    return best;
}

CsvReader::CsvReader(std::unique_ptr<LineReader> lines) : lines_(std::move(lines)) {}

// `first` is the row's first line; `cells` stays absent when the row cannot be read.
bool CsvReader::next_row(Line& first, std::optional<std::vector<std::string>>& cells)
{
    cells.reset();
    do {
        if (!lines_->next(first))
            return false;
    } while (!first.cut && is_comment_or_blank(first.text));
    if (first.cut)
        return true;

    RowSplitter row(layout_.delimiter);
    row.feed(first.text);
    std::vector<Line> taken;
    std::size_t size = first.text.size();
    Line more;
    while (row.open() && taken.size() + 1 < max_row_lines && size <= max_list_line &&
           lines_->next(more)) {
        row.feed("\n");
        row.feed(more.text);
        size += more.text.size() + 1;
        taken.push_back(std::move(more));
    }
    if (row.open())
        lines_->put_back(std::move(taken));
    else
        cells = row.cells();
    return true;
}

Subject CsvReader::subject_of(const Line& line, const std::vector<std::string>& cells) const
{
    std::optional<std::size_t> name;
    for (const std::size_t column : layout_.names)
        if (!name && column < cells.size() && !trimmed(cells[column]).empty())
            name = column;
    if (!name)
        return unreadable_subject(
            line.text, line.number,
            "the row names no site in column \"" + layout_.titles[layout_.names.front()] + "\"");

    Subject subject = read_subject(cells[*name], line.number);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i == *name)
            continue;
        if (layout_.category == i) {
            subject.category = utf8_replaced(trimmed(cells[i]));
            continue;
        }
        if (layout_.weight == i) {
            subject.weight = read_weight(cells[i]);
            // A weight that is no number stays beside the others, to be seen.
            if (subject.weight || trimmed(cells[i]).empty())
                continue;
        }
        const std::string title =
            i < layout_.titles.size() ? layout_.titles[i] : "column" + std::to_string(i + 1);
        subject.extra.emplace_back(title, utf8_replaced(cells[i]));
    }
    return subject;
}

bool CsvReader::next(Subject& subject)
{
    Line line;
    std::optional<std::vector<std::string>> cells;
    if (!laid_out_) {
        laid_out_ = true;
        // The layout is found before a row is split, as it says by what to split.
        bool any = false;
        do {
            any = lines_->next(line);
        } while (any && !line.cut && is_comment_or_blank(line.text));
        std::optional<CsvLayout> found = layout_of(line.text);
        if (found) {
            layout_ = std::move(*found);
        } else {
            layout_.titles = {"column1"};
            layout_.names = {0};
        }
        if (any && !layout_.has_header)
            lines_->put_back({line});
    }
    if (!next_row(line, cells)) {
        if (!lines_->failed() || told_)
            return false;
        told_ = true;
        subject =
            unreadable_subject("", lines_->number() + 1, "the input could not be read further");
        return true;
    }
    if (line.cut)
        subject =
            unreadable_subject(line.text, line.number, "the line is longer than 65536 octets");
    else if (!cells)
        subject = unreadable_subject(line.text, line.number, "a quotation mark is not closed");
    else
        subject = subject_of(line, *cells);
    return true;
}

}  // namespace scanner
