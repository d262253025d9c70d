// The shape of SVCB RDATA (RFC 9460 section 2.2) before any meaning: shared by svcb.cpp, which
// reads it, and svcb_text.cpp, which writes it as text and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"

namespace resolvers::dnswire {

/// The keys that we name (IANA registry "DNS SVCB", 2026-04-01). "ohttp" and "no-default-alpn"
/// have no value.
namespace service_key {
inline constexpr std::uint16_t mandatory = 0;
inline constexpr std::uint16_t alpn = 1;
inline constexpr std::uint16_t no_default_alpn = 2;
inline constexpr std::uint16_t port = 3;
inline constexpr std::uint16_t ipv4hint = 4;
inline constexpr std::uint16_t ech = 5;
inline constexpr std::uint16_t ipv6hint = 6;
inline constexpr std::uint16_t dohpath = 7;
inline constexpr std::uint16_t ohttp = 8;
}  // namespace service_key

struct ServiceParam {
    std::uint16_t key = 0;
    std::span<const std::uint8_t> value;
};

struct ServiceParts {
    std::uint16_t priority = 0;
    /// As read_name writes it; "." for the root.
    std::string target;
    /// Strictly increasing by key. Views into the RDATA.
    std::vector<ServiceParam> params;
};

/// Failure "malformed" if the RDATA ends early or its keys do not increase.
Outcome<ServiceParts> split_service(std::span<const std::uint8_t> rdata);

}  // namespace resolvers::dnswire
