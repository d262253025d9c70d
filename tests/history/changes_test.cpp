#include "scanner/history/changes.h"

#include <doctest/doctest.h>

#include <string>

using scanner::Evidence;
using scanner::Finding;
using scanner::FindingStatus;
using scanner::Grade;
using scanner::Record;
using scanner::Role;
using scanner::UnknownReason;
using scanner::history::Cause;
using scanner::history::change_between;
using scanner::history::RunVerdict;

namespace {

Finding named(Role role, const std::string& product, Grade grade)
{
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::identified;
    finding.product = product;
    finding.name = product;
    finding.grade = grade;
    return finding;
}

Evidence evidence(const std::string& id, const std::string& seen)
{
    Evidence one;
    one.id = id;
    one.signal = "http_header";
    one.product = "examplecdn-proxy";
    one.rule = "examplecdn-proxy/header/server";
    one.seen = seen;
    return one;
}

Record a_record()
{
    Record record;
    record.observation.subject.line = 7;
    record.observation.subject.host = "a.example";
    record.attribution.front = named(Role::front, "examplecdn-proxy", Grade::probable);
    record.attribution.host.role = Role::host;
    record.attribution.host.reason = UnknownReason::behind_front;
    record.attribution.evidence = {evidence("e1", "server: one"), evidence("e2", "server: two")};
    record.provenance = {"servedby 1", "2026-08-31", "aa"};
    return record;
}

// What changed, as "what[kind]: before -> after" joined by "; ".
std::string told(const Record& before, const Record& after)
{
    const auto change = change_between(scanner::history::verdict_of(Record(before)),
                                       scanner::history::verdict_of(Record(after)));
    if (!change)
        return "nothing";
    std::string text;
    for (const scanner::history::Difference& one : change->differences)
        text += (text.empty() ? "" : "; ") + one.what + "[" + one.kind + "]: " + one.before +
                " -> " + one.after;
    for (const Evidence& one : change->appeared)
        text += (text.empty() ? "+" : " +") + one.seen;
    for (const Evidence& one : change->disappeared)
        text += (text.empty() ? "-" : " -") + one.seen;
    return text;
}

}  // namespace

TEST_CASE("the same verdict is no change, whatever its evidence is called")
{
    Record after = a_record();
    CHECK(told(a_record(), after) == "nothing");
    after.attribution.evidence = {evidence("e7", "server: two"), evidence("e1", "server: one")};
    after.attribution.front.evidence = {"e7"};
    after.attribution.front.score = 3.5;
    after.provenance.catalogue_sha256 = "bb";
    after.observation.subject.text = "other text";
    CHECK(told(a_record(), after) == "nothing");
}

TEST_CASE("each thing that is said differently is told, with the evidence that came and went")
{
    struct Case {
        const char* why;
        void (*change)(Record& record);
        const char* expected;
    };
    const Case cases[] = {
        {"a grade", [](Record& r) { r.attribution.front.grade = Grade::confirmed; },
         "front[regraded]: examplecdn-proxy, probable -> examplecdn-proxy, confirmed"},
        {"a name",
         [](Record& r) { r.attribution.front = named(Role::front, "other", Grade::probable); },
         "front[renamed]: examplecdn-proxy, probable -> other, probable"},
        {"a name lost",
         [](Record& r) {
             r.attribution.front = Finding{};
             r.attribution.front.reason = UnknownReason::conflict;
         },
         "front[lost]: examplecdn-proxy, probable -> unknown: conflict"},
        {"a name gained",
         [](Record& r) { r.attribution.host = named(Role::host, "h", Grade::possible); },
         "host[named]: unknown: behind_front -> h, possible"},
        {"a reason", [](Record& r) { r.attribution.host.reason = UnknownReason::no_evidence; },
         "host[reasoned]: unknown: behind_front -> unknown: no_evidence"},
        {"another role",
         [](Record& r) {
             r.attribution.others.push_back(named(Role::network, "n", Grade::confirmed));
         },
         "network[named]:  -> n, confirmed"},
        {"a hop",
         [](Record& r) {
             r.attribution.chain.push_back(named(Role::platform, "p", Grade::probable));
         },
         "chain[]:  -> platform p, probable"},
        {"the state, a claim, a flag, the notice",
         [](Record& r) {
             r.attribution.state = scanner::State::parked;
             r.attribution.claims = {"fastly"};
             r.attribution.flags = {scanner::Flag::multi_cdn};
             r.attribution.notice_ready = true;
         },
         "state[]: not_observed -> parked; claims[]:  -> fastly; flags[]:  -> multi_cdn; "
         "notice[]:  -> ready"},
        {"evidence alone",
         [](Record& r) {
             r.attribution.evidence = {evidence("e1", "server: one"),
                                       evidence("e2", "server: new")};
         },
         "+server: new -server: two"},
        {"one of two that look the same",
         [](Record& r) { r.attribution.evidence.push_back(evidence("e3", "server: one")); },
         "+server: one"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Record after = a_record();
        c.change(after);
        CHECK(told(a_record(), after) == c.expected);
        CHECK(told(after, a_record()) != "nothing");
    }
}

TEST_CASE("a change is laid to what was seen first, then to the catalogue, then to the program")
{
    Record after = a_record();
    after.attribution.front.grade = Grade::confirmed;
    const auto cause = [&after] {
        return change_between(scanner::history::verdict_of(a_record()),
                              scanner::history::verdict_of(Record(after)))
            ->cause;
    };
    CHECK(cause() == Cause::program);
    after.provenance.catalogue_sha256 = "bb";
    CHECK(cause() == Cause::catalogue);
    after.observation.chain = {"a.example"};
    CHECK(cause() == Cause::observation);
}
