#include "resolvers/base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace resolvers {

IpAddress IpAddress::from_v4(std::uint32_t bits)
{
    IpAddress made;
    for (unsigned i = 0; i < 4; ++i)
        made.bytes_[i] = static_cast<std::uint8_t>(bits >> (24 - 8 * i));
    return made;
}

IpAddress IpAddress::from_v6(const std::array<std::uint8_t, 16>& bytes)
{
    IpAddress made;
    made.v6_ = true;
    made.bytes_ = bytes;
    return made;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    if (text.size() > INET6_ADDRSTRLEN)
        return std::nullopt;
    const std::string terminated(text);
    IpAddress made;
    if (text.find(':') == std::string_view::npos) {
        if (inet_pton(AF_INET, terminated.c_str(), made.bytes_.data()) != 1)
            return std::nullopt;
        return made;
    }
    made.v6_ = true;
    if (inet_pton(AF_INET6, terminated.c_str(), made.bytes_.data()) != 1)
        return std::nullopt;
    return made;
}

std::uint32_t IpAddress::v4_bits() const
{
    if (v6_)
        return 0;
    return static_cast<std::uint32_t>(bytes_[0]) << 24 |
           static_cast<std::uint32_t>(bytes_[1]) << 16 |
           static_cast<std::uint32_t>(bytes_[2]) << 8 | bytes_[3];
}

std::string IpAddress::text() const
{
    char buffer[INET6_ADDRSTRLEN];
    if (v6_) {
        inet_ntop(AF_INET6, bytes_.data(), buffer, sizeof buffer);
        return buffer;
    }
    // inet_ntop prints by way of sprintf, ten times the work.
    char* at = buffer;
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0)
            *at++ = '.';
        at = std::to_chars(at, at + 3, bytes_[i]).ptr;
    }
    return {buffer, at};
}

namespace {

bool same_leading_bits(const IpAddress& a, const IpAddress& b, unsigned length)
{
    const unsigned whole = length / 8;
    if (!std::equal(a.bytes().begin(), a.bytes().begin() + whole, b.bytes().begin()))
        return false;
    const unsigned rest = length % 8;
    if (rest == 0)
        return true;
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
    return (a.bytes()[whole] & mask) == (b.bytes()[whole] & mask);
}

}  // namespace

Prefix prefix_around(const IpAddress& address, std::uint8_t length)
{
    std::array<std::uint8_t, 16> bytes = address.bytes();
    if (length < 128) {
        const unsigned first = length / 8U;
        bytes[first] = static_cast<std::uint8_t>(bytes[first] & ~(0xFFU >> (length % 8U)));
        std::fill(bytes.begin() + first + 1, bytes.end(), std::uint8_t{0});
    }
    IpAddress cleared = IpAddress::from_v6(bytes);
    if (address.is_v4())
        cleared = IpAddress::from_v4(static_cast<std::uint32_t>(bytes[0]) << 24 |
                                     static_cast<std::uint32_t>(bytes[1]) << 16 |
                                     static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3]);
    return Prefix{cleared, length};
}

std::optional<Prefix> Prefix::parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
    const std::string_view digits = text.substr(slash + 1);
    unsigned length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!address || error != std::errc{} || end != digits.data() + digits.size() ||
        length > (address->is_v4() ? 32U : 128U))
        return std::nullopt;
    const Prefix prefix = prefix_around(*address, static_cast<std::uint8_t>(length));
    if (prefix.address != *address)
        return std::nullopt;
    return prefix;
}

bool Prefix::contains(const IpAddress& other) const
{
    return address.is_v4() == other.is_v4() && same_leading_bits(address, other, length);
}

bool Prefix::contains(const Prefix& other) const
{
    return other.length >= length && contains(other.address);
}

std::string Prefix::text() const
{
    return address.text() + "/" + std::to_string(length);
}

namespace {

struct SpecialBlock {
    const char* prefix;
    std::string_view name;
};

// IANA IPv4 and IPv6 special-purpose address registries (RFC 6890 and its successors), the entries
// that are not globally reachable, plus multicast. 192.88.99.0/24 and 192.31.196.0/24 are.
constexpr SpecialBlock special_blocks[] = {
    {"0.0.0.0/8", "this_network"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "shared"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link_local"},
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "protocol_assignments"},
    {"192.0.2.0/24", "documentation"},
    {"192.168.0.0/16", "private"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
    {"::/128", "unspecified"},
    {"::1/128", "loopback"},
    {"64:ff9b:1::/48", "local_translation"},
    {"100::/64", "discard"},
    {"2001::/23", "protocol_assignments"},
    {"2001:db8::/32", "documentation"},
    {"3fff::/20", "documentation"},
    {"5f00::/16", "segment_routing"},
    {"fc00::/7", "private"},
    {"fe80::/10", "link_local"},
    {"fec0::/10", "site_local"},
    {"ff00::/8", "multicast"},
};

struct ParsedBlock {
    Prefix prefix;
    std::string_view name;
};

}  // namespace

// Where a translated or tunnelled IPv6 address carries an IPv4 address (RFC 4291 2.5.5.2, 6052,
// 3056), that one decides: ::ffff:127.0.0.1 is as local as 127.0.0.1.
std::optional<IpAddress> embedded_v4(const IpAddress& address)
{
    if (address.is_v4())
        return std::nullopt;
    const std::array<std::uint8_t, 16>& b = address.bytes();
    const auto at = [&b](unsigned i) {
        return IpAddress::from_v4(static_cast<std::uint32_t>(b[i]) << 24 |
                                  static_cast<std::uint32_t>(b[i + 1]) << 16 |
                                  static_cast<std::uint32_t>(b[i + 2]) << 8 | b[i + 3]);
    };
    static const Prefix mapped = *Prefix::parse("::ffff:0:0/96");
    static const Prefix compatible = *Prefix::parse("::/96");
    static const Prefix nat64 = *Prefix::parse("64:ff9b::/96");
    static const Prefix six_to_four = *Prefix::parse("2002::/16");
    if (mapped.contains(address) || compatible.contains(address) || nat64.contains(address))
        return at(12);
    if (six_to_four.contains(address))
        return at(2);
    return std::nullopt;
}

std::optional<std::string_view> special_purpose(const IpAddress& address)
{
    static const std::array<ParsedBlock, std::size(special_blocks)> blocks = [] {
        std::array<ParsedBlock, std::size(special_blocks)> parsed{};
        for (std::size_t i = 0; i < parsed.size(); ++i)
            parsed[i] = {*Prefix::parse(special_blocks[i].prefix), special_blocks[i].name};
        return parsed;
    }();
    for (const ParsedBlock& block : blocks)
        if (block.prefix.contains(address))
            return block.name;
    if (const std::optional<IpAddress> inner = embedded_v4(address))
        return special_purpose(*inner);
    return std::nullopt;
}

std::string reverse_name(const IpAddress& address)
{
    std::string name;
    const auto& bytes = address.bytes();
    if (address.is_v4()) {
        for (std::size_t i = 4; i-- > 0;)
            name += std::to_string(bytes[i]) + ".";
        return name + "in-addr.arpa";
    }
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = bytes.size(); i-- > 0;)
        for (const unsigned nibble : {bytes[i] & 15U, static_cast<unsigned>(bytes[i]) >> 4U}) {
            name += digits[nibble];
            name += '.';
        }
    return name + "ip6.arpa";
}

}  // namespace resolvers
