#include "scanner/input/lists/line_list.h"

#include <utility>
#include <vector>

#include "scanner/input/lists/csv.h"
#include "scanner/input/lists/list_line.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace {

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool is_blank(std::string_view text)
{
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Before a comment; the '#' of a URL's fragment has no white space in front.
std::string_view without_comment(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '#' && (i == 0 || is_space(text[i - 1])))
            return text.substr(0, i);
    return text;
}

class TextReader : public SubjectReader {
public:
    TextReader(std::unique_ptr<LineReader> lines, bool filter_list)
        : lines_(std::move(lines)), filter_list_(filter_list)
    {
    }

    bool next(Subject& subject) override
    {
        Line line;
        while (lines_->next(line)) {
            const bool element_rule = filter_list_ && read_filter_rule(line.text).has_value();
            const std::string_view said =
                element_rule ? std::string_view(line.text) : without_comment(line.text);
            const bool comment = filter_list_ && (said.starts_with('!') || said.starts_with('['));
            if ((is_blank(said) || comment) && !line.cut && !line.broken)
                continue;
            subject = subject_of(line, said);
            return true;
        }
        if (!lines_->failed() || told_)
            return false;
        told_ = true;
        subject =
            unreadable_subject("", lines_->number() + 1, "the input could not be read further");
        return true;
    }

private:
    Subject subject_of(const Line& line, std::string_view said)
    {
        if (line.broken) {
            told_ = true;
            return unreadable_subject(line.text, line.number, broken_line);
        }
        if (line.cut)
            return unreadable_subject(line.text, line.number,
                                      "the line is longer than 65536 octets");
        std::optional<ListedSite> listed = read_filter_rule(said);
        if (!listed)
            listed = read_hosts_line(said);
        if (listed && !listed->why_not.empty())
            return unreadable_subject(line.text, line.number, listed->why_not);
        Subject subject = read_subject(listed ? std::string_view(listed->site) : said, line.number);
        // The whole line as it stood, so that it can be found again.
        subject.text = unreadable_subject(line.text, line.number, "").text;
        return subject;
    }

    std::unique_ptr<LineReader> lines_;
    bool filter_list_;
    bool told_ = false;
};

// The lines up to and with the first one that says something, and the last comment before it. A
// list that begins with more comments than `most_looked_at` is text.
struct Beginning {
    std::vector<Line> lines;
    std::string comment;
    /// Absent if the list says nothing, or not within that many lines.
    std::optional<Line> first;
};

Beginning look_at_beginning(LineReader& lines)
{
    constexpr std::size_t most_looked_at = 200;
    Beginning seen;
    Line line;
    while (!seen.first && seen.lines.size() < most_looked_at && lines.next(line)) {
        if (line.text.starts_with('#') && !read_filter_rule(line.text))
            seen.comment = line.text;
        else if (!is_blank(line.text))
            seen.first = line;
        seen.lines.push_back(line);
    }
    return seen;
}

}  // namespace

std::optional<Format> list_format_of(std::string_view word)
{
    if (word == "auto")
        return Format::automatic;
    if (word == "text")
        return Format::text;
    if (word == "csv")
        return Format::csv;
    return std::nullopt;
}

resolvers::Outcome<List> open_list(std::istream& in, const ListOptions& options)
{
    auto lines = std::make_unique<LineReader>(in, max_list_line);
    Beginning seen = look_at_beginning(*lines);
    const bool readable = seen.first && !seen.first->cut && !seen.first->broken;
    const bool filter_list =
        options.format != Format::csv && readable && begins_filter_list(seen.first->text);
    const bool table = options.format == Format::csv || !options.column.empty();
    if (readable && (table || (options.format == Format::automatic && !filter_list))) {
        TableQuestion question;
        question.first_row = seen.first->text;
        question.comment = seen.comment;
        question.column = options.column;
        question.is_table = table;
        std::size_t ahead = 0;
        question.next_row = [&]() -> std::optional<std::string> {
            Line line;
            if (ahead++ == rows_looked_at || !lines->next(line))
                return std::nullopt;
            seen.lines.push_back(line);
            return line.cut ? std::string() : line.text;
        };
        resolvers::Outcome<std::optional<FoundTable>> found = find_table(question);
        if (!found)
            return found.error();
        if (*found) {
            FoundTable& it = **found;
            if (it.layout.has_header)
                std::erase_if(seen.lines,
                              [&](const Line& line) { return line.number <= seen.first->number; });
            lines->put_back(std::move(seen.lines));
            return List{std::make_unique<CsvReader>(std::move(lines), std::move(it.layout)),
                        std::move(it.guess)};
        }
    }
    lines->put_back(std::move(seen.lines));
    List list{std::make_unique<TextReader>(std::move(lines), filter_list), ""};
    if (filter_list)
        list.guess = "a filter list (AdBlock): rules that name a site are read";
    return list;
}

}  // namespace scanner::input
