#include "scanner/cli/flags/rdap_flags.h"

namespace scanner {

using resolvers::Failure;
using resolvers::Outcome;
using resolvers::RdapBootstrap;
using resolvers::RdapCache;
using resolvers::RdapRate;
using resolvers::RdapShared;
using resolvers::RdapThrottle;

namespace {

// One site may have addresses in many networks, and registries are slow: these many are looked up.
constexpr unsigned networks_each = 4;

constexpr double slowest = 0.01;
constexpr double fastest = 100.0;

}  // namespace

void add_rdap_flags(OptionTable& table, RdapFlags& flags)
{
    table.add(
        {.names = "--rdap",
         .target = &flags.ask,
         .summary =
             "Ask registries about the domain, the network of the addresses, or all; off asks "
             "nobody",
         .choices = {"off", "domain", "network", "all"},
         .shows_default = true});
    add_rdap_cache_flags(table, flags);
}

void add_rdap_cache_flags(OptionTable& table, RdapFlags& flags)
{
    table.add({.names = "--rdap-cache",
               .target = &flags.cache,
               .summary = "Remember registries' answers in this file, for later runs too",
               .value = "FILE"});
    table.add({.names = "--rdap-rate",
               .target = &flags.rate,
               .summary = "Questions a second to one registry",
               .range = OptionRange{slowest, fastest},
               .shows_default = true});
    table.add({.names = "--rdap-bootstrap",
               .target = &flags.bootstrap,
               .summary =
                   "Folder with IANA's dns.json, ipv4.json, ipv6.json and asn.json (default: those "
                   "shipped)",
               .value = "DIR"});
}

Outcome<std::shared_ptr<RdapShared>> make_rdap(const RdapFlags& flags, const std::string& data_dir,
                                               Plan& plan)
{
    plan.registry_domain = flags.ask == "domain" || flags.ask == "all";
    plan.registry_networks = flags.ask == "network" || flags.ask == "all" ? networks_each : 0;
    if (!plan.registry_domain && plan.registry_networks == 0)
        return std::shared_ptr<RdapShared>();

    auto bootstrap =
        RdapBootstrap::load(flags.bootstrap.empty() ? data_dir + "/rdap" : flags.bootstrap);
    if (!bootstrap.has_value())
        return Failure{bootstrap.error().code, "--rdap-bootstrap: " + bootstrap.error().detail};
    auto cache = RdapCache::open(flags.cache);
    if (!cache.has_value())
        return Failure{cache.error().code, "--rdap-cache: " + cache.error().detail};
    RdapRate rate;
    rate.interval = std::chrono::milliseconds(static_cast<long>(1000.0 / flags.rate));
    return std::make_shared<RdapShared>(
        RdapShared{std::move(*bootstrap), std::move(*cache), std::make_unique<RdapThrottle>(rate)});
}

}  // namespace scanner
