// What kind of line a line is.
#include "scanner/model/json.h"

#include "scanner/model/json_observation.h"

namespace scanner {

namespace {

// "servedby.record/1" and "servedby.record/1.4" are both of major version 1.
bool is_version_of(std::string_view format, std::string_view known)
{
    if (!format.starts_with(known))
        return false;
    format.remove_prefix(known.size());
    return format.empty() || format.front() == '.';
}

// Of the same kind, whatever its version?
bool is_kin_of(std::string_view format, std::string_view known)
{
    return format.starts_with(known.substr(0, known.find('/') + 1));
}

// Why a line with that format cannot be read. Strangers' text is not repeated.
resolvers::Failure unknown_format(std::string_view format)
{
    for (const std::string_view known : {observation_format, record_format})
        if (is_kin_of(format, known))
            return {"format", "format: written in another major version than " +
                                  std::string(known) +
                                  ", which this servedby reads; use the servedby that wrote it, "
                                  "or a newer one"};
    return {"format", "format: neither " + std::string(observation_format) + " nor " +
                          std::string(record_format) +
                          "; files of other tools go through 'servedby import'"};
}

}  // namespace

bool read_format(resolvers::JsonReader& in, std::string_view expected)
{
    std::string_view format;
    if (!in.read_text(format))
        return false;
    return is_version_of(format, expected) || in.fail("expected " + std::string(expected));
}

resolvers::Outcome<LineFormat> format_of(std::string_view line)
{
    resolvers::JsonReader in(line);
    if (!in.open_object())
        return in.failure();
    std::string_view name;
    while (in.next_member(name)) {
        if (name != "format") {
            if (!in.skip())
                return in.failure();
            continue;
        }
        std::string_view format;
        if (!in.read_text(format)) {
            in.inside("format");
            return in.failure();
        }
        if (is_version_of(format, observation_format))
            return LineFormat::observation;
        if (is_version_of(format, record_format))
            return LineFormat::record;
        return unknown_format(format);
    }
    if (in.failed())
        return in.failure();
    return resolvers::Failure{"format",
                              "no member \"format\": neither an observation nor a record of "
                              "servedby; files of other tools go through 'servedby import'"};
}

}  // namespace scanner
