// The traps: signals that mislead, each with the verdict that must come of it all the same.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/corpus.h"

using support::CorpusCase;

namespace {

bool has_text(const std::string& file, const std::string& words)
{
    std::ifstream stream(std::string(SERVEDBY_SOURCE_DIR "/tests/") + file);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("every trap gets the verdict that its case expects")
{
    const support::Corpus& corpus = support::corpus("traps.toml");
    CHECK(corpus.cases.size() > 100);
    for (const CorpusCase& one : corpus.cases) {
        CAPTURE(one.where);
        CAPTURE(one.why);
        CAPTURE(one.id);
        CHECK(support::differences(one) == "");
    }
}

TEST_CASE("every trap of both collections has a case, or a test that is named for it")
{
    const support::Corpus& corpus = support::corpus("traps.toml");
    std::set<std::string> covered;
    for (const CorpusCase& one : corpus.cases)
        covered.insert(one.traps.begin(), one.traps.end());
    for (const support::CoveredElsewhere& one : corpus.elsewhere) {
        CAPTURE(one.trap);
        CAPTURE(one.file);
        CAPTURE(one.test);
        CHECK_FALSE(one.why.empty());
        REQUIRE_FALSE(one.test.empty());
        CHECK(has_text(one.file, one.test));
        covered.insert(one.trap);
    }
    std::string missing;
    for (const auto& [collection, count] : {std::pair{"30.", 30}, std::pair{"61.", 61}})
        for (int i = 1; i <= count; ++i)
            if (const std::string trap = collection + std::to_string(i); covered.count(trap) == 0)
                missing += trap + " ";
    CHECK(missing == "");
}

TEST_CASE("the shipped data carry no judgement about a provider's conduct")
{
    // Labels of that kind help whoever collects the data; in a notice they would be libel.
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(SERVEDBY_SOURCE_DIR "/data/providers")) {
        std::ifstream stream(file.path());
        std::stringstream text;
        text << stream.rdbuf();
        REQUIRE_FALSE(text.str().empty());
        for (const char* word : {"triage", "piracy", "bulletproof", "rogue", "notorious"}) {
            CAPTURE(file.path().string());
            CAPTURE(word);
            CHECK(text.str().find(word) == std::string::npos);
        }
    }
}
