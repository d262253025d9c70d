// What a probe costs the client in CPU, against the least that could do the same: one epoll loop
// with OpenSSL and plain sockets that shakes hands (TLS 1.3, P-256), sends the same GET and throws
// the answer away. Both talk, in turns, to the same server, a forked process on loopback.
// The figure to trust is the ratio; CPU is user + system of the client process.
//   bare      one SSL_CTX for all, nothing verified
//   fresh     the same with an SSL_CTX for each connection, as libcurl has it
//   verified  bare, and every chain verified anew
//   ours      HttpCurl: captures, describes, verifies (from memory), reads the page
//   probe_bench [--probes N] [--in-flight N] [--rounds N] [--only NAME]
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "resolvers/http/prober_curl.h"

namespace {

using namespace resolvers;
namespace asio = boost::asio;

constexpr const char* host = "www.bench.example";

struct Settings {
    std::size_t probes = 4'000;
    std::size_t in_flight = 200;
    int rounds = 5;
    std::string only;
};

[[noreturn]] void die(const char* what)
{
    std::perror(what);
    std::exit(2);
}

// ---- Server -------------------------------------------------------------------------------------

struct Identity {
    X509* certificate;
    EVP_PKEY* key;
};

Identity make_certificate(const char* name, const Identity* issuer)
{
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate,
                         issuer == nullptr ? subject : X509_get_subject_name(issuer->certificate));
    const std::string names = std::string("DNS:") + host + ",DNS:bench.example";
    const char* value = issuer == nullptr ? "critical,CA:TRUE" : names.c_str();
    const int kind = issuer == nullptr ? NID_basic_constraints : NID_subject_alt_name;
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, issuer == nullptr ? key : issuer->key, EVP_sha256());
    return {certificate, key};
}

std::string response()
{
    std::string body = "<!doctype html><html><head><title>Bench</title></head><body>";
    while (body.size() < 4000)
        body += "<p>The quick brown fox jumps over the lazy dog.</p>\n";
    return "HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sun, 22 Nov 2026 03:04:05 GMT\r\n"
           "Content-Type: text/html; charset=utf-8\r\nX-Cache: MISS\r\nVia: 1.1 bench\r\n"
           "Set-Cookie: session=secret; Path=/\r\nCache-Control: no-store\r\n"
           "Strict-Transport-Security: max-age=31536000\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

void serve(int listener, SSL_CTX* context, const std::string& answer)
{
    for (;;) {
        const int fd = accept(listener, nullptr, nullptr);
        if (fd < 0)
            return;
        const timeval patience{.tv_sec = 5, .tv_usec = 0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        SSL* ssl = SSL_new(context);
        SSL_set_fd(ssl, fd);
        char buffer[4096];
        if (SSL_accept(ssl) == 1 && SSL_read(ssl, buffer, sizeof buffer) > 0) {
            SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
            // The client closes first, as it would with any keep-alive server.
            SSL_read(ssl, buffer, sizeof buffer);
        }
        SSL_free(ssl);
        close(fd);
    }
}

int choose_http1(SSL*, const unsigned char** out, unsigned char* length, const unsigned char* in,
                 unsigned size, void*)
{
    for (unsigned i = 0; i < size; i += in[i] + 1U)
        if (in[i] == 8 && std::memcmp(in + i + 1, "http/1.1", 8) == 0) {
            *out = in + i + 1;
            *length = 8;
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_NOACK;
}

pid_t start_server(std::uint16_t& port, std::string& ca_file)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        listen(listener, 4096) != 0)
        die("listen");
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);

    const Identity root = make_certificate("Bench Root", nullptr);
    const Identity leaf = make_certificate(host, &root);
    char path[] = "/tmp/probe_bench_XXXXXX";
    std::FILE* file = fdopen(mkstemp(path), "w");
    PEM_write_X509(file, root.certificate);
    std::fclose(file);
    ca_file = path;

    const pid_t child = fork();
    if (child != 0) {
        close(listener);
        return child;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(1, &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context, leaf.certificate);
    SSL_CTX_use_PrivateKey(context, leaf.key);
    SSL_CTX_add1_chain_cert(context, root.certificate);
    SSL_CTX_set_alpn_select_cb(context, choose_http1, nullptr);
    SSL_CTX_set_num_tickets(context, 2);
    const std::string answer = response();
    std::vector<std::thread> threads;
    for (int i = 0; i < 64; ++i)
        threads.emplace_back(serve, listener, context, answer);
    for (std::thread& thread : threads)
        thread.join();
    _exit(0);
}

// ---- Bare client --------------------------------------------------------------------------------

struct Bare {
    int fd = -1;
    SSL* ssl = nullptr;
    bool asked = false;
    std::size_t received = 0;
};

struct BareRun {
    bool fresh;
    SSL_CTX* context;
    int epoll;
    sockaddr_in address;
    std::string request;
    std::size_t expected;
    std::size_t failed = 0;
    std::size_t done = 0;
};

int accept_any(X509_STORE_CTX*, void*)
{
    return 1;
}

SSL_CTX* bare_context(const std::string* ca_file)
{
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    if (ca_file != nullptr) {
        SSL_CTX_load_verify_locations(context, ca_file->c_str(), nullptr);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    } else {
        SSL_CTX_set_cert_verify_callback(context, accept_any, nullptr);
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>("\x8http/1.1"), 9);
    return context;
}

void open_bare(BareRun& run, Bare& probe)
{
    probe = {};
    probe.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    connect(probe.fd, reinterpret_cast<const sockaddr*>(&run.address), sizeof run.address);
    SSL_CTX* context = run.fresh ? bare_context(nullptr) : run.context;
    probe.ssl = SSL_new(context);
    if (run.fresh)
        SSL_CTX_free(context);  // the SSL holds on to it
    SSL_set_fd(probe.ssl, probe.fd);
    SSL_set_connect_state(probe.ssl);
    SSL_set_tlsext_host_name(probe.ssl, host);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &probe;
    epoll_ctl(run.epoll, EPOLL_CTL_ADD, probe.fd, &event);
}

// True when the probe is over.
bool advance_bare(BareRun& run, Bare& probe)
{
    if (!SSL_is_init_finished(probe.ssl)) {
        const int result = SSL_do_handshake(probe.ssl);
        if (result != 1) {
            const int error = SSL_get_error(probe.ssl, result);
            if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
                return false;
            // Before the connection stands, the socket says ENOTCONN.
            if (error == SSL_ERROR_SYSCALL && (errno == ENOTCONN || errno == EAGAIN))
                return false;
            ++run.failed;
            return true;
        }
    }
    if (!probe.asked) {
        SSL_write(probe.ssl, run.request.data(), static_cast<int>(run.request.size()));
        probe.asked = true;
    }
    char buffer[16 * 1024];
    for (;;) {
        const int got = SSL_read(probe.ssl, buffer, sizeof buffer);
        if (got > 0) {
            probe.received += static_cast<std::size_t>(got);
            if (probe.received >= run.expected)
                return true;
            continue;
        }
        if (SSL_get_error(probe.ssl, got) == SSL_ERROR_WANT_READ)
            return false;
        ++run.failed;
        return true;
    }
}

std::size_t run_bare(const Settings& settings, std::uint16_t port, bool fresh,
                     const std::string* ca_file)
{
    BareRun run{};
    run.fresh = fresh;
    run.context = bare_context(ca_file);
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    run.address.sin_family = AF_INET;
    run.address.sin_port = htons(port);
    run.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    run.request = std::string("GET / HTTP/1.1\r\nHost: ") + host + ":" + std::to_string(port) +
                  "\r\nUser-Agent: bench\r\nAccept: */*\r\n"
                  "Accept-Encoding: deflate, gzip, br, zstd\r\n\r\n";
    run.expected = response().size();

    std::vector<Bare> probes(settings.in_flight);
    std::size_t started = 0;
    for (Bare& probe : probes)
        if (started < settings.probes) {
            ++started;
            open_bare(run, probe);
        }
    std::vector<epoll_event> events(256);
    while (run.done < settings.probes) {
        const int ready =
            epoll_wait(run.epoll, events.data(), static_cast<int>(events.size()), 5000);
        if (ready <= 0)
            die("bare client stalled");
        for (int i = 0; i < ready; ++i) {
            Bare& probe = *static_cast<Bare*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (!advance_bare(run, probe))
                continue;
            ++run.done;
            SSL_free(probe.ssl);
            const linger abortive{.l_onoff = 1, .l_linger = 0};
            setsockopt(probe.fd, SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
            close(probe.fd);
            if (started < settings.probes) {
                ++started;
                open_bare(run, probe);
            }
        }
    }
    close(run.epoll);
    SSL_CTX_free(run.context);
    return run.failed;
}

// ---- Ours ---------------------------------------------------------------------------------------

asio::awaitable<void> probe_many(http::HttpCurl& prober, ProbeRequest request, std::size_t& left,
                                 std::size_t& failed)
{
    while (left > 0) {
        --left;
        const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        ProbeRequest one = request;
        const Probe probe = co_await prober.probe(std::move(one), deadline);
        if (probe.http.status != StepStatus::ok || !probe.tls_facts || !probe.http_facts ||
            probe.http_facts->status != 200 || probe.tls_facts->trusted != true)
            ++failed;
    }
}

std::size_t run_ours(const Settings& settings, std::uint16_t port,
                     const std::shared_ptr<const tls::TrustStore>& store)
{
    asio::io_context io(1);
    http::HttpOptions options;
    options.user_agent = "bench";
    options.max_in_flight = settings.in_flight;
    http::HttpCurl prober(io, options, store);
    ProbeRequest request;
    request.scheme = "https";
    request.address = IpAddress::from_v4(0x7f000001);
    request.port = port;
    request.host = host;
    std::size_t left = settings.probes;
    std::size_t failed = 0;
    for (std::size_t i = 0; i < settings.in_flight; ++i)
        asio::co_spawn(io, probe_many(prober, request, left, failed), asio::detached);
    io.run();
    return failed;
}

// ---- Measuring ----------------------------------------------------------------------------------

struct Cpu {
    double user = 0;
    double system = 0;
};

// Microseconds of this process so far.
Cpu cpu_used()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto microseconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return {microseconds(usage.ru_utime), microseconds(usage.ru_stime)};
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Contender {
    const char* name;
    std::vector<double> cpu;
    std::vector<double> system;
    std::size_t failed = 0;
};

Settings read_arguments(int argc, char** argv)
{
    Settings settings;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string flag = argv[i];
        if (flag == "--probes")
            settings.probes = std::strtoul(argv[i + 1], nullptr, 10);
        else if (flag == "--in-flight")
            settings.in_flight = std::strtoul(argv[i + 1], nullptr, 10);
        else if (flag == "--rounds")
            settings.rounds = std::atoi(argv[i + 1]);
        else if (flag == "--only")
            settings.only = argv[i + 1];
    }
    return settings;
}

}  // namespace

int main(int argc, char** argv)
{
    const Settings settings = read_arguments(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    std::uint16_t port = 0;
    std::string ca_file;
    const pid_t server = start_server(port, ca_file);
    const Outcome<std::shared_ptr<const tls::TrustStore>> store = tls::TrustStore::load(ca_file);

    Contender bare{"bare", {}, {}};
    Contender fresh{"fresh", {}, {}};
    Contender verified{"verified", {}, {}};
    Contender ours{"ours", {}, {}};
    for (int round = 0; round <= settings.rounds; ++round)
        for (Contender* contender : {&bare, &fresh, &verified, &ours}) {
            if (!settings.only.empty() && settings.only != contender->name)
                continue;
            const Cpu before = cpu_used();
            if (contender == &ours)
                contender->failed += run_ours(settings, port, store.value());
            else
                contender->failed += run_bare(settings, port, contender == &fresh,
                                              contender == &verified ? &ca_file : nullptr);
            const Cpu after = cpu_used();
            if (round == 0)  // warms up
                continue;
            const auto probes = static_cast<double>(settings.probes);
            const double system = (after.system - before.system) / probes;
            contender->cpu.push_back((after.user - before.user) / probes + system);
            contender->system.push_back(system);
        }
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
    unlink(ca_file.c_str());

    std::printf("%zu probes x %d rounds, %zu in flight, TLS 1.3, P-256, 4 KB page\n",
                settings.probes, settings.rounds, settings.in_flight);
    for (const Contender* contender : {&bare, &fresh, &verified, &ours}) {
        if (contender->cpu.empty())
            continue;
        const double us = median(contender->cpu);
        std::printf("%-9s %7.0f us/probe, %4.0f of it system  failed %zu", contender->name, us,
                    median(contender->system), contender->failed);
        if (!bare.cpu.empty())
            std::printf("  %.2f x bare", us / median(bare.cpu));
        std::printf("\n");
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("peak memory %ld KB\n", usage.ru_maxrss);
    return bare.failed + fresh.failed + verified.failed + ours.failed == 0 ? 0 : 1;
}
