// Looks at one subject from every side that the plan asks for, politely, and writes down what it
// saw. The only caller of the resolvers. Concludes nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "resolvers/resolvers.h"
#include "scanner/model/observation.h"
#include "scanner/observe/probe_policy.h"
#include "scanner/observe/surroundings.h"

namespace scanner::observe {

/// Are a zone's own name servers asked too (ask_authority)? `automatic`: when views disagree.
enum class AuthorityPlan { never, automatic, always };

/// What is asked of each subject, and how much of it at most.
struct Plan {
    /// Name of the plan, kept in the observation.
    std::string profile = "standard";
    /// DNS types asked of the host name, and of its registrable domain.
    std::vector<std::string> host_types = {"A", "AAAA", "HTTPS"};
    std::vector<std::string> zone_types = {"NS", "SOA"};
    /// Asks for the addresses of www too when the subject is its zone's apex. Nothing connects
    /// there.
    bool www = false;
    /// Asks a made-up name of the zone, for the addresses of its name servers, and for the reverse
    /// names of the addresses talked to, with where those names lead.
    bool wildcard = false;
    bool name_server_addresses = false;
    bool reverse_names = false;
    AuthorityPlan authority = AuthorityPlan::never;
    /// Puts the outer name of ECH to the address (probe_public_name).
    bool public_name = true;
    /// Asks for what an edge answers itself, where that decides something (probe_edge_answer).
    bool edge_answer = true;
    /// False: DNS only.
    bool connect = true;
    /// A name never costs more than this, whatever its records say. Other views have their own.
    unsigned dns_budget = 12;
    unsigned view_budget = 3;
    /// Claimed in every query (RFC 7871), for the record. Empty: none.
    std::string client_subnet;
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

/// One more pair of eyes: see View.
struct ViewSource {
    std::string name;
    std::string resolver;
    resolvers::DnsResolver* dns = nullptr;
};

/// Through which eyes. All of it must outlive the coroutine, and is called on its thread.
struct World {
    resolvers::DnsResolver* dns = nullptr;
    /// Others that testify.
    std::vector<ViewSource> views;
    /// Something that asks these addresses alone, at port 53, with RD clear. May be empty, and may
    /// give null.
    std::function<std::unique_ptr<resolvers::DnsResolver>(
        const std::vector<resolvers::IpAddress>& servers)>
        ask_servers;
    /// Null when no canaries are asked.
    const ResolverHealth* health = nullptr;
    /// Null when the plan does not connect.
    resolvers::HttpProber* http = nullptr;
    /// Null when the plan asks no registry.
    resolvers::Registry* registry = nullptr;
    /// Null when no routing data are at hand.
    const resolvers::OriginTable* origins = nullptr;
    /// Null: no probe beyond those of the subject's page, and nothing is known of holders.
    const ProbePolicy* policy = nullptr;
    /// Null: every other host is another site, and no registry is asked about a name.
    const Suffixes* suffixes = nullptr;
    /// Null: nobody is refused.
    const Refusals* refusals = nullptr;
    /// Body texts to look for. May be null.
    const std::vector<std::pair<std::string, std::string>>* markers = nullptr;
    const Clock* clock = nullptr;

    /// By registrable domain: what a made-up name of it answered. Kept by observe().
    std::map<std::string, resolvers::DnsAnswer> wildcards;
    static constexpr std::size_t max_wildcards = 20'000;
};

/// Never fails: what could not be seen is in the observation, with the reason. `world` and `plan`
/// must outlive the coroutine.
boost::asio::awaitable<Observation> observe(Subject subject, World& world, const Plan& plan);

}  // namespace scanner::observe
