#include "scanner/score/scorer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scanner/model/words.h"
#include "scanner/score/report.h"
#include "tests/support/catalogue_files.h"

using scanner::Finding;
using scanner::FindingStatus;
using scanner::Grade;
using scanner::Record;
using scanner::Role;
using scanner::UnknownReason;
using scanner::score::Label;
using scanner::score::Mark;
using scanner::score::Score;
using scanner::score::Scorer;

namespace {

Finding named(Role role, const std::string& product, Grade grade)
{
    const scanner::catalogue::Product* known = test::fixture_catalogue().product(product);
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::identified;
    finding.product = product;
    finding.provider = known->provider->id;
    finding.name = known->name;
    finding.grade = grade;
    return finding;
}

Finding none()
{
    Finding finding;
    finding.status = FindingStatus::none;
    return finding;
}

Finding unknown(UnknownReason reason)
{
    Finding finding;
    finding.reason = reason;
    return finding;
}

Record record_of(const std::string& host, Finding front,
                 Finding provider = unknown(UnknownReason::behind_front))
{
    Record record;
    record.observation.subject.host = host;
    record.attribution.front = std::move(front);
    record.attribution.host = std::move(provider);
    record.attribution.host.role = Role::host;
    return record;
}

Label label_of(const std::string& line)
{
    auto label = scanner::score::read_label(line);
    REQUIRE(label.has_value());
    return *label;
}

// The marks of one label against one record, by role.
std::string marks_of(const std::string& label, const Record& record,
                     Grade threshold = Grade::probable)
{
    const scanner::score::LabelNames names(test::fixture_catalogue());
    std::string text;
    for (const scanner::score::Judgement& judgement : scanner::score::judge(
             label_of(label), record, names, test::fixture_catalogue(), threshold))
        text += std::string(text.empty() ? "" : " ") + std::string(scanner::word(judgement.role)) +
                "=" + std::string(scanner::score::word(judgement.mark)) +
                (judgement.through.empty() ? "" : ":" + judgement.through);
    return text;
}

}  // namespace

TEST_CASE("what a record says of the front is right, wrong, or silent")
{
    const Finding cdn = named(Role::front, "examplecdn-proxy", Grade::probable);
    const Finding guess = named(Role::front, "examplecdn-proxy", Grade::possible);
    const Finding other = named(Role::front, "exampledead-cdn", Grade::confirmed);
    const Finding store = named(Role::front, "examplehost-balancer", Grade::probable);
    struct Case {
        const char* why;
        const char* label;
        Finding front;
        const char* marks;
    };
    const Case cases[] = {
        {"the company was labelled", R"("front":"ExampleCDN")", cdn, "front=right"},
        {"the product was labelled", R"("front":"examplecdn-proxy")", cdn, "front=right"},
        {"any of several names will do", R"("front":["ExampleDead","ExampleCDN"])", cdn,
         "front=right"},
        {"a product that looks the same", R"("front":"ExampleCDN Storage")", cdn, "front=right"},
        {"another product of the company", R"("front":"ExampleHost Cloud")", store,
         "front=company"},
        {"somebody else", R"("front":"ExampleCDN")", other, "front=wrong"},
        {"below the threshold", R"("front":"ExampleCDN")", guess, "front=silent"},
        {"unknown", R"("front":"ExampleCDN")", unknown(UnknownReason::no_evidence), "front=silent"},
        {"none where there is one", R"("front":"ExampleCDN")", none(), "front=missed"},
        {"none where none is right as well", R"("front":["ExampleCDN",null])", none(),
         "front=right_none"},
        {"none is no claim against an own edge", R"("front":"ExampleCDN","kind":"own_edge")",
         none(), "front=silent"},
        {"none and none", R"("front":null)", none(), "front=right_none"},
        {"somebody where nobody is", R"("front":null)", cdn, "front=false_alarm"},
        {"a guess where nobody is", R"("front":null)", guess, "front=silent"},
        {"unknown where nobody is", R"("front":null)", unknown(UnknownReason::no_evidence),
         "front=silent"},
        {"a name the catalogue does not know", R"("front":"Elsewhere")", cdn, "front=wrong"},
        {"not labelled", R"("dns":"ExampleNet")", cdn, "dns=silent"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(marks_of(R"({"host":"a.example",)" + std::string(c.label) + "}",
                       record_of("a.example", c.front)) == c.marks);
    }
    CHECK(marks_of(R"({"host":"a.example","front":"ExampleCDN"})", record_of("a.example", guess),
                   Grade::possible) == "front=right");
}

TEST_CASE("a hidden host must not be named, not even rightly; a platform behind is told apart")
{
    const Finding front = named(Role::front, "examplecdn-proxy", Grade::confirmed);
    const Finding host = named(Role::host, "examplehost-cloud", Grade::probable);
    CHECK(marks_of(R"({"host":"h","host_provider":null})", record_of("h", front)) ==
          "host=right_none");
    CHECK(marks_of(R"({"host":"h","host_provider":null})", record_of("h", front, host)) ==
          "host=false_alarm");
    const std::string declared =
        R"({"host":"h","expected":{"host_provider":"ExamplePlatform","declared_origin":"x"}})";
    CHECK(marks_of(declared, record_of("h", front, host)) == "host=false_alarm");
    Record record = record_of("h", front);
    record.attribution.chain.push_back(
        named(Role::platform, "exampleplatform-pages", Grade::probable));
    CHECK(marks_of(declared, record) == "host=right_none");
    const auto judged = scanner::score::judge(label_of(declared), record,
                                              scanner::score::LabelNames(test::fixture_catalogue()),
                                              test::fixture_catalogue(), Grade::probable);
    REQUIRE(judged.size() == 1);
    CHECK(judged[0].platform_behind == true);
}

TEST_CASE("platforms answer for hosts, and hosts for platforms, where they are right")
{
    const Finding host = named(Role::host, "examplehost-cloud", Grade::probable);
    Record record = record_of("h", none(), host);
    const std::string label =
        R"({"host":"h","kind":"platform","front":"ExamplePlatform","platform":"ExamplePlatform",)"
        R"("host_provider":"ExamplePlatform"})";
    // Naming the machine below says nothing against the platform as edge; as host it is not right.
    CHECK(marks_of(label, record) == "front=silent host=wrong platform=silent");
    record.attribution.others.push_back(
        named(Role::platform, "exampleplatform-pages", Grade::confirmed));
    CHECK(marks_of(label, record) ==
          "front=right:platform host=right:platform platform=right:platform");
    CHECK(marks_of(R"({"host":"h","kind":"lb","front":"ExampleHost"})", record) ==
          "front=right:host");
}

TEST_CASE("figures have their denominators, groups stay apart, labels without record are silent")
{
    const Finding cdn = named(Role::front, "examplecdn-proxy", Grade::confirmed);
    const Finding dead = named(Role::front, "exampledead-cdn", Grade::probable);
    std::vector<Label> labels;
    for (const char* line :
         {R"({"host":"a","front":"ExampleCDN"})", R"({"host":"b","front":"ExampleCDN"})",
          R"({"host":"c","front":"ExampleCDN"})", R"({"host":"d","front":"ExampleCDN"})",
          R"({"host":"e","front":null})", R"({"host":"f","front":null})",
          R"({"host":"a","front":"ExampleDead","group":"second","id":"s1"})"})
        labels.push_back(label_of(line));
    Scorer scorer(labels, test::fixture_catalogue(), Grade::probable,
                  [](const Record& record) { return "told " + record.observation.subject.host; });
    scorer.add(record_of("a", cdn));
    scorer.add(record_of("b", dead));
    scorer.add(record_of("c", unknown(UnknownReason::no_evidence)));
    scorer.add(record_of("e", none()));
    scorer.add(record_of("f", cdn));
    scorer.add(record_of("zz", cdn));
    Record by_id = record_of("a", dead);
    by_id.observation.subject.extra.emplace_back("case", "s1");
    by_id.observation.addresses.emplace_back();
    scorer.add(by_id);
    scorer.add(by_id);
    scorer.add_unreadable();
    const Score score = scorer.finish();

    CHECK(score.labels == 7);
    CHECK(score.records == 9);
    CHECK(score.unlabelled_records == 1);
    CHECK(score.repeated_records == 1);
    CHECK(score.unreadable_records == 1);
    CHECK(score.labels_without_record == 1);
    REQUIRE(score.sections.size() == 2);
    const scanner::score::Section& first = score.sections.at({"labels", false});
    const scanner::score::RoleTally& front = first.roles.at(Role::front);
    // Named: a rightly, b wrongly, f where nobody is.
    CHECK(front.precision().part == 1);
    CHECK(front.precision().whole == 3);
    // c says nothing, d has no record.
    CHECK(front.coverage().part == 2);
    CHECK(front.coverage().whole == 4);
    CHECK(front.recall().part == 1);
    CHECK(front.abstention().part == 2);
    CHECK(front.abstention().whole == 6);
    CHECK(front.nobody[Mark::right_none] == 1);
    CHECK(first.grades.at({Role::front, Grade::confirmed}).right == 1);
    CHECK(first.grades.at({Role::front, Grade::confirmed}).wrong == 1);
    CHECK(first.grades.at({Role::front, Grade::probable}).wrong == 1);
    CHECK(first.silence.at({Role::front, "no_record"}) == 1);
    CHECK(first.providers.at({Role::front, "exampledead"}).falsely == 1);
    const scanner::score::Section& second = score.sections.at({"second", true});
    CHECK(second.roles.at(Role::front).precision().part == 1);

    REQUIRE(score.disagreements.size() == 2);
    CHECK(score.disagreements[0].host == "b");
    CHECK(score.disagreements[0].explanation == "told b");
    CHECK(score.disagreements[1].judgement.mark == Mark::false_alarm);

    const std::string text = scanner::score::score_text(score);
    CHECK(text.find("33.3 % (1/3)") != std::string::npos);
    CHECK(text.find("== labels, without an address") != std::string::npos);
    CHECK(text.find("== second, with an address") != std::string::npos);
    CHECK(
        text.find("b: front wrong: label says ExampleCDN, record says exampledead-cdn, probable") !=
        std::string::npos);
    const std::string json = scanner::score::score_json(score);
    CHECK(json.starts_with(R"({"format":"servedby.score/1","grade":"probable","labels":7,)"));
    CHECK(json.find(R"("precision":{"part":1,"whole":3,"share":0.333)") != std::string::npos);
}
