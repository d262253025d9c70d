// What kind of line a line is; and the values that have a text of their own in JSON.
#include "scanner/model/json.h"

#include "resolvers/base/time_text.h"
#include "resolvers/json/shape.h"
#include "scanner/model/json_observation.h"

namespace scanner {

bool read_value(JsonReader& in, std::optional<resolvers::Timestamp>& value)
{
    value.reset();
    if (in.take_null())
        return true;
    std::string_view text;
    if (!in.read_text(text))
        return false;
    if (text.empty())
        return true;
    value = resolvers::parse_time(text);
    if (!value)
        return in.fail("expected a time like 2026-11-22T03:04:05.123Z");
    return true;
}

bool read_value(JsonReader& in, resolvers::Milliseconds& value)
{
    std::int64_t count = 0;
    if (!in.read(count))
        return false;
    value = resolvers::Milliseconds{count};
    return true;
}

bool read_value(JsonReader& in, resolvers::IpAddress& value)
{
    std::string_view text;
    if (!in.read_text(text))
        return false;
    const std::optional<resolvers::IpAddress> address = resolvers::IpAddress::parse(text);
    if (!address)
        return in.fail("expected an IP address");
    value = *address;
    return true;
}

bool read_value(JsonReader& in, resolvers::Prefix& value)
{
    std::string_view text;
    if (!in.read_text(text))
        return false;
    const std::optional<resolvers::Prefix> prefix = resolvers::Prefix::parse(text);
    if (!prefix)
        return in.fail("expected a prefix like 192.0.2.0/24 without host bits");
    value = *prefix;
    return true;
}

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

bool read_format(JsonReader& in, std::string_view expected)
{
    std::string_view format;
    if (!in.read_text(format))
        return false;
    return is_version_of(format, expected) || in.fail("expected " + std::string(expected));
}

resolvers::Outcome<LineFormat> format_of(std::string_view line)
{
    JsonReader in(line);
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
