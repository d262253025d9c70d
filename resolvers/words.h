// The words of the enumerations in facts.h.
#pragma once

#include <string_view>

#include "resolvers/base/words.h"
#include "resolvers/facts.h"

namespace resolvers {

template <>
struct Words<DnsStatus> {
    static constexpr std::string_view all[] = {
        "noerror",      "nodata",      "nxdomain",    "servfail", "refused",
        "formerr",      "notimp",      "other_rcode", "timeout",  "network_error",
        "bad_response", "local_error", "skipped"};
};

template <>
struct Words<StepStatus> {
    static constexpr std::string_view all[] = {
        "ok",    "not_tried",      "refused",   "timeout",  "unreachable", "reset",  "closed",
        "alert", "protocol_error", "too_large", "deadline", "local_error", "blocked"};
};

template <>
struct Words<ProbePurpose> {
    static constexpr std::string_view all[] = {"root", "redirect", "public_name", "edge"};
};

}  // namespace resolvers
