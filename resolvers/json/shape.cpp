// The values that have a text of their own in JSON.
#include "resolvers/json/shape.h"

#include "resolvers/base/time_text.h"

namespace resolvers {

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

}  // namespace resolvers
