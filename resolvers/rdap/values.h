// The small values inside RDAP answers, apart from JSON: dates, ranges, mail addresses, and what
// registries put in place of what they withhold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/facts.h"

namespace resolvers::rdap {

/// Is this text there only because something had to be ("REDACTED FOR PRIVACY", "n/a")?
bool is_placeholder(std::string_view text);

/// The fewest prefixes that cover exactly first to last, in order. Empty unless both are of one
/// family and first <= last.
std::vector<Prefix> prefixes_between(const IpAddress& first, const IpAddress& last);

/// Reads addresses as registries write them: also with zeros in front ("074.125.000.000", decimal
/// all the same). Absent if it is not one.
std::optional<IpAddress> parse_rdap_address(std::string_view text);

/// The mail addresses in a text that should be one ("mailto:" dropped, several split), with the
/// domain in lower case, each once. What cannot be one is left out: white space, no dot in the
/// domain, a placeholder.
std::vector<std::string> mail_addresses_in(std::string_view text);

/// The http and https links in a text, each once, without the punctuation of the sentence.
std::vector<std::string> links_in(std::string_view text);

}  // namespace resolvers::rdap
