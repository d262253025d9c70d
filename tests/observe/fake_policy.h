// A probe policy of literals for the tests of observe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "scanner/observe/probe_policy.h"

namespace fake {

/// What the policy says about anything: set what matters, the rest is nothing.
class Policy : public scanner::observe::ProbePolicy {
public:
    using Answer = std::optional<scanner::observe::FurtherProbe>;
    /// By address as text.
    std::map<std::string, std::string> holders;
    std::map<std::string, std::string> listers;
    std::function<Answer(const scanner::Observation&)> public_name;
    std::function<Answer(const scanner::Observation&)> edge;

    std::string holder_of(const resolvers::IpAddress& address) const override
    {
        const auto found = holders.find(address.text());
        return found == holders.end() ? "" : found->second;
    }
    std::string lister_of(const resolvers::IpAddress& address) const override
    {
        const auto found = listers.find(address.text());
        return found == listers.end() ? "" : found->second;
    }
    Answer public_name_probe(const scanner::Observation& seen) const override
    {
        return public_name ? public_name(seen) : std::nullopt;
    }
    Answer edge_probe(const scanner::Observation& seen) const override
    {
        return edge ? edge(seen) : std::nullopt;
    }
};

}  // namespace fake
