#include "scanner/input/importers/imported_probe.h"

#include <algorithm>
#include <array>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"
#include "resolvers/http/page_moves.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/public_suffix.h"

namespace scanner::input {

namespace {

using resolvers::DnsStatus;
using resolvers::HttpFacts;
using resolvers::IpAddress;
using resolvers::Probe;
using resolvers::StepStatus;

bool names_cookies(std::string_view name)
{
    return name == "set-cookie" || name == "set-cookie2" || name == "cookie";
}

void push_header(HttpFacts& facts, std::string name, std::string value)
{
    std::size_t octets = name.size() + value.size();
    for (const auto& [known, text] : facts.headers)
        octets += known.size() + text.size();
    if (facts.headers.size() >= max_recorded_headers || octets > max_recorded_header_octets) {
        facts.headers_truncated = true;
        return;
    }
    facts.headers.emplace_back(std::move(name), std::move(value));
}

/// Where a connection ended, and how.
enum class Stage { name, tcp, tls_or_http, tls, http };

struct FailureWords {
    std::string_view words;
    Stage stage;
    StepStatus status;
    DnsStatus name_status;
};

// Looked for in this order in the lower-case text; the first found decides. Sources: Chromium
// net/base/net_error_list.h, Go's net and syscall errors, OONI's failure strings (spec df-007),
// curl's messages.
constexpr std::array<FailureWords, 51> failure_words = {{
    {"nxdomain", Stage::name, StepStatus::ok, DnsStatus::nxdomain},
    {"dns_no_answer", Stage::name, StepStatus::ok, DnsStatus::nodata},
    {"dns_server_failure", Stage::name, StepStatus::ok, DnsStatus::servfail},
    {"dns_servfail", Stage::name, StepStatus::ok, DnsStatus::servfail},
    {"dns_server_misbehaving", Stage::name, StepStatus::ok, DnsStatus::servfail},
    {"server misbehaving", Stage::name, StepStatus::ok, DnsStatus::servfail},
    {"dns_refused", Stage::name, StepStatus::ok, DnsStatus::refused},
    {"err_dns_timed_out", Stage::name, StepStatus::ok, DnsStatus::timeout},
    {"resolving timed out", Stage::name, StepStatus::ok, DnsStatus::timeout},
    // These say that no address was got, not why.
    {"no such host", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"name_not_resolved", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"name_resolution_failed", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"could not resolve", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"couldn't resolve", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"no address found for host", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"android_dns_cache_no_data", Stage::name, StepStatus::ok, DnsStatus::local_error},
    {"err_dns", Stage::name, StepStatus::ok, DnsStatus::local_error},

    {"blocked_by", Stage::tcp, StepStatus::blocked, {}},
    {"connection refused", Stage::tcp, StepStatus::refused, {}},
    {"connection_refused", Stage::tcp, StepStatus::refused, {}},
    {"econnrefused", Stage::tcp, StepStatus::refused, {}},
    {"no route to host", Stage::tcp, StepStatus::unreachable, {}},
    {"unreachable", Stage::tcp, StepStatus::unreachable, {}},
    {"internet_disconnected", Stage::tcp, StepStatus::local_error, {}},
    {"too many open files", Stage::tcp, StepStatus::local_error, {}},
    {"cannot assign requested address", Stage::tcp, StepStatus::local_error, {}},

    // The server's certificate came, and the client did not like it.
    {"err_cert", Stage::http, StepStatus::not_tried, {}},
    {"x509:", Stage::http, StepStatus::not_tried, {}},
    {"certificate problem", Stage::http, StepStatus::not_tried, {}},
    {"ssl_invalid_hostname", Stage::http, StepStatus::not_tried, {}},
    {"ssl_unknown_authority", Stage::http, StepStatus::not_tried, {}},
    {"ssl_invalid_certificate", Stage::http, StepStatus::not_tried, {}},
    {"ssl_failed_handshake", Stage::tls, StepStatus::protocol_error, {}},
    {"remote error: tls", Stage::tls, StepStatus::alert, {}},
    {"alert", Stage::tls, StepStatus::alert, {}},
    {"handshake failure", Stage::tls, StepStatus::alert, {}},
    {"err_ssl", Stage::tls, StepStatus::protocol_error, {}},
    {"tls handshake timeout", Stage::tls, StepStatus::timeout, {}},
    {"tls:", Stage::tls, StepStatus::protocol_error, {}},
    {"ssl", Stage::tls, StepStatus::protocol_error, {}},

    {"reset", Stage::tls_or_http, StepStatus::reset, {}},
    {"eof_error", Stage::tls_or_http, StepStatus::closed, {}},
    {"empty_response", Stage::tls_or_http, StepStatus::closed, {}},
    {"empty reply", Stage::tls_or_http, StepStatus::closed, {}},
    {"connection_closed", Stage::tls_or_http, StepStatus::closed, {}},
    {"unexpected eof", Stage::tls_or_http, StepStatus::closed, {}},
    {": eof", Stage::tls_or_http, StepStatus::closed, {}},
    {"malformed http", Stage::http, StepStatus::protocol_error, {}},
    {"awaiting headers", Stage::http, StepStatus::timeout, {}},

    // Where a plain timeout struck is not said; a connection that never came is the usual case.
    {"time", Stage::tcp, StepStatus::timeout, {}},
    {"deadline exceeded", Stage::tcp, StepStatus::timeout, {}},
}};

bool same_site(const std::string& a, const std::string& b)
{
    if (a == b)
        return true;
    if (IpAddress::parse(a) || IpAddress::parse(b))
        return false;
    const std::string domain = split_at_suffix(a).registrable_domain;
    return !domain.empty() && domain == split_at_suffix(b).registrable_domain;
}

}  // namespace

std::optional<IpAddress> read_address(std::string_view text)
{
    std::string_view core = resolvers::trim(text);
    if (core.starts_with('[') && core.ends_with(']'))
        core = core.substr(1, core.size() - 2);
    std::optional<IpAddress> address = IpAddress::parse(core);
    // 0.0.0.0 is no address that anybody answers from; tools write it for "none".
    if (address && *address == IpAddress{})
        return std::nullopt;
    return address;
}

Probe recorded_probe(std::string_view normalised_url, std::string_view host,
                     const std::optional<IpAddress>& address)
{
    Probe probe;
    probe.host = host;
    if (const auto url = resolvers::parse_url(normalised_url)) {
        probe.scheme = url->scheme;
        probe.port = url->port;
        probe.host = url->host;
    }
    probe.address = address;
    probe.purpose = resolvers::ProbePurpose::root;
    return probe;
}

std::string url_host(std::string_view normalised_url)
{
    const auto url = resolvers::parse_url(normalised_url);
    return url.has_value() ? url->host : "";
}

HttpFacts& add_response(Probe& probe, std::string_view url, unsigned status)
{
    probe.tcp = {StepStatus::ok, ""};
    if (probe.scheme == "https")
        probe.tls = {StepStatus::ok, ""};
    probe.http = {StepStatus::ok, ""};
    HttpFacts& facts = probe.http_facts.emplace();
    facts.url = url;
    facts.status = status >= 100 && status <= 599 ? status : 0;
    return facts;
}

void add_header(HttpFacts& facts, std::string_view name, std::string_view value)
{
    const std::string lower =
        resolvers::utf8_with_latin1(resolvers::to_lower(resolvers::trim(name)));
    if (lower.empty() || lower[0] == ':')
        return;
    // Browsers' recordings join several cookies by line ends.
    while (names_cookies(lower) && !value.empty()) {
        const std::size_t end = std::min(value.find('\n'), value.size());
        const std::string_view cookie = resolvers::trim(value.substr(0, end));
        const std::size_t equals = cookie.find('=');
        if (!cookie.empty())
            push_header(
                facts, lower,
                equals == std::string_view::npos
                    ? "[redacted]"
                    : resolvers::utf8_with_latin1(cookie.substr(0, equals)) + "=[redacted]");
        value.remove_prefix(std::min(end + 1, value.size()));
    }
    if (!names_cookies(lower))
        push_header(facts, lower, resolvers::utf8_with_latin1(resolvers::trim(value)));
}

std::string http_version(std::string_view text)
{
    const std::string lower = resolvers::to_lower(resolvers::trim(text));
    constexpr std::array<std::pair<std::string_view, std::string_view>, 11> versions = {{
        {"http/1.0", "HTTP/1.0"},
        {"http/1.1", "HTTP/1.1"},
        {"http/2", "HTTP/2"},
        {"http/2.0", "HTTP/2"},
        {"h2", "HTTP/2"},
        {"spdy", "HTTP/2"},
        {"http/3", "HTTP/3"},
        {"http/3.0", "HTTP/3"},
        {"h3", "HTTP/3"},
        {"h3-29", "HTTP/3"},
        {"http/2+quic/46", "HTTP/3"},
    }};
    for (const auto& [written, version] : versions)
        if (lower == written)
            return std::string(version);
    return {};
}

bool add_failure(Observation& seen, Probe& probe, std::string_view words)
{
    const std::string detail =
        resolvers::utf8_with_latin1(resolvers::utf8_cut(resolvers::trim(words), 300));
    const std::string lower = resolvers::to_lower(detail);
    const auto* found = std::find_if(
        failure_words.begin(), failure_words.end(),
        [&lower](const auto& row) { return lower.find(row.words) != std::string::npos; });
    if (found == failure_words.end()) {
        probe.tcp = {StepStatus::local_error, detail};
        return true;
    }
    Stage stage = found->stage;
    if (stage == Stage::tls_or_http)
        stage = probe.scheme == "https" ? Stage::tls : Stage::http;
    if (stage == Stage::name) {
        add_failed_answer(seen, probe.host, found->name_status, detail);
        return false;
    }
    if (stage == Stage::tcp) {
        probe.tcp = {found->status, detail};
        return true;
    }
    probe.tcp = {StepStatus::ok, ""};
    if (stage == Stage::tls) {
        probe.tls = {found->status, detail};
        return true;
    }
    if (probe.scheme == "https")
        probe.tls = {StepStatus::ok, ""};
    probe.http = {found->status, detail};
    return true;
}

std::optional<resolvers::Outcome<resolvers::Url>> moved_to(const Observation& seen,
                                                           const HttpFacts& facts)
{
    // A source that names no URL still names the host, which is all that an absolute Location
    // needs.
    resolvers::Outcome<resolvers::Url> page = resolvers::parse_url(facts.url);
    if (page.has_error())
        page = resolvers::Url{"http", seen.subject.host, 80, "/"};
    return resolvers::http::move_from(*page, facts);
}

void add_redirect(Observation& seen, const HttpFacts& facts, bool followed)
{
    const auto target = moved_to(seen, facts);
    if (!target || seen.redirects.size() >= 16)
        return;
    Redirect redirect;
    redirect.from = facts.url;
    redirect.status = facts.status;
    redirect.location = resolvers::utf8_cut(resolvers::http::move_of(facts).value_or(""), 2048);
    if (target->has_error()) {
        redirect.outcome = target->error().code == "other_scheme" ? RedirectOutcome::not_http
                                                                  : RedirectOutcome::unreadable;
        seen.redirects.push_back(std::move(redirect));
        return;
    }
    const resolvers::Url& to = **target;
    redirect.to = to.text();
    const resolvers::Outcome<resolvers::Url> page = resolvers::parse_url(facts.url);
    const std::string& from = page.has_value() ? page->host : seen.subject.host;
    if (followed)
        redirect.outcome = RedirectOutcome::followed;
    else if (!same_site(to.host, from))
        redirect.outcome = RedirectOutcome::other_site;
    else if (resolvers::http::is_bad_port(to.port))
        redirect.outcome = RedirectOutcome::bad_port;
    else
        return;
    seen.redirects.push_back(std::move(redirect));
}

}  // namespace scanner::input
