// What an answer of the edge's would add, told from the context alone, is what the attribution of
// an observation with that answer says.
#include "scanner/attribute/would_raise.h"

#include <doctest/doctest.h>

#include "scanner/attribute/attribute.h"
#include "scanner/attribute/signals.h"
#include "tests/support/observed.h"

using namespace scanner;
using resolvers::IpAddress;
using support::Certificate;
using support::Headers;
using support::Observed;

namespace {

constexpr const char* listed = "104.16.1.10";
// Announced by Cloudflare, in none of its lists.
constexpr const char* unlisted = "8.6.112.10";
constexpr const char* elsewhere = "51.38.6.10";
const Headers marks = {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}};

const catalogue::Rule& trace_rule()
{
    for (const catalogue::Rule* rule : support::shipped_catalogue().edge_path_rules())
        if (rule->id == "cloudflare-proxy/edge_path/cdn-cgi/trace")
            return *rule;
    FAIL("the rule is gone");
    throw 0;
}

const Finding* front_at(const Attribution& verdict, const IpAddress& address)
{
    for (const AddressVerdict& one : verdict.addresses)
        if (one.address == address)
            return &one.front;
    return nullptr;
}

// The long way: attribute() without the answer, and with it.
bool raises(Observed observed, const char* address)
{
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    const IpAddress at = *IpAddress::parse(address);
    const Attribution before = scanner::attribute::attribute(observed.seen, catalogue);
    const catalogue::Rule& rule = trace_rule();
    observed.edge(address, rule.key, rule.http_status == 0 ? 200 : rule.http_status, {rule.id});
    // The certificate is the one that was seen there: none of its own.
    observed.seen.probes.back().tls_facts.reset();
    const Attribution after = scanner::attribute::attribute(observed.seen, catalogue);
    const Finding* now = front_at(before, at);
    const Finding* then = front_at(after, at);
    return now != nullptr && then != nullptr && now->grade != Grade::confirmed &&
           then->status == FindingStatus::identified &&
           (now->status != FindingStatus::identified || now->product != then->product ||
            now->grade < then->grade);
}

Observed at(const char* address, unsigned asn, const char* organisation)
{
    Observed observed("www.example.org", "example.org");
    observed.address(address, asn, organisation);
    return observed;
}

}  // namespace

TEST_CASE("what an answer would raise is told without the answer")
{
    struct Case {
        const char* why;
        Observed observed;
        const char* address;
        bool raised;
    };
    const Case cases[] = {
        {"listed, nothing but the address", at(listed, 13335, "").http(listed), listed, true},
        {"listed, with a certificate", at(listed, 13335, "").https(listed), listed, false},
        {"listed, a wrong certificate",
         at(listed, 13335, "").https(listed, {}, 200, Certificate::untrusted), listed, false},
        {"unlisted, a plain page", at(unlisted, 13335, "").https(unlisted), unlisted, true},
        {"unlisted, with marks", at(unlisted, 13335, "").https(unlisted, marks), unlisted, false},
        {"unlisted, answered already",
         at(unlisted, 13335, "")
             .https(unlisted)
             .edge(unlisted, trace_rule().key, 200, {trace_rule().id}),
         unlisted, false},
        {"somebody else's", at(elsewhere, 16276, "OVH SAS").https(elsewhere, marks), elsewhere,
         false},
        {"an address that was not seen", at(listed, 13335, "").http(listed), elsewhere, false},
    };
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    for (const Case& c : cases) {
        CAPTURE(c.why);
        attribute::Sight context = scanner::attribute::look_at(c.observed.seen, catalogue);
        scanner::attribute::collect_signs(context, catalogue);
        const std::size_t signs = context.signs.size();
        const IpAddress address = *IpAddress::parse(c.address);
        // Twice: the context is as it was.
        CHECK(scanner::attribute::would_raise(context, trace_rule(), address) == c.raised);
        CHECK(scanner::attribute::would_raise(context, trace_rule(), address) == c.raised);
        CHECK(context.signs.size() == signs);
        CHECK(raises(c.observed, c.address) == c.raised);
    }
}
