// Output of dig and kdig as text; or JSON lines with host, date and the records, as people keep
// them in notes: lists a, aaaa, cname, ns, or one type with its rdata.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "resolvers/dnswire/records.h"
#include "scanner/input/importers/dig_text.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/json_documents.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/lists/line_reader.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsStatus;

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string host = text_at(line, {"host"});
    if (host.empty()) {
        emitter.invalid(json::serialize(line), number, "the line names no host");
        return;
    }
    Observation seen = emitter.begin(read_subject(host, number));
    seen.observed_at = resolvers::parse_recorded_time(text_at(line, {"date"}));

    ListedRecords lists;
    lists.cnames = texts_at(line, {"cname"});
    lists.ns = texts_at(line, {"ns"});
    if (list_at(line, {"a"}) != nullptr)
        lists.a = texts_at(line, {"a"});
    if (list_at(line, {"aaaa"}) != nullptr)
        lists.aaaa = texts_at(line, {"aaaa"});
    add_listed_answers(seen, seen.subject.host, lists);

    const std::string type = text_at(line, {"type"});
    const std::vector<std::string> data = texts_at(line, {"rdata"});
    if (!type.empty() && !data.empty()) {
        DnsAnswer answer;
        answer.name = seen.subject.host;
        answer.status = DnsStatus::noerror;
        const std::int64_t ttl = integer_at(line, {"ttl"}).value_or(0);
        // An alias has no other records: they are those of where it leads.
        std::string owner = answer.name;
        if (!lists.cnames.empty()) {
            answer.records = seen.dns.front().records;
            std::erase_if(answer.records,
                          [](const auto& record) { return record.type != "CNAME"; });
            owner = resolvers::dnswire::aliases_in(seen.dns.front()).back();
        }
        for (const std::string& text : data)
            answer.records.push_back(read_record(
                owner, type, static_cast<std::uint32_t>(ttl >= 0 && ttl <= 0x7FFFFFFF ? ttl : 0),
                text));
        answer.type = answer.records.back().type;
        seen.dns.push_back(std::move(answer));
    }
    const std::string status = text_at(line, {"status"});
    if (seen.dns.empty() && !status.empty())
        add_failed_answer(seen, seen.subject.host, read_dns_status(status), "");
    emitter.finish(std::move(seen), false);
}

void import_text(LineReader& lines, Emitter& emitter)
{
    DigTextReader reader(emitter);
    Line line;
    Line first;
    while (lines.next(line)) {
        if (first.number == 0)
            first = line;
        reader.feed(line);
    }
    if (!reader.finish())
        emitter.invalid(first.text, 1, "holds no answers as dig prints them");
    report_break(lines, emitter);
}

bool looks_like_dig(std::string_view first_bytes)
{
    if (looks_like_dig_text(first_bytes))
        return true;
    return has_keys(first_bytes, {"host", "date"}, {"url", "headers", "zone"}) ||
           has_keys(first_bytes, {"host", "type", "rdata"}, {"url", "headers", "zone"});
}

ImportSummary import_dig(std::istream& in, const ImportOptions& options,
                         const ObservationSink& sink)
{
    Emitter emitter("dig", sink);
    LineReader lines(in, options.max_line);
    if (begins_as_json(lines))
        import_json_lines(lines, options, emitter, import_line);
    else
        import_text(lines, emitter);
    return emitter.summary;
}

}  // namespace

const Importer dig_importer = {
    .name = "dig",
    .summary = "answers of dig or kdig, as text or as JSON lines",
    .sniff = looks_like_dig,
    .run = import_dig,
};

}  // namespace scanner::input
