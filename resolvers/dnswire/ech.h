// Reads an ECHConfigList (RFC 9849 section 4), the value of the "ech" parameter of an SVCB or HTTPS
// record (RFC 9848): whose name stands in front, and with which keys. Reads as an observer, not as
// a client: configurations that no client could use are told all the same.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"

namespace resolvers::dnswire {

struct EchConfigList {
    /// The configurations of version 0xfe0d, in the server's order of preference.
    std::vector<EchConfig> configs;
    /// Configurations of other versions, skipped by their length.
    unsigned unknown_versions = 0;
};

/// Reads the list with the two bytes of its own length in front. Failure "malformed" says where it
/// breaks off; then nothing of it counts.
Outcome<EchConfigList> decode_ech_config_list(std::span<const std::uint8_t> octets);

/// May a client take this for a public name (RFC 9849 section 6.1.7)? Letter-digit-hyphen labels of
/// 1 to 63 octets, no final dot, nothing that reads as an IPv4 address.
bool is_ech_public_name(std::string_view name);

}  // namespace resolvers::dnswire
