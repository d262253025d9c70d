// What every Subject and Observation keeps to, whatever it was made of.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>

#include "resolvers/base/domain_name.h"
#include "resolvers/base/ip_address.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/subject_text.h"
#include "scanner/model/observation.h"

namespace scanner::fuzz {

inline void require(bool kept)
{
    if (!kept)
        std::abort();
}

inline void check(const Subject& subject)
{
    require(subject.text.size() <= input::max_subject_text && resolvers::is_utf8(subject.text));
    require(resolvers::is_utf8(subject.invalid) && resolvers::is_utf8(subject.unicode) &&
            resolvers::is_utf8(subject.url));
    require(subject.host.empty() != subject.invalid.empty());
    for (const auto& [title, cell] : subject.extra)
        require(resolvers::is_utf8(title) && resolvers::is_utf8(cell));
    if (!subject.invalid.empty()) {
        require(subject.url.empty() && subject.registrable_domain.empty() && !subject.wildcard);
        return;
    }
    if (subject.is_address)
        require(resolvers::IpAddress::parse(subject.host)->text() == subject.host);
    else
        require(resolvers::DomainName::parse(subject.host)->text() == subject.host);
    require(subject.url.size() <= input::max_url);
    require(std::all_of(subject.url.begin(), subject.url.end(),
                        [](char c) { return c > 0x20 && c < 0x7F; }));
    if (!subject.registrable_domain.empty())
        require(resolvers::is_under(subject.host, subject.registrable_domain));
}

inline void check(const Observation& seen)
{
    check(seen.subject);
    require(seen.profile == "imported" && !seen.source.empty());
    require(std::is_sorted(seen.not_observed.begin(), seen.not_observed.end()));
    require(seen.chain.size() <= 17);
    require(resolvers::is_utf8(seen.vantage));
    for (const std::string& name : seen.chain)
        require(resolvers::is_utf8(name));
    for (const resolvers::DnsAnswer& answer : seen.dns) {
        require(resolvers::is_utf8(answer.detail) && resolvers::is_utf8(answer.resolver) &&
                resolvers::is_utf8(answer.type));
        for (const resolvers::DnsRecord& record : answer.records)
            require(resolvers::is_utf8(record.name) && resolvers::is_utf8(record.type) &&
                    resolvers::is_utf8(record.data));
    }
    for (const resolvers::Probe& probe : seen.probes) {
        require(!probe.host.empty() && resolvers::is_utf8(probe.host));
        require(resolvers::is_utf8(probe.tcp.detail) && resolvers::is_utf8(probe.tls.detail) &&
                resolvers::is_utf8(probe.http.detail));
        if (!probe.http_facts)
            continue;
        require(probe.http_facts->status <= 599 && probe.http_facts->headers.size() <= 200);
        require(resolvers::is_utf8(probe.http_facts->title));
        for (const auto& [name, value] : probe.http_facts->headers)
            require(!name.empty() && resolvers::is_utf8(name) && resolvers::is_utf8(value));
    }
    for (const Redirect& redirect : seen.redirects)
        require(redirect.location.size() <= input::max_url &&
                resolvers::is_utf8(redirect.location));
}

}  // namespace scanner::fuzz
