// DNS over UDP, and over TCP after truncation or where the server's address says so: our own
// messages over c-ares, which only moves the bytes.
// Misses: the source port of a channel stays the same, so over a hostile network ask a validating
// resolver of your own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "resolvers/base/outcome.h"
#include "resolvers/dns/client.h"

namespace resolvers::dns {

/// See DnsClient. Failure "no_resolver" without servers, "local_error" if c-ares cannot start.
Outcome<std::unique_ptr<DnsClient>> make_dns_client(boost::asio::any_io_executor executor,
                                                    DnsOptions options);

}  // namespace resolvers::dns
