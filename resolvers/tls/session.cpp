#include "resolvers/tls/session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

#include "resolvers/base/ip_address.h"
#include "resolvers/tls/capture.h"

namespace resolvers::tls {

void TlsSession::Release::operator()(SSL_CTX* context) const
{
    SSL_CTX_free(context);
}

void TlsSession::Release::operator()(SSL* ssl) const
{
    SSL_free(ssl);
}

TlsSession::~TlsSession() = default;

Outcome<std::unique_ptr<TlsSession>> TlsSession::create(const TrustStore* store,
                                                        const std::string& host,
                                                        const std::string& protocol)
{
    std::unique_ptr<TlsSession> session(new TlsSession(host));
    const bool made = session->set_up(store, protocol);
    ERR_clear_error();
    if (!made)
        return Failure{"local_error", "OpenSSL cannot make a session"};
    session->shake_hands();
    return session;
}

bool TlsSession::set_up(const TrustStore* store, const std::string& protocol)
{
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_)
        return false;
    // RFC 9325 section 3.1.1: nothing below TLS 1.2.
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    // A new context's own store is empty.
    if (store != nullptr)
        trust_only(context_.get(), *store);

    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_)
        return false;
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    if (in == nullptr || out == nullptr) {
        BIO_free(in);
        BIO_free(out);
        return false;
    }
    BIO_set_mem_eof_return(in, -1);  // empty means "not yet"
    SSL_set_bio(ssl_.get(), in, out);
    SSL_set_connect_state(ssl_.get());

    if (IpAddress::parse(host_)) {
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host_.c_str()) != 1)
            return false;
    } else {
        SSL_set_hostflags(
            ssl_.get(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (SSL_set1_host(ssl_.get(), host_.c_str()) != 1 ||
            SSL_set_tlsext_host_name(ssl_.get(), host_.c_str()) != 1)
            return false;
    }
    if (protocol.empty())
        return true;
    std::vector<unsigned char> list{static_cast<unsigned char>(protocol.size())};
    list.insert(list.end(), protocol.begin(), protocol.end());
    // This one has it the other way round: 0 is success.
    return SSL_set_alpn_protos(ssl_.get(), list.data(), static_cast<unsigned>(list.size())) == 0;
}

void TlsSession::shake_hands()
{
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1)
        established_ = true;
    else if (SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ)
        failure_ = why();
    ERR_clear_error();
}

void TlsSession::receive(std::span<const std::uint8_t> octets, std::vector<std::uint8_t>& plain)
{
    if (failure_ || octets.empty())
        return;
    BIO_write(SSL_get_rbio(ssl_.get()), octets.data(), static_cast<int>(octets.size()));
    if (!established_)
        shake_hands();
    if (established_)
        read_into(plain);
}

void TlsSession::read_into(std::vector<std::uint8_t>& plain)
{
    std::array<std::uint8_t, 16384> buffer;
    for (;;) {
        ERR_clear_error();
        const int got = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (got > 0) {
            plain.insert(plain.end(), buffer.begin(), buffer.begin() + got);
            continue;
        }
        const int error = SSL_get_error(ssl_.get(), got);
        if (error == SSL_ERROR_ZERO_RETURN)
            closed_ = true;
        else if (error != SSL_ERROR_WANT_READ)
            failure_ = why();
        ERR_clear_error();
        return;
    }
}

void TlsSession::write(std::span<const std::uint8_t> plain)
{
    if (failure_ || !established_ || plain.empty())
        return;
    ERR_clear_error();
    // Into memory: all of it, or not at all.
    if (SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())) <= 0)
        failure_ = why();
    ERR_clear_error();
}

void TlsSession::close()
{
    if (established_ && !failure_)
        SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

std::vector<std::uint8_t> TlsSession::take_output()
{
    BIO* out = SSL_get_wbio(ssl_.get());
    std::vector<std::uint8_t> octets(BIO_ctrl_pending(out));
    if (!octets.empty())
        BIO_read(out, octets.data(), static_cast<int>(octets.size()));
    return octets;
}

// What the last call on the session left behind.
Failure TlsSession::why() const
{
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (!established_ && verdict != X509_V_OK) {
        if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
            return Failure{"certificate", "the certificate is not for " + host_};
        return Failure{"certificate", std::string("the certificate is not to be trusted: ") +
                                          X509_verify_cert_error_string(verdict)};
    }
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return Failure{established_ ? "record" : "handshake",
                   reason == nullptr ? "no reason given" : reason};
}

}  // namespace resolvers::tls
