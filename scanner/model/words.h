// The words of the enumerations of the model. resolvers/base/words.h says what words are.
#pragma once

#include <string_view>

#include "resolvers/base/words.h"
#include "resolvers/words.h"
#include "scanner/model/attribution.h"
#include "scanner/model/evidence.h"
#include "scanner/model/observation.h"

namespace resolvers {

template <>
struct Words<scanner::ChainEnd> {
    static constexpr std::string_view all[] = {"not_observed", "address", "nodata",   "dangling",
                                               "nxdomain",     "loop",    "too_long", "failed"};
};

template <>
struct Words<scanner::Role> {
    static constexpr std::string_view all[] = {"front",   "platform",  "host",
                                               "network", "scrubber",  "steering",
                                               "dns",     "registrar", "registry"};
};

template <>
struct Words<scanner::Strength> {
    static constexpr std::string_view all[] = {"weak", "partial", "strong", "conclusive"};
};

template <>
struct Words<scanner::Channel> {
    static constexpr std::string_view all[] = {"network", "dns",      "tls",
                                               "http",    "registry", "declared"};
};

template <>
struct Words<scanner::Grade> {
    static constexpr std::string_view all[] = {"none", "possible", "probable", "confirmed"};
};

template <>
struct Words<scanner::State> {
    static constexpr std::string_view all[] = {
        "live",        "edge_unconfigured", "origin_dead", "blocked_for_vantage",
        "challenged",  "redirect_only",     "parked",      "seized",
        "on_hold",     "not_registered",    "nxdomain",    "unreachable",
        "tampered",    "reserved",          "opt_out",     "invalid_input",
        "not_observed"};
};

}  // namespace resolvers

namespace scanner {

using resolvers::value_of;
using resolvers::word;
using resolvers::words_of;

}  // namespace scanner
