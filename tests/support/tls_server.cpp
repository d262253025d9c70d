#include "tests/support/tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace support {
namespace {

void need(bool holds, const char* what)
{
    if (!holds)
        throw std::runtime_error(std::string("test server: ") + what);
}

X509* x509(const TestCertificate& certificate)
{
    return static_cast<X509*>(certificate.certificate());
}

EVP_PKEY* pkey(const TestCertificate& certificate)
{
    return static_cast<EVP_PKEY*>(certificate.key());
}

EVP_PKEY* make_key(const std::string& kind)
{
    if (kind == "RSA")
        return EVP_RSA_gen(2048);
    if (kind == "Ed25519")
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    return EVP_EC_gen(kind.c_str());
}

void add_names(X509* certificate, const CertificateWishes& wishes)
{
    if (wishes.names.empty() && wishes.raw_names.empty())
        return;
    GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
    for (const std::string& wish : wishes.names) {
        const bool address = wish.starts_with("IP:");
        const std::string text = wish.substr(address ? 3 : 4);
        GENERAL_NAME* name = a2i_GENERAL_NAME(nullptr, nullptr, nullptr,
                                              address ? GEN_IPADD : GEN_DNS, text.c_str(), 0);
        need(name != nullptr, "name");
        sk_GENERAL_NAME_push(names, name);
    }
    for (const std::string& bytes : wishes.raw_names) {
        ASN1_IA5STRING* string = ASN1_IA5STRING_new();
        ASN1_STRING_set(string, bytes.data(), static_cast<int>(bytes.size()));
        GENERAL_NAME* name = GENERAL_NAME_new();
        GENERAL_NAME_set0_value(name, GEN_DNS, string);
        sk_GENERAL_NAME_push(names, name);
    }
    X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0);
    GENERAL_NAMES_free(names);
}

void add_extension(X509* certificate, int kind, const char* value)
{
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    need(extension != nullptr, "extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

void fill_name(X509_NAME* name, const CertificateWishes& wishes)
{
    const auto bytes = [](const std::string& text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    if (!wishes.organisation.empty())
        X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8,
                                   bytes(wishes.organisation),
                                   static_cast<int>(wishes.organisation.size()), -1, 0);
    const int type = wishes.common_name_type == 0 ? MBSTRING_UTF8 : wishes.common_name_type;
    need(X509_NAME_add_entry_by_NID(name, NID_commonName, type, bytes(wishes.common_name),
                                    static_cast<int>(wishes.common_name.size()), -1, 0) == 1,
         "common name");
}

std::pair<X509*, EVP_PKEY*> make(const CertificateWishes& wishes, const TestCertificate* issuer)
{
    static std::atomic<long> serial{1};
    EVP_PKEY* key = make_key(wishes.key);
    need(key != nullptr, "key");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wishes.valid_from.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate), wishes.valid_until.count());
    X509_set_pubkey(certificate, key);
    fill_name(X509_get_subject_name(certificate), wishes);
    X509_set_issuer_name(certificate, issuer == nullptr ? X509_get_subject_name(certificate)
                                                        : X509_get_subject_name(x509(*issuer)));
    if (wishes.authority)
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_names(certificate, wishes);
    EVP_PKEY* signer = issuer == nullptr ? key : pkey(*issuer);
    const EVP_MD* digest =
        EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
    need(X509_sign(certificate, signer, digest) > 0, "signature");
    return {certificate, key};
}

void set_timeouts(int fd)
{
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned size, void* wanted_pointer)
{
    const auto& wanted = *static_cast<const std::vector<std::string>*>(wanted_pointer);
    for (const std::string& protocol : wanted)
        for (unsigned i = 0; i < size; i += offered[i] + 1U)
            if (std::string_view(reinterpret_cast<const char*>(offered + i + 1), offered[i]) ==
                protocol) {
                *chosen = offered + i + 1;
                *length = offered[i];
                return SSL_TLSEXT_ERR_OK;
            }
    return SSL_TLSEXT_ERR_NOACK;
}

int staple(SSL* ssl, void* response_pointer)
{
    const auto* response = static_cast<const std::string*>(response_pointer);
    if (response->empty())
        return SSL_TLSEXT_ERR_NOACK;
    void* copy = OPENSSL_memdup(response->data(), response->size());
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(response->size()));
    return SSL_TLSEXT_ERR_OK;
}

int refuse_name(SSL*, int* alert, void*)
{
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

// ---- Certificates -------------------------------------------------------------------------------

TestCertificate TestCertificate::self_signed(const CertificateWishes& wishes)
{
    const auto [certificate, key] = make(wishes, nullptr);
    TestCertificate made;
    made.certificate_.reset(certificate, [](X509* c) { X509_free(c); });
    made.key_.reset(key, [](EVP_PKEY* k) { EVP_PKEY_free(k); });
    return made;
}

TestCertificate TestCertificate::signed_by(const TestCertificate& issuer,
                                           const CertificateWishes& wishes)
{
    const auto [certificate, key] = make(wishes, &issuer);
    TestCertificate made;
    made.certificate_.reset(certificate, [](X509* c) { X509_free(c); });
    made.key_.reset(key, [](EVP_PKEY* k) { EVP_PKEY_free(k); });
    return made;
}

std::string TestCertificate::der() const
{
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(x509(*this), &bytes);
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

std::string TestCertificate::pem() const
{
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, x509(*this));
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string pem(bytes, static_cast<std::size_t>(size));
    BIO_free(memory);
    return pem;
}

TestAuthority::TestAuthority()
    : root(TestCertificate::self_signed({.common_name = "Test Root",
                                         .organisation = "Test Trust",
                                         .names = {},
                                         .authority = true})),
      intermediate(TestCertificate::signed_by(root, {.common_name = "Test Intermediate",
                                                     .organisation = "Test Trust",
                                                     .names = {},
                                                     .authority = true})),
      file_(std::make_shared<File>())
{
    char path[] = "/tmp/servedby_test_ca_XXXXXX";
    const int fd = mkstemp(path);
    need(fd >= 0, "temporary file");
    const std::string pem = root.pem();
    need(::write(fd, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size()), "write");
    ::close(fd);
    file_->path = path;
}

TestAuthority::File::~File()
{
    unlink(path.c_str());
}

TestCertificate TestAuthority::leaf(const CertificateWishes& wishes) const
{
    return TestCertificate::signed_by(intermediate, wishes);
}

// ---- Connection ---------------------------------------------------------------------------------

struct Connection::Tls {
    TlsWishes wishes;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{nullptr, &SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl{nullptr, &SSL_free};
};

Connection::Connection(int fd, const std::atomic<bool>& stopping) : fd_(fd), stopping_(stopping)
{
    set_timeouts(fd_);
}

Connection::~Connection() = default;

bool Connection::shake_hands(const TlsWishes& wishes)
{
    auto tls = std::make_unique<Tls>();
    tls->wishes = wishes;
    tls->context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = tls->context.get();
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, wishes.lowest_version);
    SSL_CTX_set_max_proto_version(context, wishes.highest_version);
    need(SSL_CTX_use_certificate(context, x509(wishes.leaf)) == 1, "leaf");
    need(SSL_CTX_use_PrivateKey(context, pkey(wishes.leaf)) == 1, "leaf's key");
    for (const TestCertificate& certificate : wishes.chain)
        SSL_CTX_add1_chain_cert(context, x509(certificate));
    if (!wishes.ciphers.empty())
        need(SSL_CTX_set_cipher_list(context, wishes.ciphers.c_str()) == 1, "ciphers");
    if (!wishes.groups.empty())
        need(SSL_CTX_set1_groups_list(context, wishes.groups.c_str()) == 1, "groups");
    if (!wishes.alpn.empty())
        SSL_CTX_set_alpn_select_cb(context, choose_protocol, &tls->wishes.alpn);
    SSL_CTX_set_tlsext_status_cb(context, staple);
    SSL_CTX_set_tlsext_status_arg(context, &tls->wishes.stapled);
    if (wishes.refuse_name)
        SSL_CTX_set_tlsext_servername_callback(context, refuse_name);
    if (wishes.want_client_certificate)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    tls->ssl.reset(SSL_new(context));
    SSL_set_fd(tls->ssl.get(), fd_);
    ERR_clear_error();
    const bool done = SSL_accept(tls->ssl.get()) == 1;
    tls_ = std::move(tls);
    return done;
}

std::string Connection::server_name() const
{
    const char* name =
        tls_ ? SSL_get_servername(tls_->ssl.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
    return name == nullptr ? "" : name;
}

std::string Connection::read_some()
{
    char buffer[4096];
    const ssize_t got = tls_ ? SSL_read(tls_->ssl.get(), buffer, sizeof buffer)
                             : recv(fd_, buffer, sizeof buffer, 0);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
}

std::string Connection::read_head()
{
    std::string head;
    while (head.find("\r\n\r\n") == head.npos) {
        const std::string more = read_some();
        if (more.empty())
            break;
        head += more;
    }
    return head;
}

bool Connection::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        if (stopping_)
            return false;
        const std::size_t size = std::min<std::size_t>(bytes.size(), 1U << 20);
        const ssize_t sent = tls_ ? SSL_write(tls_->ssl.get(), bytes.data(), static_cast<int>(size))
                                  : send(fd_, bytes.data(), size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void Connection::wait_for_close()
{
    char buffer[4096];
    while (!stopping_ && recv(fd_, buffer, sizeof buffer, 0) > 0) {
    }
}

void Connection::finish_writing()
{
    shutdown(fd_, SHUT_WR);
}

void Connection::reset()
{
    const linger abortive{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
    // Nothing more to send: the server closes the descriptor when the behaviour returns.
}

void Connection::close()
{
    shutdown(fd_, SHUT_RDWR);
}

// ---- Server -------------------------------------------------------------------------------------

Server::Server(Behaviour behaviour, const std::string& address) : behaviour_(std::move(behaviour))
{
    // OpenSSL writes without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    const bool v6 = address.find(':') != address.npos;
    listener_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener_ < 0)
        return;
    sockaddr_storage storage{};
    socklen_t size = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (v6) {
        auto* in6 = reinterpret_cast<sockaddr_in6*>(&storage);
        in6->sin6_family = AF_INET6;
        inet_pton(AF_INET6, address.c_str(), &in6->sin6_addr);
    } else {
        auto* in = reinterpret_cast<sockaddr_in*>(&storage);
        in->sin_family = AF_INET;
        inet_pton(AF_INET, address.c_str(), &in->sin_addr);
    }
    if (bind(listener_, reinterpret_cast<sockaddr*>(&storage), size) != 0 ||
        listen(listener_, 1024) != 0)
        return;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&storage), &size);
    port_ = ntohs(v6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                     : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
    acceptor_ = std::thread(&Server::accept_all, this);
}

Server::~Server()
{
    stopping_ = true;
    if (listener_ >= 0)
        shutdown(listener_, SHUT_RDWR);
    if (acceptor_.joinable())
        acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_)
            shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_)
        thread.join();
    if (listener_ >= 0)
        ::close(listener_);
}

void Server::accept_all()
{
    while (!stopping_) {
        const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0)
            return;
        ++accepted_;
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        threads_.emplace_back(&Server::serve, this, fd);
    }
}

void Server::serve(int fd)
{
    {
        Connection connection(fd, stopping_);
        behaviour_(connection);
    }
    const std::lock_guard lock(mutex_);
    open_.erase(std::find(open_.begin(), open_.end(), fd));
    ::close(fd);
}

RefusingPort::RefusingPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof in;
    need(bind(fd_, reinterpret_cast<sockaddr*>(&in), size) == 0, "bind");
    getsockname(fd_, reinterpret_cast<sockaddr*>(&in), &size);
    port_ = ntohs(in.sin_port);
}

RefusingPort::~RefusingPort()
{
    ::close(fd_);
}

}  // namespace support
