// Looks at one subject from every side that the plan asks for, politely, and writes down what it
// saw. The only caller of the resolvers. Concludes nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "resolvers/resolvers.h"
#include "scanner/model/observation.h"

namespace scanner {

/// What is asked of each subject, and how much of it at most.
struct Plan {
    /// Name of the plan, kept in the observation.
    std::string profile = "standard";
    /// DNS types asked of the host name, and of its registrable domain.
    std::vector<std::string> host_types = {"A", "AAAA", "HTTPS"};
    std::vector<std::string> zone_types = {"NS", "SOA"};
    /// False: DNS only.
    bool connect = true;
    /// A name never costs more than this, whatever its records say.
    unsigned dns_budget = 12;
    unsigned request_budget = 3;
    unsigned redirect_limit = 5;
    /// Around everything that is done for one subject.
    std::chrono::milliseconds deadline{20'000};
    /// Let requests go to special-purpose addresses (RFC 6890) too.
    bool allow_private = false;
    /// Ask the registry about the name; and about the networks of so many addresses.
    bool registry_domain = false;
    unsigned registry_networks = 0;
    /// What the user says about where this is seen from.
    std::string vantage;
};

/// Through which eyes. All of it must outlive the coroutine; the functions are called on its
/// thread.
struct World {
    resolvers::DnsResolver* dns = nullptr;
    /// Null when the plan does not connect.
    resolvers::HttpProber* http = nullptr;
    /// Null when the plan asks no registry.
    resolvers::Registry* registry = nullptr;
    /// Null when no routing data are at hand.
    const resolvers::OriginTable* origins = nullptr;
    /// A key for who holds an address, so that one probe stands for all of a holder's addresses.
    /// Empty key: not known. May be empty itself.
    std::function<std::string(const resolvers::IpAddress&)> holder_of;
    /// Registrable domain of a host name; empty if it has none.
    std::function<std::string(const std::string&)> registrable_domain;
    /// The name above (or equal to) a host that was registered with a registry: by ICANN's suffixes
    /// alone, since nobody registers a name under github.io. Empty if there is none. May be empty.
    std::function<std::string(const std::string&)> registered_domain;
    /// The product that lists this address among its own edges or services: then its registration
    /// tells nothing new. Empty if none does. May be empty itself.
    std::function<std::string(const resolvers::IpAddress&)> edge_of;
    /// Why a host or an address must not be looked at ("opt_out", "blocked"); empty if it may.
    std::function<std::string(const std::string& host)> refuses_host;
    std::function<std::string(const resolvers::IpAddress&)> refuses_address;
    /// Body texts to look for. May be null.
    const std::vector<std::pair<std::string, std::string>>* markers = nullptr;
    std::function<resolvers::Timestamp()> now;
};

/// Never fails: what could not be seen is in the observation, with the reason. `world` and `plan`
/// must outlive the coroutine.
boost::asio::awaitable<Observation> observe(Subject subject, World& world, const Plan& plan);

}  // namespace scanner
