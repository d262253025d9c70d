#include "tests/support/observed.h"

#include <algorithm>
#include <stdexcept>

namespace support {

using namespace resolvers;

Observed::Observed(std::string host, std::string registrable_domain)
{
    seen.subject.line = 1;
    seen.subject.text = host;
    seen.subject.host = host;
    seen.subject.is_address = IpAddress::parse(host).has_value();
    seen.subject.registrable_domain =
        registrable_domain.empty() && !seen.subject.is_address ? host : registrable_domain;
    seen.observed_at = Timestamp{std::chrono::milliseconds{1'795'315'200'000}};
    seen.source = "scan";
    seen.profile = "standard";
    seen.chain = {std::move(host)};
    seen.chain_end = scanner::ChainEnd::nodata;
}

Observed& Observed::address(const std::string& address, unsigned asn,
                            const std::string& organisation)
{
    scanner::SeenAddress made;
    made.address = *IpAddress::parse(address);
    if (asn != 0)
        made.origin =
            Origin{prefix_around(made.address, made.address.is_v4() ? 24 : 48), asn, organisation};
    seen.addresses.push_back(std::move(made));
    std::sort(seen.addresses.begin(), seen.addresses.end(),
              [](const auto& a, const auto& b) { return a.address < b.address; });
    seen.chain_end = scanner::ChainEnd::address;
    return *this;
}

Observed& Observed::alias(const std::string& target)
{
    seen.chain.push_back(target);
    return *this;
}

namespace {

DnsAnswer& answer_for(scanner::Observation& seen, const std::string& type)
{
    for (DnsAnswer& answer : seen.dns)
        if (answer.type == type)
            return answer;
    DnsAnswer& made = seen.dns.emplace_back();
    made.name = seen.subject.host;
    made.type = type;
    made.status = DnsStatus::noerror;
    return made;
}

Probe& probe_at(scanner::Observation& seen, const std::string& scheme, const std::string& address)
{
    Probe& probe = seen.probes.emplace_back();
    probe.scheme = scheme;
    if (!address.empty())
        probe.address = *IpAddress::parse(address);
    probe.port = scheme == "https" ? 443 : 80;
    probe.host = seen.subject.host;
    probe.purpose = resolvers::ProbePurpose::root;
    return probe;
}

}  // namespace

Observed& Observed::name_server(const std::string& name)
{
    answer_for(seen, "NS").records.push_back({seen.subject.host, "NS", 3600, name, {}});
    return *this;
}

Observed& Observed::ech(const std::string& public_name)
{
    DnsRecord record{seen.subject.host, "HTTPS", 300, "1 . ech=...", ServiceBinding{}};
    record.service->priority = 1;
    record.service->target = ".";
    record.service->has_ech = true;
    EchConfig config;
    config.version = 0xfe0d;
    config.public_name = public_name;
    config.public_name_valid = true;
    record.service->ech.push_back(config);
    answer_for(seen, "HTTPS").records.push_back(std::move(record));
    return *this;
}

Observed& Observed::https(const std::string& address, Headers headers, unsigned status,
                          Certificate certificate, std::vector<std::string> names)
{
    Probe& probe = probe_at(seen, "https", address);
    probe.tcp.status = probe.tls.status = probe.http.status = StepStatus::ok;
    if (certificate != Certificate::none) {
        TlsFacts& tls = probe.tls_facts.emplace();
        tls.sni = seen.subject.host;
        tls.version = "TLSv1.3";
        tls.trusted = certificate != Certificate::untrusted;
        tls.name_matches = certificate == Certificate::valid;
        resolvers::Certificate& leaf = tls.chain.emplace_back();
        leaf.names = names.empty() ? std::vector<std::string>{seen.subject.host} : names;
        leaf.names_total = static_cast<unsigned>(leaf.names.size());
        leaf.subject_common_name = leaf.names.front();
        leaf.issuer_organisation = "Let's Encrypt";
    }
    HttpFacts& http = probe.http_facts.emplace();
    http.url = "https://" + seen.subject.host + "/";
    http.status = status;
    http.headers = std::move(headers);
    return *this;
}

Observed& Observed::http(const std::string& address, Headers headers, unsigned status)
{
    Probe& probe = probe_at(seen, "http", address);
    probe.tcp.status = probe.http.status = StepStatus::ok;
    HttpFacts& facts = probe.http_facts.emplace();
    facts.url = "http://" + seen.subject.host + "/";
    facts.status = status;
    facts.headers = std::move(headers);
    return *this;
}

Observed& Observed::edge(const std::string& address, const std::string& path, unsigned status,
                         std::vector<std::string> markers)
{
    https(address, {}, status);
    Probe& probe = seen.probes.back();
    probe.purpose = resolvers::ProbePurpose::edge;
    probe.http_facts->url = "https://" + seen.subject.host + path;
    probe.http_facts->markers = std::move(markers);
    return *this;
}

Observed& Observed::failed(const std::string& address, StepStatus status)
{
    probe_at(seen, "https", address).tcp.status = status;
    return *this;
}

const scanner::catalogue::Catalogue& shipped_catalogue()
{
    static const scanner::catalogue::Catalogue catalogue = [] {
        auto loaded = scanner::catalogue::Catalogue::load(SERVEDBY_SOURCE_DIR "/data");
        if (!loaded)
            throw std::runtime_error(loaded.error().detail);
        return std::move(*loaded);
    }();
    return catalogue;
}

}  // namespace support
