#include "scanner/history/record_join.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "scanner/history/change_report.h"

using scanner::FindingStatus;
using scanner::UnknownReason;
using scanner::history::RecordJoin;
using scanner::history::RunVerdict;

namespace {

RunVerdict verdict(std::uint64_t line, const std::string& digest = "d",
                   const std::string& host = "h")
{
    RunVerdict one;
    one.line = line;
    one.host = host;
    one.observation_sha256 = digest;
    return one;
}

}  // namespace

TEST_CASE("runs in the same order are joined without holding anything back")
{
    std::size_t pairs = 0;
    std::size_t most = 0;
    RecordJoin join([&](const RunVerdict& before, const RunVerdict& after) {
        CHECK(before.line == after.line);
        ++pairs;
    });
    // The old run lacks the first three: the two stay three apart.
    for (std::uint64_t line = 1; line <= 1000; ++line) {
        join.add_after(verdict(line));
        if (line + 3 <= 1000)
            join.add_before(verdict(line + 3));
        most = std::max(most, join.waiting());
    }
    CHECK(pairs == 997);
    CHECK(most <= 6);
    CHECK(join.left_before().empty());
    CHECK(join.left_after().size() == 3);
    CHECK(join.waiting() == 0);
}

TEST_CASE("runs in any order are joined all the same")
{
    std::vector<std::uint64_t> lines(500);
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i] = i + 1;
    std::vector<std::uint64_t> shuffled = lines;
    std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
    std::size_t pairs = 0;
    RecordJoin join([&](const RunVerdict& before, const RunVerdict& after) {
        CHECK(before.line == after.line);
        ++pairs;
    });
    for (std::size_t i = 0; i < lines.size(); ++i) {
        join.add_after(verdict(lines[i]));
        join.add_before(verdict(shuffled[i]));
    }
    CHECK(pairs == 500);
    CHECK(join.waiting() == 0);
}

TEST_CASE("of several with one line and host, those that saw the same belong together")
{
    std::vector<std::string> pairs;
    RecordJoin join([&](const RunVerdict& before, const RunVerdict& after) {
        pairs.push_back(before.observation_sha256 + after.observation_sha256);
    });
    join.add_before(verdict(1, "a"));
    join.add_before(verdict(1, "b"));
    join.add_before(verdict(1, "c", "other host"));
    join.add_after(verdict(1, "b"));
    join.add_after(verdict(1, "x"));
    CHECK(pairs == std::vector<std::string>{"bb", "ax"});
    CHECK(join.left_before().size() == 1);
}

TEST_CASE("the report counts and tells, as text and as JSON lines")
{
    RunVerdict before = verdict(3, "d", "a.example");
    before.provenance = {"servedby 1", "2026-08-01", "aaaaaaaaaaaaaaaaa"};
    before.attribution.front.reason = UnknownReason::no_evidence;
    RunVerdict after = before;
    after.provenance = {"servedby 1", "2026-09-01", "bbbbbbbbbbbbbbbbb"};
    after.attribution.front.status = FindingStatus::identified;
    after.attribution.front.product = "x-proxy";
    after.attribution.front.grade = scanner::Grade::probable;
    scanner::Evidence evidence;
    evidence.signal = "address_range";
    evidence.rule = "x-proxy/range/edge";
    evidence.seen = "192.0.2.1 in 192.0.2.0/24\x1b[31m";
    after.attribution.evidence = {evidence};

    scanner::history::ChangeReport text(false);
    CHECK(text.compared(before, before).empty());
    CHECK_FALSE(text.found_changes());
    CHECK(text.compared(before, after) ==
          "a.example (line 3): the same was seen, the catalogue is another\n"
          "  front     unknown: no_evidence -> x-proxy, probable\n"
          "    + address_range: 192.0.2.1 in 192.0.2.0/24?[31m (x-proxy/range/edge)\n");
    CHECK(text.found_changes());
    CHECK(text.only_after(verdict(9, "d", "new.example")) == "new.example (line 9): added\n");
    CHECK(
        text.summary() ==
        "1 of 2 records differ; 0 more only in their evidence; 1 added, 0 gone\n"
        "  1 by the catalogue\n"
        "  1 front named\n"
        "  1 records: servedby 1, catalogue of 2026-08-01 (aaaaaaaaaaaa) -> servedby 1, catalogue "
        "of 2026-08-01 (aaaaaaaaaaaa)\n"
        "  1 records: servedby 1, catalogue of 2026-08-01 (aaaaaaaaaaaa) -> servedby 1, catalogue "
        "of 2026-09-01 (bbbbbbbbbbbb)\n");

    scanner::history::ChangeReport json(true);
    CHECK(json.compared(before, after)
              .starts_with(R"({"format":"servedby.change/1","line":3,"host":"a.example",)"
                           R"("what":"verdict","cause":"catalogue","differences":[{"what":"front",)"
                           R"("kind":"named","before":"unknown: no_evidence",)"
                           R"("after":"x-proxy, probable"}],"appeared":[{"signal":)"));
    CHECK(json.only_before(verdict(9)) ==
          R"({"format":"servedby.change/1","line":9,"host":"h","what":"gone"})"
          "\n");
    CHECK(json.summary().starts_with(
        R"({"format":"servedby.change_summary/1","compared":1,"changed":1,"evidence_only":0,)"
        R"("gone":1,"added":0,"causes":{"catalogue":1},)"));
}
