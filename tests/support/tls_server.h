// Servers on loopback whose every byte a test decides: TLS with certificates made on the spot, or
// plain TCP. A behaviour runs in a thread of its own for each connection and blocks as it likes;
// nothing sleeps, and everything is unblocked and joined when the server goes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace support {

struct CertificateWishes {
    std::string common_name = "www.example.org";
    std::string organisation{};
    /// As in openssl.cnf ("DNS:www.example.org", "IP:127.0.0.1"); none gives no subjectAltName.
    std::vector<std::string> names = {"DNS:www.example.org"};
    std::chrono::seconds valid_from{-3600};
    std::chrono::seconds valid_until{86400};
    bool authority = false;
    /// "P-256", "P-384", "RSA" (2048 bits) or "Ed25519".
    std::string key = "P-256";
    /// Bytes for the common name as they are, under this ASN.1 string type (V_ASN1_...). 0: UTF-8.
    int common_name_type = 0;
    /// Extra dNSName with these bytes as they are.
    std::vector<std::string> raw_names{};
};

/// A certificate with its key.
class TestCertificate {
public:
    static TestCertificate self_signed(const CertificateWishes& wishes);
    static TestCertificate signed_by(const TestCertificate& issuer,
                                     const CertificateWishes& wishes);

    std::string der() const;
    std::string pem() const;
    /// OpenSSL's own objects (X509, EVP_PKEY).
    void* certificate() const { return certificate_.get(); }
    void* key() const { return key_.get(); }

private:
    std::shared_ptr<void> certificate_;
    std::shared_ptr<void> key_;
};

/// A root, an intermediate below it, and the means to make leaves.
struct TestAuthority {
    TestAuthority();
    TestCertificate root;
    TestCertificate intermediate;
    TestCertificate leaf(const CertificateWishes& wishes) const;
    /// Path of a PEM file with the root, removed with this object.
    const std::string& file() const { return file_->path; }

private:
    struct File {
        std::string path;
        ~File();
    };
    std::shared_ptr<File> file_;
};

struct TlsWishes {
    TestCertificate leaf{};
    /// Sent after the leaf.
    std::vector<TestCertificate> chain{};
    /// 0x0301 to 0x0304; 0 for no limit.
    int lowest_version = 0;
    int highest_version = 0;
    /// TLS 1.2 cipher list; empty for the default.
    std::string ciphers{};
    std::string groups{};
    /// Chosen in this order; none leaves ALPN out.
    std::vector<std::string> alpn = {"http/1.1"};
    /// Answers any SNI with the alert unrecognized_name.
    bool refuse_name = false;
    bool want_client_certificate = false;
    /// Sent as OCSP response to who asks for one, whatever it is. Empty: none.
    std::string stapled{};
};

/// One accepted connection. Reads and writes give up after ten seconds, so that a test that goes
/// wrong ends.
class Connection {
public:
    Connection(int fd, const std::atomic<bool>& stopping);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// False if the handshake fails. Reads and writes are encrypted afterwards.
    bool shake_hands(const TlsWishes& wishes);
    /// The name that the client asked for; empty without TLS or SNI.
    std::string server_name() const;

    /// At least one byte, or empty at the end.
    std::string read_some();
    /// Up to and with the empty line, or what came before the end.
    std::string read_head();
    /// False when the peer has gone.
    bool write(std::string_view bytes);
    /// Until the peer closes, or the server stops.
    void wait_for_close();
    /// Sends FIN and still reads.
    void finish_writing();
    /// Closes with RST.
    void reset();
    /// Closes the socket without a close_notify.
    void close();

    int fd() const { return fd_; }

private:
    int fd_;
    const std::atomic<bool>& stopping_;
    struct Tls;
    std::unique_ptr<Tls> tls_;
};

class Server {
public:
    using Behaviour = std::function<void(Connection&)>;

    /// `address` is "127.0.0.1" or "::1". Port 0 (and `listening` false) if it cannot be had.
    explicit Server(Behaviour behaviour, const std::string& address = "127.0.0.1");
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    bool listening() const { return port_ != 0; }
    std::uint16_t port() const { return port_; }
    unsigned accepted() const { return accepted_; }

private:
    void accept_all();
    void serve(int fd);

    Behaviour behaviour_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<unsigned> accepted_{0};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// A port of 127.0.0.1 that nobody listens on: bound, so that nobody else gets it meanwhile.
class RefusingPort {
public:
    RefusingPort();
    ~RefusingPort();
    std::uint16_t port() const { return port_; }

private:
    int fd_;
    std::uint16_t port_ = 0;
};

}  // namespace support
