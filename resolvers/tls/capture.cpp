#include "resolvers/tls/capture.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "resolvers/base/utf8.h"

namespace resolvers::tls {
namespace {

constexpr std::uint8_t close_notify = 0;

struct AlertName {
    std::uint8_t code;
    const char* name;
};

// IANA "TLS Alerts" registry.
constexpr AlertName alert_names[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
};

// Where an SSL_CTX keeps its TlsCapture.
int capture_slot()
{
    static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

std::string last_reason()
{
    const unsigned long error = ERR_peek_last_error();
    if (error == 0)
        return {};
    const int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
        switch (reason) {
            case SSL_R_WRONG_VERSION_NUMBER:
            case SSL_R_HTTP_REQUEST:
            case SSL_R_HTTPS_PROXY_REQUEST:
            case SSL_R_BAD_RECORD_TYPE:
            case SSL_R_PACKET_LENGTH_TOO_LONG:
            case SSL_R_RECORD_LENGTH_MISMATCH:
                return "not_tls";
            default:
                break;
        }
    }
    const char* text = ERR_reason_error_string(error);
    std::string words = text == nullptr ? "openssl_" + std::to_string(reason) : text;
    for (char& c : words)
        if (c == ' ')
            c = '_';
    return words;
}

}  // namespace

void trust_only(ssl_ctx_st* context, const TrustStore& store)
{
    SSL_CTX_set1_cert_store(context, store.handle());
}

std::string alert_name(std::uint8_t code)
{
    for (const AlertName& alert : alert_names)
        if (alert.code == code)
            return alert.name;
    return "alert_" + std::to_string(code);
}

bool TlsCapture::attach(SSL_CTX* context)
{
    if (SSL_CTX_set_ex_data(context, capture_slot(), this) != 1)
        return false;
    SSL_CTX_set_info_callback(context, &TlsCapture::on_info);
    SSL_CTX_set_cert_verify_callback(context, &TlsCapture::on_chain, this);

    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, 0);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_sess_set_new_cb(context, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // Browsers ask for it too.
    SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_tlsext_status_cb(context, &TlsCapture::on_status);
    SSL_CTX_set_tlsext_status_arg(context, this);
    return true;
}

void TlsCapture::note_parameters(const SSL* ssl)
{
    SSL* session = const_cast<SSL*>(ssl);  // the getters below take it unqualified
    facts_.version = SSL_get_version(ssl);
    const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
    if (cipher == nullptr)
        cipher = SSL_get_pending_cipher(ssl);
    if (cipher != nullptr)
        facts_.cipher = SSL_CIPHER_get_name(cipher);
    const long group = SSL_get_negotiated_group(session);
    if (group > 0)
        if (const char* name = SSL_group_to_name(session, static_cast<int>(group)))
            facts_.group = name;
    const unsigned char* protocol = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &length);
    facts_.alpn = utf8_or_latin1({reinterpret_cast<const char*>(protocol), length});
}

void TlsCapture::on_info(const SSL* ssl, int where, int value)
{
    auto* self =
        static_cast<TlsCapture*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), capture_slot()));
    if (self == nullptr)
        return;
    if ((where & SSL_CB_ALERT) != 0) {
        const auto code = static_cast<std::uint8_t>(value & 0xff);
        const bool fatal = value >> 8 == SSL3_AL_FATAL;
        if ((where & SSL_CB_WRITE) != 0) {
            if (code != close_notify)
                self->sent_ = code;
        } else if (code == close_notify) {
            self->close_notify_ = true;
        } else if (fatal || !self->received_fatal_) {
            self->received_ = code;
            self->received_fatal_ = fatal;
        }
    } else if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
        // Comes again after each TLS 1.3 session ticket.
        if (!self->handshake_done_) {
            self->handshake_done_ = true;
            self->done_at_ = std::chrono::steady_clock::now();
            self->note_parameters(ssl);
            if (self->when_done_)
                self->when_done_();
        }
    } else if ((where & SSL_CB_EXIT) != 0 && value <= 0 && !self->handshake_done_) {
        // Also comes when the handshake merely waits for the peer: then there is no error.
        std::string reason = last_reason();
        // "ASN1 lib" and its like say less than the alert that they made us send.
        if (!reason.empty() && ERR_COMMON_ERROR(ERR_peek_last_error()) && self->sent_)
            reason = "sent_" + alert_name(*self->sent_);
        if (!reason.empty())
            self->reason_ = std::move(reason);
    }
}

int TlsCapture::on_chain(X509_STORE_CTX* store, void* self_pointer)
{
    auto* self = static_cast<TlsCapture*>(self_pointer);
    self->chain_ = CertificateChain::of_stack(X509_STORE_CTX_get0_untrusted(store));
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (ssl != nullptr)
        self->note_parameters(ssl);
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

// Called with or without a response; what it says is not for us to judge.
int TlsCapture::on_status(SSL* ssl, void* self)
{
    const unsigned char* response = nullptr;
    static_cast<TlsCapture*>(self)->facts_.ocsp_stapled =
        SSL_get_tlsext_status_ocsp_resp(ssl, &response) > 0;
    return 1;
}

}  // namespace resolvers::tls
