#include "scanner/observe/canary.h"

#include "tests/observe/fake_world.h"

using namespace fake;
using scanner::Canaries;
using scanner::observe::CanaryReport;

namespace {

Canaries canaries()
{
    Canaries made;
    made.nonexistent = {"{random}.example", "never.invalid"};
    made.known = {{"known.example", {*IpAddress::parse("198.41.0.4")}}};
    made.bogus = {"bogus.example"};
    made.policy = {"policy.example"};
    return made;
}

/// Answers by name; a status without records where there are none.
class Canned : public DnsResolver {
public:
    std::map<std::string, std::pair<DnsStatus, std::string>> known;
    /// For all other names.
    std::pair<DnsStatus, std::string> other{DnsStatus::nxdomain, ""};
    std::vector<std::string> asked;

    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions, Deadline) override
    {
        std::vector<DnsAnswer> answers;
        for (const Question& question : questions) {
            asked.push_back(question.name.text());
            DnsAnswer& answer = answers.emplace_back();
            answer.name = question.name.text();
            answer.type = question.type;
            const auto found = known.find(answer.name);
            const auto& [status, address] = found == known.end() ? other : found->second;
            answer.status = status;
            if (!address.empty())
                answer.records = {{answer.name, "A", 60, address, {}}};
        }
        co_return answers;
    }
};

CanaryReport check(Canned& dns)
{
    const Canaries asked = canaries();
    asio::io_context io(1);
    CanaryReport report;
    bool done = false;
    asio::co_spawn(io, scanner::observe::check_resolver(dns, asked, Deadline::max()),
                   [&](std::exception_ptr error, CanaryReport got) {
                       done = !error;
                       report = std::move(got);
                   });
    io.run();
    REQUIRE(done);
    return report;
}

Canned sound()
{
    Canned dns;
    dns.known = {{"known.example", {DnsStatus::noerror, "198.41.0.4"}},
                 {"bogus.example", {DnsStatus::servfail, ""}},
                 {"policy.example", {DnsStatus::noerror, "192.0.2.1"}}};
    return dns;
}

std::string signs(const CanaryReport& report)
{
    std::string all;
    for (const std::string& sign : report.health.signs)
        all += sign + " ";
    return all;
}

}  // namespace

TEST_CASE("a sound resolver shows no sign, and every round asks for a new name")
{
    Canned dns = sound();
    const CanaryReport report = check(dns);
    CHECK(report.answered);
    CHECK_FALSE(report.caught());
    CHECK(report.validates == true);
    CHECK_FALSE(report.declares_filtering);
    CHECK(report.health.nxdomain_addresses.empty());
    REQUIRE(dns.asked.size() == 5);
    CHECK(dns.asked[1] == "never.invalid");
    check(dns);
    CHECK(dns.asked[0] != dns.asked[5]);
    CHECK(dns.asked[0].size() == 16 + std::string(".example").size());
}

TEST_CASE("a resolver that makes answers up is caught, and silence is no sign")
{
    struct Case {
        const char* why;
        void (*change)(Canned&);
        const char* signs;
        bool answered;
    };
    const Case cases[] = {
        {"an address for names that do not exist",
         [](Canned& dns) {
             dns.other = {DnsStatus::noerror, "203.0.113.9"};
         },
         "rewrites_nxdomain ", true},
        {"for one of them only",
         [](Canned& dns) {
             dns.known["never.invalid"] = {DnsStatus::noerror, "0.0.0.0"};
         },
         "rewrites_nxdomain ", true},
        {"another address for a known name",
         [](Canned& dns) { dns.known["known.example"].second = "203.0.113.9"; },
         "wrong_known_answer ", true},
        {"both",
         [](Canned& dns) {
             dns.known["known.example"].second = "203.0.113.9";
             dns.other = {DnsStatus::noerror, "203.0.113.9"};
         },
         "rewrites_nxdomain wrong_known_answer ", true},
        {"a network of its own, where the known name is not",
         [](Canned& dns) {
             dns.known["known.example"] = {DnsStatus::nxdomain, ""};
         },
         "", true},
        {"NODATA where the name does not exist",
         [](Canned& dns) {
             dns.other = {DnsStatus::nodata, ""};
         },
         "", true},
        {"silence",
         [](Canned& dns) {
             dns.known.clear();
             dns.other = {DnsStatus::timeout, ""};
         },
         "", false},
        {"refusal",
         [](Canned& dns) {
             dns.known.clear();
             dns.other = {DnsStatus::refused, ""};
         },
         "", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Canned dns = sound();
        c.change(dns);
        const CanaryReport report = check(dns);
        CHECK(signs(report) == c.signs);
        CHECK(report.answered == c.answered);
    }
}

TEST_CASE("whether a resolver validates, and whether it filters, is noted and no sign")
{
    Canned dns = sound();
    dns.known["bogus.example"] = {DnsStatus::noerror, "192.0.2.1"};
    dns.known["policy.example"] = {DnsStatus::nxdomain, ""};
    CanaryReport report = check(dns);
    CHECK(report.validates == false);
    CHECK(report.declares_filtering);
    CHECK_FALSE(report.caught());
    dns.known["bogus.example"] = {DnsStatus::timeout, ""};
    report = check(dns);
    CHECK_FALSE(report.validates.has_value());
}
