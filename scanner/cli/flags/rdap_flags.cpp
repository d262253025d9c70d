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

void add_rdap_flags(CLI::App& app, RdapFlags& flags)
{
    app.add_option(
           "--rdap", flags.ask,
           "Ask registries about the domain, the network of the addresses, or all; off asks "
           "nobody")
        ->check(CLI::IsMember({"off", "domain", "network", "all"}))
        ->capture_default_str();
    add_rdap_cache_flags(app, flags);
}

void add_rdap_cache_flags(CLI::App& app, RdapFlags& flags)
{
    app.add_option("--rdap-cache", flags.cache,
                   "Remember registries' answers in this file, for later runs too")
        ->type_name("FILE");
    app.add_option("--rdap-rate", flags.rate, "Questions a second to one registry")
        ->check(CLI::Range(slowest, fastest))
        ->capture_default_str();
    app.add_option("--rdap-bootstrap", flags.bootstrap,
                   "Folder with IANA's dns.json, ipv4.json and ipv6.json (default: those shipped)")
        ->type_name("DIR");
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
