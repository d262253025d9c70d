#include "scanner/input/lists/csv.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using scanner::Subject;
using scanner::input::Format;
using scanner::input::open_list;
using scanner::input::RowSplitter;

namespace {

std::string cells_of(const std::string& row, char delimiter)
{
    RowSplitter splitter(delimiter);
    splitter.feed(row);
    if (splitter.open())
        return "open";
    std::string made;
    for (const std::string& cell : splitter.cells())
        made += "<" + cell + ">";
    return made;
}

// What a table with these rows, the first one and those after it, is found to be.
resolvers::Outcome<std::optional<scanner::input::FoundTable>> table_of(
    const std::vector<std::string>& rows, const std::string& column = "",
    const std::string& comment = "")
{
    scanner::input::TableQuestion question;
    question.first_row = rows.front();
    question.column = column;
    question.comment = comment;
    std::size_t next = 1;
    question.next_row = [&]() -> std::optional<std::string> {
        return next < rows.size() ? std::optional(rows[next++]) : std::nullopt;
    };
    return scanner::input::find_table(question);
}

std::vector<Subject> rows_of(const std::string& text)
{
    std::istringstream in(text);
    const auto list = open_list(in, {Format::csv, ""});
    REQUIRE(list.has_value());
    const auto& reader = list->subjects;
    std::vector<Subject> subjects;
    Subject subject;
    while (reader->next(subject))
        subjects.push_back(subject);
    return subjects;
}

// "2 example.com w=1.5 c=x rank=7" or "3 !why"
std::string text_of(const Subject& subject)
{
    std::ostringstream made;
    made << subject.line << " ";
    if (!subject.invalid.empty())
        made << "!" << subject.invalid;
    else
        made << (subject.url.empty() ? subject.host : subject.url);
    if (subject.weight)
        made << " w=" << *subject.weight;
    if (!subject.category.empty())
        made << " c=" << subject.category;
    for (const auto& [title, cell] : subject.extra)
        made << " " << title << "=" << cell;
    return made.str();
}

std::string text_of(const std::vector<Subject>& subjects)
{
    std::string made;
    for (const Subject& subject : subjects)
        made += (made.empty() ? "" : " | ") + text_of(subject);
    return made;
}

}  // namespace

TEST_CASE("Rows are split by the rules of RFC 4180, and leniently beyond")
{
    struct Case {
        std::string why;
        std::string row;
        char delimiter;
        std::string expected;
    };
    const Case cases[] = {
        {"plain", "a,b,c", ',', "<a><b><c>"},
        {"empty cells", ",a,,", ',', "<><a><><>"},
        {"no cell at all is one", "", ',', "<>"},
        {"quoted", "\"a\",\"b\"", ',', "<a><b>"},
        {"a delimiter in quotes", "\"a,b\",c", ',', "<a,b><c>"},
        {"a quote in quotes", "\"a\"\"b\",c", ',', "<a\"b><c>"},
        {"a quote within a bare cell is text", "a\"b\",c", ',', "<a\"b\"><c>"},
        {"text after a closing quote is kept", "\"a\"b,c", ',', "<ab><c>"},
        {"a blank before a quote", "a, \"b,c\"", ',', "<a><b,c>"},
        {"semicolons", "a;b,c", ';', "<a><b,c>"},
        {"tabs", "a\tb", '\t', "<a><b>"},
        {"not closed", "a,\"b", ',', "open"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(cells_of(c.row, c.delimiter) == c.expected);
    }
}

TEST_CASE("The layout is told by titles, or by the one cell that is a name")
{
    struct Case {
        std::string why;
        std::string row;
        bool table;
        char delimiter;
        std::size_t name;
    };
    const Case cases[] = {
        {"domain", "rank,domain", true, ',', 1},
        {"upper case, blanks and quotation marks", "\" Domain \",x", true, ',', 0},
        {"semicolons", "rang;host;besucher", true, ';', 1},
        {"tabs", "id\turl\tnote", true, '\t', 1},
        {"url is preferred to domain", "domain,url", true, ',', 1},
        {"host is preferred to name", "name,host", true, ',', 1},
        {"site", "a,site", true, ',', 1},
        {"hostname", "hostname,a", true, ',', 0},
        {"one title", "domain", true, ',', 0},
        {"no titles, one name", "1,example.com", true, ',', 1},
        {"no titles, the name first", "example.com;17", true, ';', 0},
        {"a name alone", "example.com", false, ',', 0},
        {"words", "one,two", false, ',', 0},
        {"domain is not part of another word", "domains,x", false, ',', 0},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto found = table_of({c.row});
        REQUIRE(found.has_value());
        CHECK(found->has_value() == c.table);
        if (!*found)
            continue;
        CHECK((*found)->layout.delimiter == c.delimiter);
        REQUIRE_FALSE((*found)->layout.names.empty());
        CHECK((*found)->layout.names.front() == c.name);
    }
}

TEST_CASE("Rows become subjects with weight, category and what else stood there")
{
    CHECK(text_of(rows_of("rank,domain,weight,category,note\n"
                          "1,a.example,1.5,video,\"x, y\"\n"
                          "2,b.example,,,\n"
                          "3,c.example,many,,\n"
                          "4,d.example,-1,,z\n"
                          "5,e.example,1e3,music\n")) ==
          "2 a.example w=1.5 c=video rank=1 note=x, y | "
          "3 b.example rank=2 note= | "
          "4 c.example rank=3 weight=many note= | "
          "5 d.example rank=4 weight=-1 note=z | "
          "6 e.example w=1000 c=music rank=5");
}

TEST_CASE("A weight that is not there is not zero")
{
    const std::vector<Subject> rows = rows_of("domain,weight\na.example,0\nb.example,\n");
    REQUIRE(rows.size() == 2);
    REQUIRE(rows[0].weight.has_value());
    CHECK(*rows[0].weight == 0.0);
    CHECK_FALSE(rows[1].weight.has_value());
}

TEST_CASE("The text is the name's cell; of a row without name, the row")
{
    const std::vector<Subject> rows = rows_of("rank,domain\n1,\" A.example \"\n2,\n3\n");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].text == " A.example ");
    CHECK(rows[1].text == "2,");
    CHECK(rows[1].invalid == "the row names no site in column \"domain\"");
    CHECK(rows[2].invalid == "the row names no site in column \"domain\"");
}

TEST_CASE("Where the best column is empty the next one names the site")
{
    CHECK(text_of(rows_of("domain,url\na.example,\nb.example,https://www.b.example/x\n")) ==
          "2 a.example url= | 3 https://www.b.example/x domain=b.example");
}

TEST_CASE("More cells than titles are kept")
{
    CHECK(text_of(rows_of("domain,x\na.example,1,2,3\n")) == "2 a.example x=1 column3=2 column4=3");
}

TEST_CASE("A ranking without titles keeps its other cells by number")
{
    CHECK(text_of(rows_of("1,a.example\n2,b.example\n")) ==
          "1 a.example column1=1 | 2 b.example column1=2");
}

TEST_CASE("Without any layout the first column is the name")
{
    CHECK(text_of(rows_of("a.example\nb.example\n")) == "1 a.example | 2 b.example");
}

TEST_CASE("Blank rows and comments count as lines")
{
    CHECK(text_of(rows_of("# made by hand\ndomain,x\n\n# more\na.example,1\n")) ==
          "5 a.example x=1");
}

TEST_CASE("A quoted cell may hold line ends")
{
    CHECK(text_of(rows_of("domain,note\na.example,\"one\r\ntwo\"\nb.example,x\n")) ==
          "2 a.example note=one\ntwo | 4 b.example note=x");
}

TEST_CASE("A quotation mark that is never closed costs its own line alone")
{
    CHECK(text_of(rows_of("domain,note\na.example,\"one\nb.example,x\nc.example,y")) ==
          "2 !a quotation mark is not closed | 3 b.example note=x | 4 c.example note=y");
    // Neither does it swallow more lines than a row may have.
    std::string text = "domain,note\na.example,\"one\n";
    for (std::size_t i = 0; i < scanner::input::max_row_lines; ++i)
        text += "b.example,x\n";
    const std::vector<Subject> rows = rows_of(text + "c.example,\"z\"\n");
    REQUIRE(rows.size() == scanner::input::max_row_lines + 2);
    CHECK(rows[0].invalid == "a quotation mark is not closed");
    CHECK(rows[1].host == "b.example");
    CHECK(rows.back().host == "c.example");
    CHECK(rows.back().line == scanner::input::max_row_lines + 3);
}

TEST_CASE("A row beyond the limit is cut and invalid")
{
    const std::vector<Subject> rows =
        rows_of("domain,note\na.example," + std::string(70000, 'x') + "\nb.example,y\n");
    CHECK(text_of(rows) == "2 !the line is longer than 65536 octets | 3 b.example note=y");
}

TEST_CASE("A byte order mark is no part of the first title")
{
    CHECK(text_of(rows_of("\xEF\xBB\xBF"
                          "domain,x\r\na.example,1\r\n")) == "2 a.example x=1");
}

TEST_CASE("An empty table has no rows")
{
    CHECK(rows_of("").empty());
    CHECK(rows_of("domain,x\n").empty());
}

TEST_CASE("The column of a table is known, told by the rows, or refused with the columns there are")
{
    struct Case {
        std::string why;
        std::vector<std::string> rows;
        std::string column;
        std::string comment;
        /// "1" for the second column; "text"; or how the refusal begins.
        std::string expected;
    };
    const Case cases[] = {
        {"a company's name is no host",
         {"Name,Website,Type", "Films Example,https://a.example/,x"},
         "",
         "",
         "1"},
        {"names that are hosts", {"id,name", "1,a.example", "2,b.example"}, "", "", "1"},
        {"names that are not",
         {"id,name", "1,Films", "2,Shows"},
         "",
         "",
         "no column that holds sites (\"name\": 0 of the first 2 rows are sites); columns are: id, "
         "name. Choose with --column, e.g. --column id"},
        {"unknown titles",
         {"page_url,asset_url,title", "https://a.example/x,https://b.example/y,z"},
         "",
         "",
         "no column that holds sites; columns are: page_url, asset_url, title. Choose with "
         "--column, "
         "e.g. --column page_url"},
        {"the one that the user names",
         {"page_url,asset_url", "https://a.example/,b.example"},
         "ASSET_URL",
         "",
         "1"},
        {"its number", {"page_url,asset_url", "https://a.example/,b.example"}, "2", "", "1"},
        {"one that is not there",
         {"page_url,asset_url", "https://a.example/,b.example"},
         "url",
         "",
         "there is no column \"url\"; columns are: page_url, asset_url"},
        {"titles in the comment before",
         {"\"9\",\"http://a.example/x\",\"http://feed.example/9\""},
         "",
         "# id,url,feed_link",
         "1"},
        {"a rank and a name, on all rows",
         {"1,a.example", "2,b.example", "3,c.example"},
         "",
         "",
         "1"},
        {"a publisher in each row besides",
         {"1,a.example,feed.example", "2,b.example,feed.example"},
         "",
         "",
         "several columns hold sites, and there is no header; columns are: column1"},
        {"a URL with commas is no row",
         {"https://a.example/x,y", "https://b.example/z"},
         "",
         "",
         "text"},
        {"two words in some lines of a text",
         {"films.example, shows", "a.example", "b.example"},
         "",
         "",
         "text"},
        {"an origin and its rank", {"origin,rank", "https://a.example,1000"}, "", "", "0"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto found = table_of(c.rows, c.column, c.comment);
        if (!found) {
            CAPTURE(found.error().detail);
            CHECK(found.error().detail.starts_with(c.expected));
        } else if (!*found) {
            CHECK(c.expected == "text");
        } else {
            CHECK(std::to_string((*found)->layout.names.front()) == c.expected);
        }
    }
}
