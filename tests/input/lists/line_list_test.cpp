#include "scanner/input/lists/line_list.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "scanner/input/lists/line_reader.h"
#include "scanner/input/subject_text.h"

using scanner::Subject;
using scanner::input::Format;
using scanner::input::Line;
using scanner::input::LineReader;
using scanner::input::open_list;

namespace {

std::vector<Subject> subjects_of(const std::string& text, Format format = Format::text)
{
    std::istringstream in(text);
    const auto list = open_list(in, {format, ""});
    REQUIRE(list.has_value());
    const auto& reader = list->subjects;
    std::vector<Subject> subjects;
    Subject subject;
    while (reader->next(subject))
        subjects.push_back(subject);
    return subjects;
}

// "1 example.com" or "2 !contains a space"
std::string text_of(const std::vector<Subject>& subjects)
{
    std::string made;
    for (const Subject& subject : subjects)
        made += (made.empty() ? "" : " | ") + std::to_string(subject.line) + " " +
                (subject.invalid.empty() ? subject.host : "!" + subject.invalid);
    return made;
}

// Hands out a few octets at a time, and then fails.
class FailingBuffer : public std::streambuf {
public:
    explicit FailingBuffer(std::string text) : text_(std::move(text)) {}

protected:
    int_type underflow() override
    {
        if (given_)
            throw std::runtime_error("read error");
        given_ = true;
        setg(text_.data(), text_.data(), text_.data() + text_.size());
        return traits_type::to_int_type(text_[0]);
    }

private:
    std::string text_;
    bool given_ = false;
};

}  // namespace

TEST_CASE("Every line that says something is a subject with its number")
{
    struct Case {
        std::string why;
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"nothing", "", ""},
        {"one line without line end", "a.example", "1 a.example"},
        {"LF", "a.example\nb.example\n", "1 a.example | 2 b.example"},
        {"CRLF", "a.example\r\nb.example\r\n", "1 a.example | 2 b.example"},
        {"a byte order mark",
         "\xEF\xBB\xBF"
         "a.example\n",
         "1 a.example"},
        {"blank lines count", "\n  \n\r\na.example\n\nb.example", "4 a.example | 6 b.example"},
        {"comments count", "# list\na.example # the first\n   # more\nb.example\t#x",
         "2 a.example | 4 b.example"},
        {"a fragment is no comment", "https://a.example/#top", "1 a.example"},
        {"a # within a name is no comment", "a#b.example", "1 a"},
        {"a broken line does not stop the list", "a.example\nb c\nd.example",
         "1 a.example | 2 !contains a space | 3 d.example"},
        {"only blank lines", "\n\n\n", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(text_of(subjects_of(c.text)) == c.expected);
    }
}

TEST_CASE("The text of a subject is the whole line, comment and all")
{
    const std::vector<Subject> subjects = subjects_of("  a.example  # why\r\n");
    REQUIRE(subjects.size() == 1);
    CHECK(subjects[0].text == "  a.example  # why");
}

TEST_CASE("A line beyond the limit is cut and invalid, and the next one is read")
{
    const std::string limit(scanner::input::max_list_line, 'a');
    const std::vector<Subject> over =
        subjects_of(limit + "a\nb.example\n" + limit + limit + limit + "\nc.example");
    CHECK(text_of(over) ==
          "1 !the line is longer than 65536 octets | 2 b.example | "
          "3 !the line is longer than 65536 octets | 4 c.example");
    CHECK(over[0].text.size() == 2048);
    // At the limit itself, CRLF or not, the line is read (and is no name for its length).
    CHECK(text_of(subjects_of(limit + "\r\nb.example")) ==
          "1 !a label is longer than 63 octets | 2 b.example");
}

TEST_CASE("A line of blanks beyond the limit is not passed over")
{
    const std::vector<Subject> subjects =
        subjects_of(std::string(scanner::input::max_list_line + 1, ' ') + "\na.example");
    CHECK(text_of(subjects) == "1 !the line is longer than 65536 octets | 2 a.example");
}

TEST_CASE("A stream that breaks off says so in a last subject")
{
    for (const Format format : {Format::text, Format::csv, Format::automatic}) {
        FailingBuffer buffer("a.example\nb.exa");
        std::istream in(&buffer);
        const auto list = open_list(in, {format, ""});
        REQUIRE(list.has_value());
        const auto& reader = list->subjects;
        std::vector<Subject> subjects;
        Subject subject;
        while (reader->next(subject) && subjects.size() < 10)
            subjects.push_back(subject);
        REQUIRE(subjects.size() == 2);
        CHECK(subjects[0].host == "a.example");
        CHECK(subjects[1].host == "");
        CHECK(subjects[1].invalid == "the input breaks off in this line");
        CHECK(subjects[1].line == 2);
    }
}

TEST_CASE("The words for formats")
{
    CHECK(scanner::input::list_format_of("auto") == Format::automatic);
    CHECK(scanner::input::list_format_of("text") == Format::text);
    CHECK(scanner::input::list_format_of("csv") == Format::csv);
    CHECK_FALSE(scanner::input::list_format_of("xml").has_value());
}

TEST_CASE("A list is told from a table by its first line that says something")
{
    struct Case {
        std::string why;
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"names", "a.example\nb.example", "1 a.example | 2 b.example"},
        {"a title alone", "domain\na.example", "2 a.example"},
        {"titles", "rank,domain\n1,a.example", "2 a.example"},
        {"titles after comments", "# made today\n\nrank;domain\n1;a.example", "4 a.example"},
        {"a ranking without titles", "1,a.example\n2,b.example", "1 a.example | 2 b.example"},
        {"a URL with commas is no table", "https://a.example/x,y\nb.example",
         "1 a.example | 2 b.example"},
        {"two names with a comma are no table that we know", "a.example,b.example\nc.example",
         "1 !contains the character \",\" | 2 c.example"},
        {"comments alone", "# a\n# b\n", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(text_of(subjects_of(c.text, Format::automatic)) == c.expected);
    }
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += "# comment\n";
    CHECK(text_of(subjects_of(many + "a.example", Format::automatic)) == "301 a.example");
}

TEST_CASE("Lines that are put back are read again in their order")
{
    std::istringstream in("a\nb\nc\nd");
    LineReader lines(in, 100);
    Line first;
    Line second;
    REQUIRE(lines.next(first));
    REQUIRE(lines.next(second));
    lines.put_back({first, second});
    std::string read;
    Line line;
    while (lines.next(line))
        read += line.text + std::to_string(line.number);
    CHECK(read == "a1b2c3d4");
    CHECK_FALSE(lines.failed());
}

TEST_CASE("Filter lists and hosts files name sites in their own grammar, the rest is refused")
{
    struct Case {
        std::string line;
        /// Host, or why not.
        std::string expected;
    };
    const Case cases[] = {
        {"||pirate.example^", "pirate.example"},
        {"||stream.example^$third-party", "stream.example"},
        {"||films.example/watch", "films.example"},
        {"|https://films.example/|", "films.example"},
        {"@@||allowed.example^", "!is an exception of a filter list: its site is let through"},
        {"news.example##.ad-banner",
         "!is an element rule of a filter list: it hides parts of a page"},
        {"shop.example#@#.sponsored",
         "!is an element rule of a filter list: it hides parts of a page"},
        {"blog.example#?#.post:has-text(This site uses cookies)",
         "!is an element rule of a filter list: it hides parts of a page"},
        {"a.example,b.example#$#body { overflow: auto }",
         "!is an element rule of a filter list: it hides parts of a page"},
        {"||ads*.example^", "!is a filter rule with a pattern, which names no single site"},
        {"||ads.example.*^", "!is a filter rule with a pattern, which names no single site"},
        {"||ads.exam*", "!is a filter rule with a pattern, which names no single site"},
        {"||ads.^", "!is a filter rule with a pattern, which names no single site"},
        {"||ads.example^$badfilter", "!is a filter rule that switches another one off"},
        {"/banner[0-9]+/", "!is a regular expression, which names no single site"},
        {"0.0.0.0 films.example", "films.example"},
        {"127.0.0.1\tfilms.example", "films.example"},
        {"0.0.0.0 a.example b.example",
         "!is a hosts line with several names; write one name a line"},
        {"https://films.example/#top", "films.example"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.line);
        CHECK(text_of(subjects_of(c.line + "\n")) == "1 " + c.expected);
    }
    CHECK(text_of(subjects_of("[Adblock Plus 2.0]\n! Title: Example\n||a.example^\n##.banner\n",
                              Format::automatic)) ==
          "3 a.example | 4 !is an element rule of a filter list: it hides parts of a page");
}

TEST_CASE("A scheme is never taken for a host, and two URLs are never one")
{
    struct Case {
        std::string line;
        std::string expected;
    };
    const Case cases[] = {
        {"http://https://films.example/movie", "https://films.example/movie"},
        {"http://http://films.example/", "http://films.example/"},
        {"http://https:/films.example/a", "https://films.example/a"},
        {"https//films.example/a", "https://films.example/a"},
        {"http//films.example", "http://films.example/"},
        {"https:films.example", "https://films.example/"},
        {"https:/films.example", "https://films.example/"},
        {"https://https.example/", "https://https.example/"},
        {"films\\.example", "films.example"},
        {"https://", "!has no host name"},
        {"http://https/", "!has a scheme where the host name should be"},
        {"http", "!has a scheme where the host name should be"},
        {"https://c.example/1, https://d.example/2", "!holds more than one URL; write one a line"},
        {"https://c.example/1;https://d.example/2", "!holds more than one URL; write one a line"},
        {"http://c.examplehttp://d.example", "!holds more than one URL; write one a line"},
        {"http://c.example?u=http://d.example/", "http://c.example/?u=http://d.example/"},
        {"https://web.example/cache/https://d.example/2",
         "https://web.example/cache/https://d.example/2"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.line);
        const Subject subject = scanner::input::read_subject(c.line, 1);
        const std::string got = !subject.invalid.empty() ? "!" + subject.invalid
                                : subject.url.empty()    ? subject.host
                                                         : subject.url;
        CHECK(got == c.expected);
    }
}

TEST_CASE("A line that the input breaks off in is not looked up")
{
    for (const Format format : {Format::text, Format::csv}) {
        FailingBuffer buffer(format == Format::csv ? "domain\na.example\nexampl"
                                                   : "b.example\na.example\nexampl");
        std::istream in(&buffer);
        const auto list = open_list(in, {format, ""});
        REQUIRE(list.has_value());
        std::vector<Subject> subjects;
        for (Subject subject; list->subjects->next(subject);)
            subjects.push_back(subject);
        REQUIRE_FALSE(subjects.empty());
        CHECK(subjects.back().host.empty());
        CHECK(subjects.back().text == "exampl");
        CHECK(subjects.back().invalid == "the input breaks off in this line");
    }
}
