// The schemas say what the code does: same words, and every line that is written is valid.
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "scanner/history/changes.h"
#include "scanner/model/json.h"
#include "scanner/model/words.h"
#include "scanner/score/judge.h"
#include "tests/output/sample_records.h"

using namespace scanner;

namespace {

const std::string root = SERVEDBY_SOURCE_DIR;

boost::json::value schema(const std::string& name)
{
    std::ifstream file(root + "/data/schema/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str());
}

// The enumeration of a definition, in order.
std::vector<std::string> enumeration(const boost::json::value& document, std::string_view name)
{
    std::vector<std::string> words;
    for (const boost::json::value& word : document.at("$defs").at(name).at("enum").as_array())
        words.emplace_back(word.as_string());
    return words;
}

using Enumerations = std::map<std::string, std::vector<std::string>>;

// Every enumeration below a value, by the path that leads there without "$defs" and "properties".
void collect(const boost::json::value& value, const std::string& path, Enumerations& found)
{
    if (value.is_array())
        for (const boost::json::value& element : value.as_array())
            collect(element, path, found);
    if (!value.is_object())
        return;
    for (const auto& member : value.as_object()) {
        const std::string name(member.key());
        if (name == "enum" && member.value().is_array())
            for (const boost::json::value& word : member.value().as_array())
                found[path].emplace_back(word.as_string());
        else
            collect(member.value(),
                    name == "$defs" || name == "properties" ? path
                    : path.empty()                          ? name
                                                            : path + "." + name,
                    found);
    }
}

Enumerations enumerations(const boost::json::value& document)
{
    Enumerations found;
    collect(document, "", found);
    return found;
}

template <typename T>
std::vector<std::string> all_words()
{
    return {words_of<T>().begin(), words_of<T>().end()};
}

// The member names of an object, in order, as the schema or a document has them.
std::vector<std::string> names_of(const boost::json::value& object)
{
    std::vector<std::string> names;
    for (const auto& member : object.as_object())
        names.emplace_back(member.key());
    return names;
}

struct Ran {
    int status = -1;
    std::string out;
};

// Runs the validator over some lines. Status 2: it cannot run here.
Ran validated(const std::string& lines)
{
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        ("servedby-schema-test-" + std::to_string(::getpid()) + ".jsonl");
    std::ofstream(path, std::ios::binary) << lines;
    const std::string command = "/usr/bin/python3 '" + root + "/tests/output/schema_test.py' '" +
                                path.string() + "' 2>/dev/null";
    Ran ran;
    if (FILE* pipe = ::popen(command.c_str(), "r")) {
        char buffer[4096];
        while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe))
            ran.out.append(buffer, got);
        const int status = ::pclose(pipe);
        ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::filesystem::remove(path);
    return ran;
}

// One record for each word of an enumeration, where `set` puts it.
template <typename T>
void add_words(std::string& lines, void (*set)(Record&, T))
{
    for (std::size_t i = 0; i < words_of<T>().size(); ++i) {
        Record record = samples::fronted();
        set(record, static_cast<T>(i));
        write_record(lines, record);
        lines += '\n';
    }
}

// Every word that a record may have.
std::string lines_of_all_words()
{
    std::string lines;
    add_words<State>(lines, [](Record& record, State word) { record.attribution.state = word; });
    add_words<Role>(lines, [](Record& record, Role word) { record.attribution.front.role = word; });
    add_words<Grade>(lines,
                     [](Record& record, Grade word) { record.attribution.front.grade = word; });
    add_words<FindingStatus>(lines, [](Record& record, FindingStatus word) {
        Finding& front = record.attribution.front;
        front.status = word;
        if (word != FindingStatus::identified)
            front.provider = front.product = "";
    });
    add_words<Flag>(lines, [](Record& record, Flag word) { record.attribution.flags = {word}; });
    add_words<UnknownReason>(lines, [](Record& record, UnknownReason word) {
        record.attribution.front = {};
        record.attribution.front.reason = word;
    });
    add_words<Channel>(
        lines, [](Record& record, Channel word) { record.attribution.evidence[0].channel = word; });
    add_words<Strength>(lines, [](Record& record, Strength word) {
        record.attribution.evidence[0].strength = word;
    });
    add_words<Side>(lines,
                    [](Record& record, Side word) { record.attribution.evidence[0].side = word; });
    add_words<AddresseeKind>(
        lines, [](Record& record, AddresseeKind word) { record.addressees[0].kind = word; });
    add_words<ChannelType>(lines, [](Record& record, ChannelType word) {
        record.addressees[0].channels[0].type = word;
    });
    add_words<ChannelScope>(lines, [](Record& record, ChannelScope word) {
        record.addressees[0].channels[0].scope = word;
    });
    return lines;
}

std::string sample_lines()
{
    std::string lines;
    for (const Record& record : samples::all()) {
        write_record(lines, record);
        lines += '\n';
        write_observation(lines, record.observation);
        lines += '\n';
    }
    // Nothing known at all.
    write_record(lines, Record{});
    lines += '\n';
    return lines;
}

std::string with(std::string text, std::string_view old, std::string_view other)
{
    const std::size_t at = text.find(old);
    REQUIRE(at != std::string::npos);
    return text.replace(at, old.size(), other);
}

}  // namespace

TEST_CASE("the schemas know the words of the enumerations, in their order, and no others")
{
    const boost::json::value observation = schema("observation-1.json");
    CHECK(enumeration(observation, "dns_status") == all_words<resolvers::DnsStatus>());
    CHECK(enumeration(observation, "step_status") == all_words<resolvers::StepStatus>());
    CHECK(enumeration(observation, "chain_end") == all_words<ChainEnd>());
    const Enumerations in_observation = enumerations(observation);
    CHECK(in_observation.at("refused") == all_words<Refusal>());
    CHECK(in_observation.at("probe.purpose") == all_words<resolvers::ProbePurpose>());
    CHECK(in_observation.at("redirect.outcome") == all_words<RedirectOutcome>());
    std::string not_probed;
    for (const std::string_view word : words_of<NotProbed>())
        not_probed += (not_probed.empty() ? "^(" : "|") + std::string(word) +
                      (word == "special_purpose" ? "(:[a-z_]+)?" : "");
    CHECK(observation.at("$defs")
              .at("seen_address")
              .at("properties")
              .at("not_probed")
              .at("pattern") == boost::json::value(not_probed + ")$"));
    const Enumerations of_record = {
        {"role", all_words<Role>()},
        {"strength", all_words<Strength>()},
        {"channel", all_words<Channel>()},
        {"grade", all_words<Grade>()},
        {"state", all_words<State>()},
        {"flag", all_words<Flag>()},
        {"finding.status", all_words<FindingStatus>()},
        {"finding.reason", all_words<UnknownReason>()},
        {"evidence.side", all_words<Side>()},
        {"contact_channel.type", all_words<ChannelType>()},
        {"contact_channel.scope", all_words<ChannelScope>()},
        {"addressee.kind", all_words<AddresseeKind>()},
    };
    const Enumerations in_schema = enumerations(schema("record-1.json"));
    for (const auto& [path, words] : of_record) {
        CAPTURE(path);
        REQUIRE(in_schema.count(path) == 1);
        CHECK(in_schema.at(path) == words);
    }
    // An enumeration of the schema that no table of words holds would drift.
    for (const auto& [path, words] : in_schema) {
        CAPTURE(path);
        CHECK(of_record.count(path) == 1);
    }
    std::vector<std::string> marks;
    for (std::size_t i = 0; i < score::mark_count; ++i)
        marks.emplace_back(word(static_cast<score::Mark>(i)));
    CHECK(enumeration(schema("score-1.json"), "mark") == marks);
    std::vector<std::string> causes;
    for (const history::Cause cause :
         {history::Cause::observation, history::Cause::catalogue, history::Cause::program})
        causes.emplace_back(word(cause));
    CHECK(enumeration(schema("change-1.json"), "cause") == causes);
}

TEST_CASE("the schema lists a record's members in the order in which they are written")
{
    std::string line;
    write_record(line, samples::fronted());
    const boost::json::value document = boost::json::parse(line);
    const boost::json::value record = schema("record-1.json");
    CHECK(names_of(record.at("properties")) == names_of(document));
    const auto check = [&](std::string_view definition, const boost::json::value& written) {
        CAPTURE(definition);
        CHECK(names_of(record.at("$defs").at(definition).at("properties")) == names_of(written));
    };
    check("finding", document.at("front"));
    check("evidence", document.at("evidence").at(0));
    check("address_verdict", document.at("addresses").at(0));
    check("addressee", document.at("addressees").at(0));
    check("contact_channel", document.at("addressees").at(0).at("channels").at(0));
}

TEST_CASE("what is written is valid by the schemas")
{
    const Ran ran = validated(sample_lines() + lines_of_all_words());
    if (ran.status == 2) {
        MESSAGE("skipped: python3-jsonschema is not installed");
        return;
    }
    CHECK(ran.out == "");
    CHECK(ran.status == 0);
}

TEST_CASE("the schemas refuse what is not theirs")
{
    if (validated("").status == 2) {
        MESSAGE("skipped: python3-jsonschema is not installed");
        return;
    }
    std::string line;
    write_record(line, samples::fronted());
    struct Case {
        const char* why;
        std::string line;
        const char* says;
    };
    const Case cases[] = {
        {"an unknown word", with(line, R"("state":"live")", R"("state":"alive")"), "$.state"},
        {"an unknown member", with(line, R"("state":)", R"("mood":1,"state":)"), "mood"},
        {"an unknown member deep down", with(line, R"("ttl":300)", R"("tll":300)"), "tll"},
        {"a missing member", with(line, R"("claims":[],)", ""), "claims"},
        {"a wrong type", with(line, R"("line":1,)", R"("line":"1",)"), "line"},
        {"a time without zone", with(line, R"(.123Z","state")", R"(.123","state")"),
         "$.observed_at"},
        {"an address that is none",
         with(line, R"("address":"104.21.5.7")", R"("address":"104.21")"), "address"},
        {"identified, and with a reason why not",
         with(line, R"("grade":"confirmed","reason":"")",
              R"("grade":"confirmed","reason":"no_evidence")"),
         "reason"},
        {"evidence that is not there", with(line, R"("id":"e3")", R"("id":"e9")"), "e3"},
        {"another version", with(line, "servedby.record/1", "servedby.record/2"), "no schema"},
        {"not JSON", "{", "not JSON"},
        {"nothing", "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Ran ran = validated(c.line);
        CHECK(ran.status == 1);
        CHECK(ran.out.find(c.says) != std::string::npos);
    }
}
