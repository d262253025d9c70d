// Moments as tools write them, into UTC.
#pragma once

#include <string_view>

#include "resolvers/facts.h"

namespace scanner {

/// Reads RFC 3339 and its looser forms ("2024-01-05", "2024-01-05 12:00:00", offsets with and
/// without colon; no offset is UTC), and what date(1) and OpenSSL print ("Fri Jan 05 12:00:00 CET
/// 2024", "Jan  5 12:00:00 2024 GMT"). The epoch, which means "not known", for anything else: a
/// year alone, a span of years, an unknown time zone.
resolvers::Timestamp read_timestamp(std::string_view text);

/// From seconds since the epoch; the epoch for what is no such moment of the years 1990 to 2200.
resolvers::Timestamp timestamp_of(double seconds);

}  // namespace scanner
