// Whose marks decide a subject's state: its own, and no other host's that was looked at on the way.
#include "scanner/attribute/states.h"

#include <doctest/doctest.h>

#include "scanner/attribute/attribute.h"
#include "scanner/route/route.h"
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
        CHECK(scanner::attribute::attribute(observed.seen, support::shipped_catalogue()).state ==
              one.state);
    }
}

TEST_CASE("an address that no site can be reached at is reserved, whatever it is written as")
{
    for (const char* address : {"0.0.0.0", "127.0.0.1", "::", "::1", "10.0.0.1"}) {
        CAPTURE(address);
        Observed observed("films.example.org", "example.org");
        observed.address(address, 0);
        const Attribution verdict =
            scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
        CHECK(verdict.state == State::reserved);
        CHECK(verdict.state_reason.starts_with(address));
        CHECK(verdict.addresses.size() == 1);
    }
    Observed both("films.example.org", "example.org");
    both.address("0.0.0.0", 0).address("127.0.0.1", 0);
    CHECK(scanner::attribute::attribute(both.seen, support::shipped_catalogue()).state ==
          State::reserved);
}

TEST_CASE("what we could not do is no state of the site")
{
    using resolvers::DnsStatus;
    using resolvers::StepStatus;
    struct Case {
        DnsStatus status;
        State state;
    };
    for (const Case& one : {Case{DnsStatus::timeout, State::not_observed},
                            Case{DnsStatus::network_error, State::not_observed},
                            Case{DnsStatus::refused, State::not_observed},
                            Case{DnsStatus::bad_response, State::not_observed},
                            Case{DnsStatus::skipped, State::not_observed},
                            Case{DnsStatus::local_error, State::not_observed},
                            Case{DnsStatus::servfail, State::unreachable}}) {
        CAPTURE(static_cast<int>(one.status));
        Observed observed("films.example.org", "example.org");
        observed.seen.chain_end = ChainEnd::failed;
        for (const char* type : {"A", "AAAA"}) {
            resolvers::DnsAnswer& answer = observed.seen.dns.emplace_back();
            answer.name = "films.example.org";
            answer.type = type;
            answer.status = one.status;
        }
        CHECK(scanner::attribute::attribute(observed.seen, support::shipped_catalogue()).state ==
              one.state);
    }
    for (const auto& [status, state] : {std::pair{StepStatus::deadline, State::not_observed},
                                        std::pair{StepStatus::local_error, State::not_observed},
                                        std::pair{StepStatus::timeout, State::unreachable},
                                        std::pair{StepStatus::refused, State::unreachable}}) {
        CAPTURE(static_cast<int>(status));
        Observed observed("films.example.org", "example.org");
        observed.address("51.83.1.2", 16276);
        resolvers::Probe& probe = observed.seen.probes.emplace_back();
        probe.scheme = "https";
        probe.address = *resolvers::IpAddress::parse("51.83.1.2");
        probe.host = "films.example.org";
        probe.purpose = resolvers::ProbePurpose::root;
        probe.tcp.status = status;
        CHECK(scanner::attribute::attribute(observed.seen, support::shipped_catalogue()).state ==
              state);
    }
}

TEST_CASE("block pages, parking and former edges are what they were on the day")
{
    struct Case {
        const char* why;
        const char* address;
        State state;
        const char* front;
    };
    const Case cases[] = {
        {"Italy's block page, at a cloud", "34.110.214.49", State::tampered, ""},
        {"Germany's block page, at a host", "167.233.14.14", State::tampered, ""},
        {"Vodafone Italy's", "83.224.65.170", State::tampered, ""},
        {"Bodis, whose range is a service too", "199.59.243.220", State::parked, ""},
        {"Namecheap's parking", "198.54.117.217", State::parked, ""},
        {"an edge outside the published list", "104.31.16.11", State::live, "cloudflare-proxy"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.why);
        Observed observed("films.example.org", "example.org");
        observed.address(one.address, 64500).https(one.address);
        Record record;
        record.attribution =
            scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
        scanner::route::route_record(record, support::shipped_catalogue());
        CHECK(record.attribution.state == one.state);
        CHECK(record.attribution.front.product == one.front);
        CHECK((record.attribution.notice_ready == (one.state == State::live)));
    }
}

TEST_CASE("an answer with the edge's marks outweighs an unverified list of a service")
{
    Observed observed("films.example.org", "example.org");
    observed.address("104.28.200.15", 13335, "Cloudflare, Inc.")
        .https("104.28.200.15", {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}});
    const Attribution verdict =
        scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
    CHECK(verdict.state == State::live);
    CHECK(verdict.front.product == "cloudflare-proxy");
    CHECK(verdict.front.grade == Grade::probable);
    CHECK(verdict.claims.empty());

    Observed silent("films.example.org", "example.org");
    silent.address("104.28.200.15", 13335, "Cloudflare, Inc.");
    const Attribution unseen =
        scanner::attribute::attribute(silent.seen, support::shipped_catalogue());
    CHECK(unseen.state == State::reserved);
    CHECK(unseen.front.status == FindingStatus::unknown);
}

TEST_CASE("none is a claim with a grade, and so is a host that nobody connected to")
{
    Observed answered("films.example.org", "example.org");
    answered.address("88.198.1.2", 24940, "Hetzner Online GmbH").https("88.198.1.2");
    const Attribution looked =
        scanner::attribute::attribute(answered.seen, support::shipped_catalogue());
    CHECK(looked.front.status == FindingStatus::none);
    CHECK(looked.front.grade == Grade::probable);
    CHECK(looked.host.grade >= Grade::probable);

    Observed named("films.example.org", "example.org");
    named.address("88.198.1.2", 24940, "Hetzner Online GmbH");
    Record record;
    record.attribution = scanner::attribute::attribute(named.seen, support::shipped_catalogue());
    scanner::route::route_record(record, support::shipped_catalogue());
    CHECK(record.attribution.front.status == FindingStatus::none);
    CHECK(record.attribution.front.grade == Grade::possible);
    CHECK(record.attribution.host.grade == Grade::possible);
    REQUIRE_FALSE(record.addressees.empty());
    CHECK(record.addressees.front().kind == AddresseeKind::also);
    CHECK(record.addressees.front().basis.find("nobody connected") != std::string::npos);
    CHECK_FALSE(record.attribution.notice_ready);

    Observed strange("films.example.org", "example.org");
    strange.address("203.0.114.5", 64500, "Some Carrier");
    CHECK(scanner::attribute::attribute(strange.seen, support::shipped_catalogue()).front.status ==
          FindingStatus::unknown);
}

TEST_CASE("a notice is in order only where somebody can be written to")
{
    Record record;
    record.attribution.state = State::live;
    record.attribution.front.status = FindingStatus::none;
    record.attribution.front.grade = Grade::probable;
    Finding& host = record.attribution.host;
    host.role = Role::host;
    host.status = FindingStatus::identified;
    host.name = "A host without a desk";
    host.grade = Grade::probable;
    scanner::route::route_record(record, support::shipped_catalogue());
    CHECK_FALSE(record.attribution.notice_ready);
    REQUIRE(record.attribution.notice_reasons.size() == 1);
    CHECK(record.attribution.notice_reasons.front() ==
          "no channel is known for A host without a desk");

    // Once one is, the same record says so.
    host.provider = "cloudflare";
    host.product = "cloudflare-pages";
    host.name = "Cloudflare Pages";
    scanner::route::route_record(record, support::shipped_catalogue());
    CHECK(record.attribution.notice_ready);
}
