// Transcripts of curl: the text of `curl -v`, or JSON lines with host, date, ip, status and headers
// as people keep them in notes. These do not say which scheme was used.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/importers/curl_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/json_documents.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/lists/line_reader.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::HttpFacts;
using resolvers::Probe;

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string text = text_at(line, {"url", "host"});
    if (text.empty()) {
        emitter.invalid(json::serialize(line), number, "the line names no host");
        return;
    }
    Observation seen = emitter.begin(read_subject(text, number));
    seen.observed_at = resolvers::parse_recorded_time(text_at(line, {"date"}));
    seen.vantage = text_at(line, {"vantage"});
    ListedRecords lists;
    lists.ns = texts_at(line, {"ns"});
    add_listed_answers(seen, seen.subject.host, lists);

    Probe probe = recorded_probe(seen.subject.url, seen.subject.host,
                                 read_address(text_at(line, {"ip", "address"})));
    probe.started_at = seen.observed_at;
    const std::int64_t status = integer_at(line, {"status"}).value_or(0);
    const json::object* headers = object_at(line, {"headers"});
    const std::vector<std::string> bare_names = texts_at(line, {"header_names"});
    const bool answered = status != 0 || (headers != nullptr && !headers->empty());
    if (answered) {
        HttpFacts& facts = add_response(probe, seen.subject.url,
                                        status > 0 && status < 600 ? unsigned(status) : 0);
        if (headers != nullptr)
            for (const auto& member : *headers)
                add_header(facts, member.key(), text_at(*headers, {member.key()}));
        for (const std::string& name : bare_names)
            add_header(facts, name, "");
        facts.title = resolvers::utf8_cut(text_at(line, {"title"}), 200);
        add_redirect(seen, facts, false);
        seen.probes.push_back(std::move(probe));
    } else if (probe.address) {
        seen.addresses.push_back({*probe.address, std::nullopt, NotProbed::imported});
    }
    emitter.finish(std::move(seen), bare_names.empty());
}

void import_text(LineReader& lines, Emitter& emitter)
{
    CurlTextReader reader(emitter);
    Line line;
    Line first;
    while (lines.next(line)) {
        if (first.number == 0)
            first = line;
        reader.feed(line);
    }
    if (!reader.finish())
        emitter.invalid(first.text, 1, "holds no words of curl -v");
    report_break(lines, emitter);
}

bool looks_like_curl(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"kind", "host", "headers"}) ||
           has_keys(first_bytes, {"host", "status", "headers"}, {"url", "zone"}) ||
           looks_like_curl_text(first_bytes);
}

ImportSummary import_curl(std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink)
{
    Emitter emitter("curl", sink);
    LineReader lines(in, options.max_line);
    if (begins_as_json(lines))
        import_json_lines(lines, options, emitter, import_line);
    else
        import_text(lines, emitter);
    return emitter.summary;
}

}  // namespace

const Importer curl_importer = {
    .name = "curl",
    .summary = "transcripts of curl -v, as text or as JSON lines",
    .sniff = looks_like_curl,
    .run = import_curl,
};

}  // namespace scanner::input
