// Looks over the shoulder of somebody else's TLS handshake: keeps the chain whether it verifies or
// not, the agreed version, cipher, group and ALPN, whether an OCSP response was stapled, and the
// alerts of both sides. Decides nothing: certificate.h judges the chain. (Connections of our own
// are in tls_session.h.)
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "resolvers/facts.h"
#include "resolvers/tls/certificate.h"

struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace resolvers::tls {

/// The name of an alert in the IANA registry ("handshake_failure"), "alert_N" if it has none.
std::string alert_name(std::uint8_t code);

/// Makes a client's SSL_CTX take these roots for the true ones, and no others.
void trust_only(ssl_ctx_st* context, const TrustStore& store);

/// What is seen of one connection. Must outlive the SSL_CTX it is attached to, and stay in place.
class TlsCapture {
public:
    /// `when_done` is called once, from within OpenSSL, when the handshake is done. May be empty.
    explicit TlsCapture(std::function<void()> when_done = {}) : when_done_(std::move(when_done)) {}
    TlsCapture(const TlsCapture&) = delete;
    TlsCapture& operator=(const TlsCapture&) = delete;

    /// Hooks into a client's SSL_CTX of one connection before its SSL is made. Also opens it for
    /// old servers (TLS 1.0, security level 0, no RFC 5746) since a server that can only
    /// do that is a fact, and switches off resumption, which would hide the certificates.
    /// False if OpenSSL has no memory left.
    bool attach(ssl_ctx_st* context);

    bool handshake_done() const { return handshake_done_; }
    std::chrono::steady_clock::time_point handshake_done_at() const { return done_at_; }

    /// Alert codes, close_notify apart. A warning counts only for as long as no fatal one came.
    std::optional<std::uint8_t> received_alert() const { return received_; }
    bool received_fatal() const { return received_fatal_; }
    /// Our own side's complaint, sent because of what the peer did.
    std::optional<std::uint8_t> sent_alert() const { return sent_; }
    bool received_close_notify() const { return close_notify_; }

    /// OpenSSL's reason for giving up the handshake ("unexpected message"), with underscores;
    /// "not_tls" when what came was no TLS record; "sent_bad_certificate" and the like where only
    /// our own alert tells. Empty if it did not.
    const std::string& reason() const { return reason_; }

    /// Version, cipher, group, ALPN and stapling, as far as they are known. The chain is apart.
    const TlsFacts& facts() const { return facts_; }
    const CertificateChain& chain() const { return chain_; }

private:
    static void on_info(const ssl_st* ssl, int where, int value);
    static int on_chain(x509_store_ctx_st* store, void* self);
    static int on_status(ssl_st* ssl, void* self);
    void note_parameters(const ssl_st* ssl);

    std::function<void()> when_done_;
    bool handshake_done_ = false;
    std::chrono::steady_clock::time_point done_at_{};
    std::optional<std::uint8_t> received_;
    bool received_fatal_ = false;
    std::optional<std::uint8_t> sent_;
    bool close_notify_ = false;
    std::string reason_;
    TlsFacts facts_;
    CertificateChain chain_;
};

}  // namespace resolvers::tls
