// HTTP Archive 1.2: what a browser or a proxy recorded while a page was loaded. Knows the address
// of each response where the recorder wrote it down, never the DNS answers or the certificates.
#include <boost/json/array.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/har_session.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/json_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

// All of the stream; absent when it holds more.
std::optional<std::string> read_all(std::istream& in, std::size_t most)
{
    std::string text;
    std::string chunk(64 * 1024, '\0');
    while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || in.gcount() > 0) {
        text.append(chunk, 0, static_cast<std::size_t>(in.gcount()));
        if (text.size() > most)
            return std::nullopt;
    }
    return text;
}

RecordedEntry read_entry(const json::object& entry, std::uint64_t number)
{
    RecordedEntry made;
    made.number = number;
    made.started_at = resolvers::parse_recorded_time(text_at(entry, {"startedDateTime"}));
    made.address = read_address(text_at(entry, {"serverIPAddress"}));
    made.cached = !text_at(entry, {"_fromCache"}).empty();
    if (const json::object* request = object_at(entry, {"request"})) {
        made.url = text_at(*request, {"url"});
        made.method = text_at(*request, {"method"});
    }
    const json::object* response = object_at(entry, {"response"});
    if (response == nullptr)
        return made;
    const std::int64_t status = integer_at(*response, {"status"}).value_or(0);
    made.status = status >= 100 && status <= 599 ? static_cast<unsigned>(status) : 0;
    made.version = text_at(*response, {"httpVersion"});
    made.error = text_at(*response, {"_error"});
    if (const json::array* headers = list_at(*response, {"headers"}))
        for (const json::value& header : *headers)
            if (const json::object* pair = header.if_object())
                made.headers.emplace_back(text_at(*pair, {"name"}), text_at(*pair, {"value"}));
    return made;
}

bool looks_like_har(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"log"}) &&
           (first_bytes.find("\"entries\"") != std::string_view::npos ||
            first_bytes.find("\"creator\"") != std::string_view::npos);
}

ImportSummary import_har(std::istream& in, const ImportOptions& options,
                         const ObservationSink& sink)
{
    Emitter emitter("har", sink);
    std::optional<std::string> text = read_all(in, options.max_document);
    if (in.bad()) {
        emitter.summary.complete = false;
        emitter.invalid("", 1, "the input could not be read further");
        return emitter.summary;
    }
    if (!text) {
        emitter.invalid(
            "", 1,
            "the recording is larger than " + std::to_string(options.max_document) + " octets");
        return emitter.summary;
    }
    if (text->starts_with("\xEF\xBB\xBF"))
        text->erase(0, 3);
    const std::string beginning = text->substr(0, 200);
    const resolvers::Outcome<json::value> value = parse_json(std::move(*text));
    if (value.has_error()) {
        emitter.invalid(beginning, 1, "is not a HAR recording: " + value.error().detail);
        return emitter.summary;
    }
    const json::object* document = value->if_object();
    const json::object* log = document == nullptr ? nullptr : object_at(*document, {"log"});
    const json::array* entries = log == nullptr ? nullptr : list_at(*log, {"entries"});
    if (entries == nullptr) {
        emitter.invalid(beginning, 1, "is not a HAR recording: there is no log with entries");
        return emitter.summary;
    }

    Recording recording(emitter, options.per_entry);
    std::uint64_t number = 0;
    for (const json::value& item : *entries) {
        ++number;
        const json::object* entry = item.if_object();
        if (entry == nullptr)
            emitter.invalid("", number, "the entry is no object");
        else
            recording.add(read_entry(*entry, number));
    }
    recording.finish();
    return emitter.summary;
}

}  // namespace

const Importer har_importer = {
    .name = "har",
    .summary = "HTTP Archive recordings of browsers and proxies",
    .sniff = looks_like_har,
    .run = import_har,
};

}  // namespace scanner::input
