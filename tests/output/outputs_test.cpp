#include "scanner/output/outputs.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "scanner/model/json.h"
#include "tests/output/sample_records.h"

using namespace scanner;

namespace {

const std::filesystem::path root = SERVEDBY_SOURCE_DIR;

std::string contents_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Compares with tests/golden/NAME. With SERVEDBY_UPDATE_GOLDEN set, writes it instead: read the
// difference before you commit it.
void check_golden(const std::string& name, const std::string& text)
{
    const std::filesystem::path path = root / "tests/golden" / name;
    if (std::getenv("SERVEDBY_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << text;
        MESSAGE("wrote " << path.string());
    }
    CAPTURE(name);
    CHECK(contents_of(path) == text);
}

std::string written(const output::Output& output, output::OutputOptions options)
{
    std::string out;
    output.begin(out, options);
    for (const Record& record : samples::all())
        output.write(out, record, options);
    output.end(out, options);
    return out;
}

}  // namespace

TEST_CASE("outputs give the golden files")
{
    check_golden("records.jsonl", written(output::jsonl_output, {}));
    check_golden("records.csv", written(output::csv_output, {}));
    check_golden("records-80.txt", written(output::table_output, {.width = 80, .colour = false}));
    check_golden("records-140.txt", written(output::table_output, {.width = 140, .colour = false}));
    check_golden("records-colour.txt",
                 written(output::table_output, {.width = 100, .colour = true}));
    check_golden("csv-columns.md", scanner::output::csv_column_docs());
}

TEST_CASE("the golden records read back, and write the same lines again")
{
    std::istringstream lines(contents_of(root / "tests/golden/records.jsonl"));
    const std::vector<Record> expected = samples::all();
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const resolvers::Outcome<Record> record = read_record(line);
        REQUIRE(record.has_value());
        REQUIRE(count < expected.size());
        CHECK(*record == expected[count]);
        std::string again;
        write_record(again, *record);
        CHECK(again == line);
    }
    CHECK(count == expected.size());
}

TEST_CASE("every file of scanner/output is a row of the table, or one of the shared ones")
{
    const std::set<std::string> shared = {"outputs", "escape", "display_width"};
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(root / "scanner/output"))
        if (entry.path().extension() == ".cpp" && !shared.contains(entry.path().stem().string()))
            files.insert(entry.path().stem().string());
    std::set<std::string> rows;
    for (const output::Output* output : scanner::output::outputs()) {
        rows.insert(std::string(output->name));
        CHECK(scanner::output::find_output(output->name) == output);
        CHECK_FALSE(output->summary.empty());
        CHECK_FALSE(output->extension.empty());
    }
    CHECK(rows == files);
    CHECK(scanner::output::find_output("xml") == nullptr);
}

TEST_CASE("outputs append, and give each record the same lines wherever it stands")
{
    const output::OutputOptions options;
    for (const output::Output* output : scanner::output::outputs()) {
        CAPTURE(output->name);
        const Record record = samples::fronted();
        std::string once = "before";
        output->write(once, record, options);
        CHECK(once.starts_with("before"));
        CHECK(once.ends_with("\n"));
        std::string twice = once;
        output->write(twice, record, options);
        CHECK(twice == once + once.substr(6));
    }
}
