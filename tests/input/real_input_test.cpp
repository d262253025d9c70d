// Real recordings and lists of third parties, where they are at hand: everything there is read.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "scanner/input/lists/line_list.h"
#include "tests/input/importers/imported.h"
#include "tests/support/shared_folder.h"

using namespace scanner;
using namespace scanner::test;
using support::shared_folder;

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.is_regular_file() && entry.path().extension() != ".md")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string contents_of(const std::filesystem::path& path)
{
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("Real recordings are all recognised and read")
{
    const std::filesystem::path shared = shared_folder();
    if (!std::filesystem::exists(shared / "cases")) {
        MESSAGE("no shared cases at hand: skipped");
        return;
    }
    // One entry of a recording really is broken: its query was cut off without the '?'.
    const std::string broken = "https://fonts.googleapis.com400,700";
    for (const std::string folder : {"har", "httpx", "curl", "urlscan", "dns"}) {
        std::map<std::string, input::ImportSummary> sums;
        for (const std::filesystem::path& path : files_in(shared / "cases" / folder)) {
            CAPTURE(path.filename().string());
            const std::string text = contents_of(path);
            const input::Importer* importer =
                scanner::input::sniff(std::string_view(text).substr(0, input::sniff_bytes));
            REQUIRE(importer != nullptr);
            for (const bool per_entry : {false, true}) {
                input::ImportOptions options;
                options.per_entry = per_entry;
                const Imported made = import_text(importer->name, text, options);
                CHECK(made.summary.complete);
                CHECK(made.summary.observations > 0);
                for (const Observation& seen : made.observations) {
                    if (seen.subject.invalid.empty())
                        continue;
                    CAPTURE(seen.subject.line);
                    CHECK(seen.subject.text == broken);
                }
                if (per_entry)
                    continue;
                input::ImportSummary& sum = sums[std::string(importer->name)];
                sum.observations += made.summary.observations;
                sum.invalid += made.summary.invalid;
                sum.passed_over += made.summary.passed_over;
            }
        }
        for (const auto& [name, sum] : sums)
            MESSAGE(folder << " by " << name << ": " << sum.observations << " observations, "
                           << sum.invalid << " invalid, " << sum.passed_over << " passed over");
    }
}

TEST_CASE("Labelled cases are found at the place that their labels name, with the label's host")
{
    const std::filesystem::path shared = shared_folder();
    std::ifstream labels(shared / "cases" / "labels.jsonl");
    if (!labels) {
        MESSAGE("no labels at hand: skipped");
        return;
    }
    std::map<std::string, std::vector<Observation>> imported;
    unsigned found = 0;
    std::string line;
    const auto value = [&line](const std::string& key) {
        const std::size_t begin = line.find("\"" + key + "\": \"") + key.size() + 5;
        return line.substr(begin, line.find('"', begin) - begin);
    };
    while (std::getline(labels, line)) {
        const std::string place = value("file");
        const std::string file = place.substr(0, place.find('#'));
        const std::size_t index = std::stoul(place.substr(place.find('#') + 1));
        auto known = imported.find(file);
        if (known == imported.end()) {
            const std::string text = contents_of(shared / "cases" / file);
            const input::Importer* importer =
                scanner::input::sniff(std::string_view(text).substr(0, input::sniff_bytes));
            REQUIRE(importer != nullptr);
            input::ImportOptions options;
            options.per_entry = true;
            known = imported.emplace(file, import_text(importer->name, text, options).observations)
                        .first;
        }
        CAPTURE(place);
        REQUIRE(index < known->second.size());
        const Subject& subject = known->second[index].subject;
        // The one broken entry has its broken host as a label.
        if (value("host") != "fonts.googleapis.com400,700")
            CHECK((subject.wildcard ? "*." : "") + subject.host == value("host"));
        ++found;
    }
    MESSAGE(found << " labelled cases found");
    CHECK(found > 1000);
}

TEST_CASE("Real lists are read to the last line")
{
    const std::filesystem::path shared = shared_folder();
    if (!std::filesystem::exists(shared / "lists")) {
        MESSAGE("no shared lists at hand: skipped");
        return;
    }
    std::uint64_t all = 0;
    std::uint64_t invalid = 0;
    for (const std::filesystem::path& path : files_in(shared / "lists")) {
        CAPTURE(path.filename().string());
        std::ifstream in(path);
        const auto list = scanner::input::open_list(in);
        INFO((list ? std::string() : list.error().detail));
        REQUIRE(list.has_value());
        const auto& reader = list->subjects;
        Subject subject;
        std::uint64_t subjects = 0;
        while (reader->next(subject)) {
            ++subjects;
            if (subject.invalid.empty())
                continue;
            ++invalid;
            // A name that its publisher cut off.
            CHECK(subject.text == "marketingplatform.google....");
        }
        CHECK(subjects > 0);
        all += subjects;
    }
    MESSAGE(all << " subjects, " << invalid << " invalid");
}
