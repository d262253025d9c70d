// The data of one resource record as text (RFC 1035 section 5.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "resolvers/facts.h"

namespace resolvers::dnswire {

/// The types whose data we read; all others stay octets.
namespace record_type {
inline constexpr std::uint16_t a = 1;
inline constexpr std::uint16_t ns = 2;
inline constexpr std::uint16_t cname = 5;
inline constexpr std::uint16_t soa = 6;
inline constexpr std::uint16_t ptr = 12;
inline constexpr std::uint16_t mx = 15;
inline constexpr std::uint16_t txt = 16;
inline constexpr std::uint16_t aaaa = 28;
inline constexpr std::uint16_t dname = 39;
inline constexpr std::uint16_t opt = 41;
inline constexpr std::uint16_t svcb = 64;
inline constexpr std::uint16_t https = 65;
inline constexpr std::uint16_t caa = 257;
}  // namespace record_type

/// Fills `record.data`, and `record.service` for HTTPS and SVCB, from the `length` octets at
/// `position` of a message, which must hold them. False if they are not of the type's format.
bool read_rdata(std::span<const std::uint8_t> message, std::size_t position, std::size_t length,
                std::uint16_t type, DnsRecord& record);

}  // namespace resolvers::dnswire
