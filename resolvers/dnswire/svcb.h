// SVCB and HTTPS records (RFC 9460) between wire format, presentation format and ServiceBinding.
// They say what the zone's operator claims; nothing here checks the claim.
//
// Decided against other decoders, on the text of RFC 9460: a repeated or misordered key, and an
// empty alpn, port, ipv4hint, ipv6hint or ech, make a record malformed (2.2, 7.1.1, 7.2, 7.3); an
// AliasMode record with parameters (2.4.2) and no-default-alpn without alpn (7.1.1) do not.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"

namespace resolvers::dnswire {

/// Reads RDATA. Never fails: a malformed record has the one flag "malformed:<reason>" and nothing
/// else set. Other flags: "alias-mode-params-ignored", "no-default-alpn-without-alpn" and
/// "ech-malformed:<reason>" (the rest of the record counts).
ServiceBinding decode_service(std::span<const std::uint8_t> rdata);

/// RDATA in presentation format (RFC 9460 section 2.1), the target without final dot:
/// `1 . alpn="h3,h2" ipv4hint=192.0.2.1 ech=AEX+...`. A record that is malformed comes as
/// "\# length hex" (RFC 3597), which reads back to the same octets.
std::string service_text(std::span<const std::uint8_t> rdata);

/// The RDATA that a presentation form stands for: that of RFC 9460 as dig and kdig print it, or
/// that of RFC 3597. Parameters may come in any order. Failure "malformed" if it cannot be read or
/// holds a key twice; what only breaks a rule of the record itself is left to decode_service.
Outcome<std::vector<std::uint8_t>> service_octets(std::string_view text);

/// decode_service of service_octets.
Outcome<ServiceBinding> parse_service_presentation(std::string_view text);

}  // namespace resolvers::dnswire
