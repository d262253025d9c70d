#include "scanner/input/line_list.h"

#include <utility>
#include <vector>

#include "scanner/input/csv.h"
#include "scanner/input/subject_text.h"

namespace scanner {

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
    explicit TextReader(std::unique_ptr<LineReader> lines) : lines_(std::move(lines)) {}

    bool next(Subject& subject) override
    {
        Line line;
        while (lines_->next(line)) {
            const std::string_view said = without_comment(line.text);
            if (is_blank(said) && !line.cut)
                continue;
            if (line.cut) {
                subject = unreadable_subject(line.text, line.number,
                                             "the line is longer than 65536 octets");
                return true;
            }
            subject = read_subject(said, line.number);
            // The whole line as it stood, so that it can be found again.
            subject.text = unreadable_subject(line.text, line.number, "").text;
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
    std::unique_ptr<LineReader> lines_;
    bool told_ = false;
};

// Looks at the first line that says something, and gives all back that it looked at. Bounded: a
// list that begins with more comments than this is text.
bool looks_like_table(LineReader& lines)
{
    constexpr std::size_t most_looked_at = 200;
    std::vector<Line> seen;
    bool table = false;
    Line line;
    while (seen.size() < most_looked_at && lines.next(line)) {
        const bool says_nothing = is_blank(line.text) || line.text.starts_with('#');
        if (!says_nothing)
            table = !line.cut && layout_of(line.text).has_value();
        seen.push_back(line);
        if (!says_nothing)
            break;
    }
    lines.put_back(std::move(seen));
    return table;
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

std::unique_ptr<SubjectReader> open_subjects(std::istream& in, Format format)
{
    auto lines = std::make_unique<LineReader>(in, max_list_line);
    if (format == Format::csv || (format == Format::automatic && looks_like_table(*lines)))
        return std::make_unique<CsvReader>(std::move(lines));
    return std::make_unique<TextReader>(std::move(lines));
}

}  // namespace scanner
