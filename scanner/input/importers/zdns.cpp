// JSON lines of zdns: one name a line, with one result (version 1) or one for each module (version
// 2). Reads the raw modules (A, AAAA, HTTPS...), ALOOKUP and NSLOOKUP.
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
using resolvers::DnsRecord;
using resolvers::DnsStatus;

// A parameter of an SVCB record, from JSON to presentation format (RFC 9460 section 2.1).
std::string parameter_text(std::string_view key, const json::value& value)
{
    const auto plain = [](const json::value& item) {
        if (const json::string* text = item.if_string())
            return std::string(*text);
        return json::serialize(item);
    };
    std::string made(key);
    if (value.is_null() || value.is_bool())
        return made;
    made += "=";
    if (const json::array* list = value.if_array()) {
        for (std::size_t i = 0; i < list->size(); ++i)
            made += (i == 0 ? "" : ",") + plain((*list)[i]);
        return made;
    }
    return made + plain(value);
}

// The data of one answer in presentation format; empty for types that have keys not read here.
std::string data_of(const json::object& record, std::string_view type)
{
    if (type == "HTTPS" || type == "SVCB") {
        std::string data = text_at(record, {"priority"}) + " ";
        const std::string target = text_at(record, {"target", "target_name"});
        data += target.empty() ? "." : target;
        if (const json::object* parameters = object_at(record, {"svcparams"}))
            for (const auto& member : *parameters)
                data += " " + parameter_text(member.key(), member.value());
        return data;
    }
    if (type == "SOA")
        return text_at(record, {"ns"}) + " " + text_at(record, {"mbox"}) + " " +
               text_at(record, {"serial"}) + " " + text_at(record, {"refresh"}) + " " +
               text_at(record, {"retry"}) + " " + text_at(record, {"expire"}) + " " +
               text_at(record, {"min_ttl"});
    if (type == "MX")
        return text_at(record, {"preference"}) + " " + text_at(record, {"answer"});
    if (type == "CAA")
        return text_at(record, {"flag"}) + " " + text_at(record, {"tag"}) + " \"" +
               text_at(record, {"value"}) + "\"";
    return text_at(record, {"answer"});
}

void read_answers(const json::object& data, DnsAnswer& answer)
{
    const json::array* answers = list_at(data, {"answers"});
    if (answers == nullptr)
        return;
    for (const json::value& item : *answers) {
        const json::object* record = item.if_object();
        if (record == nullptr || text_at(*record, {"type"}).empty())
            continue;
        const std::string type = text_at(*record, {"type"});
        const std::int64_t ttl = integer_at(*record, {"ttl"}).value_or(0);
        answer.records.push_back(
            read_record(text_at(*record, {"name"}), type,
                        static_cast<std::uint32_t>(ttl >= 0 && ttl <= 0x7FFFFFFF ? ttl : 0),
                        data_of(*record, type)));
    }
}

std::optional<std::vector<std::string>> list_if_any(const json::object& data, std::string_view key)
{
    std::vector<std::string> texts = texts_at(data, {key});
    if (texts.empty())
        return std::nullopt;
    return texts;
}

// Look-up modules keep addresses without their chain.
bool read_lookup(const json::object& data, Observation& seen)
{
    ListedRecords lists{.cnames = {},
                        .a = list_if_any(data, "ipv4_addresses"),
                        .aaaa = list_if_any(data, "ipv6_addresses"),
                        .ns = {}};
    if (const json::array* servers = list_at(data, {"servers"}))
        for (const json::value& server : *servers)
            if (const json::object* entry = server.if_object())
                lists.ns.push_back(text_at(*entry, {"name"}));
    add_listed_answers(seen, seen.subject.host, lists);
    return lists.a || lists.aaaa || !lists.ns.empty();
}

void read_result(const json::object& result, std::string_view module, Observation& seen)
{
    static const json::object nothing;
    const json::object* found = object_at(result, {"data"});
    const json::object& data = found == nullptr ? nothing : *found;
    DnsAnswer answer;
    answer.name = seen.subject.host;
    answer.status = read_dns_status(text_at(result, {"status"}));
    answer.detail = text_at(result, {"error"});
    answer.resolver = text_at(data, {"resolver"});
    answer.over_tcp = text_at(data, {"protocol"}) == "tcp";
    answer.asked_at = resolvers::parse_recorded_time(text_at(result, {"timestamp"}));
    if (const json::object* flags = object_at(data, {"flags"}))
        answer.authentic_data = bool_at(*flags, {"authenticated"}).value_or(false);
    if (!seen.observed_at)
        seen.observed_at = answer.asked_at;

    if (answer.status == DnsStatus::noerror && read_lookup(data, seen))
        return;
    read_answers(data, answer);
    // Version 1 does not write which type it asked for: the last record has it, a CNAME at least.
    answer.type = module;
    if (answer.type.empty() && !answer.records.empty())
        answer.type = answer.records.back().type;
    if (answer.type.empty() || answer.type.ends_with("LOOKUP"))
        answer.type = answer.type == "NSLOOKUP" ? "NS" : "A";
    settle_status(answer);
    seen.dns.push_back(std::move(answer));
}

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string name = text_at(line, {"name", "altered_name"});
    if (name.empty()) {
        emitter.invalid(json::serialize(line), number, "the line names nothing");
        return;
    }
    Observation seen = emitter.begin(read_subject(name, number));
    if (const json::object* results = object_at(line, {"results"})) {
        for (const auto& member : *results)
            if (const json::object* result = member.value().if_object())
                read_result(*result, member.key(), seen);
    } else {
        read_result(line, "", seen);
    }
    emitter.finish(std::move(seen), false);
}

bool looks_like_zdns(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"name", "results"}, {"type", "url"}) ||
           has_keys(first_bytes, {"name", "status", "timestamp"}, {"type", "url"});
}

ImportSummary import_zdns(std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink)
{
    return import_json("zdns", in, options, sink, import_line);
}

}  // namespace

const Importer zdns_importer = {
    .name = "zdns",
    .summary = "JSON lines of zdns, versions 1 and 2",
    .sniff = looks_like_zdns,
    .run = import_zdns,
};

}  // namespace scanner::input
