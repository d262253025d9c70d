#include <doctest/doctest.h>

#include <sstream>

#include "scanner/output/display_width.h"
#include "scanner/output/outputs.h"
#include "tests/model/random_values.h"
#include "tests/output/sample_records.h"

using namespace scanner;

namespace {

std::vector<std::string> lines_of(const std::vector<Record>& records, output::OutputOptions options)
{
    std::string out;
    output::table_output.begin(out, options);
    for (const Record& record : records)
        output::table_output.write(out, record, options);
    output::table_output.end(out, options);
    std::vector<std::string> lines;
    std::istringstream stream(out);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string line_of(const Record& record, unsigned width = 160)
{
    return lines_of({record}, {.width = width, .colour = false}).at(1);
}

bool shows(const std::string& line, std::string_view text)
{
    return line.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a line says how sure each verdict is, and why there is none")
{
    const std::string fronted = line_of(samples::fronted());
    CHECK(shows(fronted, "= Cloudflare "));
    CHECK(shows(fronted, "  behind front  "));
    CHECK(shows(fronted, "Cloudflare: abuse.cloudflare.com/dmca"));
    const std::string hosted = line_of(samples::hosted());
    CHECK(shows(hosted, "kin\xC3\xB6o.example"));
    CHECK(shows(hosted, "  none  "));
    CHECK(shows(hosted, "~ Hetzner"));
    CHECK(shows(hosted, "Hetzner: abuse@hetzner.example"));
    const std::string multi = line_of(samples::multi_cdn());
    CHECK(shows(multi, "= Cloudflare 67% +1"));
    CHECK(shows(multi, "origin_dead"));
    CHECK(shows(multi, "no: state origin dead"));
    CHECK_FALSE(shows(multi, "abuse.cloudflare"));
    CHECK(shows(line_of(samples::unrouted()), "not routed"));
}

TEST_CASE("a host without addressee or channel is not dressed up")
{
    Record record = samples::hosted();
    record.addressees[0].channels.clear();
    CHECK(shows(line_of(record), "Hetzner: no channel"));
    record.addressees.clear();
    CHECK(shows(line_of(record), "no addressee"));
}

TEST_CASE("strangers' text is shown, not acted upon")
{
    const std::string line = line_of(samples::invalid());
    CHECK(shows(line, "\\x1b]0;owned\\x07 \\u202emoc.elpmaxe"));
    CHECK_FALSE(shows(line, "\x1B"));
}

TEST_CASE("lines fit the terminal and columns line up, whatever is in them")
{
    for (const unsigned width : {28U, 40U, 63U, 80U, 81U, 100U, 119U, 200U, 500U}) {
        std::vector<Record> records = samples::all();
        for (unsigned seed = 0; seed < 60; ++seed)
            records.push_back(random_values::record(seed));
        const std::vector<std::string> lines = lines_of(records, {.width = width, .colour = false});
        CHECK(lines.size() == records.size() + 2);
        for (const std::string& line : lines) {
            CAPTURE(width);
            CAPTURE(line);
            CHECK(scanner::output::display_width(line) <= width);
            for (const char c : line)
                REQUIRE(static_cast<unsigned char>(c) >= 0x20);
        }
    }
    // Narrower than five columns of four: it stays readable rather than empty.
    CHECK(scanner::output::display_width(line_of(samples::fronted(), 5)) <= 28);
}

TEST_CASE("columns begin where their titles do")
{
    const std::vector<std::string> lines =
        lines_of({samples::multi_cdn(), samples::hosted()}, {.width = 120, .colour = false});
    const auto column_of = [](const std::string& line, std::string_view text) {
        const std::size_t at = line.find(text);
        REQUIRE(at != std::string::npos);
        return scanner::output::display_width(std::string_view(line).substr(0, at));
    };
    CHECK(column_of(lines[1], "origin_dead") == column_of(lines[0], "STATE"));
    CHECK(column_of(lines[1], "= Cloudflare") == column_of(lines[0], "FRONT"));
    CHECK(column_of(lines[2], "~ Hetzner") == column_of(lines[0], "HOSTED BY"));
    CHECK(column_of(lines[2], "Hetzner: ") == column_of(lines[0], "SEND NOTICE TO"));
}

TEST_CASE("colour comes only when asked for, and is always switched off again")
{
    for (const std::string& line : lines_of(samples::all(), {.width = 100, .colour = false}))
        CHECK_FALSE(shows(line, "\x1B"));
    bool coloured = false;
    for (const std::string& line : lines_of(samples::all(), {.width = 100, .colour = true})) {
        const std::size_t last = line.rfind("\x1B[");
        if (last == std::string::npos)
            continue;
        coloured = true;
        CHECK(line.substr(last, 4) == "\x1B[0m");
    }
    CHECK(coloured);
}
