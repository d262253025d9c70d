// What can be asked of the world: plain values, beside the answers in facts.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "resolvers/base/domain_name.h"
#include "resolvers/base/ip_address.h"

namespace resolvers {

/// A moment on the monotonic clock after which an answer is of no use any more.
using Deadline = std::chrono::steady_clock::time_point;

struct Question {
    DomainName name;
    /// A mnemonic that dns_message knows: "A", "AAAA", "CNAME", "NS", "SOA", "PTR", "MX", "TXT",
    /// "CAA", "HTTPS", "SVCB".
    std::string type;
};

struct ProbeRequest {
    /// "https" or "http".
    std::string scheme;
    IpAddress address;
    std::uint16_t port = 443;
    /// Name for SNI and Host; an address literal sends no SNI.
    std::string host;
    /// Origin-form target, "/" at least.
    std::string target = "/";
    ProbePurpose purpose = ProbePurpose::root;
    /// Strings to look for in the body: (id, lower-case text), found ones go to
    /// HttpFacts::markers. Must outlive the probe. May be null.
    const std::vector<std::pair<std::string, std::string>>* markers = nullptr;
    /// Ends after the TLS handshake: nothing is asked for, and the http step stays not_tried. For
    /// "https" only.
    bool handshake_only = false;
    /// Octets of content to read at most, below the prober's own cap. 0: that cap alone.
    std::size_t body_cap = 0;
};

struct RegistryQuestion {
    /// A name that was registered with a registry, not one below it. Absent: none is asked about.
    std::optional<DomainName> domain;
    /// Their networks are asked for, one after the other.
    std::vector<IpAddress> addresses;
};

}  // namespace resolvers
