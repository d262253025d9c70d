#include "scanner/input/lists/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace {

constexpr std::array<char, 3> delimiters = {',', ';', '\t'};
constexpr std::array<std::string_view, 9> name_titles = {
    "url", "host", "hostname", "domain", "site", "website", "origin", "fqdn", "name"};

std::optional<std::size_t> column_of(const std::vector<std::string>& cells, std::string_view title)
{
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (resolvers::to_lower(resolvers::trim(cells[i])) == title)
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
    layout.weight = column_of(cells, "weight");
    layout.category = column_of(cells, "category");
    for (const std::string& cell : cells)
        layout.titles.push_back(resolvers::utf8_replaced(resolvers::trim(cell)));
    return layout;
}

CsvLayout layout_without_titles(std::size_t columns, char delimiter)
{
    CsvLayout layout;
    layout.delimiter = delimiter;
    for (std::size_t i = 0; i < columns; ++i)
        layout.titles.push_back("column" + std::to_string(i + 1));
    return layout;
}

bool reads_as_site(std::string_view cell)
{
    const Subject subject = read_subject(cell, 0);
    return subject.invalid.empty() &&
           (subject.is_address ? !subject.url.empty()
                               : subject.host.find('.') != std::string::npos);
}

std::optional<std::vector<std::string>> cells_of(std::string_view row, char delimiter)
{
    RowSplitter splitter(delimiter);
    splitter.feed(row);
    if (splitter.open())
        return std::nullopt;
    return splitter.cells();
}

bool begins_with_scheme(std::string_view row)
{
    const std::string start = resolvers::to_lower(resolvers::trim(row).substr(0, 8));
    for (const std::string_view scheme : {"http:", "https:", "hxxp:", "hxxps:", "hxxp[", "hxxps["})
        if (start.starts_with(scheme))
            return true;
    return false;
}

bool is_comment_or_blank(std::string_view text)
{
    return text.starts_with('#') || resolvers::trim(text).empty();
}

// How often each column of the rows holds a site, rows being split by one delimiter.
struct Survey {
    char delimiter = ',';
    std::size_t rows = 0;
    /// Of these, with more than one cell.
    std::size_t split = 0;
    std::size_t columns = 0;
    std::vector<std::size_t> sites;

    void add(std::string_view row)
    {
        const auto cells = cells_of(row, delimiter);
        if (!cells)
            return;
        ++rows;
        split += cells->size() > 1 ? 1 : 0;
        columns = std::max(columns, cells->size());
        sites.resize(std::max(sites.size(), cells->size()));
        for (std::size_t i = 0; i < cells->size(); ++i)
            sites[i] += reads_as_site((*cells)[i]) ? 1 : 0;
    }

    bool is_table() const { return rows > 0 && split * 2 > rows; }

    /// Those that hold a site in more than half of the rows.
    std::vector<std::size_t> site_columns() const
    {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < sites.size(); ++i)
            if (sites[i] * 2 > rows)
                found.push_back(i);
        return found;
    }

    std::string share(std::size_t column) const
    {
        return std::to_string(column < sites.size() ? sites[column] : 0) + " of the first " +
               std::to_string(rows) + " rows are sites";
    }
};

resolvers::Failure no_column(std::string what, const std::vector<std::string>& titles)
{
    constexpr std::size_t most_named = 30;
    what += "; columns are: ";
    for (std::size_t i = 0; i < std::min(titles.size(), most_named); ++i)
        what += (i == 0 ? "" : ", ") + titles[i];
    if (titles.size() > most_named)
        what += ", ...";
    what += ". Choose with --column, e.g. --column " + (titles.empty() ? "1" : titles.front());
    return {"no_column", std::move(what)};
}

// The first row split by whichever delimiter makes the most of it.
std::pair<char, std::vector<std::string>> best_split(std::string_view row)
{
    std::pair<char, std::vector<std::string>> best{delimiters[0], {std::string(row)}};
    for (const char delimiter : delimiters)
        if (auto cells = cells_of(row, delimiter); cells && cells->size() > best.second.size())
            best = {delimiter, std::move(*cells)};
    return best;
}

std::vector<std::string> rows_ahead(const TableQuestion& question)
{
    std::vector<std::string> rows;
    while (std::optional<std::string> row = question.next_row())
        if (!is_comment_or_blank(*row))
            rows.push_back(std::move(*row));
    return rows;
}

// "# id,dateadded,url": the titles stand in the last comment.
std::optional<CsvLayout> layout_by_comment(const TableQuestion& question)
{
    std::string_view titles = question.comment;
    while (titles.starts_with('#'))
        titles.remove_prefix(1);
    for (const char delimiter : delimiters) {
        const auto cells = cells_of(resolvers::trim(titles), delimiter);
        const auto row = cells_of(question.first_row, delimiter);
        if (!cells || !row || cells->size() < 2 || cells->size() != row->size())
            continue;
        std::optional<CsvLayout> layout = layout_by_titles(*cells, delimiter);
        layout->has_header = false;
        return layout;
    }
    return std::nullopt;
}

std::optional<CsvLayout> layout_by_header(std::string_view first_row)
{
    std::optional<CsvLayout> best;
    for (const char delimiter : delimiters) {
        const auto cells = cells_of(first_row, delimiter);
        if (!cells)
            continue;
        std::optional<CsvLayout> layout = layout_by_titles(*cells, delimiter);
        if (!layout->names.empty() && (!best || layout->titles.size() > best->titles.size()))
            best = std::move(layout);
    }
    return best;
}

// The column that the user named.
resolvers::Outcome<std::optional<FoundTable>> chosen_column(const TableQuestion& question)
{
    std::vector<CsvLayout> layouts;
    if (auto layout = layout_by_comment(question))
        layouts.push_back(std::move(*layout));
    const auto [delimiter, cells] = best_split(question.first_row);
    layouts.push_back(*layout_by_titles(cells, delimiter));
    const std::string wanted = resolvers::to_lower(resolvers::trim(question.column));
    for (CsvLayout& layout : layouts)
        for (std::size_t i = 0; i < layout.titles.size(); ++i)
            if (resolvers::to_lower(layout.titles[i]) == wanted) {
                layout.names = {i};
                return std::optional(FoundTable{std::move(layout), ""});
            }
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    if (error == std::errc{} && end == wanted.data() + wanted.size() && number > 0 &&
        number <= cells.size()) {
        // A first row whose cell is no site is a header.
        CsvLayout layout = layouts.back();
        if (reads_as_site(cells[number - 1]))
            layout = layout_without_titles(cells.size(), delimiter);
        layout.names = {number - 1};
        return std::optional(FoundTable{std::move(layout), ""});
    }
    return no_column("there is no column \"" + question.column + "\"", layouts.front().titles);
}

// "name" is as often a company's or a person's: the rows decide, and whether another column is
// meant.
resolvers::Outcome<std::optional<FoundTable>> by_known_titles(const TableQuestion& question,
                                                              CsvLayout layout)
{
    const auto is_name = [&](std::size_t column) {
        return resolvers::to_lower(layout.titles[column]) == "name";
    };
    if (!is_name(layout.names.back()) || layout.titles.size() == 1)
        return std::optional(FoundTable{std::move(layout), ""});
    Survey survey{.delimiter = layout.delimiter, .sites = {}};
    if (!layout.has_header)
        survey.add(question.first_row);
    for (const std::string& row : rows_ahead(question))
        survey.add(row);
    const std::size_t column = layout.names.back();
    const std::vector<std::size_t> found = survey.site_columns();
    if (survey.rows > 0 && std::ranges::find(found, column) == found.end())
        layout.names.pop_back();
    if (layout.names.empty())
        return no_column("no column that holds sites (\"" + layout.titles[column] +
                             "\": " + survey.share(column) + ")",
                         layout.titles);
    std::string guess;
    if (layout.names.size() == 1 && layout.names[0] == column)
        guess = "CSV, column \"" + layout.titles[column] + "\" (" + survey.share(column) + ")";
    return std::optional(FoundTable{std::move(layout), std::move(guess)});
}

}  // namespace

resolvers::Outcome<std::optional<FoundTable>> find_table(const TableQuestion& question)
{
    if (!question.column.empty())
        return chosen_column(question);
    if (auto layout = layout_by_header(question.first_row))
        return by_known_titles(question, std::move(*layout));
    if (auto layout = layout_by_comment(question); layout && !layout->names.empty())
        return by_known_titles(question, std::move(*layout));
    // A URL may hold any delimiter; only a header says that it is a cell.
    const auto [delimiter, cells] = best_split(question.first_row);
    if ((cells.size() < 2 || begins_with_scheme(question.first_row)) && !question.is_table)
        return std::optional<FoundTable>();

    Survey survey{.delimiter = delimiter, .sites = {}};
    for (const std::string& row : rows_ahead(question))
        survey.add(row);
    const bool header = std::ranges::none_of(cells, reads_as_site) && survey.rows > 0;
    if (header && (question.is_table || (survey.is_table() && !survey.site_columns().empty())))
        return no_column("no column that holds sites", layout_by_titles(cells, delimiter)->titles);
    survey.add(question.first_row);
    if (!question.is_table && !survey.is_table())
        return std::optional<FoundTable>();
    CsvLayout layout = layout_without_titles(survey.columns, delimiter);
    const std::vector<std::size_t> found = survey.site_columns();
    if (found.size() > 1)
        return no_column("several columns hold sites, and there is no header", layout.titles);
    if (found.empty() && !question.is_table)
        return std::optional<FoundTable>();
    layout.names = {found.empty() ? 0 : found.front()};
    std::string guess = "CSV without a header, column " + std::to_string(layout.names[0] + 1) +
                        " (" + survey.share(layout.names[0]) + ")";
    if (layout.titles.size() == 1)
        guess.clear();
    return std::optional(FoundTable{std::move(layout), std::move(guess)});
}

namespace {

std::optional<double> read_weight(std::string_view cell)
{
    const std::string_view text = resolvers::trim(cell);
    double weight = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
        !std::isfinite(weight) || weight < 0)
        return std::nullopt;
    return weight;
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

CsvReader::CsvReader(std::unique_ptr<LineReader> lines, CsvLayout layout)
    : lines_(std::move(lines)), layout_(std::move(layout))
{
}

// `first` is the row's first line; `cells` stays absent when the row cannot be read.
bool CsvReader::next_row(Line& first, std::optional<std::vector<std::string>>& cells)
{
    cells.reset();
    do {
        if (!lines_->next(first))
            return false;
    } while (!first.cut && !first.broken && is_comment_or_blank(first.text));
    if (first.cut || first.broken)
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
        if (!name && column < cells.size() && !resolvers::trim(cells[column]).empty())
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
            subject.category = resolvers::utf8_replaced(resolvers::trim(cells[i]));
            continue;
        }
        if (layout_.weight == i) {
            subject.weight = read_weight(cells[i]);
            // A weight that is no number stays beside the others, to be seen.
            if (subject.weight || resolvers::trim(cells[i]).empty())
                continue;
        }
        const std::string title =
            i < layout_.titles.size() ? layout_.titles[i] : "column" + std::to_string(i + 1);
        subject.extra.emplace_back(title, resolvers::utf8_replaced(cells[i]));
    }
    return subject;
}

bool CsvReader::next(Subject& subject)
{
    Line line;
    std::optional<std::vector<std::string>> cells;
    if (!next_row(line, cells)) {
        if (!lines_->failed() || told_)
            return false;
        told_ = true;
        subject =
            unreadable_subject("", lines_->number() + 1, "the input could not be read further");
        return true;
    }
    if (line.broken) {
        told_ = true;
        subject = unreadable_subject(line.text, line.number, broken_line);
    } else if (line.cut)
        subject =
            unreadable_subject(line.text, line.number, "the line is longer than 65536 octets");
    else if (!cells)
        subject = unreadable_subject(line.text, line.number, "a quotation mark is not closed");
    else
        subject = subject_of(line, *cells);
    return true;
}

}  // namespace scanner::input
