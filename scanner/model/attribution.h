// What an observation means: who serves the subject, in which role, how sure, and why.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resolvers/facts.h"
#include "scanner/model/evidence.h"

namespace scanner {

/// Among the notice reasons of a record that no addressees have been looked for yet.
inline constexpr const char* not_routed_reason = "not routed";

/// The state of a subject. Every record has one.
enum class State {
    live,
    edge_unconfigured,    ///< the edge answers, and does not know this name
    origin_dead,          ///< the edge answers, and what is behind it does not
    blocked_for_vantage,  ///< refused to us (country, AS); others may see the site
    challenged,           ///< only a bot challenge was seen
    redirect_only,        ///< nothing but a redirect to another site
    parked,
    seized,
    on_hold,
    not_registered,
    nxdomain,
    unreachable,  ///< no address, or nothing answers there
    tampered,     ///< all views show signs of forgery
    reserved,     ///< the address, or the name, is for special purposes
    opt_out,
    invalid_input,
    not_observed,  ///< this source cannot tell (header-only imports, DNS-only scans)
};

enum class FindingStatus {
    identified,
    none,     ///< looked, and there is none
    unknown,  ///< Finding::reason says why
};

/// Why it is unknown who has a role.
enum class UnknownReason {
    none,  ///< it is known
    no_evidence,
    behind_front,
    conflict,
    resolver_disagreement,
    all_views_tampered,
    blocked_for_vantage,
    rdap_unavailable,
    ambiguous_holder,
    data_too_old,
    opt_out,
    not_observed,
};

/// What a verdict hangs on. In the order of their words, in which a record has them.
enum class Flag {
    conflict,        ///< proofs of different companies against each other on one address
    dangling_cname,  ///< the end of the aliases does not exist
    foreign_alias,   ///< an alias of somebody in no list, in front of a known edge
    hold_still_answers,
    leased_suspected,  ///< the address is let by another than who announces it
    multi_cdn,
    not_all_addresses_probed,
    not_connected,  ///< there are addresses, and nobody connected to any of them
    product_undetermined,
    reference_view_tampered,
    relay_suspected,  ///< a machine passes connections through to the front
    resolver_disagreement,
    several_hosts,
    split_by_family,  ///< IPv4 and IPv6 have different fronts
    view_tampered,
};

/// What can be said of one role.
struct Finding {
    Role role = Role::front;
    FindingStatus status = FindingStatus::unknown;
    /// Empty unless identified. Ids of data/providers/.
    std::string provider;
    std::string product;
    /// Display name ("Cloudflare").
    std::string name;
    Grade grade = Grade::none;
    UnknownReason reason = UnknownReason::none;
    /// Share of the addresses that it answers at, 0 to 1; 1 for roles that are about the name.
    double share = 1.0;
    /// Log-odds for ranking within one run only; never a probability.
    double score = 0.0;
    /// Ids of the evidence for, and of that against.
    std::vector<std::string> evidence;
    std::vector<std::string> against;
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// The verdict on one address, before they are merged.
struct AddressVerdict {
    resolvers::IpAddress address;
    /// The product whose range or AS holds the address; empty if none is known.
    std::string owner;
    Finding front;
    Finding host;
    friend bool operator==(const AddressVerdict&, const AddressVerdict&) = default;
};

struct Attribution {
    State state = State::not_observed;
    /// One sentence or code that says why this state ("cf-error-type: 1016"). May be empty.
    std::string state_reason;
    /// The outermost front. With several (multi-CDN), the one with the largest share.
    Finding front;
    Finding host;
    /// Hop by hop from the visitor inwards: front, relay, inner front, platform.
    std::vector<Finding> chain;
    /// Every other role found: platform, network, scrubber, steering, dns, registrar; and further
    /// fronts of a multi-CDN.
    std::vector<Finding> others;
    /// Sorted, each once.
    std::vector<Flag> flags;
    /// Providers that the site's operator alone says it uses, and that nothing confirms.
    std::vector<std::string> claims;
    std::vector<AddressVerdict> addresses;
    std::vector<Evidence> evidence;
    /// Is a notice in order on this record alone? False comes with reasons. True
    /// implies a primary addressee with a channel, so that it is false until a record is routed.
    bool notice_ready = false;
    std::vector<std::string> notice_reasons;
    friend bool operator==(const Attribution&, const Attribution&) = default;
};

}  // namespace scanner
