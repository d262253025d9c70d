// Whose marks decide a subject's state: its own, and no other host's that was looked at on the way.
#include "scanner/attribute/states.h"

#include <doctest/doctest.h>

#include "scanner/attribute/attribute.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Observed;

namespace {

// An answer about that host, with an alias into a copyright block page.
resolvers::DnsAnswer alias_to_block_page(const std::string& host)
{
    resolvers::DnsAnswer answer;
    answer.name = host;
    answer.type = "A";
    answer.status = resolvers::DnsStatus::noerror;
    resolvers::DnsRecord& record = answer.records.emplace_back();
    record.name = host;
    record.type = "CNAME";
    record.data = "notice.cuii.info";
    return answer;
}

}  // namespace

TEST_CASE("an alias into a block page condemns the host that has it, and no other")
{
    struct Case {
        const char* why;
        const char* host;
        State state;
    };
    const Case cases[] = {
        {"the subject's own answer", "films.example.org", State::tampered},
        {"a host that a redirect named", "other.example.net", State::live},
        {"the apex's www", "www.films.example.org", State::live},
    };
    for (const Case& one : cases) {
        CAPTURE(one.why);
        Observed observed("films.example.org", "example.org");
        observed.address("51.83.1.2", 16276).https("51.83.1.2");
        observed.seen.dns.push_back(alias_to_block_page(one.host));
        CHECK(attribute(observed.seen, support::shipped_catalogue()).state == one.state);
    }
}
