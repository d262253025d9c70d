#include "resolvers/rdap/client.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/http/retry_after.h"
#include "resolvers/rdap/values.h"

namespace resolvers::rdap {

namespace asio = boost::asio;

namespace {

// The registries' blocks of /8 and /12 hold thousands of networks; an answer that wide names the
// registry, not a holder. (Some companies do have a whole /8.)
constexpr unsigned widest_v4 = 8;
constexpr unsigned widest_v6 = 16;

constexpr std::size_t max_url = 2048;

// The host of an https URL that we go to: a name, no address, no port but 443, nobody's password.
std::optional<std::string> https_host(std::string_view url)
{
    constexpr std::string_view scheme = "https://";
    if (url.size() > max_url || to_lower(url.substr(0, scheme.size())) != scheme)
        return std::nullopt;
    for (const char c : url)
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '\\')
            return std::nullopt;
    url.remove_prefix(scheme.size());
    std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    if (authority.ends_with(":443"))
        authority.remove_suffix(4);
    const std::optional<DomainName> host = DomainName::parse(authority);
    if (!host || parent_of(host->text()).empty() || IpAddress::parse(host->text()))
        return std::nullopt;
    return host->text();
}

// What a Location means, seen from the URL that sent it (RFC 3986 section 5.2, without dot
// segments: a server that sends those may resolve them itself).
std::string resolved(const std::string& base, std::string_view location)
{
    location = location.substr(0, location.find('#'));
    const std::size_t host = base.find("://") + 3;
    const std::size_t path = std::min(base.find('/', host), base.size());
    if (location.find("://") < location.find_first_of("/?"))
        return std::string(location);
    if (location.starts_with("//"))
        return base.substr(0, host - 2) + std::string(location);
    if (location.starts_with('/'))
        return base.substr(0, path) + std::string(location);
    const std::size_t query = std::min(base.find_first_of("?#", path), base.size());
    if (location.starts_with('?'))
        return base.substr(0, query) + std::string(location);
    const std::size_t slash = base.rfind('/', query);
    return base.substr(0, std::max(slash + 1, path)) + std::string(location);
}

bool is_html(const http::FetchResponse& response)
{
    return to_lower(response.content_type).starts_with("text/html");
}

// Would a neighbouring address have met the same? A deadline is everybody's own.
bool is_of_the_server(const Failure& failure)
{
    for (const char* code : {"timeout", "not_found", "not_specific", "bad_response", "not_json",
                             "not_rdap", "rdap_error", "malformed", "too_large", "bad_redirect"})
        if (failure.code == code)
            return false;
    return true;
}

// A person's mailbox is a way as well, though not one that is kept.
bool reachable(const AbuseDesk& desk)
{
    return !desk.emails.empty() || !desk.urls.empty() || desk.personal;
}

}  // namespace

// A question on its way, and those who wait for its answer.
struct RdapClient::Pending {
    std::vector<asio::steady_timer*> waiting;
    /// Set if it came to nothing.
    std::optional<Failure> failure;
};

// Marks a question as being asked, until it goes out of scope.
class RdapClient::Turn {
public:
    Turn(RdapClient& client, std::string key) : client_(client), key_(std::move(key))
    {
        client_.pending_.emplace(key_, pending_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn()
    {
        client_.pending_.erase(key_);
        for (asio::steady_timer* timer : pending_->waiting)
            timer->cancel();
    }
    void failed(const Failure& failure) { pending_->failure = failure; }

private:
    RdapClient& client_;
    std::string key_;
    std::shared_ptr<Pending> pending_ = std::make_shared<Pending>();
};

RdapClient::RdapClient(http::HttpFetcher& fetcher, const RdapBootstrap& bootstrap, RdapCache& cache,
                       RdapThrottle& throttle, RdapOptions options)
    : fetcher_(fetcher),
      bootstrap_(bootstrap),
      cache_(cache),
      throttle_(throttle),
      options_(std::move(options))
{
}

asio::awaitable<void> RdapClient::wait_for(std::shared_ptr<Pending> pending, Deadline deadline)
{
    // Off the list again when this coroutine ends in any way, even by being dropped.
    struct Place {
        std::shared_ptr<Pending> pending;
        asio::steady_timer timer;
        ~Place() { std::erase(pending->waiting, &timer); }
    };
    const auto executor = co_await asio::this_coro::executor;
    Place place{std::move(pending), asio::steady_timer(executor, deadline)};
    place.pending->waiting.push_back(&place.timer);
    boost::system::error_code cancelled;
    auto token = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await place.timer.async_wait(token);
}

asio::awaitable<Outcome<http::FetchResponse>> RdapClient::ask(std::string url, std::string host,
                                                              Deadline deadline)
{
    const RdapThrottle::Time now = std::chrono::steady_clock::now();
    const Outcome<RdapThrottle::Time> when = throttle_.reserve(host, now, deadline);
    if (!when.has_value())
        co_return when.error();
    if (*when > now) {
        const auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor, *when);
        boost::system::error_code error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        co_await timer.async_wait(token);
        if (const auto refused = throttle_.closed(host, std::chrono::steady_clock::now()))
            co_return *refused;
    }

    http::FetchRequest request{.url = std::move(url),
                               .accept = "application/rdap+json, application/json;q=0.9",
                               .body_limit = options_.body_limit};
    Outcome<http::FetchResponse> response = co_await fetcher_.get(std::move(request), deadline);
    if (!response.has_value() || (response->status != 429 && response->status != 503))
        co_return response;

    const std::chrono::seconds asked =
        http::parse_retry_after(response->retry_after, options_.now()).value_or(options_.pause);
    const std::chrono::seconds pause = std::min(asked, options_.longest_pause);
    throttle_.close(host, std::chrono::steady_clock::now() + pause);
    co_return Failure{"rate_limited", host + " answered " + std::to_string(response->status) +
                                          " and is left alone for " +
                                          std::to_string(pause.count()) + " s"};
}

asio::awaitable<Outcome<RdapClient::Document>> RdapClient::get(std::string url, Deadline deadline)
{
    for (unsigned redirects = 0; redirects <= options_.max_redirects; ++redirects) {
        const std::optional<std::string> host = https_host(url);
        if (!host)
            co_return Failure{"bad_redirect", url.substr(0, max_url)};
        if (std::chrono::steady_clock::now() >= deadline)
            co_return Failure{"timeout", "before " + *host + " could be asked"};
        std::string copy = url;
        std::string server = *host;
        const Outcome<http::FetchResponse> response =
            co_await ask(std::move(copy), std::move(server), deadline);
        if (!response.has_value())
            co_return response.error();

        const std::string said = *host + " answered " + std::to_string(response->status);
        switch (response->status) {
            case 200:
                if (response->body_truncated)
                    co_return Failure{"too_large", said + " with more than we read"};
                co_return Document{response->body, url};
            case 301:
            case 302:
            case 303:
            case 307:
            case 308:
                if (response->location.empty())
                    co_return Failure{"bad_redirect", said + " without Location"};
                url = resolved(url, response->location);
                break;
            case 401:
            case 403:
            case 451:
                co_return Failure{"refused", said};
            case 404:
                // A page for people may come from anything between us and the registry.
                if (is_html(*response))
                    co_return Failure{"bad_response", said + " with a page"};
                co_return Failure{"not_found", said};
            default:
                co_return Failure{"bad_response", said};
        }
    }
    co_return Failure{"bad_redirect", "more than " + std::to_string(options_.max_redirects)};
}

// Gets and reads one answer, and writes into it where and when it was given.
template <typename Facts>
asio::awaitable<Outcome<Facts>> RdapClient::fetch(std::string url,
                                                  Outcome<Facts> (*parse)(std::string_view),
                                                  Deadline deadline)
{
    const Outcome<Document> document = co_await get(std::move(url), deadline);
    if (!document.has_value())
        co_return document.error();
    Outcome<Facts> facts = parse(document->body);
    if (facts.has_value()) {
        facts->source = document->source;
        facts->fetched_at = options_.now();
    }
    co_return facts;
}

asio::awaitable<Outcome<RegisteredNetwork>> RdapClient::fetch_network(IpAddress address,
                                                                      Prefix block,
                                                                      Deadline deadline)
{
    const Outcome<std::string> server = bootstrap_.server_for(address);
    if (!server.has_value())
        co_return server.error();
    std::string url = *server + "ip/" + address.text();
    const Outcome<RegisteredNetwork> network =
        co_await fetch(std::move(url), parse_rdap_network, deadline);
    if (!network.has_value())
        co_return network.error();

    const std::string range = network->first.text() + " - " + network->last.text();
    if (network->first.is_v4() != address.is_v4() || address < network->first ||
        network->last < address)
        co_return Failure{"bad_response", "asked for " + address.text() + ", told of " + range};
    const unsigned widest = address.is_v4() ? widest_v4 : widest_v6;
    const std::vector<Prefix> prefixes = prefixes_between(network->first, network->last);
    if (prefixes.front().length < widest || prefixes.size() > 64)
        co_return Failure{"not_specific", network->name + " covers " + range};
    cache_.store(block, *network);
    co_return network;
}

asio::awaitable<Outcome<RegisteredNetwork>> RdapClient::network(IpAddress address,
                                                                Deadline deadline)
{
    const Prefix block =
        prefix_around(address, address.is_v4() ? options_.block_v4 : options_.block_v6);
    const std::string key = "ip " + block.text();
    while (true) {
        std::optional<RegisteredNetwork> known =
            cache_.network(address, block, options_.now() - options_.network_age);
        if (known)
            co_return std::move(*known);
        const auto running = pending_.find(key);
        if (running == pending_.end())
            break;
        // The neighbour's answer may serve us too; if it does not, we ask next.
        std::shared_ptr<Pending> pending = running->second;
        co_await wait_for(pending, deadline);
        if (pending->failure && is_of_the_server(*pending->failure))
            co_return *pending->failure;
        if (std::chrono::steady_clock::now() >= deadline)
            co_return Failure{"timeout", "while a neighbouring address was asked for"};
    }

    Turn turn(*this, key);
    Outcome<RegisteredNetwork> network = co_await fetch_network(address, block, deadline);
    if (!network.has_value())
        turn.failed(network.error());
    co_return network;
}

// Where the registry leaves the registrar's desk out, it may be known already, or the registrar's
// own server may tell; what that fails with is returned.
asio::awaitable<std::optional<Failure>> RdapClient::add_registrar(RdapDomain& domain,
                                                                  Deadline deadline)
{
    const std::string& id = domain.registrar_id;
    const Timestamp fetched_at = *domain.fetched_at;
    if (reachable(domain.registrar_abuse)) {
        if (!id.empty())
            cache_.store(id, domain.registrar_abuse, fetched_at);
        co_return std::nullopt;
    }
    if (!id.empty()) {
        const auto known = cache_.registrar_desk(id, options_.now() - options_.registrar_age);
        if (known) {
            domain.registrar_abuse = *known;
            co_return std::nullopt;
        }
    }
    if (domain.related.empty())
        co_return std::nullopt;

    std::string url = domain.related;
    Outcome<RdapDomain> own = co_await fetch(std::move(url), parse_rdap_domain, deadline);
    if (!own.has_value())
        co_return own.error();
    if (own->name != domain.name)
        co_return Failure{"bad_response", "asked for " + domain.name + ", told of " + own->name};
    domain.registrar_abuse = own->registrar_abuse;
    if (domain.registrar.empty())
        domain.registrar = own->registrar;
    if (domain.registrar_url.empty())
        domain.registrar_url = own->registrar_url;
    if (!id.empty() && reachable(domain.registrar_abuse))
        cache_.store(id, domain.registrar_abuse, *own->fetched_at);
    co_return std::nullopt;
}

asio::awaitable<Outcome<DomainAnswer>> RdapClient::fetch_domain(DomainName name, Deadline deadline)
{
    const Outcome<std::string> server = bootstrap_.server_for(name);
    if (!server.has_value())
        co_return server.error();
    std::string url = *server + "domain/" + name.text();
    Outcome<RdapDomain> domain = co_await fetch(std::move(url), parse_rdap_domain, deadline);
    if (!domain.has_value())
        co_return domain.error();
    if (domain->name != name.text())
        co_return Failure{"bad_response", "asked for " + name.text() + ", told of " + domain->name};

    DomainAnswer answer;
    answer.registrar_gap = co_await add_registrar(*domain, deadline);
    answer.facts = *domain;
    // What has a gap is asked again next time.
    if (!answer.registrar_gap)
        cache_.store(answer.facts);
    co_return answer;
}

asio::awaitable<Outcome<DomainAnswer>> RdapClient::domain(DomainName name, Deadline deadline)
{
    const std::string key = "domain " + name.text();
    while (true) {
        std::optional<RegisteredDomain> known =
            cache_.domain(name, options_.now() - options_.domain_age);
        if (known)
            co_return DomainAnswer{std::move(*known), std::nullopt};
        const auto running = pending_.find(key);
        if (running == pending_.end())
            break;
        std::shared_ptr<Pending> pending = running->second;
        co_await wait_for(pending, deadline);
        if (pending->failure && pending->failure->code != "timeout")
            co_return *pending->failure;
        if (std::chrono::steady_clock::now() >= deadline)
            co_return Failure{"timeout", "while the same was asked for"};
    }

    Turn turn(*this, key);
    Outcome<DomainAnswer> answer = co_await fetch_domain(name, deadline);
    if (!answer.has_value())
        turn.failed(answer.error());
    co_return answer;
}

}  // namespace resolvers::rdap
