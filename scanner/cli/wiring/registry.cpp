#include "scanner/cli/wiring/registry.h"

namespace scanner::cli {

using resolvers::Failure;
using resolvers::Outcome;
using resolvers::rdap::RdapBootstrap;
using resolvers::rdap::RdapCache;
using resolvers::rdap::RdapRate;
using resolvers::rdap::RdapShared;
using resolvers::rdap::RdapThrottle;

namespace {

// One site may have addresses in many networks, and registries are slow: these many are looked up.
constexpr unsigned networks_each = 4;

}  // namespace

Outcome<std::shared_ptr<RdapShared>> make_rdap(const RdapFlags& flags, const std::string& data_dir,
                                               observe::Plan& plan)
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

}  // namespace scanner::cli
