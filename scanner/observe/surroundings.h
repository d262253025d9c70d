// What observe asks of its surroundings besides the resolvers: who must be left alone, where names
// end, how far resolvers are to be believed, and what time it is. Called from every shard's thread.
#pragma once

#include <optional>
#include <string>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/time_text.h"
#include "scanner/model/observation.h"

namespace scanner::observe {

/// Who must not be looked at.
class Refusals {
public:
    virtual ~Refusals() = default;
    /// Why a host, or an address, must not be looked at; absent if it may.
    virtual std::optional<Refusal> refusal_of(const std::string& host) const = 0;
    virtual std::optional<Refusal> refusal_of(const resolvers::IpAddress& address) const = 0;
};

/// The public suffixes.
class Suffixes {
public:
    virtual ~Suffixes() = default;
    /// Registrable domain of a host name; empty if it has none.
    virtual std::string registrable_domain(const std::string& host) const = 0;
    /// The name above (or equal to) a host that was registered with a registry: by ICANN's suffixes
    /// alone, since nobody registers a name under github.io. Empty if there is none.
    virtual std::string registered_domain(const std::string& host) const = 0;
};

/// What canaries have shown of resolvers.
class ResolverHealth {
public:
    virtual ~ResolverHealth() = default;
    /// Of the resolvers of a view, or of "reference": View::signs and View::nxdomain_addresses,
    /// nothing else of it is set.
    virtual View health_of(const std::string& view) const = 0;
};

class Clock {
public:
    virtual ~Clock() = default;
    virtual resolvers::Timestamp now() const = 0;
};

}  // namespace scanner::observe
