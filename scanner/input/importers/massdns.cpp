// JSON lines of massdns (-o J): one question and its answer a line, so one Observation a question.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
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

void read_records(const json::array& answers, DnsAnswer& answer)
{
    for (const json::value& item : answers) {
        const json::object* record = item.if_object();
        if (record == nullptr)
            continue;
        const std::int64_t ttl = integer_at(*record, {"ttl"}).value_or(0);
        answer.records.push_back(
            read_record(text_at(*record, {"name"}), text_at(*record, {"type"}),
                        static_cast<std::uint32_t>(ttl >= 0 && ttl <= 0x7FFFFFFF ? ttl : 0),
                        text_at(*record, {"data"})));
    }
}

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string name = text_at(line, {"name"});
    const std::string type = text_at(line, {"type"});
    if (name.empty() || type.empty()) {
        emitter.invalid(json::serialize(line), number, "the line names no question");
        return;
    }
    Observation seen = emitter.begin(read_subject(name, number));
    DnsAnswer answer;
    answer.name = seen.subject.host;
    answer.type = type;
    const std::string status = text_at(line, {"status"});
    const std::string error = text_at(line, {"error"});
    answer.status = read_dns_status(status.empty() ? error : status);
    answer.detail = error;
    answer.resolver = text_at(line, {"resolver"});
    answer.over_tcp = text_at(line, {"proto"}) == "TCP";
    for (const std::string& flag : texts_at(line, {"flags"}))
        answer.authentic_data = answer.authentic_data || flag == "ad";
    // Nanoseconds, beyond what a double holds exactly; milliseconds are.
    if (const std::optional<std::int64_t> received = integer_at(line, {"rx_ts"}))
        answer.asked_at = resolvers::recorded_time_of(static_cast<double>(*received) / 1e9);
    if (const json::object* data = object_at(line, {"data"}))
        if (const json::array* answers = list_at(*data, {"answers"}))
            read_records(*answers, answer);
    settle_status(answer);
    seen.observed_at = answer.asked_at;
    seen.dns.push_back(std::move(answer));
    emitter.finish(std::move(seen), false);
}

bool looks_like_massdns(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"name", "type", "class"}, {"results"}) &&
           (has_keys(first_bytes, {"data"}) || has_keys(first_bytes, {"error"}));
}

ImportSummary import_massdns(std::istream& in, const ImportOptions& options,
                             const ObservationSink& sink)
{
    return import_json("massdns", in, options, sink, import_line);
}

}  // namespace

const Importer massdns_importer = {
    .name = "massdns",
    .summary = "JSON lines of massdns (-o J)",
    .sniff = looks_like_massdns,
    .run = import_massdns,
};

}  // namespace scanner::input
