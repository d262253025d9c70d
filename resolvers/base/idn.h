// Internationalised names, both ways: RFC 5890 with the mapping of UTS 46, non-transitional.
#pragma once

#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"

namespace resolvers {

/// The A-label form of a name in UTF-8. Labels in ASCII pass as they stand, unchecked; mapped ones
/// may hold any ASCII character, so the result is still to be checked as a DNS name.
/// Failure codes: "label_too_long", "not_idna"; the detail is for people.
Outcome<std::string> name_to_ascii(std::string_view name);

/// The Unicode form of a lower-case name in A-labels. Empty if a label that begins with "xn--" is
/// no valid A-label (the DNS does not mind).
std::string name_to_unicode(std::string_view name);

}  // namespace resolvers
