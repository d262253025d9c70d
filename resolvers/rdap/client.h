// Asks the registries in RDAP: the right server, no oftener than it bears, nothing twice, along
// redirects to other registries and on to the registrar. Whatever does not come to facts is a
// Failure, so that "unknown" never reads as "no abuse contact". Misses: registries without RDAP.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "resolvers/http/fetcher.h"
#include "resolvers/rdap/answers.h"
#include "resolvers/rdap/bootstrap.h"
#include "resolvers/rdap/cache.h"
#include "resolvers/rdap/throttle.h"

namespace resolvers::rdap {

/// What was learnt of a domain.
struct DomainAnswer {
    RegisteredDomain facts;
    /// Why the registrar's own server told nothing, where it was asked: the facts lack its desk.
    std::optional<Failure> registrar_gap;
};

struct RdapOptions {
    /// To other servers, or to https.
    unsigned max_redirects = 4;
    std::size_t body_limit = rdap_size_limit;

    /// How long a server is left alone after "too many requests" (429) or 503, if it says no time
    /// of its own; and the longest that is believed.
    std::chrono::seconds pause{300};
    std::chrono::seconds longest_pause{3600};

    /// What is learnt of one address serves its neighbours in the same block of this length.
    std::uint8_t block_v4 = 24;
    std::uint8_t block_v6 = 48;

    /// How old an answer may be.
    std::chrono::hours network_age{24 * 7};
    std::chrono::hours domain_age{24};
    std::chrono::hours registrar_age{24 * 30};

    /// The time of day, for fetched_at and ages.
    std::function<Timestamp()> now = [] {
        return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
    };
};

/// For one thread, whose io_context runs the coroutines. Fetcher, registry table, cache and
/// throttle must outlive it, and it the coroutines. Cache and throttle may serve several clients.
///
/// Failure codes:
///   no_server, no_https    no server to ask (bootstrap.h)
///   not_found              the server knows no such object
///   rate_limited           the server asked for a pause, or its queue is longer than the deadline
///   refused                the server does not answer us (401, 403, 451)
///   bad_response           another status, or an answer about something else
///   not_json, not_rdap, rdap_error, malformed, too_large    an answer that is none (answers.h)
///   not_specific           a block that holds whole registries: the address is not registered here
///   bad_redirect           to nowhere we go: not https, an address instead of a name, too many
///   timeout                the deadline
/// and those of the fetcher.
class RdapClient {
public:
    RdapClient(http::HttpFetcher& fetcher, const RdapBootstrap& bootstrap, RdapCache& cache,
               RdapThrottle& throttle, RdapOptions options = {});

    /// The network around the address; its `addresses` are left to the caller.
    boost::asio::awaitable<Outcome<RegisteredNetwork>> network(IpAddress address,
                                                               Deadline deadline);

    /// Takes the registrable domain: registries know nothing below it. When the registry's answer
    /// has no way to the registrar's abuse desk, the registrar's own server is asked as well.
    boost::asio::awaitable<Outcome<DomainAnswer>> domain(DomainName name, Deadline deadline);

private:
    struct Document {
        std::string body;
        /// The URL that answered, after redirects.
        std::string source;
    };
    class Turn;
    struct Pending;

    boost::asio::awaitable<Outcome<Document>> get(std::string url, Deadline deadline);
    boost::asio::awaitable<Outcome<http::FetchResponse>> ask(std::string url, std::string host,
                                                             Deadline deadline);
    template <typename Facts>
    boost::asio::awaitable<Outcome<Facts>> fetch(std::string url,
                                                 Outcome<Facts> (*parse)(std::string_view),
                                                 Deadline deadline);
    boost::asio::awaitable<Outcome<RegisteredNetwork>> fetch_network(IpAddress address,
                                                                     Prefix block,
                                                                     Deadline deadline);
    boost::asio::awaitable<Outcome<DomainAnswer>> fetch_domain(DomainName name, Deadline deadline);
    boost::asio::awaitable<std::optional<Failure>> add_registrar(RdapDomain& domain,
                                                                 Deadline deadline);
    boost::asio::awaitable<void> wait_for(std::shared_ptr<Pending> pending, Deadline deadline);

    http::HttpFetcher& fetcher_;
    const RdapBootstrap& bootstrap_;
    RdapCache& cache_;
    RdapThrottle& throttle_;
    RdapOptions options_;
    /// Questions that are being asked: whoever wants the same waits for the answer.
    std::map<std::string, std::shared_ptr<Pending>> pending_;
};

}  // namespace resolvers::rdap
