// Which further probe would decide something, and which would tell nothing new: asked by observe,
// answered by those who know the catalogue and the attribution (scanner/policy).
#pragma once

#include <optional>
#include <string>

#include "resolvers/base/ip_address.h"
#include "scanner/model/observation.h"

namespace scanner::observe {

/// A probe beyond those of the subject's own page.
struct FurtherProbe {
    /// One that a probe of the observation reached already.
    resolvers::IpAddress address;
    /// The name to ask for: in SNI, and in Host if a request is sent.
    std::string name;
    /// The path to request; empty if a handshake tells enough.
    std::string path;
};

/// Pure: the same observation gives the same answer. Called from every shard's thread.
class ProbePolicy {
public:
    ProbePolicy() = default;
    ProbePolicy(const ProbePolicy&) = delete;
    ProbePolicy& operator=(const ProbePolicy&) = delete;
    virtual ~ProbePolicy() = default;

    /// A key for who holds an address, so that one probe stands for all addresses of a holder.
    /// Empty: not known.
    virtual std::string holder_of(const resolvers::IpAddress& address) const = 0;

    /// The product that lists an address among its own edges or services: the registration of the
    /// address tells nothing new then. Empty if none does.
    virtual std::string lister_of(const resolvers::IpAddress& address) const = 0;

    /// A handshake for the outer name of ECH that the holder of an address is known to answer for
    /// (purpose "public_name"). Absent if none would tell anything new.
    virtual std::optional<FurtherProbe> public_name_probe(const Observation& seen) const = 0;

    /// A request to an address that answered the subject's root, for a path that the edge of the
    /// holder answers itself (purpose "edge"). Absent if no answer would tell anything new.
    virtual std::optional<FurtherProbe> edge_probe(const Observation& seen) const = 0;
};

}  // namespace scanner::observe
