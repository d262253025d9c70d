// The composition root: here, and nowhere else, concrete resolvers are named and put together.

#include <algorithm>
#include <iostream>

#include "resolvers/base/time_text.h"
#include "resolvers/dns/resolver_address.h"
#include "resolvers/http/fetcher_curl.h"
#include "resolvers/http/prober_curl.h"
#include "resolvers/http/url_parts.h"
#include "resolvers/pace/limited_prober.h"
#include "resolvers/rdap/registry.h"
#include "resolvers/tls/certificate.h"
#include "scanner/cli/wiring/live.h"
#include "scanner/cli/wiring/offline.h"
#include "scanner/input/public_suffix.h"
#include "scanner/model/words.h"
#include "scanner/policy/catalogue_policy.h"

namespace scanner::cli {

using resolvers::Failure;
using resolvers::Outcome;

namespace {

// Says who asks and where to complain (RFC 9110 section 10.1.5). Without --contact that is whoever
// runs this, at this machine: a real address is better.
// Nobody is named whom the user did not name.
std::string user_agent_of(const LiveFlags& flags)
{
    if (!flags.user_agent.empty())
        return flags.user_agent;
    const std::string contact = flags.contact.empty() ? "" : "; contact: " + flags.contact;
    return "servedby/" SERVEDBY_VERSION " (looks at who serves a site" + contact + ")";
}

// What goes into a header must be a field value (RFC 9110 5.5), of visible ASCII and spaces.
std::optional<Failure> unfit_for_header(const char* flag, const std::string& text)
{
    const bool fit = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
    if (fit && !text.starts_with(' ') && !text.ends_with(' '))
        return std::nullopt;
    return Failure{"malformed", std::string(flag) +
                                    " takes printable ASCII characters, without a line end or a "
                                    "space at either end"};
}

resolvers::Timestamp wall_clock()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// What an event loop with its resolvers opens besides their sockets.
constexpr std::size_t loop_descriptors = 8;

// Above this a channel's socket overflows (measured at default buffers).
constexpr unsigned per_channel = 2000;

Outcome<std::vector<resolvers::dns::ResolverAddress>> chosen_resolvers(
    const std::vector<std::string>& texts)
{
    if (texts.empty())
        return resolvers::dns::read_resolv_conf();
    return parse_resolvers("--resolvers", texts);
}

std::string word_or_empty(const std::optional<Refusal>& refusal)
{
    return refusal ? std::string(word(*refusal)) : "";
}

// Every name would be sent there: whoever names such a resolver must choose.
std::optional<Failure> refused_resolver(const std::string& flag,
                                        const std::vector<resolvers::dns::ResolverAddress>& servers,
                                        const pipeline::RefusalLists& refusals)
{
    for (const resolvers::dns::ResolverAddress& server : servers) {
        const auto url = resolvers::http::parse_http_url(server.url);
        std::optional<Refusal> why =
            url ? refusals.refusal_of(url->host) : refusals.refusal_of(server.address);
        if (!why && !server.certificate_name.empty())
            why = refusals.refusal_of(server.certificate_name);
        if (why)
            return Failure{"malformed", flag + ": " + server.text() + " is on the list of --" +
                                            (why == Refusal::opt_out ? "optout" : "blocklist") +
                                            "; name another, or take it off the list"};
    }
    return std::nullopt;
}

class PublicSuffixes final : public observe::Suffixes {
public:
    std::string registrable_domain(const std::string& host) const override
    {
        return input::split_at_suffix(host).registrable_domain;
    }
    std::string registered_domain(const std::string& host) const override
    {
        return scanner::input::registered_domain(host);
    }
};

}  // namespace

Outcome<Live> make_live(const LiveFlags& flags, const KnowledgeFlags& knowledge,
                        const catalogue::Catalogue& catalogue)
{
    if (const auto clash = clash_of(flags, knowledge))
        return Failure{"clash", *clash};
    if (auto unfit = unfit_for_header("--user-agent", flags.user_agent))
        return *unfit;
    if (auto unfit = unfit_for_header("--contact", flags.contact))
        return *unfit;
    if (flags.contact.empty() && flags.user_agent.empty() && !flags.no_http && !flags.silent)
        std::cerr
            << "servedby: sites are not told whom to ask about this scan; name a mail address "
               "or URL with --contact\n";
    Live live;
    auto origins = load_origins(knowledge);
    if (!origins)
        return origins.error();
    live.origins = std::move(*origins);

    live.options.shards = flags.threads == 0 ? usable_cores() : flags.threads;
    live.options.in_flight = std::max(flags.in_flight, live.options.shards);
    live.options.parked = live.options.in_flight * 2;
    auto planned = plan_of(flags.views, !flags.no_http);
    if (!planned)
        return planned.error();
    observe::Plan& plan = live.options.plan;
    plan = std::move(*planned);
    plan.deadline = flags.deadline;
    plan.allow_private = flags.allow_private;
    plan.vantage = flags.vantage;

    const auto polite = make_polite(flags.polite, catalogue);
    if (!polite)
        return polite.error();
    live.parts.refusals = polite->refusals;
    if (polite->refusals->any())
        live.refusals = polite->refusals;

    const auto servers = chosen_resolvers(flags.resolvers);
    if (!servers)
        return servers.error();
    resolvers::dns::DnsOptions dns;
    dns.servers = *servers;
    dns.timeout = std::min(flags.timeout, flags.deadline);
    dns.retries = flags.retries;
    dns.client_subnet = resolvers::Prefix::parse(plan.client_subnet);
    auto views = parse_views(flags.views.views);
    if (!views)
        return views.error();
    if (auto fault = refused_resolver("--resolvers", dns.servers, *polite->refusals))
        return *fault;
    for (const ViewSetup& view : *views)
        if (auto fault = refused_resolver("--view " + view.name, view.servers, *polite->refusals))
            return *fault;
    // Every name has a handful of questions out at once.
    const unsigned questions = live.options.in_flight / live.options.shards * 5;
    dns.channels_per_server = std::clamp(questions / per_channel + 1, 1U, 64U);

    auto rdap = make_rdap(flags.rdap, data_dir_of(knowledge), plan);
    if (!rdap)
        return rdap.error();
    std::shared_ptr<const resolvers::tls::TrustStore> store;
    if (!flags.no_http || *rdap != nullptr || any_encrypted(*servers, *views)) {
        auto loaded = resolvers::tls::TrustStore::load(flags.ca_file);
        if (!loaded)
            return Failure{"unreadable", "--ca-file: " + loaded.error().detail};
        store = std::move(*loaded);
    }
    const ResolverTrust trust{store, user_agent_of(flags)};

    live.watch = make_watch(flags.views, catalogue.canaries(), *views, dns, trust);
    const pipeline::ResolverWatch* watch = live.watch.get();
    if (watch != nullptr) {
        dns.out_of_use = [watch](std::size_t server) { return watch->caught(server); };
        dns.silent = [watch](std::size_t server) { return watch->silent(server); };
        live.parts.world.health = watch;
    }

    add_breakers(*views, watch, dns.servers.size());
    live.views = *views;

    resolvers::http::HttpOptions http;
    http.user_agent = trust.user_agent;
    http.timeouts.connect = flags.timeout;
    http.timeouts.handshake = flags.timeout;
    http.timeouts.first_byte = flags.timeout;
    http.timeouts.total = flags.deadline;
    http.allow = [refusals = polite->refusals, all = flags.allow_private](const auto& address) {
        return (all || !resolvers::special_purpose(address)) && !refusals->refusal_of(address);
    };
    resolvers::http::FetchOptions fetch;
    fetch.user_agent = http.user_agent;
    fetch.connect_timeout = flags.timeout;
    fetch.allow_private = flags.allow_private;
    fetch.refuses_host = [refusals = polite->refusals](const std::string& host) {
        return word_or_empty(refusals->refusal_of(host));
    };
    fetch.refuses_address = [refusals = polite->refusals](const resolvers::IpAddress& address) {
        return word_or_empty(refusals->refusal_of(address));
    };

    const bool connect = plan.connect;
    if (!flags.polite.certificates.empty()) {
        auto opened = pipeline::CertificateFile::open(flags.polite.certificates);
        if (!opened)
            return opened.error();
        live.certificates = std::move(*opened);
        http.on_leaf = [file = live.certificates](const auto& sha256, const auto& der) {
            file->add(sha256, der);
        };
    }
    // What waits for its turn must not use up its subject's time.
    http.timeouts.queue = polite->longest_wait;
    const std::size_t dns_sockets = dns.servers.size() * dns.channels_per_server * 2;
    const std::size_t sockets =
        sockets_left(live.options.shards * (dns_sockets + loop_descriptors)) / live.options.shards;
    http.max_in_flight = std::clamp<std::size_t>(sockets, 1, live.options.in_flight);
    if (connect && sockets < live.options.in_flight / live.options.shards)
        std::cerr << "servedby: open files allow " << http.max_in_flight * live.options.shards
                  << " connections at once (ulimit -n)\n";
    live.parts.make_resolvers = [dns, http, store, connect, watch, trust, fetch, views = *views,
                                 polite = *polite, shared = *rdap](boost::asio::io_context& io) {
        pipeline::ShardResolvers made;
        made.dns = make_resolver(dns.servers, dns, trust, io);
        make_views(views, dns, trust, watch, io, made);
        if (polite.dns_pace)
            made.dns = std::make_unique<resolvers::pace::PoliteResolver>(std::move(made.dns),
                                                                         polite.dns_pace);
        if (connect) {
            auto prober = std::make_unique<resolvers::pace::PoliteProber>(
                std::make_unique<resolvers::http::HttpCurl>(io, http, store), polite.limits,
                resolvers::pace::PoliteProberOptions{polite.longest_wait, wall_clock});
            made.tell_of_waits = [&prober = *prober](std::function<void(int)> tell) {
                prober.tell_of_waits(std::move(tell));
            };
            made.http = std::move(prober);
        }
        if (shared != nullptr)
            made.registry = std::make_unique<resolvers::rdap::RdapRegistry>(
                std::make_unique<resolvers::http::CurlFetcher>(io, fetch, store, made.dns.get()),
                shared);
        return made;
    };
    live.parts.policy = std::make_unique<policy::CataloguePolicy>(catalogue);
    observe::World& world = live.parts.world;
    world.origins = live.origins.get();
    static const PublicSuffixes suffixes;
    world.suffixes = &suffixes;
    world.markers = &catalogue.body_markers();
    return live;
}

}  // namespace scanner::cli
