// Web Connectivity measurements of OONI, whole or cut down to dns, requests and control. Only what
// the probe itself saw counts: the control is another place's view. Certificates are not read.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsStatus;
using resolvers::HttpFacts;
using resolvers::IpAddress;
using resolvers::Probe;

constexpr std::size_t max_probes = 32;

// "93.184.216.34:443" and "[2606:2800::1]:443".
std::optional<IpAddress> endpoint_address(const std::string& text)
{
    return read_address(text.substr(0, text.rfind(':')));
}

std::string vantage_of(const json::object& measurement)
{
    std::string vantage = text_at(measurement, {"probe_asn"});
    const std::string country = text_at(measurement, {"probe_cc"});
    if (!vantage.empty() && !country.empty())
        vantage += ", ";
    return vantage + country;
}

// ---- Whole measurements -------------------------------------------------------------------------

void read_query(const json::object& query, Observation& seen)
{
    DnsAnswer answer;
    answer.name = record_name(text_at(query, {"hostname"}));
    answer.type = text_at(query, {"query_type"});
    if (answer.name != seen.subject.host || answer.type.empty())
        return;
    const std::string failure = text_at(query, {"failure"});
    answer.status = failure.empty() ? DnsStatus::noerror : read_dns_status(failure);
    answer.detail = failure;
    answer.resolver = text_at(query, {"resolver_address"});
    std::string owner = answer.name;
    if (const json::array* answers = list_at(query, {"answers"}))
        for (const json::value& item : *answers) {
            const json::object* record = item.if_object();
            if (record == nullptr)
                continue;
            const std::string type = text_at(*record, {"answer_type"});
            const std::string data = text_at(*record, {"ipv4", "ipv6", "hostname"});
            if (type.empty() || data.empty() || record_name(data) == owner)
                continue;
            answer.records.push_back(read_record(owner, type, 0, data));
            if (type == "CNAME")
                owner = record_name(data);
        }
    // The system's resolver gives CNAMEs after the addresses: owners are set afterwards.
    for (resolvers::DnsRecord& record : answer.records)
        if (record.type != "CNAME")
            record.name = owner;
    settle_status(answer);
    seen.dns.push_back(std::move(answer));
}

void read_failed_connects(const json::array& connects, Observation& seen)
{
    const std::vector<IpAddress> answered = answered_addresses(seen);
    for (const json::value& item : connects) {
        const json::object* connect = item.if_object();
        const json::object* status = connect == nullptr ? nullptr : object_at(*connect, {"status"});
        const std::string failure = status == nullptr ? "" : text_at(*status, {"failure"});
        const std::optional<IpAddress> address =
            connect == nullptr ? std::nullopt : read_address(text_at(*connect, {"ip"}));
        const bool ours =
            address && std::find(answered.begin(), answered.end(), *address) != answered.end();
        if (failure.empty() || !ours || seen.probes.size() >= max_probes)
            continue;
        const std::int64_t port = integer_at(*connect, {"port"}).value_or(0);
        Probe probe = recorded_probe("", seen.subject.host, address);
        probe.scheme = port == 443 ? "https" : "http";
        probe.port = static_cast<std::uint16_t>(port > 0 && port < 65536 ? port : 0);
        if (add_failure(seen, probe, failure))
            seen.probes.push_back(std::move(probe));
    }
}

// ---- Requests, of both kinds --------------------------------------------------------------------

void read_headers(const json::object& response, HttpFacts& facts)
{
    const json::array* pairs = list_at(response, {"headers_list"});
    if (pairs != nullptr) {
        for (const json::value& item : *pairs)
            if (const json::array* pair = item.if_array(); pair != nullptr && pair->size() == 2 &&
                                                           (*pair)[0].is_string() &&
                                                           (*pair)[1].is_string())
                add_header(facts, (*pair)[0].as_string(), (*pair)[1].as_string());
        return;
    }
    if (const json::object* headers = object_at(response, {"headers"}))
        for (const auto& member : *headers)
            add_header(facts, member.key(), text_at(*headers, {member.key()}));
}

// One request of the measurement's own host; another host's is a hop of a redirect.
void read_request(const json::object& item, Observation& seen)
{
    const json::object* request = object_at(item, {"request"});
    const json::object* found = object_at(item, {"response"});
    const json::object& response = found == nullptr ? item : *found;
    const std::string url =
        read_exact_subject(text_at(request == nullptr ? item : *request, {"url"}), 0).url;
    if (url.empty() || url_host(url) != seen.subject.host || seen.probes.size() >= max_probes)
        return;

    std::optional<IpAddress> address = endpoint_address(text_at(item, {"address"}));
    // With a single address in the answers there was no other to connect to.
    const std::vector<IpAddress> answered = answered_addresses(seen);
    if (!address && answered.size() == 1)
        address = answered.front();

    Probe probe = recorded_probe(url, seen.subject.host, address);
    probe.started_at = seen.observed_at;
    const std::int64_t status = integer_at(response, {"code", "status"}).value_or(0);
    if (status >= 100 && status <= 599) {
        HttpFacts& facts = add_response(probe, url, static_cast<unsigned>(status));
        read_headers(response, facts);
        add_redirect(seen, facts, false);
        seen.probes.push_back(std::move(probe));
        return;
    }
    const std::string failure = text_at(item, {"failure"});
    if (add_failure(seen, probe, failure.empty() ? "no response" : failure))
        seen.probes.push_back(std::move(probe));
}

void read_requests(const json::array& requests, Observation& seen)
{
    // The last request stands first.
    for (std::size_t i = requests.size(); i-- > 0;)
        if (const json::object* item = requests[i].if_object())
            read_request(*item, seen);
}

// ---- Both kinds ---------------------------------------------------------------------------------

void read_whole(const json::object& keys, Observation& seen)
{
    if (const json::array* queries = list_at(keys, {"queries"}))
        for (const json::value& item : *queries)
            if (const json::object* query = item.if_object())
                read_query(*query, seen);
    if (const json::array* connects = list_at(keys, {"tcp_connect"}))
        read_failed_connects(*connects, seen);
    if (const json::array* requests = list_at(keys, {"requests"}))
        read_requests(*requests, seen);
}

void read_cut(const json::object& line, Observation& seen)
{
    if (const json::object* dns = object_at(line, {"dns"}))
        if (const json::object* answers = object_at(*dns, {seen.subject.host})) {
            ListedRecords lists;
            lists.cnames = texts_at(*answers, {"cname"});
            for (auto [key, list] : {std::pair{"a", &lists.a}, std::pair{"aaaa", &lists.aaaa}}) {
                std::vector<std::string> texts = texts_at(*answers, {key});
                // An empty list may also mean that it was not asked.
                if (!texts.empty())
                    *list = std::move(texts);
            }
            add_listed_answers(seen, seen.subject.host, lists);
        }
    if (const json::array* requests = list_at(line, {"requests"}))
        read_requests(*requests, seen);
}

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string input = text_at(line, {"input"});
    if (input.empty()) {
        emitter.invalid(json::serialize(line), number, "the measurement has no input");
        return;
    }
    Observation seen = emitter.begin(read_subject(input, number));
    seen.observed_at = resolvers::parse_recorded_time(
        text_at(line, {"measurement_start_time", "test_start_time", "date"}));
    seen.vantage = vantage_of(line);
    if (seen.subject.invalid.empty()) {
        if (const json::object* keys = object_at(line, {"test_keys"}))
            read_whole(*keys, seen);
        else
            read_cut(line, seen);
    }
    emitter.finish(std::move(seen), true);
}

bool looks_like_ooni(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"input", "test_keys"}) ||
           has_keys(first_bytes, {"input", "test_name"}) ||
           has_keys(first_bytes, {"input", "dns", "requests"});
}

ImportSummary import_ooni(std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink)
{
    return import_json("ooni", in, options, sink, import_line);
}

}  // namespace

const Importer ooni_importer = {
    .name = "ooni",
    .summary = "Web Connectivity measurements of OONI, JSON lines",
    .sniff = looks_like_ooni,
    .run = import_ooni,
};

}  // namespace scanner::input
