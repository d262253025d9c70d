// Records made by hand, one for each kind of line that outputs must cope with. Values are literal,
// so that the golden files can be checked by eye.
#pragma once

#include <string>
#include <vector>

#include "resolvers/base/time_text.h"
#include "resolvers/json/text.h"
#include "scanner/model/record.h"

namespace samples {

using namespace scanner;

inline resolvers::Timestamp at(const char* time)
{
    return *resolvers::parse_time(time);
}

inline resolvers::IpAddress ip(const char* text)
{
    return *resolvers::IpAddress::parse(text);
}

inline SeenAddress seen(const char* address, const char* prefix, std::uint32_t asn,
                        const char* organisation)
{
    return {
        ip(address), resolvers::Origin{*resolvers::Prefix::parse(prefix), asn, organisation}, {}};
}

inline Finding identified(Role role, const char* provider, const char* product, const char* name,
                          Grade grade, double share = 1.0)
{
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::identified;
    finding.provider = provider;
    finding.product = product;
    finding.name = name;
    finding.grade = grade;
    finding.share = share;
    return finding;
}

inline Finding none(Role role)
{
    Finding finding;
    finding.role = role;
    finding.status = FindingStatus::none;
    return finding;
}

inline Finding unknown(Role role, UnknownReason reason)
{
    Finding finding;
    finding.role = role;
    finding.reason = reason;
    return finding;
}

inline resolvers::DnsAnswer answer(const char* name, const char* type,
                                   std::vector<std::string> data)
{
    resolvers::DnsAnswer made;
    made.name = name;
    made.type = type;
    made.status = resolvers::DnsStatus::noerror;
    made.rcode = 0;
    for (std::string& each : data)
        made.records.push_back({name, type, 300, std::move(each), {}});
    made.resolver = "192.0.2.53:53";
    made.attempts = 1;
    made.asked_at = at("2026-11-22T03:04:05.123Z");
    made.took = resolvers::Milliseconds{23};
    return made;
}

inline ContactChannel channel(ChannelType type, const char* address, ChannelScope scope)
{
    ContactChannel made;
    made.type = type;
    made.address = address;
    made.scope = scope;
    made.source = "https://provider.example/abuse";
    made.checked = "2026-08-22";
    made.verified = true;
    return made;
}

inline Provenance provenance()
{
    return {"servedby 0.1.0", "2026-08-22", std::string(64, 'c')};
}

/// A site behind Cloudflare with GitHub Pages behind that: what most lines look like.
inline Record fronted()
{
    const char* name = "www.film.example";
    Record record;
    Observation& o = record.observation;
    o.subject.line = 1;
    o.subject.text = "https://www.film.example/watch/1";
    o.subject.host = name;
    o.subject.url = "https://www.film.example/watch/1";
    o.subject.registrable_domain = "film.example";
    o.subject.public_suffix = "example";
    o.subject.weight = 1200.5;
    o.subject.category = "streaming";
    o.subject.extra = {{"note", "seen twice"}};
    o.observed_at = at("2026-11-22T03:04:05.123Z");
    o.source = "scan";
    o.profile = "standard";
    o.origin_data = {"2026-11-01", std::string(64, 'a')};
    o.dns = {answer(name, "A", {"104.21.5.7", "172.67.9.8"}),
             answer(name, "AAAA", {"2606:4700:3030::6815:507"}),
             answer(name, "HTTPS", {"1 . alpn=h3,h2 ipv4hint=104.21.5.7,172.67.9.8"}),
             answer("film.example", "NS", {"ada.ns.cloudflare.com", "bob.ns.cloudflare.com"}),
             answer("film.example", "SOA",
                    {"ada.ns.cloudflare.com dns.cloudflare.com 2311 10000 2400 604800 1800"})};
    resolvers::ServiceBinding service;
    service.priority = 1;
    service.target = ".";
    service.alpn = {"h3", "h2"};
    service.ipv4_hints = {ip("104.21.5.7"), ip("172.67.9.8")};
    service.has_ech = true;
    service.ech = {{0xFE0D, 7, 0x20, {{1, 1}}, "cloudflare-ech.com", true}};
    o.dns[2].records[0].service = service;
    o.chain = {name};
    o.chain_end = ChainEnd::address;
    o.addresses = {
        seen("104.21.5.7", "104.21.0.0/20", 13335, "Cloudflare, Inc."),
        seen("172.67.9.8", "172.67.0.0/20", 13335, "Cloudflare, Inc."),
        seen("2606:4700:3030::6815:507", "2606:4700:3030::/44", 13335, "Cloudflare, Inc.")};
    o.addresses[1].not_probed = scanner::NotProbed::same_network;
    o.addresses[2].not_probed = scanner::NotProbed::same_network;

    resolvers::Probe probe;
    probe.scheme = "https";
    probe.address = ip("104.21.5.7");
    probe.port = 443;
    probe.host = name;
    probe.purpose = resolvers::ProbePurpose::root;
    probe.tcp.status = probe.tls.status = probe.http.status = resolvers::StepStatus::ok;
    resolvers::TlsFacts tls;
    tls.sni = name;
    tls.version = "TLSv1.3";
    tls.cipher = "TLS_AES_256_GCM_SHA384";
    tls.group = "X25519";
    tls.alpn = "h2";
    resolvers::Certificate leaf;
    leaf.sha256 = std::string(64, 'd');
    leaf.subject_common_name = "film.example";
    leaf.issuer_common_name = "WE1";
    leaf.issuer_organisation = "Google Trust Services";
    leaf.names = {"film.example", "*.film.example"};
    leaf.names_total = 2;
    leaf.not_before = at("2026-10-22T03:04:05Z");
    leaf.not_after = at("2027-01-20T03:04:05Z");
    leaf.key = "EC P-256";
    tls.chain = {leaf};
    tls.trusted = true;
    tls.name_matches = true;
    probe.tls_facts = tls;
    resolvers::HttpFacts http;
    http.url = "https://www.film.example/";
    http.status = 200;
    http.version = "HTTP/2";
    http.headers = {{"date", "Sun, 22 Nov 2026 03:04:05 GMT"},
                    {"content-type", "text/html; charset=UTF-8"},
                    {"server", "cloudflare"},
                    {"cf-ray", "8f2c0d1e2f3a4b5c-FRA"},
                    {"x-github-request-id", "1A2B:3C4D:5E6F:7081:92A3B4C5"},
                    {"alt-svc", "h3=\":443\"; ma=86400"},
                    {"set-cookie", "__cf_bm=[redacted]; path=/"}};
    http.body_length = 20321;
    http.body_sha256 = std::string(64, 'e');
    http.title = "Filme \xE2\x80\x93 kostenlos";
    probe.http_facts = http;
    probe.started_at = at("2026-11-22T03:04:05.223Z");
    probe.connect_time = resolvers::Milliseconds{12};
    probe.handshake_time = resolvers::Milliseconds{22};
    probe.total_time = resolvers::Milliseconds{80};
    o.probes = {probe};

    o.registry.asked = {"domain", "network"};
    resolvers::RegisteredDomain domain;
    domain.name = "film.example";
    domain.registrar = "Example Registrar, Inc.";
    domain.registrar_id = "9999";
    domain.registrar_abuse.emails = {"abuse@registrar.example"};
    domain.registrar_abuse.named = true;
    domain.statuses = {"client transfer prohibited"};
    domain.registered = at("2019-04-05T06:07:08Z");
    domain.expires = at("2027-04-05T06:07:08Z");
    domain.redacted = {"Registrant Name"};
    domain.source = "https://rdap.registry.example/domain/film.example";
    domain.fetched_at = at("2026-11-22T03:04:05.523Z");
    o.registry.domain = domain;
    resolvers::RegisteredNetwork network;
    network.addresses = {ip("172.67.9.8")};
    network.first = ip("172.64.0.0");
    network.last = ip("172.71.255.255");
    network.handle = "NET-172-64-0-0-1";
    network.holder = "Cloudflare, Inc.";
    network.country = "US";
    network.abuse.emails = {"abuse@cloudflare.com"};
    network.abuse.named = true;
    network.remark_urls = {"https://www.cloudflare.com/abuse"};
    network.source = "https://rdap.arin.net/registry/ip/172.67.9.8";
    network.fetched_at = at("2026-11-21T03:04:05.523Z");
    o.registry.networks = {network};
    o.registry.gaps = {{"network", "104.21.5.7", "listed", "cloudflare-proxy"},
                       {"network", "2606:4700:3030::6815:507", "rate_limited", ""}};

    Attribution& a = record.attribution;
    a.state = State::live;
    a.front =
        identified(Role::front, "cloudflare", "cloudflare-proxy", "Cloudflare", Grade::confirmed);
    a.front.score = 9.5;
    a.front.evidence = {"e1", "e2", "e3"};
    a.host = unknown(Role::host, UnknownReason::behind_front);
    Finding pages =
        identified(Role::platform, "github", "github-pages", "GitHub Pages", Grade::probable);
    pages.score = 1.5;
    pages.evidence = {"e4"};
    a.chain = {a.front, pages};
    Finding dns =
        identified(Role::dns, "cloudflare", "cloudflare-dns", "Cloudflare DNS", Grade::confirmed);
    Finding registrar =
        identified(Role::registrar, "", "", "Example Registrar, Inc.", Grade::confirmed);
    a.others = {pages, dns, registrar};
    a.flags = {Flag::product_undetermined};
    for (const SeenAddress& address : o.addresses)
        a.addresses.push_back({address.address, "cloudflare-proxy", a.front, a.host});
    a.evidence = {
        {"e1", "ip_range", Channel::network, Strength::strong, Role::front, "cloudflare",
         "cloudflare-proxy", "cloudflare-proxy/range/ips-v4", "104.21.5.7 in 104.16.0.0/13",
         "104.21.5.7", Side::edge, false},
        {"e2", "http_header", Channel::http, Strength::strong, Role::front, "cloudflare",
         "cloudflare-proxy", "cloudflare-proxy/header/cf-ray", "cf-ray: 8f2c0d1e2f3a4b5c-FRA",
         "104.21.5.7", Side::edge, true},
        {"e3", "ech_name", Channel::dns, Strength::partial, Role::front, "cloudflare",
         "cloudflare-proxy", "cloudflare-proxy/ech/cloudflare-ech.com", "cloudflare-ech.com", "",
         Side::none, true},
        {"e4", "http_header", Channel::http, Strength::weak, Role::platform, "github",
         "github-pages", "github-pages/header/x-github-request-id",
         "x-github-request-id: 1A2B:3C4D:5E6F:7081:92A3B4C5", "104.21.5.7", Side::origin, true}};
    a.notice_ready = true;

    record.routed = true;
    Addressee first;
    first.rank = 1;
    first.kind = AddresseeKind::primary;
    first.role = Role::front;
    first.provider = "cloudflare";
    first.product = "cloudflare-proxy";
    first.name = "Cloudflare";
    first.legal_entity = "Cloudflare, Inc.";
    first.grade = Grade::confirmed;
    first.basis = "Cloudflare answers at 3 of 3 addresses of www.film.example.";
    first.channels = {
        channel(ChannelType::form, "https://abuse.cloudflare.com/dmca", ChannelScope::copyright),
        channel(ChannelType::email, "abuse@cloudflare.com", ChannelScope::general)};
    first.channels[0].constraints = {"one_host_per_report", "max_250_urls"};
    first.channels[0].practice = {"forwards_to_operator", "forwards_to_host", "discloses_host"};
    Addressee second;
    second.rank = 2;
    second.kind = AddresseeKind::also;
    second.role = Role::platform;
    second.provider = "github";
    second.product = "github-pages";
    second.name = "GitHub Pages";
    second.legal_entity = "GitHub, Inc.";
    second.grade = Grade::probable;
    second.basis = "A header that GitHub Pages adds came through the front.";
    second.counter_evidence = {"Headers from behind a front can be forged."};
    second.channels = {
        channel(ChannelType::form, "https://github.com/contact/dmca", ChannelScope::copyright)};
    Addressee third;
    third.rank = 3;
    third.kind = AddresseeKind::escalation;
    third.role = Role::registrar;
    third.name = "Example Registrar, Inc.";
    third.grade = Grade::confirmed;
    third.basis = "The registry names it as the registrar of film.example.";
    Addressee fourth = third;
    fourth.rank = 4;
    fourth.role = Role::dns;
    fourth.provider = "cloudflare";
    fourth.product = "cloudflare-dns";
    fourth.name = "Cloudflare DNS";
    record.addressees = {first, second, third, fourth};
    record.provenance = provenance();
    return record;
}

/// No front: the host itself answers. Input from a CSV whose cells want to be formulas.
inline Record hosted()
{
    const char* name = "xn--kino-8qa.example";
    Record record;
    Observation& o = record.observation;
    o.subject.line = 2;
    o.subject.text = "=HYPERLINK(\"http://evil.example\")";
    o.subject.host = name;
    o.subject.unicode = "kin\xC3\xB6o.example";
    o.subject.registrable_domain = name;
    o.subject.public_suffix = "example";
    o.subject.category = "@SUM(1,2)";
    o.observed_at = at("2026-11-22T03:04:06Z");
    o.source = "scan";
    o.profile = "standard";
    o.dns = {answer(name, "A", {"78.46.1.2"})};
    o.chain = {name};
    o.chain_end = ChainEnd::address;
    o.addresses = {seen("78.46.1.2", "78.46.0.0/15", 24940, "Hetzner Online GmbH")};
    Attribution& a = record.attribution;
    a.state = State::live;
    a.front = none(Role::front);
    a.host = identified(Role::host, "hetzner", "hetzner-cloud", "Hetzner", Grade::probable);
    a.host.evidence = {"e1"};
    a.chain = {a.host};
    a.claims = {"cloudflare"};
    a.addresses = {{ip("78.46.1.2"), "hetzner-cloud", a.front, a.host}};
    a.evidence = {{"e1", "ip_range", Channel::network, Strength::strong, Role::host, "hetzner",
                   "hetzner-cloud", "hetzner-cloud/range/a", "78.46.1.2 in 78.46.0.0/15",
                   "78.46.1.2", Side::none, false}};
    a.notice_ready = true;
    record.routed = true;
    Addressee host;
    host.rank = 1;
    host.kind = AddresseeKind::primary;
    host.role = Role::host;
    host.provider = "hetzner";
    host.product = "hetzner-cloud";
    host.name = "Hetzner";
    host.legal_entity = "Hetzner Online GmbH";
    host.grade = Grade::probable;
    host.basis = "The address 78.46.1.2 is in a range that Hetzner rents out.";
    host.channels = {channel(ChannelType::email, "abuse@hetzner.example", ChannelScope::general)};
    record.addressees = {host};
    record.provenance = provenance();
    return record;
}

/// A line that is no name at all, full of things that must not reach a terminal.
inline Record invalid()
{
    Record record;
    Observation& o = record.observation;
    o.subject.line = 3;
    o.subject.text = "\x1B]0;owned\x07 \xE2\x80\xAEmoc.elpmaxe";
    o.subject.invalid = "neither a host name nor a URL";
    o.observed_at = at("2026-11-22T03:04:07Z");
    o.source = "scan";
    o.profile = "standard";
    record.attribution.state = State::invalid_input;
    record.attribution.state_reason = "neither a host name nor a URL";
    record.attribution.front = unknown(Role::front, UnknownReason::not_observed);
    record.attribution.host = unknown(Role::host, UnknownReason::not_observed);
    record.attribution.notice_reasons = {"state_invalid_input"};
    record.routed = true;
    record.provenance = provenance();
    return record;
}

/// Two thirds Cloudflare, one third a machine of its own. Two registrable ways, one notice each.
inline Record multi_cdn()
{
    const char* name = "cdn.\xE6\xBC\xAB\xE7\x94\xBB.example";
    Record record;
    Observation& o = record.observation;
    o.subject.line = 4;
    o.subject.text = name;
    o.subject.host = "cdn.xn--g6q04e.example";
    o.subject.unicode = name;
    o.subject.registrable_domain = "xn--g6q04e.example";
    o.subject.public_suffix = "example";
    o.subject.weight = 3;
    o.observed_at = at("2026-11-22T03:04:08.5Z");
    o.source = "scan";
    o.profile = "standard";
    o.chain = {o.subject.host, "multi.steer.example"};
    o.chain_end = ChainEnd::address;
    o.addresses = {seen("104.21.5.7", "104.21.0.0/20", 13335, "Cloudflare, Inc."),
                   seen("151.101.1.57", "151.101.0.0/22", 54113, "Fastly, Inc."),
                   seen("172.67.9.8", "172.67.0.0/20", 13335, "Cloudflare, Inc.")};
    Attribution& a = record.attribution;
    a.state = State::origin_dead;
    a.state_reason = "cf-error-type: 1016";
    a.front = identified(Role::front, "cloudflare", "cloudflare-proxy", "Cloudflare",
                         Grade::confirmed, 0.6666666666666666);
    a.host = unknown(Role::host, UnknownReason::behind_front);
    a.chain = {a.front};
    a.others = {identified(Role::front, "fastly", "fastly-cdn", "Fastly", Grade::possible,
                           0.3333333333333333),
                identified(Role::steering, "steer", "steer-gslb", "Steer", Grade::possible)};
    a.flags = {Flag::multi_cdn, Flag::not_all_addresses_probed};
    a.notice_ready = false;
    a.notice_reasons = {"state_origin_dead"};
    record.routed = true;
    record.addressees = {fronted().addressees[0]};
    record.addressees[0].basis = "Cloudflare answers at 2 of 3 addresses.";
    record.provenance = provenance();
    return record;
}

/// Attributed, not routed.
inline Record unrouted()
{
    Record record;
    Observation& o = record.observation;
    o.subject.line = 5;
    o.subject.text = "gone.example";
    o.subject.host = "gone.example";
    o.subject.registrable_domain = "gone.example";
    o.subject.public_suffix = "example";
    o.observed_at = at("2026-11-22T03:04:09Z");
    o.source = "har";
    o.profile = "imported";
    o.chain_end = ChainEnd::nxdomain;
    o.not_observed = {"address", "tls"};
    record.attribution.state = State::nxdomain;
    record.attribution.front = unknown(Role::front, UnknownReason::no_evidence);
    record.attribution.host = unknown(Role::host, UnknownReason::no_evidence);
    record.attribution.notice_reasons = {"state_nxdomain", "data_too_old"};
    record.provenance = provenance();
    return record;
}

inline std::vector<Record> all()
{
    return {fronted(), hosted(), invalid(), multi_cdn(), unrouted()};
}

}  // namespace samples
