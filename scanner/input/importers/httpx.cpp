// JSON lines of httpx (ProjectDiscovery), of its several generations: keys with '-' and with '_',
// "host" as an address and as a name, headers whole, as a map, or only the few with keys of their
// own. Its opinions (cdn, cdn_name, tech) are not taken over.
#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::Certificate;
using resolvers::HttpFacts;
using resolvers::IpAddress;
using resolvers::Probe;
using resolvers::TlsFacts;

constexpr std::size_t max_names = 200;

std::string first_text(const json::object& object, std::initializer_list<std::string_view> keys)
{
    const std::vector<std::string> texts = texts_at(object, keys);
    return texts.empty() ? std::string() : texts.front();
}

// "tls13" and "TLS13" of the tool as OpenSSL writes it.
std::string tls_version(const std::string& word)
{
    const std::string lower = record_name(word);
    if (lower == "tls10")
        return "TLSv1";
    if (lower.size() == 5 && lower.starts_with("tls1"))
        return "TLSv1." + lower.substr(4);
    return word;
}

TlsFacts read_tls(const json::object& tls)
{
    TlsFacts facts;
    facts.sni = record_name(text_at(tls, {"sni", "extensions_server_name"}));
    facts.version = tls_version(text_at(tls, {"tls_version", "tls-version"}));
    facts.cipher = text_at(tls, {"cipher"});

    Certificate leaf;
    leaf.subject_common_name = first_text(tls, {"subject_cn", "common_name", "common-name"});
    leaf.subject_organisation = first_text(tls, {"subject_org", "organization"});
    leaf.issuer_common_name =
        first_text(tls, {"issuer_cn", "issuer_common_name", "issuer-common-name"});
    leaf.issuer_organisation =
        first_text(tls, {"issuer_org", "issuer_organization", "issuer-organization"});
    const std::vector<std::string> names = texts_at(tls, {"subject_an", "dns_names", "dns-names"});
    leaf.names_total = static_cast<unsigned>(names.size());
    for (const std::string& name : names)
        if (leaf.names.size() < max_names)
            leaf.names.push_back(record_name(name));
    leaf.not_before = resolvers::parse_recorded_time(text_at(tls, {"not_before"}));
    leaf.not_after = resolvers::parse_recorded_time(text_at(tls, {"not_after"}));
    if (const json::object* hashes = object_at(tls, {"fingerprint_hash"}))
        leaf.sha256 = record_name(text_at(*hashes, {"sha256"}));
    if (leaf.sha256.empty())
        leaf.sha256 = record_name(text_at(tls, {"fingerprint_sha256"}));
    const bool any = !leaf.subject_common_name.empty() || !leaf.names.empty() ||
                     !leaf.issuer_common_name.empty() || !leaf.issuer_organisation.empty();
    if (any)
        facts.chain.push_back(std::move(leaf));
    if (bool_at(tls, {"mismatched"}).value_or(false))
        facts.name_matches = false;
    return facts;
}

// The status line and the headers as they came; the status line gives the version.
void read_raw_headers(const std::string& raw, HttpFacts& facts)
{
    std::size_t begin = 0;
    while (begin < raw.size()) {
        const std::size_t end = std::min(raw.find('\n', begin), raw.size());
        const std::string_view line = std::string_view(raw).substr(begin, end - begin);
        const std::size_t colon = line.find(':');
        if (begin == 0 && line.starts_with("HTTP/"))
            facts.version = http_version(line.substr(0, line.find(' ')));
        else if (colon != std::string_view::npos)
            add_header(facts, line.substr(0, colon), line.substr(colon + 1));
        begin = end + 1;
    }
}

// The map has its keys in lower case with '_' for '-'. Real names with '_' are rare enough.
void read_header_map(const json::object& headers, HttpFacts& facts)
{
    for (const auto& member : headers) {
        std::string name(member.key());
        if (name.find('-') == std::string::npos)
            std::replace(name.begin(), name.end(), '_', '-');
        for (const std::string& value : texts_at(headers, {member.key()}))
            add_header(facts, name, value);
    }
}

// False when there are only the headers that have keys of their own.
bool read_headers(const json::object& line, HttpFacts& facts)
{
    const std::string raw = text_at(line, {"raw_header", "raw-header"});
    const json::object* map = object_at(line, {"header", "headers", "response-header"});
    if (!raw.empty()) {
        read_raw_headers(raw, facts);
        return true;
    }
    if (map != nullptr) {
        read_header_map(*map, facts);
        return true;
    }
    constexpr std::pair<std::string_view, std::string_view> own_keys[] = {
        {"server", "webserver"},
        {"content-type", "content_type"},
        {"content-type", "content-type"},
        {"location", "location"}};
    for (const auto& [name, key] : own_keys)
        if (const std::string value = text_at(line, {key}); !value.empty())
            add_header(facts, name, value);
    return false;
}

ListedRecords read_lists(const json::object& line)
{
    ListedRecords lists;
    lists.cnames = texts_at(line, {"cname", "cnames"});
    // Empty lists are left out of the output: absent is not known, not none.
    if (std::vector<std::string> a = texts_at(line, {"a"}); !a.empty())
        lists.a = std::move(a);
    if (std::vector<std::string> aaaa = texts_at(line, {"aaaa"}); !aaaa.empty())
        lists.aaaa = std::move(aaaa);
    return lists;
}

std::optional<IpAddress> dialled_address(const json::object& line)
{
    for (const std::string_view key : {"host_ip", "host", "ip"})
        if (const std::optional<IpAddress> address = read_address(text_at(line, {key})))
            return address;
    return std::nullopt;
}

Subject subject_of(const json::object& line, std::uint64_t number)
{
    Subject subject = unreadable_subject("", number, "the line names no url, input or host");
    for (const std::string_view key : {"url", "input", "host"}) {
        const std::string text = text_at(line, {key});
        if (text.empty())
            continue;
        Subject read = read_subject(text, number);
        if (read.invalid.empty())
            return read;
        if (subject.text.empty())
            subject = std::move(read);
    }
    return subject;
}

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    Subject subject = subject_of(line, number);
    if (!subject.invalid.empty()) {
        emitter.finish(emitter.begin(std::move(subject)), false);
        return;
    }
    Observation seen = emitter.begin(std::move(subject));
    seen.observed_at = resolvers::parse_recorded_time(text_at(line, {"timestamp"}));
    if (!seen.subject.is_address)
        add_listed_answers(seen, seen.subject.host, read_lists(line));

    // Without a scheme in url or input there is a key for it; a port alone says enough.
    std::string url = seen.subject.url;
    if (const std::string scheme = text_at(line, {"scheme"}); url.empty() && !scheme.empty())
        url = read_exact_subject(scheme + "://" + seen.subject.host, 0).url;

    // With redirects followed, status and headers are those of the last hop, which may be another
    // site's. Whose address was dialled is then not certain, so it is nobody's.
    const std::string final_url =
        read_exact_subject(text_at(line, {"final_url", "final-url"}), 0).url;
    const bool elsewhere = !final_url.empty() && url_host(final_url) != seen.subject.host;
    const std::string& answered_url = elsewhere ? final_url : url;
    Probe probe = recorded_probe(answered_url, seen.subject.host,
                                 elsewhere ? std::nullopt : dialled_address(line));
    probe.started_at = seen.observed_at;
    if (elsewhere) {
        probe.purpose = resolvers::ProbePurpose::redirect;
        Redirect redirect;
        redirect.from = url;
        redirect.location = final_url;
        redirect.to = final_url;
        redirect.outcome = RedirectOutcome::followed;
        seen.redirects.push_back(std::move(redirect));
    }

    const std::int64_t status = integer_at(line, {"status_code", "status-code"}).value_or(0);
    const bool failed = bool_at(line, {"failed"}).value_or(false);
    bool headers_known = true;
    bool tried = true;
    if (!failed && status != 0) {
        HttpFacts& facts =
            add_response(probe, answered_url, status > 0 && status < 600 ? unsigned(status) : 0);
        if (const std::string method = text_at(line, {"method"}); !method.empty())
            facts.method = method;
        facts.title = resolvers::utf8_cut(text_at(line, {"title"}), 200);
        headers_known = read_headers(line, facts) && !elsewhere;
        const json::object* tls = object_at(line, {"tls", "tls-grab", "tls_grab"});
        if (tls != nullptr && probe.scheme == "https")
            probe.tls_facts = read_tls(*tls);
        if (!elsewhere)
            add_redirect(seen, facts, false);
    } else {
        const std::string error = text_at(line, {"error", "err"});
        tried = add_failure(seen, probe, error.empty() ? "failed, no reason given" : error);
    }
    if (tried)
        seen.probes.push_back(std::move(probe));
    emitter.finish(std::move(seen), headers_known);
}

bool looks_like_httpx(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"url", "input"}, {"test_keys", "annotations"}) &&
           (has_keys(first_bytes, {"timestamp"}) || has_keys(first_bytes, {"status_code"}) ||
            has_keys(first_bytes, {"status-code"}) || has_keys(first_bytes, {"failed"}));
}

ImportSummary import_httpx(std::istream& in, const ImportOptions& options,
                           const ObservationSink& sink)
{
    return import_json("httpx", in, options, sink, import_line);
}

}  // namespace

const Importer httpx_importer = {
    .name = "httpx",
    .summary = "JSON lines of httpx",
    .sniff = looks_like_httpx,
    .run = import_httpx,
};

}  // namespace scanner::input
