// The words of the enumerations of the model. resolvers/base/words.h says what words are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/words.h"
#include "resolvers/words.h"
#include "scanner/model/addressee.h"
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
struct Words<scanner::Refusal> {
    static constexpr std::string_view all[] = {"opt_out", "blocked", "deadline"};
};

template <>
struct Words<scanner::NotProbed> {
    static constexpr std::string_view all[] = {"same_network", "cap",      "special_purpose",
                                               "opt_out",      "blocked",  "rate",
                                               "no_http",      "deadline", "imported"};
};

template <>
struct Words<scanner::RedirectOutcome> {
    static constexpr std::string_view all[] = {"followed",   "other_site", "blocked",  "opt_out",
                                               "loop",       "limit",      "bad_port", "not_http",
                                               "unreadable", "failed"};
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
struct Words<scanner::Side> {
    static constexpr std::string_view all[] = {"", "edge", "origin"};
};

template <>
struct Words<scanner::Flag> {
    static constexpr std::string_view all[] = {"conflict",
                                               "dangling_cname",
                                               "foreign_alias",
                                               "hold_still_answers",
                                               "leased_suspected",
                                               "multi_cdn",
                                               "not_all_addresses_probed",
                                               "not_connected",
                                               "product_undetermined",
                                               "reference_view_tampered",
                                               "relay_suspected",
                                               "resolver_disagreement",
                                               "several_hosts",
                                               "split_by_family",
                                               "view_tampered"};
};

template <>
struct Words<scanner::FindingStatus> {
    static constexpr std::string_view all[] = {"identified", "none", "unknown"};
};

template <>
struct Words<scanner::UnknownReason> {
    static constexpr std::string_view all[] = {"",
                                               "no_evidence",
                                               "behind_front",
                                               "conflict",
                                               "resolver_disagreement",
                                               "all_views_tampered",
                                               "blocked_for_vantage",
                                               "rdap_unavailable",
                                               "ambiguous_holder",
                                               "data_too_old",
                                               "opt_out",
                                               "not_observed"};
};

template <>
struct Words<scanner::ChannelType> {
    static constexpr std::string_view all[] = {"email", "form", "api", "post", "agent"};
};

template <>
struct Words<scanner::ChannelScope> {
    static constexpr std::string_view all[] = {"copyright", "general"};
};

template <>
struct Words<scanner::AddresseeKind> {
    static constexpr std::string_view all[] = {"primary", "also", "escalation"};
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

/// The words of several values, in their order.
template <resolvers::Worded T>
std::vector<std::string> words_for(const std::vector<T>& values)
{
    std::vector<std::string> words;
    for (const T value : values)
        words.emplace_back(word(value));
    return words;
}

}  // namespace scanner
