// Certificates as facts: read, compared with a name, judged by the machine's trust store. The one
// place that sees libcrypto. A certificate that is expired, for another name or signed by nobody is
// a fact like any other, never a failure. Does not ask for revocation (no OCSP, no CRL).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"

// OpenSSL's own names, so that libssl's callbacks can hand over what they hold.
struct x509_st;
struct x509_store_st;
struct stack_st_X509;

namespace resolvers::tls {

/// Names of a leaf kept in Certificate::names.
inline constexpr std::size_t certificate_names_limit = 200;
/// Certificates of a chain kept in TlsFacts::chain.
inline constexpr std::size_t chain_limit = 10;
/// Characters kept of each name of a subject or issuer.
inline constexpr std::size_t certificate_text_limit = 256;

/// A chain as a peer sent it, leaf first, at most `chain_limit`; holds OpenSSL's own objects.
class CertificateChain {
public:
    CertificateChain() = default;

    /// Shares the certificates of a STACK_OF(X509). Null is an empty chain.
    static CertificateChain of_stack(const stack_st_X509* stack);

    /// Reads certificates in DER, leaf first. Failure "malformed" if one cannot be read.
    static Outcome<CertificateChain> of_der(const std::vector<std::string>& certificates);

    bool empty() const { return certificates_.empty(); }
    std::size_t size() const { return certificates_.size(); }
    x509_st* at(std::size_t i) const { return certificates_[i].get(); }

private:
    struct Release {
        void operator()(x509_st* certificate) const;
    };
    std::vector<std::unique_ptr<x509_st, Release>> certificates_;
};

/// What OpenSSL thinks of a chain.
struct Verdict {
    bool trusted = false;
    /// OpenSSL's words for the first thing wrong. Empty if trusted.
    std::string error;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// The roots that this machine trusts, read once and shared by all threads: parsing them costs
/// tens of milliseconds and about a megabyte.
class TrustStore {
public:
    /// OpenSSL's default places (SSL_CERT_FILE and SSL_CERT_DIR are honoured), and the PEM file
    /// `ca_file` besides, if not empty. Failure "unreadable" if that file gives no certificate.
    static Outcome<std::shared_ptr<const TrustStore>> load(const std::string& ca_file = {});

    /// Verifies for a TLS server, now, at OpenSSL's security level 2, without regard to names.
    /// Safe to call from several threads.
    Verdict verify(const CertificateChain& chain) const;

    /// OpenSSL's own store, for somebody else's SSL_CTX.
    x509_store_st* handle() const;

    ~TrustStore();
    TrustStore(const TrustStore&) = delete;
    TrustStore& operator=(const TrustStore&) = delete;

private:
    TrustStore();
    struct Store;
    std::unique_ptr<Store> store_;
};

/// Everything Certificate has, for one certificate; the names only when asked for.
Certificate describe(x509_st* certificate, bool with_names);

/// Does the certificate cover this host, a DNS name or an address literal (RFC 9525: no common
/// names, wildcards only as the whole leftmost label)? Underscores are taken as browsers do.
bool covers(x509_st* certificate, const std::string& host);

/// Takes a certificate: SHA-256 in lower-case hex, and its DER.
using LeafTaker = std::function<void(const std::string& sha256, std::span<const std::uint8_t> der)>;

/// Turns chains into facts and remembers them by hash, since millions of sites share few chains.
/// For one thread; bounded.
class ChainReader {
public:
    /// A null store checks nothing: `trusted` stays absent.
    explicit ChainReader(std::shared_ptr<const TrustStore> store, std::size_t entries = 4096);
    ~ChainReader();

    /// Fills chain, trusted, verify_error and name_matches (for `host`). An empty chain fills none.
    void read(const CertificateChain& chain, const std::string& host, TlsFacts& facts);

    /// To be called with each leaf that is not in memory: at least once for each certificate, more
    /// often for one that has been forgotten since.
    void on_leaf(LeafTaker taker) { on_leaf_ = std::move(taker); }

    /// Chains verified so far, not counting those answered from memory.
    std::size_t verified() const { return verified_; }

private:
    struct Memory;
    std::shared_ptr<const TrustStore> store_;
    std::unique_ptr<Memory> memory_;
    LeafTaker on_leaf_;
    std::size_t verified_ = 0;
};

}  // namespace resolvers::tls
