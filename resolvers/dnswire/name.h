// Domain names and strings between wire format (RFC 1035 3.1, 4.1.4) and presentation format
// (RFC 1035 5.1). Unlike DomainName these may hold any octet: they are what strangers sent.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace resolvers::dnswire {

enum class Compression { allowed, forbidden };

/// Reads the name at `position` of a message and appends it as text: lower case, no final dot
/// (the root is "."), a dot or other character special to zone files as "\.", what is not printable
/// ASCII as "\DDD". At most 1,003 characters. Moves `position` behind the name.
/// False, with `text` and `position` unspecified, if the name is cut, longer than 255 octets, holds
/// a label of an unknown kind, or a pointer that is forbidden or does not lead backwards.
bool read_name(std::span<const std::uint8_t> message, std::size_t& position,
               Compression compression, std::string& text);

/// The wire form of a name in presentation format, with or without final dot, letters lowered.
/// Absent if a label is empty or over 63 octets, the name over 255, or an escape is broken.
std::optional<std::vector<std::uint8_t>> name_octets(std::string_view text);

/// Appends `octets` for use between double quotes: '"' and '\' escaped with '\', what is not
/// printable ASCII as "\DDD".
void append_escaped(std::span<const std::uint8_t> octets, std::string& text);

/// RDATA of a type that we do not read, RFC 3597 section 5: "\# 4 c0000201", "\# 0".
std::string unknown_rdata_text(std::span<const std::uint8_t> rdata);

/// Takes one octet off the front of presentation text, undoing "\X" and "\DDD".
/// Absent if the text is empty or the escape is broken.
std::optional<std::uint8_t> take_octet(std::string_view& text);

}  // namespace resolvers::dnswire
