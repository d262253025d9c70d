#include "scanner/audit/engine_examples.h"

#include <algorithm>

#include "scanner/attribute/attribute.h"

namespace scanner::audit {

using resolvers::IpAddress;
using resolvers::StepStatus;

namespace {

constexpr const char* site = "www.example.org";
constexpr const char* site_domain = "example.org";

IpAddress address_in_no_list(const catalogue::Catalogue& catalogue)
{
    // The first /16 of public space that nobody lists: there is always one.
    for (std::uint32_t block = 0x0B00; block < 0xDF00; ++block) {
        const IpAddress address = IpAddress::from_v4((block << 16) | 0x0909);
        if (!resolvers::special_purpose(address) && catalogue.ranges_of(address).empty() &&
            catalogue.origin_facing_of(address).empty())
            return address;
    }
    return IpAddress::from_v4(0x0B000909);
}

bool classifies(catalogue::RangeKind kind)
{
    return kind == catalogue::RangeKind::edge || kind == catalogue::RangeKind::customer ||
           kind == catalogue::RangeKind::service;
}

void add_address(Observation& seen, const IpAddress& address, std::uint32_t asn)
{
    SeenAddress& made = seen.addresses.emplace_back();
    made.address = address;
    if (asn != 0)
        made.origin = resolvers::Origin{
            resolvers::prefix_around(address, address.is_v4() ? 24 : 48), asn, ""};
    seen.chain_end = ChainEnd::address;
}

// A whole answer over https at the (only) address, with a good certificate for the site.
resolvers::Probe& add_answer(Observation& seen)
{
    resolvers::Probe& probe = seen.probes.emplace_back();
    probe.scheme = "https";
    probe.address = seen.addresses.front().address;
    probe.port = 443;
    probe.host = seen.subject.host;
    probe.purpose = resolvers::ProbePurpose::root;
    probe.tcp.status = probe.tls.status = probe.http.status = StepStatus::ok;
    resolvers::TlsFacts& tls = probe.tls_facts.emplace();
    tls.sni = seen.subject.host;
    tls.trusted = true;
    tls.name_matches = true;
    resolvers::Certificate& leaf = tls.chain.emplace_back();
    leaf.names = {seen.subject.host};
    leaf.names_total = 1;
    resolvers::HttpFacts& http = probe.http_facts.emplace();
    http.url = "https://" + seen.subject.host + "/";
    http.status = 200;
    return probe;
}

void add_record(Observation& seen, const char* type, const std::string& data,
                std::optional<resolvers::ServiceBinding> service)
{
    resolvers::DnsAnswer& answer = seen.dns.emplace_back();
    answer.name = seen.subject.host;
    answer.type = type;
    answer.status = resolvers::DnsStatus::noerror;
    answer.records.push_back({seen.subject.host, type, 300, data, std::move(service)});
}

resolvers::ServiceBinding binding_with_ech(const std::string& public_name)
{
    resolvers::ServiceBinding service;
    service.priority = 1;
    service.target = ".";
    service.has_ech = true;
    resolvers::EchConfig& config = service.ech.emplace_back();
    config.version = 0xfe0d;
    config.public_name = public_name;
    config.public_name_valid = true;
    return service;
}

void set_field(resolvers::Certificate& leaf, const std::string& field, const std::string& value)
{
    if (field == "san_suffix")
        leaf.names.push_back(value);
    else if (field == "subject_cn")
        leaf.subject_common_name = value;
    else if (field == "subject_o")
        leaf.subject_organisation = value;
    else if (field == "issuer_cn")
        leaf.issuer_common_name = value;
    else
        leaf.issuer_organisation = value;
    leaf.names_total = static_cast<unsigned>(leaf.names.size());
}

void set_answer(resolvers::HttpFacts& http, const catalogue::Rule& rule)
{
    if (rule.http_status != 0)
        http.status = rule.http_status;
    // The example is a value of the header where there is one; with a body alone, a piece of it.
    if (!rule.key.empty()) {
        const bool of_body =
            rule.match == catalogue::TextMatch::present || rule.match == catalogue::TextMatch::regex
                ? false
                : rule.example.find(rule.value) == std::string::npos;
        http.headers.emplace_back(rule.key, of_body ? rule.value : rule.example);
    }
    if (!rule.body.empty())
        http.markers.push_back(rule.id);
}

// Of the same company, and telling no more than that: which of two says it does not matter.
bool may_share(const catalogue::Rule& rule, const Evidence& other,
               const catalogue::Catalogue& catalogue)
{
    const catalogue::Product* product = catalogue.product(other.product);
    if (product == nullptr || product == rule.product || product->looks_like(*rule.product))
        return true;
    // An AS may carry several products, of several companies, and the rules say how little it
    // tells.
    return rule.kind == catalogue::RuleKind::asn && other.strength <= rule.strength;
}

// The product that the verdict names in the role that this kind of rule is for; null if the rule is
// not one that names anybody by itself.
const Finding* finding_for(const catalogue::Rule& rule, const Attribution& verdict)
{
    if (rule.kind == catalogue::RuleKind::ns) {
        for (const Finding& other : verdict.others)
            if (other.role == Role::dns)
                return &other;
        return nullptr;
    }
    for (const Finding* finding : {&verdict.front, &verdict.host})
        if (finding->status == FindingStatus::identified && finding->grade >= Grade::probable)
            return finding;
    return nullptr;
}

}  // namespace

EngineJudge::EngineJudge(const catalogue::Catalogue& catalogue)
    : catalogue_(catalogue), nobodys_(address_in_no_list(catalogue))
{
    for (const catalogue::Rule* rule : catalogue.rules()) {
        Place& place = places_[rule->product];
        if (rule->kind == catalogue::RuleKind::range && classifies(rule->range_kind) &&
            !rule->until && !place.address)
            place.address = IpAddress::parse(rule->example);
        if (rule->kind == catalogue::RuleKind::asn &&
            rule->precision != catalogue::AsnPrecision::shared && place.asn == 0)
            place.asn = rule->asn;
    }
}

EngineJudge::Place EngineJudge::place_of(const catalogue::Rule& rule) const
{
    switch (rule.kind) {
        case catalogue::RuleKind::range:
            return {IpAddress::parse(rule.example), 0};
        case catalogue::RuleKind::asn:
            return {nobodys_, rule.asn};
        case catalogue::RuleKind::header:
        case catalogue::RuleKind::cookie:
        case catalogue::RuleKind::certificate:
        case catalogue::RuleKind::ech:
        case catalogue::RuleKind::answer:
        case catalogue::RuleKind::edge_path: {
            Place place;
            if (const auto found = places_.find(rule.product); found != places_.end())
                place = found->second;
            // The list says it all; an AS only helps where there is no list.
            if (place.address)
                place.asn = 0;
            else
                place.address = nobodys_;
            return place;
        }
        case catalogue::RuleKind::cname:
        case catalogue::RuleKind::native:
        case catalogue::RuleKind::ns:
        case catalogue::RuleKind::ptr:
            break;
    }
    return {nobodys_, 0};
}

Observation EngineJudge::observation_of(const catalogue::Rule& rule) const
{
    Observation seen;
    seen.source = "scan";
    seen.profile = "standard";
    seen.subject.line = 1;
    seen.subject.host = rule.kind == catalogue::RuleKind::native ? rule.example : site;
    seen.subject.text = seen.subject.host;
    seen.subject.registrable_domain =
        rule.kind == catalogue::RuleKind::native ? rule.example : site_domain;
    seen.chain = {seen.subject.host};

    if (rule.until)
        seen.observed_at = *rule.until;
    const Place place = place_of(rule);
    add_address(seen, place.address.value_or(nobodys_), place.asn);
    resolvers::Probe& probe = add_answer(seen);
    switch (rule.kind) {
        case catalogue::RuleKind::range:
        case catalogue::RuleKind::asn:
        case catalogue::RuleKind::native:
        case catalogue::RuleKind::ptr:
            break;
        case catalogue::RuleKind::cname:
            seen.chain.push_back(rule.example);
            break;
        case catalogue::RuleKind::ns:
            add_record(seen, "NS", rule.example, std::nullopt);
            break;
        case catalogue::RuleKind::header:
            probe.http_facts->headers.emplace_back(rule.key, rule.example);
            break;
        case catalogue::RuleKind::cookie:
            probe.http_facts->headers.emplace_back("set-cookie",
                                                   rule.example + "=[redacted]; path=/");
            break;
        case catalogue::RuleKind::certificate:
            set_field(probe.tls_facts->chain.front(), rule.key, rule.example);
            break;
        case catalogue::RuleKind::ech:
            add_record(seen, "HTTPS", "1 . ech=...", binding_with_ech(rule.example));
            break;
        case catalogue::RuleKind::answer:
            set_answer(*probe.http_facts, rule);
            break;
        case catalogue::RuleKind::edge_path: {
            resolvers::Probe asked = probe;
            asked.purpose = resolvers::ProbePurpose::edge;
            asked.http_facts->url = "https://" + seen.subject.host + rule.key;
            asked.http_facts->status = rule.http_status == 0 ? 200 : rule.http_status;
            asked.http_facts->markers = {rule.id};
            seen.probes.push_back(std::move(asked));
            break;
        }
    }
    return seen;
}

std::string EngineJudge::operator()(const catalogue::Rule& rule) const
{
    // A reverse name counts only once it is confirmed, by a look that no example has: the look-up
    // is all.
    if (rule.kind == catalogue::RuleKind::ptr) {
        const std::vector<const catalogue::Rule*> found =
            catalogue_.name_rules(rule.kind, rule.example);
        return found.empty() ? "" : found.front()->product->id;
    }
    const Attribution verdict = attribute::attribute(observation_of(rule), catalogue_);
    if (rule.kind == catalogue::RuleKind::range &&
        rule.range_kind == catalogue::RangeKind::origin_facing) {
        const bool used = std::any_of(verdict.evidence.begin(), verdict.evidence.end(),
                                      [&](const Evidence& one) { return one.rule == rule.id; });
        const auto address = IpAddress::parse(rule.example);
        const std::vector<catalogue::RangeHit> hits =
            address ? catalogue_.origin_facing_of(*address) : std::vector<catalogue::RangeHit>{};
        return used || hits.empty() ? "" : hits.front().rule->product->id;
    }

    const Evidence* own = nullptr;
    for (const Evidence& one : verdict.evidence)
        if (one.rule == rule.id)
            own = &one;
    if (own == nullptr) {
        // Another rule of the product may say the same, and better.
        for (const Evidence& one : verdict.evidence)
            if (one.product == rule.product->id)
                own = &one;
    }
    for (const Evidence& one : verdict.evidence)
        if ((own == nullptr || one.signal == own->signal) && !may_share(rule, one, catalogue_))
            return one.product;
    if (own == nullptr)
        return "";

    const Finding* finding = finding_for(rule, verdict);
    if (rule.kind == catalogue::RuleKind::ns)
        return finding == nullptr ? "" : finding->product;
    if (finding != nullptr && finding->provider != rule.product->provider->id)
        return finding->product.empty() ? finding->name : finding->product;
    return rule.product->id;
}

}  // namespace scanner::audit
