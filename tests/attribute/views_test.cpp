#include "scanner/attribute/views.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "tests/support/observed.h"

using namespace scanner;
using resolvers::DnsAnswer;
using resolvers::DnsStatus;
using support::Observed;

namespace {

DnsAnswer answer(const std::string& type, DnsStatus status,
                 const std::vector<std::string>& addresses = {},
                 const std::vector<std::uint16_t>& errors = {})
{
    DnsAnswer made;
    made.name = "example.org";
    made.type = type;
    made.status = status;
    for (const std::string& address : addresses)
        made.records.push_back({made.name, type, 60, address, {}});
    for (const std::uint16_t code : errors)
        made.errors.push_back({code, "by order"});
    return made;
}

std::vector<DnsAnswer> with_addresses(const std::vector<std::string>& addresses,
                                      const std::vector<std::uint16_t>& errors = {})
{
    return {answer("A", DnsStatus::noerror, addresses, errors), answer("AAAA", DnsStatus::nodata)};
}

std::vector<DnsAnswer> with_alias(const std::string& target, const std::string& address)
{
    DnsAnswer made = answer("A", DnsStatus::noerror);
    made.records = {{"example.org", "CNAME", 60, target, {}}, {target, "A", 60, address, {}}};
    return {made};
}

std::vector<DnsAnswer> denied(DnsStatus status, const std::vector<std::uint16_t>& errors = {})
{
    return {answer("A", status, {}, errors), answer("AAAA", status, {}, errors)};
}

// What the reference view said, with everything that followed from it.
Observation reference(const std::vector<DnsAnswer>& answers)
{
    Observed made("example.org");
    for (const DnsAnswer& one : answers)
        for (const resolvers::DnsRecord& record : one.records)
            if (record.type == "A")
                made.address(record.data).https(record.data, {}, 200, support::Certificate::none);
    Observation seen = made.seen;
    seen.dns = answers;
    if (answers.front().status == DnsStatus::nxdomain)
        seen.chain_end = ChainEnd::nxdomain;
    return seen;
}

View view(const char* name, std::vector<DnsAnswer> answers)
{
    View made;
    made.name = name;
    made.resolver = "192.0.2.53:53";
    made.answers = std::move(answers);
    return made;
}

Attribution judged(const Observation& seen)
{
    return scanner::attribute::attribute(seen, support::shipped_catalogue());
}

bool has_flag(const Attribution& verdict, Flag flag)
{
    return std::find(verdict.flags.begin(), verdict.flags.end(), flag) != verdict.flags.end();
}

std::string evidence_of_views(const Attribution& verdict)
{
    std::string all;
    for (const Evidence& one : verdict.evidence)
        if (one.signal == "views")
            all += one.seen + "\n";
    return all;
}

const std::vector<DnsAnswer> honest = with_addresses({"95.216.1.1"});

}  // namespace

TEST_CASE("a view that shows signs of forgery is named, and decides nothing")
{
    struct Case {
        const char* why;
        View view;
        const char* sign;
    };
    View rewriter = view("isp", with_addresses({"198.41.0.99"}));
    rewriter.nxdomain_addresses = {*resolvers::IpAddress::parse("198.41.0.99")};
    const Case cases[] = {
        {"EDE 15", view("isp", denied(DnsStatus::nxdomain, {15})),
         "view isp (192.0.2.53:53): extended error 15 (blocked): by order\n"},
        {"EDE 16", view("isp", denied(DnsStatus::refused, {16})),
         "view isp (192.0.2.53:53): extended error 16 (censored): by order\n"},
        {"EDE 17 with an address", view("isp", with_addresses({"95.216.9.9"}, {17})),
         "view isp (192.0.2.53:53): extended error 17 (filtered): by order\n"},
        {"EDE 4", view("isp", with_addresses({"95.216.9.9"}, {4})),
         "view isp (192.0.2.53:53): extended error 4 (forged answer): by order\n"},
        {"a block page's address", view("isp", with_addresses({"134.17.0.7"})),
         "view isp (192.0.2.53:53): 134.17.0.7 is an address of by-mts\n"},
        {"a block page's alias", view("isp", with_alias("notice.cuii.info", "95.216.9.9")),
         "view isp (192.0.2.53:53): notice.cuii.info is an alias of de-cuii\n"},
        {"loopback", view("isp", with_addresses({"127.0.0.1"})),
         "view isp (192.0.2.53:53): 127.0.0.1 is loopback\n"},
        {"no such name", view("isp", denied(DnsStatus::nxdomain)),
         "view isp (192.0.2.53:53): says that the name does not exist\n"},
        {"no address", view("isp", denied(DnsStatus::nodata)),
         "view isp (192.0.2.53:53): says that the name has no address\n"},
        {"what canaries got", rewriter,
         "view isp (192.0.2.53:53): 198.41.0.99 is what it answers for names that do not exist\n"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Observation seen = reference(honest);
        const Attribution before = judged(seen);
        seen.views = {c.view};
        const Attribution verdict = judged(seen);
        CHECK(evidence_of_views(verdict) == c.sign);
        CHECK(has_flag(verdict, Flag::view_tampered));
        CHECK(verdict.state == before.state);
        CHECK(verdict.front == before.front);
        CHECK(verdict.host == before.host);
    }
}

TEST_CASE("a view that agrees, fails or is steered elsewhere shows no sign")
{
    const View views[] = {
        view("agrees", honest),
        view("steered", with_addresses({"104.16.1.1"})),
        view("silent", denied(DnsStatus::timeout)),
        view("broken", denied(DnsStatus::servfail)),
        view("refuses everybody", denied(DnsStatus::refused, {18})),
        view("stale", with_addresses({"95.216.1.1"}, {3})),
        view("not asked", {}),
    };
    for (const View& one : views) {
        CAPTURE(one.name);
        Observation seen = reference(honest);
        const Attribution before = judged(seen);
        seen.views = {one};
        CHECK(judged(seen) == before);
    }
}

TEST_CASE("a forged reference view leads to nobody, whether or not another view knows better")
{
    struct Case {
        const char* why;
        std::vector<DnsAnswer> reference;
        const char* sign;
        /// Is it a sign without another view's word?
        bool alone;
    };
    const Case cases[] = {
        {"EDE 15 with NXDOMAIN", denied(DnsStatus::nxdomain, {15}), "EDE 15", true},
        {"EDE 16 with an address", with_addresses({"95.216.9.9"}, {16}), "EDE 16", true},
        {"EDE 17", denied(DnsStatus::refused, {17}), "EDE 17", true},
        {"a block page's address", with_addresses({"134.17.0.7"}), "address of by-mts", true},
        {"loopback", with_addresses({"127.0.0.1"}), "127.0.0.1 is loopback", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Observation seen = reference(c.reference);
        seen.views = {view("clean", honest)};
        Attribution verdict = judged(seen);
        CHECK(verdict.state == State::tampered);
        CHECK(has_flag(verdict, Flag::reference_view_tampered));
        CHECK(verdict.front.reason == UnknownReason::resolver_disagreement);
        CHECK(verdict.host.reason == UnknownReason::resolver_disagreement);
        CHECK(verdict.state_reason.find(c.sign) != std::string::npos);
        CHECK(verdict.state_reason.ends_with("view clean answers otherwise"));
        CHECK_FALSE(verdict.notice_ready);

        for (const std::vector<View>& others :
             {std::vector<View>{}, std::vector<View>{view("same", c.reference)}}) {
            seen.views = others;
            verdict = judged(seen);
            CHECK((verdict.state == State::tampered) == c.alone);
            CHECK_FALSE(has_flag(verdict, Flag::reference_view_tampered));
            if (c.alone)
                CHECK(verdict.host.reason == UnknownReason::all_views_tampered);
        }
    }
}

TEST_CASE("a trusted certificate for the name outweighs what canaries got")
{
    View canaries;
    canaries.name = "reference";
    canaries.signs = {"rewrites_nxdomain"};
    canaries.nxdomain_addresses = {*resolvers::IpAddress::parse("95.216.1.1")};
    for (const bool proven : {true, false}) {
        CAPTURE(proven);
        const auto certificate =
            proven ? support::Certificate::valid : support::Certificate::wrong_name;
        Observation seen = Observed("example.org")
                               .address("95.216.1.1")
                               .https("95.216.1.1", {}, 200, certificate)
                               .seen;
        seen.dns = honest;
        seen.views = {canaries};
        const Attribution verdict = judged(seen);
        CHECK((verdict.state == State::tampered) != proven);
        CHECK(evidence_of_views(verdict).empty() == proven);
    }
}

TEST_CASE("a resolver that answers for names that do not exist is no witness")
{
    // Of the reference: its answer here is the one that it gives for anything.
    Observation seen = reference(with_addresses({"198.41.0.99"}));
    View canaries;
    canaries.name = "reference";
    canaries.signs = {"rewrites_nxdomain"};
    canaries.nxdomain_addresses = {*resolvers::IpAddress::parse("198.41.0.99")};
    seen.views = {canaries};
    Attribution verdict = judged(seen);
    CHECK(verdict.state == State::tampered);
    CHECK(verdict.state_reason ==
          "reference view: 198.41.0.99 is what it answers for names that do not exist");

    // Its answers for names that exist still stand.
    seen = reference(honest);
    seen.views = {canaries};
    CHECK(judged(seen).state == State::live);

    // Of another view: it cannot contradict the reference.
    seen = reference(denied(DnsStatus::nxdomain));
    View liar = view("isp", with_addresses({"95.216.9.9"}));
    liar.signs = {"rewrites_nxdomain"};
    seen.views = {liar};
    verdict = judged(seen);
    CHECK(verdict.state == State::nxdomain);
    CHECK_FALSE(has_flag(verdict, Flag::resolver_disagreement));
}

TEST_CASE("a clean view that knows addresses where the reference denies them is a disagreement")
{
    Observation seen = reference(denied(DnsStatus::nxdomain));
    seen.views = {view("far", honest)};
    const Attribution verdict = judged(seen);
    CHECK(verdict.state == State::nxdomain);
    CHECK(has_flag(verdict, Flag::resolver_disagreement));
    CHECK(verdict.state_reason == "example.org does not exist; view far has addresses");
    CHECK(verdict.front.reason == UnknownReason::resolver_disagreement);
}

TEST_CASE("what the reference denies and the zone's own servers have was forged")
{
    Observation seen = reference(denied(DnsStatus::nxdomain));
    seen.views = {view("far", honest), view("authority", honest)};
    const Attribution verdict = judged(seen);
    CHECK(verdict.state == State::tampered);
    CHECK(verdict.state_reason ==
          "reference view: says that the name does not exist; view authority answers otherwise");
    CHECK(has_flag(verdict, Flag::reference_view_tampered));
}
