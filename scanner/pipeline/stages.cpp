#include "scanner/pipeline/stages.h"

#include "scanner/attribute/attribute.h"
#include "scanner/model/json.h"
#include "scanner/route/route.h"

namespace scanner::pipeline {

namespace {

constexpr std::size_t echo_limit = 2048;

Observation unreadable(std::string_view line, std::uint64_t number, const std::string& why)
{
    Observation seen;
    seen.subject.line = number;
    seen.subject.text = std::string(line.substr(0, echo_limit));
    seen.subject.invalid = why;
    seen.source = "line";
    return seen;
}

}  // namespace

Record decide(Observation&& seen, const catalogue::Catalogue& catalogue,
              const Provenance& provenance)
{
    Record record;
    record.attribution = attribute::attribute(seen, catalogue);
    record.observation = std::move(seen);
    record.provenance = provenance;
    return record;
}

Record attribute_line(std::string_view line, std::uint64_t number,
                      const catalogue::Catalogue& catalogue, const Provenance& provenance)
{
    const auto format = format_of(line);
    if (!format)
        return decide(unreadable(line, number, format.error().detail), catalogue, provenance);
    if (*format == LineFormat::record) {
        resolvers::Outcome<Record> record = read_record(line);
        if (!record)
            return decide(unreadable(line, number, record.error().detail), catalogue, provenance);
        return decide(std::move(record->observation), catalogue, provenance);
    }
    resolvers::Outcome<Observation> seen = read_observation(line);
    if (!seen)
        return decide(unreadable(line, number, seen.error().detail), catalogue, provenance);
    return decide(std::move(*seen), catalogue, provenance);
}

Record route_line(std::string_view line, std::uint64_t number,
                  const catalogue::Catalogue& catalogue, const Provenance& provenance)
{
    const auto format = format_of(line);
    Record record;
    if (format && *format == LineFormat::record) {
        resolvers::Outcome<Record> read = read_record(line);
        record = read
                     ? std::move(*read)
                     : decide(unreadable(line, number, read.error().detail), catalogue, provenance);
    } else {
        record = attribute_line(line, number, catalogue, provenance);
    }
    route::route_record(record, catalogue);
    return record;
}

}  // namespace scanner::pipeline
