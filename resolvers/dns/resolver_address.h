// Where a DNS resolver listens, as people write it, and those that this machine is set up to use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"

namespace resolvers::dns {

/// How queries get there.
enum class DnsTransport {
    udp,  ///< and TCP after truncation
    tcp,
    tls,    ///< RFC 7858
    https,  ///< RFC 8484
};

struct ResolverAddress {
    IpAddress address;
    std::uint16_t port = 53;
    DnsTransport transport = DnsTransport::udp;
    /// Of a resolver over HTTPS; address and port then say nothing.
    std::string url{};
    /// Of a resolver over TLS: the name that its certificate has to be for (RFC 8310 section 8),
    /// lower case. Empty: its address.
    std::string certificate_name{};

    /// Reads "9.9.9.9", "127.0.0.1:5353", "2620:fe::fe" and "[::1]:53", each also with "udp://",
    /// "tcp://" or "tls://" before it, the last one perhaps with "#dns.example" behind it; and
    /// "https://dns.example/dns-query". Failure "malformed" for anything else: names alone, zones
    /// ("fe80::1%eth0"), port 0 and other schemes.
    static Outcome<ResolverAddress> parse(std::string_view text);

    /// With the port, always: "192.0.2.1:53", "[2001:db8::1]:53", "tcp://192.0.2.1:53",
    /// "tls://192.0.2.1:853#dns.example"; or the URL.
    std::string text() const;

    friend bool operator==(const ResolverAddress&, const ResolverAddress&) = default;
};

/// The addresses behind "nameserver" in a text of resolv.conf(5), in order, at most the three that
/// the C library would use. Lines that cannot be read are passed over. May come out empty.
std::vector<ResolverAddress> parse_resolv_conf(std::string_view text);

/// The same of a file. Failure "unreadable" if it cannot be read, "no_resolver" if it names none.
Outcome<std::vector<ResolverAddress>> read_resolv_conf(
    const std::string& path = "/etc/resolv.conf");

}  // namespace resolvers::dns
