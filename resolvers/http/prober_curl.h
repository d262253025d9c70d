// Probes web servers with libcurl on Boost.Asio: one connection to one given address, one TLS
// handshake looked at closely, one GET read within caps. Says of each step what became of it.
// Follows no redirect, re-uses no connection, sends no cookie, asks no proxy and no DNS, reads no
// environment. Does not retry: what a failure is worth is the caller's decision.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "resolvers/http/probe_clocks.h"
#include "resolvers/resolvers.h"
#include "resolvers/tls/certificate.h"

namespace resolvers::http {

struct HttpOptions {
    /// Says who asks and where to complain; sent as it is. None is sent if empty.
    std::string user_agent;

    ProbeTimeouts timeouts;

    /// Bytes of content kept, after decoding; also the most that is read of it off the wire.
    std::size_t body_cap = std::size_t{64} * 1024;
    /// Bytes of all header blocks, status lines included, before HTTP/2's compression.
    std::size_t header_cap = std::size_t{64} * 1024;
    /// Header fields of one block.
    unsigned max_headers = 100;
    /// Bytes off the wire for the whole connection, TLS included. Checked after each read, so that
    /// it can be passed by what the socket's buffer holds (128 KiB).
    std::size_t wire_cap = std::size_t{1024} * 1024;

    /// Probes with a socket at a time; others wait their turn, first come first served. 0 is
    /// taken as 1. When our machine has no socket left, fewer run for a while, if `timeouts.queue`
    /// lets the others wait.
    std::size_t max_in_flight = 1'000;

    /// Close with RST, so that no port is kept in TIME_WAIT for a minute a probe.
    bool reset_on_close = true;

    /// Asked of each address before a socket is opened; a false answer is StepStatus::blocked. The
    /// caller's plan decides where to go: this is the second lock. Empty allows everything.
    std::function<bool(const IpAddress&)> allow;

    /// Given each leaf certificate at least once, from within the probe that saw it. May be empty.
    tls::LeafTaker on_leaf;
};

/// One for each io_context and thread. May be destroyed while probes are under way: they end with
/// status local_error, detail "stopped", if their coroutines still run.
///
/// What the steps mean here:
/// - tcp: refused, timeout, unreachable, reset, local_error (no route of ours either), blocked,
///   deadline; detail errno's name.
/// - tls: alert (the peer's, named), protocol_error (OpenSSL's reason; "not_tls"), reset, closed,
///   timeout, deadline. A certificate that is expired, wrong or self-signed is `ok`.
/// - http: `ok` once the final response's head has come as a whole. A body that then ends early
///   leaves it `ok`, with HttpFacts::body_truncated and the reason in `detail` ("body: timeout").
///   protocol_error when what came is not HTTP, too_large when a cap cut the head. not_tried after
///   a handshake that was all that was asked for.
/// Timeouts carry the name of the clock in `detail`: "connect", "handshake", "first_byte",
/// "low_speed", "total".
class HttpCurl : public HttpProber {
public:
    /// A null store leaves TlsFacts::trusted absent.
    HttpCurl(boost::asio::io_context& io, HttpOptions options,
             std::shared_ptr<const tls::TrustStore> store);
    ~HttpCurl() override;

    boost::asio::awaitable<Probe> probe(ProbeRequest request, Deadline deadline) override;

    /// Probes with a socket now, the most there ever were, and those waiting for their turn.
    std::size_t in_flight() const;
    std::size_t peak_in_flight() const;
    std::size_t waiting() const;

private:
    class Engine;
    class Transfer;
    std::shared_ptr<Engine> engine_;
};

}  // namespace resolvers::http
