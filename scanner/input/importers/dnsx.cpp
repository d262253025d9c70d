// JSON lines of dnsx (ProjectDiscovery): lists of records by type under one response code. Which
// types were asked is not said, so an absent list is not known to be empty.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "resolvers/dnswire/records.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsStatus;

std::optional<std::vector<std::string>> list_if_any(const json::object& line, std::string_view key)
{
    std::vector<std::string> texts = texts_at(line, {key});
    if (texts.empty())
        return std::nullopt;
    return texts;
}

// The lists do not say whose records they hold: with aliases, those at their end.
void add_other_types(Observation& seen, const json::object& line)
{
    std::vector<resolvers::DnsRecord> aliases;
    std::string owner = seen.subject.host;
    if (!seen.dns.empty()) {
        owner = resolvers::dnswire::aliases_in(seen.dns.front()).back();
        for (const resolvers::DnsRecord& record : seen.dns.front().records)
            if (record.type == "CNAME")
                aliases.push_back(record);
    }
    constexpr std::pair<std::string_view, std::string_view> types[] = {
        {"mx", "MX"}, {"txt", "TXT"}, {"ptr", "PTR"}, {"caa", "CAA"}, {"srv", "SRV"}};
    for (const auto& [key, type] : types) {
        const std::vector<std::string> listed = texts_at(line, {key});
        if (listed.empty())
            continue;
        DnsAnswer answer;
        answer.name = seen.subject.host;
        answer.type = type;
        answer.status = DnsStatus::noerror;
        answer.records = aliases;
        for (const std::string& data : listed) {
            // Exchanges come without their preference.
            const bool bare = type == "MX" && data.find(' ') == std::string::npos;
            answer.records.push_back(read_record(owner, type, 0, bare ? "0 " + data : data));
        }
        seen.dns.push_back(std::move(answer));
    }
}

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string host = text_at(line, {"host"});
    if (host.empty()) {
        emitter.invalid(json::serialize(line), number, "the line names no host");
        return;
    }
    Observation seen = emitter.begin(read_subject(host, number));
    seen.observed_at = resolvers::parse_recorded_time(text_at(line, {"timestamp"}));

    const ListedRecords lists{.cnames = texts_at(line, {"cname"}),
                              .a = list_if_any(line, "a"),
                              .aaaa = list_if_any(line, "aaaa"),
                              .ns = texts_at(line, {"ns"})};
    add_listed_answers(seen, seen.subject.host, lists);
    add_other_types(seen, line);

    const std::string word = text_at(line, {"status_code"});
    const DnsStatus status = read_dns_status(word);
    if (!word.empty() && status != DnsStatus::noerror) {
        // The code of one of the answers, and it is not said of which: what is listed beside it may
        // have come with it. With a CNAME in the lists it is the target that is missing.
        for (DnsAnswer& answer : seen.dns)
            answer.status = status;
        if (seen.dns.empty())
            add_failed_answer(seen, seen.subject.host, status, "");
    }
    const std::vector<std::string> resolvers_asked = texts_at(line, {"resolver"});
    for (DnsAnswer& answer : seen.dns) {
        if (resolvers_asked.size() == 1)
            answer.resolver = resolvers_asked.front();
        answer.asked_at = seen.observed_at;
    }
    emitter.finish(std::move(seen), false);
}

bool looks_like_dnsx(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"host"}, {"url", "zone", "date"}) &&
           (has_keys(first_bytes, {"resolver"}) ||
            has_keys(first_bytes, {"status_code", "timestamp"}));
}

ImportSummary import_dnsx(std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink)
{
    return import_json("dnsx", in, options, sink, import_line);
}

}  // namespace

const Importer dnsx_importer = {
    .name = "dnsx",
    .summary = "JSON lines of dnsx",
    .sniff = looks_like_dnsx,
    .run = import_dnsx,
};

}  // namespace scanner::input
