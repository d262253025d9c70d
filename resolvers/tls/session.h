// A TLS client without a socket: takes the octets that came, gives the octets to send. Strict:
// until the peer has proved by its certificate that it is the one who was meant, nothing is said to
// it. Misses: resumption, early data, client certificates, revocation.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/tls/certificate.h"

struct ssl_ctx_st;
struct ssl_st;

namespace resolvers::tls {

class TlsSession {
public:
    /// `host` is who the certificate has to be for: a DNS name, which is also sent as SNI, or an
    /// address literal. `protocol` goes out as ALPN, if not empty. A null store trusts nobody.
    /// Failure "local_error" if OpenSSL cannot make a session.
    static Outcome<std::unique_ptr<TlsSession>> create(const TrustStore* store,
                                                       const std::string& host,
                                                       const std::string& protocol);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /// Goes on with the handshake, or decrypts: what the peer said is added to `plain`.
    void receive(std::span<const std::uint8_t> octets, std::vector<std::uint8_t>& plain);

    /// Encrypts. Only once established().
    void write(std::span<const std::uint8_t> plain);

    /// Says goodbye (close_notify); nothing is written after that.
    void close();

    /// What is to be sent to the peer since the last call, in order.
    std::vector<std::uint8_t> take_output();

    bool established() const { return established_; }
    /// The peer has said goodbye.
    bool closed() const { return closed_; }
    /// Why the session is of no use any more: "certificate" or "handshake", "record" afterwards.
    /// Absent: all is well.
    const std::optional<Failure>& failure() const { return failure_; }

private:
    struct Release {
        void operator()(ssl_ctx_st* context) const;
        void operator()(ssl_st* ssl) const;
    };

    explicit TlsSession(std::string host) : host_(std::move(host)) {}
    bool set_up(const TrustStore* store, const std::string& protocol);
    void shake_hands();
    void read_into(std::vector<std::uint8_t>& plain);
    Failure why() const;

    std::string host_;
    std::unique_ptr<ssl_ctx_st, Release> context_;
    std::unique_ptr<ssl_st, Release> ssl_;
    bool established_ = false;
    bool closed_ = false;
    std::optional<Failure> failure_;
};

}  // namespace resolvers::tls
