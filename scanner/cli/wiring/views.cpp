#include "scanner/cli/wiring/views.h"

#include <algorithm>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "resolvers/dns/https.h"
#include "resolvers/dns/tls.h"
#include "resolvers/http/fetcher_curl.h"
#include "scanner/observe/profile.h"

namespace scanner::cli {

using resolvers::Failure;
using resolvers::Outcome;
using resolvers::dns::DnsOptions;
using resolvers::dns::ResolverAddress;

namespace {

// A resolver that does not even answer canaries must not hold up the run.
constexpr std::chrono::milliseconds first_round_patience{2'000};

std::vector<std::string> split_at_commas(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');)
        parts.push_back(part);
    return parts;
}

bool is_view_name(const std::string& name)
{
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
}

using resolvers::dns::DnsTransport;

bool is_encrypted(const ResolverAddress& server)
{
    return server.transport == DnsTransport::https || server.transport == DnsTransport::tls;
}

// Questions over HTTPS, together with whoever finds the server's address, who has to outlive them.
class WithBootstrap final : public resolvers::DnsResolver {
public:
    WithBootstrap(std::unique_ptr<resolvers::DnsResolver> system,
                  std::unique_ptr<resolvers::DnsResolver> https)
        : system_(std::move(system)), https_(std::move(https))
    {
    }

    boost::asio::awaitable<std::vector<resolvers::DnsAnswer>> ask(
        std::vector<resolvers::Question> questions, resolvers::Deadline deadline) override
    {
        return https_->ask(std::move(questions), deadline);
    }

private:
    std::unique_ptr<resolvers::DnsResolver> system_;
    std::unique_ptr<resolvers::DnsResolver> https_;
};

std::unique_ptr<resolvers::DnsResolver> over_https(const DnsOptions& options,
                                                   const ResolverTrust& trust,
                                                   boost::asio::io_context& io)
{
    resolvers::http::FetchOptions fetch;
    fetch.user_agent = trust.user_agent;
    fetch.connect_timeout = options.timeout;
    fetch.allow_private = true;  // the user named it, not a stranger's DNS
    // The server's own name, if it has one, is the business of this machine's resolvers.
    std::unique_ptr<resolvers::DnsResolver> system;
    DnsOptions bootstrap;
    if (auto configured = resolvers::dns::read_resolv_conf()) {
        bootstrap.servers = std::move(*configured);
        bootstrap.channels_per_server = 1;
        bootstrap.timeout = options.timeout;
        if (auto cares = resolvers::dns::make_dns_client(io.get_executor(), bootstrap))
            system = std::move(*cares);
    }
    auto fetcher = std::make_unique<resolvers::http::CurlFetcher>(io, std::move(fetch), trust.store,
                                                                  system.get());
    auto https =
        resolvers::dns::make_dns_over_https(io.get_executor(), options, std::move(fetcher));
    return std::make_unique<WithBootstrap>(std::move(system), std::move(*https));
}

}  // namespace

std::string ViewSetup::text() const
{
    std::string joined;
    for (const ResolverAddress& server : servers)
        joined += (joined.empty() ? "" : ",") + server.text();
    return joined;
}

Outcome<std::vector<ResolverAddress>> parse_resolvers(const std::string& flag,
                                                      const std::vector<std::string>& texts)
{
    std::vector<ResolverAddress> servers;
    for (const std::string& text : texts) {
        const auto server = ResolverAddress::parse(text);
        if (!server)
            return Failure{"malformed", flag + ": " + text + ": " + server.error().detail};
        servers.push_back(*server);
    }
    for (const ResolverAddress& server : servers)
        if ((is_encrypted(server) || is_encrypted(servers.front())) &&
            server.transport != servers.front().transport)
            return Failure{"malformed",
                           flag +
                               ": resolvers over HTTPS or TLS cannot stand in for others; give "
                               "them a --view of their own"};
    return servers;
}

std::unique_ptr<resolvers::DnsResolver> make_resolver(const std::vector<ResolverAddress>& servers,
                                                      const DnsOptions& options,
                                                      const ResolverTrust& trust,
                                                      boost::asio::io_context& io)
{
    const DnsTransport transport = servers.empty() ? DnsTransport::udp : servers.front().transport;
    DnsOptions own = options;
    own.servers = servers;
    if (transport == DnsTransport::https)
        return over_https(own, trust, io);
    auto made = transport == DnsTransport::tls
                    ? resolvers::dns::make_dns_over_tls(io.get_executor(), own, trust.store)
                    : resolvers::dns::make_dns_client(io.get_executor(), own);
    if (!made)
        throw std::runtime_error(made.error().detail);
    return std::move(*made);
}

bool any_encrypted(const std::vector<ResolverAddress>& servers, const std::vector<ViewSetup>& views)
{
    return std::any_of(servers.begin(), servers.end(), is_encrypted) ||
           std::any_of(views.begin(), views.end(), [](const ViewSetup& view) {
               return std::any_of(view.servers.begin(), view.servers.end(), is_encrypted);
           });
}

Outcome<std::vector<ViewSetup>> parse_views(const std::vector<std::string>& flags)
{
    std::vector<ViewSetup> views;
    for (const std::string& flag : flags) {
        const std::size_t equals = flag.find('=');
        const std::string name = flag.substr(0, equals);
        if (equals == std::string::npos || !is_view_name(name) || equals + 1 == flag.size())
            return Failure{"malformed",
                           "--view takes NAME=ADDRESS, like isp=192.0.2.53, not '" + flag + "'"};
        if (name == "reference" || name == "authority")
            return Failure{"malformed", "--view: '" + name + "' is a view of its own already"};
        for (const ViewSetup& other : views)
            if (other.name == name)
                return Failure{"malformed", "--view: '" + name + "' is named twice"};
        auto servers = parse_resolvers("--view " + name, split_at_commas(flag.substr(equals + 1)));
        if (!servers)
            return servers.error();
        views.push_back({name, std::move(*servers)});
    }
    return views;
}

Outcome<observe::Plan> plan_of(const ViewFlags& flags, bool connect)
{
    std::optional<observe::Plan> plan = observe::plan_named(flags.profile);
    if (!plan)
        return Failure{"malformed", "--profile: there is no profile '" + flags.profile + "'"};
    plan->connect = connect;
    if (!connect)
        plan->profile = flags.profile == "standard" ? "dns" : flags.profile + "-dns";
    plan->www = flags.www;
    if (flags.authority != "never")
        plan->authority = flags.authority == "always" ? observe::AuthorityPlan::always
                                                      : observe::AuthorityPlan::automatic;
    if (!flags.client_subnet.empty()) {
        const auto subnet = resolvers::Prefix::parse(flags.client_subnet);
        if (!subnet)
            return Failure{"malformed", "--ecs: '" + flags.client_subnet +
                                            "' is no network; write it like 192.0.2.0/24, without "
                                            "host bits"};
        plan->client_subnet = subnet->text();
    }
    return std::move(*plan);
}

std::unique_ptr<pipeline::ResolverWatch> make_watch(const ViewFlags& flags,
                                                    const Canaries& canaries,
                                                    const std::vector<ViewSetup>& views,
                                                    const DnsOptions& reference,
                                                    const ResolverTrust& trust)
{
    if (flags.canary == "off" || canaries.empty())
        return nullptr;
    std::vector<pipeline::WatchedResolver> watched;
    const auto add = [&](const std::string& view, const ResolverAddress& server) {
        DnsOptions options = reference;
        options.channels_per_server = 1;
        options.retries = 1;
        options.client_subnet.reset();
        options.out_of_use = nullptr;
        options.silent = nullptr;
        watched.push_back(
            {view, server.text(), [options, server, trust](boost::asio::io_context& io) {
                 // One that cannot be made is not watched; the run itself will say why.
                 try {
                     return make_resolver({server}, options, trust, io);
                 } catch (const std::runtime_error&) {
                     return std::unique_ptr<resolvers::DnsResolver>();
                 }
             }});
    };
    for (const ResolverAddress& server : reference.servers)
        add("reference", server);
    for (const ViewSetup& view : views)
        for (const ResolverAddress& server : view.servers)
            add(view.name, server);
    pipeline::ResolverWatch::Options options;
    options.canaries = canaries;
    options.timeout = reference.timeout;
    options.tell = [](const std::string& line) { std::cerr << "servedby: " + line + "\n"; };
    return std::make_unique<pipeline::ResolverWatch>(std::move(watched), std::move(options));
}

void start_watch(pipeline::ResolverWatch* watch)
{
    if (watch != nullptr)
        watch->start(first_round_patience);
}

void finish_watch(pipeline::ResolverWatch* watch, bool findings)
{
    if (watch == nullptr)
        return;
    watch->stop();
    for (const std::string& line : watch->summary())
        std::cerr << "servedby: in this run, " + line + "\n";
    if (findings)
        for (const std::string& line : watch->findings())
            std::cerr << "servedby: " + line + "\n";
}

void add_breakers(std::vector<ViewSetup>& views, const pipeline::ResolverWatch* watch,
                  std::size_t reference_servers)
{
    std::size_t place = reference_servers;
    for (ViewSetup& view : views) {
        std::vector<std::string> servers;
        for (const ResolverAddress& server : view.servers)
            servers.push_back(server.text());
        resolvers::dns::BreakerOptions options;
        if (watch != nullptr)
            options.answers_others = [watch, place](std::size_t server) {
                return watch->answers(place + server);
            };
        options.tell = [](const std::string& line) { std::cerr << "servedby: " + line + "\n"; };
        view.breaker = std::make_shared<resolvers::dns::CircuitBreaker>(
            view.name, std::move(servers), options);
        place += view.servers.size();
    }
}

void report_breakers(const std::vector<ViewSetup>& views)
{
    for (const ViewSetup& view : views)
        if (view.breaker != nullptr)
            for (const std::string& line : view.breaker->summary())
                std::cerr << "servedby: in this run, " + line + "\n";
}

void make_views(const std::vector<ViewSetup>& views, const DnsOptions& reference,
                const ResolverTrust& trust, const pipeline::ResolverWatch* watch,
                boost::asio::io_context& io, pipeline::ShardResolvers& made)
{
    made.ask_servers = [reference, &io](const std::vector<resolvers::IpAddress>& servers) {
        DnsOptions options = reference;
        options.servers.clear();
        for (const resolvers::IpAddress& address : servers)
            options.servers.push_back({address, 53});
        options.channels_per_server = 1;
        options.recursion_desired = false;
        options.retries = 1;
        options.out_of_use = nullptr;
        options.silent = nullptr;
        std::unique_ptr<resolvers::DnsResolver> direct;
        if (auto cares = resolvers::dns::make_dns_client(io.get_executor(), options))
            direct = std::move(*cares);
        return direct;
    };
    std::size_t place = reference.servers.size();
    for (const ViewSetup& view : views) {
        DnsOptions options = reference;
        options.retries = 0;  // ask_views has one question to spare
        options.silent = nullptr;
        options.out_of_use = [watch, place, breaker = view.breaker](std::size_t server) {
            return (watch != nullptr && watch->caught(place + server)) ||
                   (breaker != nullptr && breaker->rejects(server));
        };
        place += view.servers.size();
        auto resolver = make_resolver(view.servers, options, trust, io);
        if (view.breaker != nullptr)
            resolver = std::make_unique<resolvers::dns::BreakingResolver>(std::move(resolver),
                                                                          view.breaker);
        made.view_resolvers.push_back(std::move(resolver));
        made.views.push_back({view.name, view.text(), made.view_resolvers.back().get()});
    }
}

}  // namespace scanner::cli
