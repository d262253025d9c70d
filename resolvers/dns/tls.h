// DNS over TLS (RFC 7858) with the strict profile of RFC 8310: a server that does not prove by its
// certificate that it is the one meant (the name behind "#", else the address) is told nothing.
// One connection for each server, with many questions on it; queries are padded (RFC 8467).
// Misses: resumption of TLS sessions; SPKI pins.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>

#include "resolvers/base/outcome.h"
#include "resolvers/dns/client.h"
#include "resolvers/tls/certificate.h"

namespace resolvers::dns {

struct DnsTlsOptions {
    /// A connection on which nothing is asked for so long is closed. Until then it keeps the
    /// io_context at work.
    std::chrono::milliseconds idle{10'000};
    /// Queries on their way on one connection; more questions wait for room.
    unsigned max_in_flight = 100;
};

/// See DnsClient; the servers are of DnsTransport::tls. A null store trusts nobody. Failure
/// "no_resolver" without servers.
Outcome<std::unique_ptr<DnsClient>> make_dns_over_tls(boost::asio::any_io_executor executor,
                                                      DnsOptions options,
                                                      std::shared_ptr<const tls::TrustStore> store,
                                                      DnsTlsOptions tls = {});

}  // namespace resolvers::dns
