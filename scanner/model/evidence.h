// What one signal says about one product, with where it was seen and which rule read it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace scanner {

/// What a provider does for a site. One provider has several; each is a different fact.
enum class Role {
    front,     ///< reverse proxy or CDN: passes through
    platform,  ///< site builder, blog, PaaS, static hosting, object storage: stores the content
    host,      ///< whose machine answers
    network,   ///< announces the address, or lets it
    scrubber,  ///< announces the route, does not proxy HTTP
    steering,  ///< multi-CDN or GSLB name
    dns,       ///< runs the name servers
    registrar,
    registry,
};

inline constexpr std::size_t role_count = static_cast<std::size_t>(Role::registry) + 1;

/// How far a single signal carries (signals.md section 7). In rising order.
enum class Strength { weak, partial, strong, conclusive };

/// The way a signal came. Signals of one channel never corroborate each other.
enum class Channel { network, dns, tls, http, registry, declared };

/// Which hop of the chain an HTTP sign is about: whoever answers adds it, or it leaks what is
/// behind.
enum class Side { none, edge, origin };

/// How sure a verdict is. In rising order; `none` is no grade at all.
enum class Grade { none, possible, probable, confirmed };

struct Evidence {
    /// "e1", "e2"... within one attribution.
    std::string id;
    /// The signal's name: the file in scanner/attribute/signals/ that made it.
    std::string signal;
    Channel channel = Channel::dns;
    Strength strength = Strength::weak;
    Role role = Role::front;
    std::string provider;
    std::string product;
    /// The catalogue rule ("cloudflare-proxy/header/cf-ray").
    std::string rule;
    /// What was seen, as seen, shortened.
    std::string seen;
    /// Address that it belongs to; empty when it is about the name.
    std::string address;
    Side side = Side::none;
    /// Can the site's operator make this up alone?
    bool forgeable = true;
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace scanner
