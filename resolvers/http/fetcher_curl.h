// Gets documents over https with libcurl on Boost.Asio, for questions to registries, publishers and
// resolvers: certificates are checked, names looked up by our own resolver, connections kept and
// shared between requests. Follows no redirect, sends no cookie, asks no proxy, reads no
// environment, never retries. Misses what a prober sees (prober_curl.h): nothing is told of the
// connection.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "resolvers/http/fetcher.h"
#include "resolvers/tls/certificate.h"

namespace resolvers::http {

struct FetchOptions {
    /// Says who asks and where to complain; sent as it is. None is sent if empty.
    std::string user_agent;

    /// For one attempt to connect; a name with several addresses gets several within the deadline.
    std::chrono::milliseconds connect_timeout{10'000};

    /// Connections to one server at a time; more requests share them (HTTP/2) or wait.
    long connections_per_host = 4;

    /// Bytes of a response's head.
    std::size_t header_cap = std::size_t{64} * 1024;

    /// Also http URLs. For tests and for publishers who have nothing better.
    bool allow_http = false;

    /// Also addresses that special_purpose() names.
    bool allow_private = false;

    /// Why nothing may be sent to a host or an address ("opt_out", "blocked"); empty if it may. May
    /// be empty themselves.
    std::function<std::string(const std::string& host)> refuses_host;
    std::function<std::string(const IpAddress&)> refuses_address;
};

/// One for each io_context and thread. May be destroyed while requests are under way: they end with
/// "local_error", if their coroutines still run.
///
/// Failure codes:
///   bad_url         not an https URL with a host that may be asked for
///   blocked         the host is refused, or no address of it is one that we connect to
///   no_address      the server's name has none, or does not exist
///   not_resolved    the resolver did not say
///   refused, unreachable, reset, closed    as StepStatus has it (resolvers/facts.h)
///   timeout         the deadline, or the time for connecting
///   tls             no handshake, or a certificate that does not verify
///   protocol_error  what came is not HTTP, or its head is too large
///   local_error     our own machine's limit
class CurlFetcher : public HttpFetcher {
public:
    /// `dns` finds the servers' addresses and must outlive this; null if all URLs have literals. A
    /// null `store` trusts nobody.
    CurlFetcher(boost::asio::io_context& io, FetchOptions options,
                std::shared_ptr<const tls::TrustStore> store, DnsResolver* dns);
    ~CurlFetcher() override;

    boost::asio::awaitable<Outcome<FetchResponse>> get(FetchRequest request,
                                                       Deadline deadline) override;

private:
    class Engine;
    class Transfer;
    std::shared_ptr<Engine> engine_;
};

}  // namespace resolvers::http
