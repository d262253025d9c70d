// Who is asked: the resolvers of the reference view and of the other views, and what watches them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/dns/breaker.h"
#include "resolvers/dns/cares.h"
#include "resolvers/tls/certificate.h"
#include "scanner/cli/flags/view_flags.h"
#include "scanner/observe/observe.h"
#include "scanner/pipeline/resolver_watch.h"
#include "scanner/pipeline/scan.h"

namespace scanner::cli {

/// For resolvers over HTTPS and TLS: whose certificates are believed, and what we say who we are.
struct ResolverTrust {
    std::shared_ptr<const resolvers::tls::TrustStore> store;
    std::string user_agent;
};

/// A view as the flags give it.
struct ViewSetup {
    std::string name;
    std::vector<resolvers::dns::ResolverAddress> servers;
    /// Shared by all threads of a run; null before add_breakers().
    std::shared_ptr<resolvers::dns::CircuitBreaker> breaker{};
    /// The servers, comma separated.
    std::string text() const;
};

/// Reads "ADDR,ADDR" of --resolvers or behind the "=" of --view. Failure "malformed" names `flag`,
/// also for resolvers over HTTPS or TLS beside others.
resolvers::Outcome<std::vector<resolvers::dns::ResolverAddress>> parse_resolvers(
    const std::string& flag, const std::vector<std::string>& texts);

/// Reads --view. Failure "malformed" for a flag that is not NAME=ADDR[,ADDR], for a name that is
/// taken, and for "reference" and "authority", which mean something else.
resolvers::Outcome<std::vector<ViewSetup>> parse_views(const std::vector<std::string>& flags);

/// Something that asks these servers as `options` says (but for its own): over HTTPS, or TLS, all
/// of them or none. Throws std::runtime_error when it cannot be made. A null `store` trusts nobody.
std::unique_ptr<resolvers::DnsResolver> make_resolver(
    const std::vector<resolvers::dns::ResolverAddress>& servers,
    const resolvers::dns::DnsOptions& options, const ResolverTrust& trust,
    boost::asio::io_context& io);

/// The plan of --profile with what the other flags here add. Failure "malformed" for --ecs.
resolvers::Outcome<observe::Plan> plan_of(const ViewFlags& flags, bool connect);

/// Who is watched: each resolver of the reference view, then each of the views, in their order.
/// Null with --canary off, and without canaries in the catalogue.
std::unique_ptr<pipeline::ResolverWatch> make_watch(const ViewFlags& flags,
                                                    const Canaries& canaries,
                                                    const std::vector<ViewSetup>& views,
                                                    const resolvers::dns::DnsOptions& reference,
                                                    const ResolverTrust& trust);

/// Lets the first round of canaries end before the run begins. Null is nobody to watch.
void start_watch(pipeline::ResolverWatch* watch);
/// Ends it, and says on stderr once more who was caught; with `findings`, what there is to say
/// about each resolver.
void finish_watch(pipeline::ResolverWatch* watch, bool findings);

/// Gives each view a circuit breaker, which opens when its resolvers have long answered neither
/// questions nor canaries. (The reference view has none: names would go by unobserved.) `watch` may
/// be null and must outlive the run.
void add_breakers(std::vector<ViewSetup>& views, const pipeline::ResolverWatch* watch,
                  std::size_t reference_servers);
/// Says on stderr whose breaker was open.
void report_breakers(const std::vector<ViewSetup>& views);

/// Makes a shard's resolvers for the views, each like `reference` but for its servers. Throws
/// std::runtime_error when one cannot be made. `watch` may be null and must outlive the run.
void make_views(const std::vector<ViewSetup>& views, const resolvers::dns::DnsOptions& reference,
                const ResolverTrust& trust, const pipeline::ResolverWatch* watch,
                boost::asio::io_context& io, pipeline::ShardResolvers& made);

/// Does any of these servers have to prove who it is?
bool any_encrypted(const std::vector<resolvers::dns::ResolverAddress>& servers,
                   const std::vector<ViewSetup>& views);

}  // namespace scanner::cli
