// Everything that a site's operator can make up, for every front and platform of the catalogue:
// each thing alone, in pairs, and all together, at places that are not the claimed provider's.
// Nothing of it may lift the provider above `possible` there, nor make it the first addressee.
//
// What counts as made up: headers and cookies; pages, status and headers that look like an edge's
// own; names in a certificate that nobody trusts; reverse names that do not resolve back; MX and
// SPF; the HTTPS record with its outer name; name servers (they prove the DNS host and no more);
// and the text of a CNAME whose end lies outside the provider's network, because resolvers can be
// lied to and many providers let customers choose the address behind such a name. What does not: an
// alias that ends at an address of the provider's own (then the address decides), a name that the
// provider itself handed out, a trusted certificate for the provider's name, and the zone's own
// declaration, which is asked for by another way than the site.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "scanner/attribute/attribute.h"
#include "scanner/model/words.h"
#include "scanner/route/route.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Observed;

namespace {

struct Place {
    const char* what;
    /// Empty: the source does not know the address.
    const char* address;
    unsigned asn;
    const char* organisation;
    /// A known front answers there, so that marks of others may come from behind it.
    bool front = false;
    /// An address that serves no site at all.
    bool service = false;
};

constexpr Place places[] = {
    {"a hoster's machine", "51.83.1.2", 16276, "OVH SAS"},
    {"another hoster's machine", "88.198.1.2", 24940, "Hetzner Online GmbH"},
    {"a cloud's machine, which platforms rent too", "3.80.79.10", 14618, "Amazon.com, Inc."},
    {"another front's edge", "186.2.163.7", 59692, "IQWeb FZ-LLC", true},
    {"the edge of the largest front", "104.16.1.1", 13335, "Cloudflare, Inc.", true},
    {"an AS that is in no list", "62.210.9.9", 64496, "Some Hosting Ltd"},
    {"an address that nobody announces", "62.210.9.9", 0, ""},
    {"a public resolver's address", "1.1.1.1", 13335, "Cloudflare, Inc.", false, true},
    {"an address that is not known", "", 0, ""},
};

constexpr std::size_t place_count = std::size(places);

// Is the place the provider's own, by range or by AS? There nothing would be forged.
bool is_home(const Place& place, const std::string& provider)
{
    if (*place.address == '\0')
        return false;
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    const resolvers::IpAddress address = *resolvers::IpAddress::parse(place.address);
    for (const catalogue::RangeHit& hit : catalogue.ranges_of(address))
        if (hit.rule->product->provider->id == provider)
            return true;
    const std::vector<const catalogue::Rule*> announcers = catalogue.asn_rules(place.asn);
    return std::any_of(announcers.begin(), announcers.end(), [&](const catalogue::Rule* rule) {
        return rule->product->provider->id == provider;
    });
}

// Does the alias that this rule reads lead to where its product is known to rent?
bool is_tenancy(const catalogue::Rule& rule, const Place& place)
{
    if ((rule.kind != catalogue::RuleKind::cname && rule.kind != catalogue::RuleKind::native) ||
        *place.address == '\0' || place.service)
        return false;
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    for (const catalogue::Rule* announcer : catalogue.asn_rules(place.asn))
        if (rule.product->tenancy_at(*announcer->product->provider) != nullptr)
            return true;
    for (const catalogue::RangeHit& hit :
         catalogue.ranges_of(*resolvers::IpAddress::parse(place.address)))
        if (rule.product->tenancy_at(*hit.rule->product->provider) != nullptr)
            return true;
    return false;
}

// What is made up, put together piece by piece, then placed.
struct Forged {
    std::vector<std::string> aliases;
    std::vector<std::string> name_servers;
    std::vector<std::string> outer_names;
    std::vector<std::string> reverse_names;
    std::vector<std::string> mail_domains;
    std::vector<const catalogue::Rule*> edge_paths;
    support::Headers headers = {{"content-type", "text/html"}};
    std::vector<std::string> markers;
    unsigned status = 200;
    resolvers::Certificate certificate;
    bool bad_certificate = false;
};

void add_certificate(Forged& forged, const catalogue::Rule& rule)
{
    forged.bad_certificate = true;
    if (rule.key == "san_suffix")
        forged.certificate.names.push_back(rule.example);
    else if (rule.key == "subject_cn")
        forged.certificate.subject_common_name = rule.example;
    else if (rule.key == "subject_o")
        forged.certificate.subject_organisation = rule.example;
    else if (rule.key == "issuer_cn")
        forged.certificate.issuer_common_name = rule.example;
    else if (rule.key == "issuer_o")
        forged.certificate.issuer_organisation = rule.example;
}

// Forges what the rule reads; false when it reads nothing that can be forged.
bool forge(Forged& forged, const catalogue::Rule& rule)
{
    switch (rule.kind) {
        case catalogue::RuleKind::header:
            forged.headers.emplace_back(rule.key + (rule.key_is_prefix ? "x" : ""), rule.example);
            return true;
        case catalogue::RuleKind::cookie:
            forged.headers.emplace_back("set-cookie", rule.example + "=[redacted]; path=/");
            return true;
        case catalogue::RuleKind::answer:
            if (rule.key.empty() && rule.body.empty())
                return false;
            if (!rule.key.empty())
                forged.headers.emplace_back(rule.key, rule.example);
            if (!rule.body.empty())
                forged.markers.push_back(rule.id);
            if (rule.http_status != 0)
                forged.status = rule.http_status;
            return true;
        case catalogue::RuleKind::edge_path:
            forged.edge_paths.push_back(&rule);
            return true;
        case catalogue::RuleKind::cname:
        case catalogue::RuleKind::native:
            forged.aliases.push_back(rule.example);
            return true;
        case catalogue::RuleKind::ns:
            forged.name_servers.push_back(rule.example);
            return true;
        case catalogue::RuleKind::ech:
            forged.outer_names.push_back(rule.example);
            return true;
        case catalogue::RuleKind::ptr:
            forged.reverse_names.push_back(rule.example);
            return true;
        case catalogue::RuleKind::certificate:
            add_certificate(forged, rule);
            return true;
        case catalogue::RuleKind::range:
        case catalogue::RuleKind::asn:
            return false;
    }
    return false;
}

resolvers::DnsAnswer answer(const char* name, const char* type, const std::string& data)
{
    resolvers::DnsAnswer made;
    made.name = name;
    made.type = type;
    made.status = resolvers::DnsStatus::noerror;
    made.records.push_back({name, type, 300, data, {}});
    return made;
}

Observation placed(const Forged& forged, const Place& place)
{
    Observed observed("www.example.org", "example.org");
    Observation& seen = observed.seen;
    for (const std::string& alias : forged.aliases)
        observed.alias(alias);
    for (const std::string& name : forged.name_servers)
        observed.name_server(name);
    for (const std::string& name : forged.outer_names)
        observed.ech(name);
    for (const std::string& name : forged.reverse_names)
        seen.dns.push_back(answer("2.1.83.51.in-addr.arpa", "PTR", name));
    for (const std::string& name : forged.mail_domains) {
        seen.dns.push_back(answer("example.org", "MX", "10 mail." + name));
        seen.dns.push_back(answer("example.org", "TXT", "\"v=spf1 include:" + name + " -all\""));
    }
    if (*place.address == '\0')
        seen.chain_end = ChainEnd::not_observed;
    else
        observed.address(place.address, place.asn, place.organisation);
    observed.https(
        place.address, forged.headers, forged.status,
        forged.bad_certificate ? support::Certificate::untrusted : support::Certificate::valid);
    resolvers::Probe& probe = seen.probes.back();
    probe.http_facts->markers = forged.markers;
    std::sort(probe.http_facts->markers.begin(), probe.http_facts->markers.end());
    if (forged.bad_certificate) {
        resolvers::Certificate& leaf = probe.tls_facts->chain.front();
        leaf = forged.certificate;
        leaf.names.push_back("www.example.org");
    }
    for (const catalogue::Rule* rule : forged.edge_paths)
        observed.edge(place.address, rule->key, rule->http_status == 0 ? 200 : rule->http_status,
                      {rule->id});
    return std::move(seen);
}

// What is wrong with the verdict, for the forged provider; empty when nothing is.
std::string fault_of(const Observation& seen, const Place& place, const std::string& provider)
{
    const Attribution verdict = scanner::attribute::attribute(seen, support::shipped_catalogue());
    std::string fault;
    const auto judge = [&](const char* where, const Finding& finding, Grade highest) {
        // Name servers are what they are, whoever answers for the site; so is a name that steers.
        if (finding.provider != provider || finding.role == Role::dns ||
            finding.role == Role::steering)
            return;
        if (finding.grade > highest)
            fault += std::string(where) + " " + finding.product + " " +
                     std::string(word(finding.role)) + " " + std::string(word(finding.grade)) +
                     "; ";
    };
    // Behind a front the marks of a platform are what a notice to two goes by: at most probable.
    const Grade inner = place.front ? Grade::probable : Grade::possible;
    judge("front", verdict.front, Grade::possible);
    judge("host", verdict.host, inner);
    for (const Finding& hop : verdict.chain)
        judge("chain", hop, inner);
    for (const Finding& other : verdict.others)
        judge("others", other, inner);
    const std::vector<Addressee> to = scanner::route::route(verdict, support::shipped_catalogue());
    if (!to.empty() && to.front().provider == provider && to.front().role != Role::dns)
        fault += "first addressee " + to.front().product + " " +
                 std::string(word(to.front().role)) + "; ";
    return fault;
}

bool is_seen(const Observation& seen, const std::string& provider)
{
    const Attribution verdict = scanner::attribute::attribute(seen, support::shipped_catalogue());
    return std::any_of(verdict.evidence.begin(), verdict.evidence.end(),
                       [&](const Evidence& one) { return one.provider == provider; });
}

// Everything forgeable of one company that fronts or stores.
std::map<std::string, std::vector<const catalogue::Rule*>> forgeable_rules()
{
    std::map<std::string, std::vector<const catalogue::Rule*>> all;
    for (const catalogue::Rule* rule : support::shipped_catalogue().rules()) {
        const catalogue::Product& product = *rule->product;
        const bool serves = product.has(Role::front) || product.has(Role::platform);
        const bool dns = rule->kind == catalogue::RuleKind::ns;
        if (!serves && !dns)
            continue;
        Forged unused;
        if (forge(unused, *rule))
            all[product.provider->id].push_back(rule);
    }
    // Name servers alone make no front; companies that have nothing else are not of interest.
    std::erase_if(all, [](const auto& entry) {
        return std::all_of(
            entry.second.begin(), entry.second.end(),
            [](const catalogue::Rule* rule) { return rule->kind == catalogue::RuleKind::ns; });
    });
    return all;
}

std::string told(const std::string& provider, const std::string& what, const Place& place,
                 const std::string& fault)
{
    return "\n    " + provider + ": " + what + " from " + place.what + ": " + fault;
}

}  // namespace

TEST_CASE("no forged signal alone makes a provider probable, or the first to be written to")
{
    std::string faults;
    unsigned seen = 0;
    unsigned unseen = 0;
    for (const auto& [provider, rules] : forgeable_rules())
        for (const catalogue::Rule* rule : rules) {
            Forged forged;
            forge(forged, *rule);
            bool counted = false;
            for (const Place& place : places) {
                if (is_home(place, provider) || is_tenancy(*rule, place))
                    continue;
                const Observation observation = placed(forged, place);
                const std::string fault = fault_of(observation, place, provider);
                if (!fault.empty())
                    faults += told(provider, rule->id, place, fault);
                if (!counted)
                    ++(is_seen(observation, provider) ? seen : unseen);
                counted = true;
            }
        }
    CHECK(faults == "");
    // The forgeries are worth something: nearly all of them are noticed. (Reverse names are not
    // when they do not resolve back; some suffixes lie under a longer one of another product.)
    CHECK(seen > 1000);
    CHECK(unseen * 10 < seen);
}

TEST_CASE("no two forged signals make a provider probable, or the first to be written to")
{
    // Every pair of each company, at one place each: the places take turns.
    std::string faults;
    std::size_t turn = 0;
    for (const auto& [provider, rules] : forgeable_rules())
        for (std::size_t i = 0; i < rules.size(); ++i)
            for (std::size_t j = i + 1; j < rules.size(); ++j) {
                Forged forged;
                forge(forged, *rules[i]);
                forge(forged, *rules[j]);
                const Place* place = &places[turn++ % place_count];
                while (is_home(*place, provider) || is_tenancy(*rules[i], *place) ||
                       is_tenancy(*rules[j], *place))
                    place = &places[turn++ % place_count];
                const std::string fault = fault_of(placed(forged, *place), *place, provider);
                if (!fault.empty())
                    faults += told(provider, rules[i]->id + " and " + rules[j]->id, *place, fault);
            }
    CHECK(faults == "");
}

TEST_CASE("everything forged at once makes no provider probable, or the first to be written to")
{
    std::string faults;
    for (const auto& [provider, rules] : forgeable_rules())
        for (const Place& place : places) {
            if (is_home(place, provider))
                continue;
            // With the certificate forged and with one that is sound: that is the operator's too.
            for (const bool sound : {false, true}) {
                Forged forged;
                for (const catalogue::Rule* rule : rules) {
                    if ((sound && rule->kind == catalogue::RuleKind::certificate) ||
                        is_tenancy(*rule, place))
                        continue;
                    forge(forged, *rule);
                    if (rule->kind == catalogue::RuleKind::cname ||
                        rule->kind == catalogue::RuleKind::ns)
                        forged.mail_domains.push_back(rule->key);
                }
                const std::string fault = fault_of(placed(forged, place), place, provider);
                if (!fault.empty())
                    faults += told(provider, sound ? "everything, certificate sound" : "everything",
                                   place, fault);
            }
        }
    CHECK(faults == "");
}

TEST_CASE("whoever rents a machine from a company cannot put on that company's front")
{
    // In the company's network, in none of its lists: an AS of machines to let. What its customer
    // says there of the company's CDN is a customer's word (signals.md rows 2 and 14: two weak
    // ones).
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    std::string faults;
    unsigned tried = 0;
    for (const auto& [provider, rules] : forgeable_rules()) {
        const catalogue::Rule* network = nullptr;
        for (const catalogue::Rule* rule : catalogue.rules())
            if (rule->kind == catalogue::RuleKind::asn && rule->product->provider->id == provider &&
                rule->product->has(Role::host) &&
                rule->precision != catalogue::AsnPrecision::shared)
                network = rule;
        if (network == nullptr)
            continue;
        const Place place{"a rented machine of its own company", "62.210.9.9", network->asn, "Co"};
        Forged forged;
        for (const catalogue::Rule* rule : rules)
            if (rule->product->has(Role::front) && (rule->kind == catalogue::RuleKind::header ||
                                                    rule->kind == catalogue::RuleKind::cookie ||
                                                    rule->kind == catalogue::RuleKind::ech))
                forge(forged, *rule);
        if (forged.headers.size() == 1)
            continue;
        ++tried;
        const Attribution verdict = scanner::attribute::attribute(placed(forged, place), catalogue);
        if (verdict.front.status == FindingStatus::identified &&
            verdict.front.grade > Grade::possible)
            faults += told(provider, "its front's marks", place,
                           verdict.front.product + " " + std::string(word(verdict.front.grade)));
    }
    CHECK(faults == "");
    CHECK(tried > 5);
}

TEST_CASE("mail at a provider makes no front of it and no host")
{
    std::string faults;
    for (const auto& [provider, rules] : forgeable_rules()) {
        Forged forged;
        for (const catalogue::Rule* rule : rules)
            if (rule->kind == catalogue::RuleKind::cname ||
                rule->kind == catalogue::RuleKind::native || rule->kind == catalogue::RuleKind::ns)
                forged.mail_domains.push_back(rule->key);
        for (const Place& place : places) {
            if (is_home(place, provider))
                continue;
            const Attribution verdict =
                scanner::attribute::attribute(placed(forged, place), support::shipped_catalogue());
            for (const Finding* finding : {&verdict.front, &verdict.host})
                if (finding->provider == provider)
                    faults += told(provider, "mail", place, finding->product);
        }
    }
    CHECK(faults == "");
}

TEST_CASE("forged marks on a known host's address are kept as claims, and the host stays the host")
{
    const Attribution verdict = scanner::attribute::attribute(
        Observed("example.org")
            .address("51.83.1.2", 16276, "OVH SAS")
            .https("51.83.1.2", {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}})
            .seen,
        support::shipped_catalogue());
    CHECK(verdict.front.status == FindingStatus::none);
    CHECK(verdict.claims == std::vector<std::string>{"cloudflare"});
    CHECK(verdict.host.provider == "ovh");
    CHECK(verdict.host.grade >= Grade::probable);
}

TEST_CASE("no header, cookie or page adds an addressee on a known host's address")
{
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    const auto addressees = [&](const Forged& forged) {
        std::string list;
        const Attribution verdict =
            scanner::attribute::attribute(placed(forged, places[0]), catalogue);
        for (const Addressee& to : scanner::route::route(verdict, catalogue))
            list += to.product + " " + std::string(word(to.role)) + "; ";
        return list;
    };
    const std::string plain = addressees({});
    REQUIRE(plain == "ovh-hosting host; ");
    for (const auto& [provider, rules] : forgeable_rules()) {
        if (is_home(places[0], provider))
            continue;
        Forged forged;
        for (const catalogue::Rule* rule : rules)
            if (rule->kind == catalogue::RuleKind::header ||
                rule->kind == catalogue::RuleKind::cookie ||
                (rule->kind == catalogue::RuleKind::answer && !rule->state))
                forge(forged, *rule);
        CAPTURE(provider);
        CHECK(addressees(forged) == plain);
    }
}
