// Results of urlscan.io: the page block of a scan or of a search, and in full results every
// response that the browser got. Page blocks know one header (server) and one address.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/har_session.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::Certificate;
using resolvers::HttpFacts;
using resolvers::Probe;
using resolvers::TlsFacts;

constexpr std::size_t max_names = 200;

unsigned status_of(const json::object& object)
{
    const std::int64_t status = integer_at(object, {"status"}).value_or(0);
    return status >= 100 && status <= 599 ? static_cast<unsigned>(status) : 0;
}

void import_page(Emitter& emitter, std::uint64_t number, const json::object& page,
                 std::optional<resolvers::Timestamp> seen_at)
{
    std::string text = text_at(page, {"url"});
    Subject subject = read_subject(text, number);
    if (!subject.invalid.empty()) {
        text = text_at(page, {"domain"});
        subject = read_subject(text, number);
    }
    if (text.empty()) {
        emitter.invalid(json::serialize(page), number, "the page names no url and no domain");
        return;
    }
    Observation seen = emitter.begin(std::move(subject));
    seen.observed_at = seen_at;
    if (seen.subject.invalid.empty()) {
        Probe probe = recorded_probe(seen.subject.url, seen.subject.host,
                                     read_address(text_at(page, {"ip"})));
        probe.started_at = seen_at;
        const std::string server = text_at(page, {"server"});
        const unsigned status = status_of(page);
        if (!server.empty() || status != 0 || probe.address) {
            HttpFacts& facts = add_response(probe, seen.subject.url, status);
            add_header(facts, "server", server);
            add_header(facts, "content-type", text_at(page, {"mimeType"}));
            std::erase_if(facts.headers, [](const auto& header) { return header.second.empty(); });
            facts.title = resolvers::utf8_cut(text_at(page, {"title"}), 200);
            seen.probes.push_back(std::move(probe));
        }
    }
    emitter.finish(std::move(seen), false);
}

// What Chrome's DevTools protocol calls SecurityDetails.
TlsFacts read_security(const json::object& details)
{
    TlsFacts facts;
    std::string version = text_at(details, {"protocol"});
    if (version.starts_with("TLS 1"))
        version = "TLSv" + version.substr(4);
    facts.version = version;
    facts.cipher = text_at(details, {"cipher"});
    facts.group = text_at(details, {"keyExchangeGroup"});
    Certificate leaf;
    leaf.subject_common_name = text_at(details, {"subjectName"});
    leaf.issuer_common_name = text_at(details, {"issuer"});
    const std::vector<std::string> names = texts_at(details, {"sanList"});
    leaf.names_total = static_cast<unsigned>(names.size());
    for (const std::string& name : names)
        if (leaf.names.size() < max_names)
            leaf.names.push_back(record_name(name));
    leaf.not_before = resolvers::recorded_time_of(
        static_cast<double>(integer_at(details, {"validFrom"}).value_or(0)));
    leaf.not_after = resolvers::recorded_time_of(
        static_cast<double>(integer_at(details, {"validTo"}).value_or(0)));
    facts.chain.push_back(std::move(leaf));
    return facts;
}

// An entry of data.requests: the request's own envelope holds another "request" and "response".
std::optional<RecordedEntry> read_entry(const json::object& item, std::uint64_t number,
                                        std::optional<resolvers::Timestamp> seen_at)
{
    const json::object* outer = object_at(item, {"request"});
    const json::object* request = outer == nullptr ? nullptr : object_at(*outer, {"request"});
    if (request == nullptr)
        return std::nullopt;
    RecordedEntry entry;
    entry.number = number;
    entry.url = text_at(*request, {"url"});
    entry.method = text_at(*request, {"method"});
    entry.started_at = seen_at;
    const json::object* envelope = object_at(item, {"response"});
    if (envelope == nullptr)
        return entry;
    if (const json::object* failed = object_at(*envelope, {"failed"}))
        entry.error = text_at(*failed, {"errorText"});
    const json::object* response = object_at(*envelope, {"response"});
    if (response == nullptr)
        return entry;
    entry.status = status_of(*response);
    entry.version = text_at(*response, {"protocol"});
    entry.address = read_address(text_at(*response, {"remoteIPAddress"}));
    entry.cached = bool_at(*response, {"fromDiskCache"}).value_or(false);
    if (const json::object* headers = object_at(*response, {"headers"}))
        for (const auto& member : *headers)
            entry.headers.emplace_back(member.key(), text_at(*headers, {member.key()}));
    if (const json::object* details = object_at(*response, {"securityDetails"}))
        entry.tls = read_security(*details);
    return entry;
}

void import_result(Emitter& emitter, const ImportOptions& options, std::uint64_t number,
                   const json::object& result)
{
    const json::object* task = object_at(result, {"task"});
    const std::optional<resolvers::Timestamp> seen_at =
        task == nullptr ? std::nullopt : resolvers::parse_recorded_time(text_at(*task, {"time"}));
    const json::object* data = object_at(result, {"data"});
    const json::array* requests = data == nullptr ? nullptr : list_at(*data, {"requests"});
    if (requests != nullptr && !requests->empty()) {
        Recording recording(emitter, options.per_entry);
        std::uint64_t entry_number = 0;
        for (const json::value& item : *requests) {
            ++entry_number;
            const json::object* object = item.if_object();
            const std::optional<RecordedEntry> entry =
                object == nullptr ? std::nullopt : read_entry(*object, entry_number, seen_at);
            if (entry)
                recording.add(*entry);
            else
                emitter.invalid("", entry_number, "the request has no url");
        }
        recording.finish();
    } else if (const json::object* page = object_at(result, {"page"})) {
        import_page(emitter, number, *page, seen_at);
    } else {
        emitter.invalid(json::serialize(result), number,
                        "the result has neither page nor requests");
    }
}

bool looks_like_urlscan(std::string_view first_bytes)
{
    // The requests stand first in full results, and are longer than any beginning.
    const bool requests_first = has_keys(first_bytes, {"data"}) &&
                                first_bytes.find("\"requests\"") != std::string_view::npos &&
                                first_bytes.find("\"requestId\"") != std::string_view::npos;
    return requests_first || has_keys(first_bytes, {"page", "task"}) ||
           has_keys(first_bytes, {"page", "lists"}) ||
           has_keys(first_bytes, {"data", "stats", "meta"}) ||
           has_keys(first_bytes, {"results", "total"}, {"name"}) ||
           has_keys(first_bytes, {"domain", "url", "ip", "asn"}, {"input"});
}

ImportSummary import_urlscan(std::istream& in, const ImportOptions& options,
                             const ObservationSink& sink)
{
    return import_json(
        "urlscan", in, options, sink,
        [&options](Emitter& emitter, std::uint64_t number, const json::object& object) {
            const json::array* found = list_at(object, {"results"});
            if (found != nullptr) {
                std::uint64_t place = 0;
                for (const json::value& item : *found)
                    if (const json::object* result = item.if_object())
                        import_result(emitter, options, ++place, *result);
            } else if (object.contains("page") || object.contains("data")) {
                import_result(emitter, options, number, object);
            } else {
                import_page(emitter, number, object,
                            resolvers::parse_recorded_time(text_at(object, {"date"})));
            }
        });
}

}  // namespace

const Importer urlscan_importer = {
    .name = "urlscan",
    .summary = "urlscan.io results, searches and page blocks",
    .sniff = looks_like_urlscan,
    .run = import_urlscan,
};

}  // namespace scanner::input
