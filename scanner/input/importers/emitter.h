// What all importers share: an Observation begun, finished, counted and handed on.
#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "scanner/input/importers/importers.h"
#include "scanner/input/lists/line_reader.h"
#include "scanner/model/observation.h"

namespace scanner::input {

// The rows of the table, one a file.
extern const Importer har_importer;
extern const Importer urlscan_importer;
extern const Importer ooni_importer;
extern const Importer httpx_importer;
extern const Importer zdns_importer;
extern const Importer massdns_importer;
extern const Importer dnsx_importer;
extern const Importer zone_importer;
extern const Importer curl_importer;
extern const Importer dig_importer;

/// One importer's run. Knows its name and counts what it made.
class Emitter {
public:
    Emitter(std::string_view source, const ObservationSink& sink) : source_(source), sink_(sink) {}

    /// An Observation of this source, with nothing seen yet.
    Observation begin(Subject subject) const;

    /// Completes and hands on: follows the DNS answers, adds the addresses of the probes, sorts,
    /// and lists what was not observed. `headers_known`: would the source have written down all
    /// response headers?
    void finish(Observation seen, bool headers_known);

    /// An Observation that only says why a line cannot be read.
    void invalid(std::string_view text, std::uint64_t line, std::string why);

    ImportSummary summary;

private:
    std::string_view source_;
    const ObservationSink& sink_;
};

/// Gets every JSON object of a stream, with the line that it stands on.
using EachObject =
    std::function<void(Emitter& emitter, std::uint64_t line, const boost::json::object& object)>;

/// Reads a stream of JSON objects (see json_documents.h): calls `each` with every object, and
/// emits an invalid Observation for whatever is none.
ImportSummary import_json(std::string_view source, std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink, const EachObject& each);

/// The same out of lines, with an emitter at hand.
void import_json_lines(LineReader& lines, const ImportOptions& options, Emitter& emitter,
                       const EachObject& each);

/// If the lines broke off, says so in a last, invalid, Observation and in the summary.
void report_break(const LineReader& lines, Emitter& emitter);

/// Does a JSON text that begins like this have all of these keys, and none of those, in its first
/// object, at the top?
bool has_keys(std::string_view first_bytes, std::initializer_list<std::string_view> wanted,
              std::initializer_list<std::string_view> unwanted = {});

}  // namespace scanner::input
