// IP addresses and prefixes as plain values: parsed, printed, compared, never resolved.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace resolvers {

/// An IPv4 or IPv6 address without port or zone. IPv4 sorts before IPv6, then by value.
class IpAddress {
public:
    /// 0.0.0.0.
    IpAddress() = default;

    /// An IPv4 address from its 32 bits in host order.
    static IpAddress from_v4(std::uint32_t bits);
    static IpAddress from_v6(const std::array<std::uint8_t, 16>& bytes);

    /// Reads dotted-quad IPv4 or RFC 4291 IPv6, without brackets, port or zone.
    /// Absent if the text is anything else (octal and short IPv4 forms too).
    static std::optional<IpAddress> parse(std::string_view text);

    bool is_v4() const { return !v6_; }
    bool is_v6() const { return v6_; }

    /// Network order; for IPv4 only the first four count, the others are 0.
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

    /// The 32 bits of an IPv4 address in host order; 0 for IPv6.
    std::uint32_t v4_bits() const;

    /// RFC 5952 text.
    std::string text() const;

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    bool v6_ = false;
    std::array<std::uint8_t, 16> bytes_{};
};

/// A CIDR prefix with no host bits set.
struct Prefix {
    IpAddress address;

    /// 0 to 32 for IPv4, 0 to 128 for IPv6.
    std::uint8_t length = 0;

    /// Reads "192.0.2.0/24". Absent if malformed or if host bits are set.
    static std::optional<Prefix> parse(std::string_view text);

    bool contains(const IpAddress& other) const;
    bool contains(const Prefix& other) const;
    std::string text() const;

    friend auto operator<=>(const Prefix&, const Prefix&) = default;
};

/// The prefix of that length around an address, host bits cleared.
Prefix prefix_around(const IpAddress& address, std::uint8_t length);

/// The IPv4 address that a mapped, compatible, NAT64 or 6to4 address carries (RFC 4291 2.5.5, 6052,
/// 3056): a connection to it may end there. Absent for every other address.
std::optional<IpAddress> embedded_v4(const IpAddress& address);

/// Why no request may go to this address because a stranger's DNS said so: the name of its entry in
/// the IANA special-purpose registries (RFC 6890), "multicast" or "reserved".
/// Absent for an address of the public Internet. Mapped and translated IPv6 forms are judged by the
/// IPv4 address inside them.
std::optional<std::string_view> special_purpose(const IpAddress& address);

/// The name in the reverse zone, without final dot: "7.2.0.192.in-addr.arpa" (RFC 1035 section 3.5,
/// RFC 3596 section 2.5).
std::string reverse_name(const IpAddress& address);

}  // namespace resolvers
