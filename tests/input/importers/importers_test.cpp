#include "scanner/input/importers/importers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "tests/input/importers/imported.h"

using namespace scanner;
using namespace scanner::test;

namespace {

struct FixtureFormat {
    std::string file;
    std::string importer;
};

const FixtureFormat fixtures[] = {
    {"browser.har", "har"},
    {"curl_notes.jsonl", "curl"},
    {"curl_old.txt", "curl"},
    {"curl_verbose.txt", "curl"},
    {"dig.txt", "dig"},
    {"dig_answers.txt", "dig"},
    {"dig_notes.jsonl", "dig"},
    {"dnsx.jsonl", "dnsx"},
    {"httpx.jsonl", "httpx"},
    {"kdig.txt", "dig"},
    {"massdns.ndjson", "massdns"},
    {"ooni.jsonl", "ooni"},
    {"ooni_cut.jsonl", "ooni"},
    {"urlscan_page.jsonl", "urlscan"},
    {"urlscan_result.json", "urlscan"},
    {"urlscan_search.json", "urlscan"},
    {"zdns_v1.jsonl", "zdns"},
    {"zdns_v2.jsonl", "zdns"},
    {"zone.jsonl", "zone"},
};

}  // namespace

TEST_CASE("Every importer in the folder has its row in the table, and every row its file")
{
    std::set<std::string> defined;
    for (const auto& entry :
         std::filesystem::directory_iterator(SERVEDBY_SOURCE_DIR "/scanner/input/importers")) {
        if (entry.path().extension() != ".cpp")
            continue;
        std::ifstream file(entry.path());
        std::ostringstream text;
        text << file.rdbuf();
        const std::string mark = "const Importer " + entry.path().stem().string() + "_importer = {";
        if (text.str().find(mark) != std::string::npos)
            defined.insert(entry.path().stem().string());
    }
    std::set<std::string> listed;
    for (const input::Importer* importer : scanner::input::importers()) {
        CAPTURE(importer->name);
        CHECK(listed.insert(std::string(importer->name)).second);
        CHECK(scanner::input::importer_named(importer->name) == importer);
        CHECK_FALSE(importer->summary.empty());
    }
    CHECK(listed == defined);
    CHECK(scanner::input::importer_named("nothing") == nullptr);
}

TEST_CASE("Every fixture is recognised by its content, also by a beginning of it")
{
    for (const FixtureFormat& f : fixtures) {
        CAPTURE(f.file);
        const std::string text = fixture(f.file);
        REQUIRE_FALSE(text.empty());
        const input::Importer* whole = scanner::input::sniff(text);
        REQUIRE(whole != nullptr);
        CHECK(whole->name == f.importer);
        const input::Importer* marked = scanner::input::sniff("\xEF\xBB\xBF" + text);
        REQUIRE(marked != nullptr);
        CHECK(marked->name == f.importer);
        // A recording is large: a beginning must do.
        if (text.size() > 700) {
            const input::Importer* beginning =
                scanner::input::sniff(std::string_view(text).substr(0, 700));
            REQUIRE(beginning != nullptr);
            CHECK(beginning->name == f.importer);
        }
    }
}

TEST_CASE("Every fixture in the folder is in the table above")
{
    std::set<std::string> known;
    for (const FixtureFormat& f : fixtures)
        known.insert(f.file);
    for (const auto& entry :
         std::filesystem::directory_iterator(SERVEDBY_SOURCE_DIR "/tests/fixtures/input")) {
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        CHECK((name.starts_with("list_") || known.contains(name)));
    }
}

TEST_CASE("Lists and other texts are no format of ours")
{
    for (const std::string text :
         {"", "example.com\nexample.org\n", "domain,weight\nexample.com,1\n", "{}", "[]",
          "{\"a\":1}", "<html></html>", "{\"log\":1}", "{\"host\":\"example.com\"}",
          "* a list item\n* another\n"}) {
        CAPTURE(text);
        CHECK(scanner::input::sniff(text) == nullptr);
    }
}

TEST_CASE("Every observation says where it comes from and what it cannot know")
{
    for (const FixtureFormat& f : fixtures) {
        CAPTURE(f.file);
        const Imported made = import_fixture(f.importer, f.file);
        CHECK(made.summary.complete);
        CHECK(made.summary.observations == made.observations.size());
        std::uint64_t invalid = 0;
        for (const Observation& seen : made.observations) {
            CHECK(seen.source == f.importer);
            CHECK(seen.profile == "imported");
            CHECK(seen.subject.line > 0);
            CHECK(std::is_sorted(seen.not_observed.begin(), seen.not_observed.end()));
            CHECK(std::is_sorted(
                seen.addresses.begin(), seen.addresses.end(),
                [](const SeenAddress& a, const SeenAddress& b) { return a.address < b.address; }));
            for (const SeenAddress& address : seen.addresses)
                CHECK_FALSE(address.origin.has_value());
            for (const resolvers::Probe& probe : seen.probes) {
                CHECK_FALSE(probe.host.empty());
                if (probe.http.status == resolvers::StepStatus::ok)
                    CHECK(probe.http_facts.has_value());
            }
            invalid += seen.subject.invalid.empty() ? 0 : 1;
            CHECK(seen.subject.invalid.empty() == !seen.subject.host.empty());
        }
        CHECK(made.summary.invalid == invalid);
    }
}

TEST_CASE("Whatever an importer is given, it makes observations or says why not")
{
    for (const input::Importer* importer : scanner::input::importers()) {
        CAPTURE(importer->name);
        for (const std::string text :
             {"garbage\n", "{\"a\":1}\n", "[1]\n", "{\"log\":{\"entries\":7}}",
              "{\"a\":", "\x01\xFF\n", "null\n"}) {
            CAPTURE(text);
            const Imported made = import_text(importer->name, text);
            REQUIRE(made.observations.size() == 1);
            CHECK_FALSE(made.observations[0].subject.invalid.empty());
            CHECK(made.observations[0].subject.line == 1);
            CHECK(made.summary.invalid == 1);
        }
        // Every other importer's format is foreign too.
        for (const FixtureFormat& f : fixtures) {
            CAPTURE(f.file);
            const Imported made = import_fixture(importer->name, f.file);
            CHECK(made.summary.observations == made.observations.size());
            CHECK(made.summary.observations + made.summary.passed_over > 0);
        }
    }
}

TEST_CASE("A stream that breaks off is told")
{
    struct Broken : std::streambuf {
        int_type underflow() override { throw std::runtime_error("read error"); }
    };
    for (const input::Importer* importer : scanner::input::importers()) {
        CAPTURE(importer->name);
        Broken buffer;
        std::istream in(&buffer);
        std::vector<Observation> observations;
        const input::ImportSummary summary = importer->run(
            in, {}, [&](Observation seen) { observations.push_back(std::move(seen)); });
        CHECK_FALSE(summary.complete);
        REQUIRE_FALSE(observations.empty());
        CHECK(observations.back().subject.invalid == "the input could not be read further");
    }
}

TEST_CASE("Lines and documents beyond the limits are told, and the rest is read")
{
    input::ImportOptions options;
    options.max_line = 200;
    options.max_document = 400;
    const std::string good = R"({"url":"https://a.example","input":"a.example","status_code":200})";
    const Imported made = import_text(
        "httpx", R"({"url":"https://)" + std::string(300, 'x') + "\"}\n" + good + "\n", options);
    REQUIRE(made.observations.size() == 2);
    CHECK(made.observations[0].subject.invalid == "the line is too long");
    CHECK(made.observations[1].subject.host == "a.example");

    const Imported har = import_text("har", fixture("browser.har"), options);
    REQUIRE(har.observations.size() == 1);
    CHECK(har.observations[0].subject.invalid == "the recording is larger than 400 octets");
}

TEST_CASE("What stands beside an unreadable name is about nobody")
{
    const Imported made =
        import_text("curl",
                    "{\"kind\":\"curl -v\",\"host\":\"\xB8.example.com\",\"ip\":\"192.0.2.1\","
                    "\"status\":200,\"headers\":{\"server\":\"x\"},\"ns\":[\"ns.example.net\"]}");
    REQUIRE(made.observations.size() == 1);
    const Observation& seen = made.observations[0];
    CHECK_FALSE(seen.subject.invalid.empty());
    CHECK(seen.probes.empty());
    CHECK(seen.dns.empty());
    CHECK(seen.addresses.empty());
}
