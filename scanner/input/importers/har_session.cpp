#include "scanner/input/importers/har_session.h"

#include <algorithm>
#include <utility>

#include "resolvers/base/ascii.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace {

using resolvers::DnsAnswer;
using resolvers::Probe;

// More probes than a host has addresses worth telling apart; the rest of a long recording adds
// nothing but memory.
constexpr std::size_t max_probes = 64;

// Web sockets are asked for by HTTP (RFC 6455 section 4).
std::string web_url(const std::string& url)
{
    if (url.starts_with("ws://") || url.starts_with("wss://"))
        return "http" + url.substr(2);
    return url;
}

bool is_about_a_host(const std::string& url)
{
    const std::string scheme = resolvers::to_lower(url.substr(0, url.find(':')));
    constexpr std::string_view others[] = {
        "data",          "blob",      "about", "chrome", "file", "javascript", "chrome-extension",
        "moz-extension", "filesystem"};
    return std::find(std::begin(others), std::end(others), scheme) == std::end(others);
}

// A URL beyond the limit of subjects still names its host.
Subject subject_of(const RecordedEntry& entry)
{
    const std::string url = web_url(entry.url);
    Subject subject = read_exact_subject(url, entry.number);
    if (!subject.invalid.empty() && url.size() > max_url)
        subject = read_exact_subject(url.substr(0, url.find_first_of("?#")).substr(0, 2048),
                                     entry.number);
    if (subject.invalid.empty() && subject.url.empty())
        return unreadable_subject(entry.url, entry.number, "the entry has no web address");
    subject.text = unreadable_subject(entry.url, 0, "").text;
    return subject;
}

void add_facts(Probe& probe, const RecordedEntry& entry, std::string_view url)
{
    resolvers::HttpFacts& facts = add_response(probe, url, entry.status);
    if (!entry.method.empty())
        facts.method = entry.method;
    facts.version = http_version(entry.version);
    for (const auto& [name, value] : entry.headers)
        add_header(facts, name, value);
    if (probe.scheme == "https")
        probe.tls_facts = entry.tls;
}

}  // namespace

void Recording::add(const RecordedEntry& entry)
{
    Subject subject = subject_of(entry);
    if (!subject.invalid.empty()) {
        if (!per_entry_ && !is_about_a_host(entry.url))
            ++emitter_.summary.passed_over;
        else
            emitter_.finish(emitter_.begin(std::move(subject)), false);
        return;
    }

    Observation alone = emitter_.begin(subject);
    alone.observed_at = entry.started_at;
    Probe probe = recorded_probe(subject.url, subject.host, entry.address);
    probe.started_at = entry.started_at;
    bool tried = !entry.cached;
    if (tried && entry.status != 0) {
        add_facts(probe, entry, subject.url);
    } else if (tried) {
        tried = add_failure(alone, probe, entry.error.empty() ? "no response" : entry.error);
    }

    if (per_entry_) {
        if (probe.http_facts)
            add_redirect(alone, *probe.http_facts, false);
        if (tried)
            alone.probes.push_back(std::move(probe));
        emitter_.finish(std::move(alone), true);
        return;
    }
    if (const auto url = resolvers::parse_url(subject.url))
        urls_.emplace(url->text(), true);
    const auto [place, fresh] = by_name_.emplace(subject.host, hosts_.size());
    if (fresh)
        hosts_.push_back({std::move(alone), false, false});
    std::optional<DnsAnswer> name_failure;
    if (fresh && !hosts_.back().seen.dns.empty()) {
        name_failure = hosts_.back().seen.dns.front();
        hosts_.back().seen.dns.clear();
    }
    add_to_host(hosts_[place->second], entry, std::move(probe), std::move(name_failure));
}

void Recording::add_to_host(Host& host, const RecordedEntry& entry, Probe probe,
                            std::optional<DnsAnswer> name_failure)
{
    std::vector<Probe>& probes = host.seen.probes;
    if (entry.cached || probes.size() >= max_probes)
        return;
    if (!probe.http_facts) {
        // The first failure speaks until a response comes.
        if (host.answered || !probes.empty() || !host.seen.dns.empty())
            return;
        if (name_failure)
            host.seen.dns.push_back(std::move(*name_failure));
        else
            probes.push_back(std::move(probe));
        return;
    }
    const bool addressed = probe.address.has_value();
    const bool known = std::any_of(probes.begin(), probes.end(), [&probe](const Probe& p) {
        return p.http_facts && p.address == probe.address && p.scheme == probe.scheme;
    });
    if (known || (host.addressed && !addressed))
        return;
    // A response takes the place of failures, one with an address that of those without.
    if (!host.answered || (addressed && !host.addressed)) {
        probes.clear();
        host.seen.dns.clear();
    }
    host.answered = true;
    host.addressed = addressed;
    probes.push_back(std::move(probe));
}

void Recording::finish()
{
    for (Host& host : hosts_) {
        for (const Probe& probe : host.seen.probes) {
            if (!probe.http_facts)
                continue;
            const auto target = moved_to(host.seen, *probe.http_facts);
            const bool followed =
                target && target->has_value() && urls_.contains((*target)->text());
            add_redirect(host.seen, *probe.http_facts, followed);
        }
        emitter_.finish(std::move(host.seen), true);
    }
    hosts_.clear();
}

}  // namespace scanner::input
