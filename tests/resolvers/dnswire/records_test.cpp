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
        CHECK(text_of(own_records(c.answer)) == c.own);
        CHECK(text_of(led_records(c.answer)) == c.led);
    }
}

TEST_CASE("word that a name does not exist tells the aliases that lead there, a failure none")
{
    const DnsRecord alias = record("site.example", "CNAME", "gone.example");
    const std::vector<std::string> both = {"site.example", "gone.example"};
    const std::vector<std::string> one = {"site.example"};
    CHECK(aliases_in(answer("A", DnsStatus::nxdomain, {alias})) == both);
    CHECK(aliases_in(answer("A", DnsStatus::nodata, {alias})) == both);
    CHECK(aliases_in(answer("A", DnsStatus::servfail, {alias})) == one);
    CHECK(aliases_in(answer("A", DnsStatus::bad_response, {alias})) == one);
}
