// DNS over HTTPS (RFC 8484): queries as POST requests to resolvers that have a URL.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "resolvers/base/outcome.h"
#include "resolvers/dns/client.h"
#include "resolvers/http/fetcher.h"

namespace resolvers::dns {

/// See DnsClient; the servers are of DnsTransport::https. The executor is the fetcher's. Failure
/// "no_resolver" without servers.
Outcome<std::unique_ptr<DnsClient>> make_dns_over_https(boost::asio::any_io_executor executor,
                                                        DnsOptions options,
                                                        std::unique_ptr<http::HttpFetcher> fetcher);

}  // namespace resolvers::dns
