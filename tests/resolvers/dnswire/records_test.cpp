#include "resolvers/dnswire/records.h"

#include <doctest/doctest.h>

using namespace resolvers;

namespace {

DnsAnswer answer(const std::string& type, DnsStatus status, std::vector<DnsRecord> records)
{
    DnsAnswer made;
    made.name = "site.example";
    made.type = type;
    made.status = status;
    made.records = std::move(records);
    return made;
}

DnsRecord record(const std::string& name, const std::string& type, const std::string& data)
{
    return {name, type, 60, data, {}};
}

std::string text_of(const std::vector<const DnsRecord*>& records)
{
    std::string text;
    for (const DnsRecord* one : records)
        text += (text.empty() ? "" : " ") + one->data;
    return text;
}

}  // namespace

TEST_CASE("a record counts for the name that owns it")
{
    const DnsRecord alias = record("site.example", "CNAME", "other.example");
    struct Case {
        std::string why;
        DnsAnswer answer;
        std::string own;
        std::string led;
    };
    const Case cases[] = {
        {"its own", answer("NS", DnsStatus::noerror, {record("site.example", "NS", "a.example")}),
         "a.example", "a.example"},
        {"the alias's target's",
         answer("NS", DnsStatus::noerror, {alias, record("other.example", "NS", "a.example")}), "",
         "a.example"},
        {"in another order",
         answer("A", DnsStatus::noerror, {record("other.example", "A", "192.0.2.1"), alias}), "",
         "192.0.2.1"},
        {"over two aliases",
         answer("A", DnsStatus::noerror,
                {alias, record("other.example", "CNAME", "third.example"),
                 record("other.example", "A", "192.0.2.1"),
                 record("third.example", "A", "192.0.2.2")}),
         "", "192.0.2.2"},
        {"a stranger's", answer("A", DnsStatus::noerror, {record("x.example", "A", "192.0.2.1")}),
         "", ""},
        {"another type's",
         answer("A", DnsStatus::noerror, {record("site.example", "NS", "a.example")}), "", ""},
        {"beside a failure",
         answer("A", DnsStatus::servfail, {record("site.example", "A", "192.0.2.1")}), "", ""},
        {"beside a refusal",
         answer("NS", DnsStatus::refused, {record("site.example", "NS", "a.example")}), "", ""},
        {"beside word that the name does not exist",
         answer("A", DnsStatus::nxdomain, {record("site.example", "A", "192.0.2.1")}), "", ""},
        {"a loop",
         answer("A", DnsStatus::noerror,
                {alias, record("other.example", "CNAME", "site.example"),
                 record("x.example", "A", "192.0.2.1")}),
         "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(text_of(resolvers::dnswire::own_records(c.answer)) == c.own);
        CHECK(text_of(resolvers::dnswire::led_records(c.answer)) == c.led);
    }
}

TEST_CASE("aliases are followed through several answers, and all that contradict are told")
{
    const auto cname = [](const std::string& from, const std::string& to) {
        return record(from, "CNAME", to);
    };
    struct Case {
        std::string why;
        std::vector<DnsAnswer> answers;
        std::string names;
        dnswire::AliasEnd end;
        std::string repeated;
        std::string branches;
    };
    const Case cases[] = {
        {"no alias",
         {answer("A", DnsStatus::nodata, {})},
         "site.example",
         dnswire::AliasEnd::name,
         "",
         ""},
        {"the second answer goes on where the first stops",
         {answer("A", DnsStatus::noerror, {cname("site.example", "b.example")}),
          answer("AAAA", DnsStatus::nxdomain, {cname("b.example", "c.example")})},
         "site.example b.example c.example",
         dnswire::AliasEnd::name,
         "",
         ""},
        {"two answers that contradict each other",
         {answer("A", DnsStatus::noerror, {cname("site.example", "b.example")}),
          answer("AAAA", DnsStatus::noerror,
                 {cname("site.example", "x.example"), cname("x.example", "y.example")})},
         "site.example b.example",
         dnswire::AliasEnd::name,
         "",
         "x.example y.example"},
        {"a contradiction that comes to the same",
         {answer("A", DnsStatus::noerror,
                 {cname("site.example", "b.example"), cname("b.example", "c.example")}),
          answer("AAAA", DnsStatus::noerror, {cname("site.example", "c.example")})},
         "site.example b.example c.example",
         dnswire::AliasEnd::name,
         "",
         ""},
        {"a failure tells nothing",
         {answer("A", DnsStatus::servfail, {cname("site.example", "b.example")})},
         "site.example",
         dnswire::AliasEnd::name,
         "",
         ""},
        {"a loop",
         {answer("A", DnsStatus::noerror,
                 {cname("site.example", "b.example"), cname("b.example", "site.example")})},
         "site.example b.example",
         dnswire::AliasEnd::loop,
         "site.example",
         ""},
    };
    const auto joined = [](const std::vector<std::string>& names) {
        std::string text;
        for (const std::string& name : names)
            text += (text.empty() ? "" : " ") + name;
        return text;
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const dnswire::AliasWalk walk =
            resolvers::dnswire::follow_aliases("site.example", c.answers);
        CHECK(joined(walk.names) == c.names);
        CHECK(walk.end == c.end);
        CHECK(walk.repeated == c.repeated);
        CHECK(joined(walk.branches) == c.branches);
    }
}

TEST_CASE("a chain of aliases is followed for so long and no longer")
{
    for (const std::size_t length : {dnswire::most_aliases, dnswire::most_aliases + 1}) {
        DnsAnswer longest = answer("A", DnsStatus::noerror, {});
        std::string name = longest.name;
        for (std::size_t i = 0; i < length; ++i) {
            const std::string next = "n" + std::to_string(i) + ".example";
            longest.records.push_back(record(name, "CNAME", next));
            name = next;
        }
        const dnswire::AliasWalk walk =
            resolvers::dnswire::follow_aliases(longest.name, {&longest, 1});
        CHECK(walk.names.size() == dnswire::most_aliases + 1);
        CHECK(walk.end == (length > dnswire::most_aliases ? dnswire::AliasEnd::limit
                                                          : dnswire::AliasEnd::name));
        CHECK(walk.branches.empty());
    }
}

TEST_CASE("word that a name does not exist tells the aliases that lead there, a failure none")
{
    const DnsRecord alias = record("site.example", "CNAME", "gone.example");
    const std::vector<std::string> both = {"site.example", "gone.example"};
    const std::vector<std::string> one = {"site.example"};
    CHECK(resolvers::dnswire::aliases_in(answer("A", DnsStatus::nxdomain, {alias})) == both);
    CHECK(resolvers::dnswire::aliases_in(answer("A", DnsStatus::nodata, {alias})) == both);
    CHECK(resolvers::dnswire::aliases_in(answer("A", DnsStatus::servfail, {alias})) == one);
    CHECK(resolvers::dnswire::aliases_in(answer("A", DnsStatus::bad_response, {alias})) == one);
}
