// What becomes of each step of a probe, whatever the server does. All servers are on loopback.
// Long because every fault of a server is a case of its own, and all share the same few servers.
#include "resolvers/http/prober_curl.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <openssl/asn1.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>

#include "resolvers/base/digest.h"
#include "scanner/model/words.h"
#include "tests/support/http_faults.h"
#include "tests/support/tls_server.h"

namespace {

using namespace resolvers;
using namespace support;
using namespace std::chrono_literals;
namespace asio = boost::asio;

// Made once: keys take time under sanitizers.
struct World {
    TestAuthority authority;
    std::shared_ptr<const tls::TrustStore> store = tls::TrustStore::load(authority.file()).value();
    TestCertificate leaf = authority.leaf({});

    TlsWishes tls() const { return {.leaf = leaf, .chain = {authority.intermediate}}; }
};

const World& world()
{
    static const World made;
    return made;
}

http::HttpOptions patient()
{
    http::HttpOptions options;
    options.user_agent = "servedby-test (+https://example.org/)";
    options.timeouts.connect = 20s;
    options.timeouts.handshake = 20s;
    options.timeouts.first_byte = 20s;
    options.timeouts.total = 30s;
    options.timeouts.low_speed_window = 20s;
    return options;
}

ProbeRequest request_to(std::uint16_t port, const std::string& scheme = "https")
{
    ProbeRequest request;
    request.scheme = scheme;
    request.address = *IpAddress::parse("127.0.0.1");
    request.port = port;
    request.host = "www.example.org";
    return request;
}

asio::awaitable<void> probe_into(http::HttpCurl& prober, ProbeRequest request, Deadline deadline,
                                 Probe& into, bool& done)
{
    into = co_await prober.probe(std::move(request), deadline);
    done = true;
}

Probe probe(const ProbeRequest& request, http::HttpOptions options = patient(),
            std::chrono::milliseconds deadline = 30s)
{
    asio::io_context io;
    http::HttpCurl prober(io, std::move(options), world().store);
    Probe result;
    bool done = false;
    asio::co_spawn(
        io, probe_into(prober, request, std::chrono::steady_clock::now() + deadline, result, done),
        asio::detached);
    io.run();
    REQUIRE(done);
    CHECK(prober.in_flight() == 0);
    return result;
}

// Answers each request with these bytes and waits for the client to go.
Server::Behaviour answering(std::string bytes)
{
    return [bytes = std::move(bytes)](Connection& connection) {
        connection.read_head();
        connection.write(bytes);
        connection.wait_for_close();
    };
}

Server::Behaviour answering_tls(TlsWishes wishes, std::string bytes)
{
    return [wishes = std::move(wishes), bytes = std::move(bytes)](Connection& connection) {
        if (!connection.shake_hands(wishes))
            return;
        connection.read_head();
        connection.write(bytes);
        connection.wait_for_close();
    };
}

// "ok", "alert handshake_failure".
std::string told(const Step& step)
{
    const std::string status(scanner::word(step.status));
    return step.detail.empty() ? status : status + " " + step.detail;
}

std::string header(const Probe& probe, std::string_view name)
{
    if (probe.http_facts)
        for (const auto& [key, value] : probe.http_facts->headers)
            if (key == name)
                return value;
    return "(none)";
}

}  // namespace

// ---- TLS ----------------------------------------------------------------------------------------

TEST_CASE("a probe of a sound server fills in everything")
{
    std::string head;
    std::string name;
    Server server([&](Connection& connection) {
        REQUIRE(connection.shake_hands(world().tls()));
        name = connection.server_name();
        head = connection.read_head();
        connection.write(http_response("<title>Hello</title>", {"Server: nginx", "Via: 1.1 edge"}));
        connection.wait_for_close();
    });
    const Probe seen = probe(request_to(server.port()));

    CHECK(seen.scheme == "https");
    CHECK(seen.host == "www.example.org");
    CHECK(seen.purpose == resolvers::ProbePurpose::root);
    CHECK(seen.address->text() == "127.0.0.1");
    CHECK(seen.port == server.port());
    CHECK(seen.started_at.has_value());
    CHECK(told(seen.tcp) == "ok");
    CHECK(told(seen.tls) == "ok");
    CHECK(told(seen.http) == "ok");

    REQUIRE(seen.tls_facts.has_value());
    CHECK(name == "www.example.org");
    CHECK(seen.tls_facts->sni == "www.example.org");
    CHECK(seen.tls_facts->version == "TLSv1.3");
    CHECK(seen.tls_facts->cipher == "TLS_AES_256_GCM_SHA384");
    CHECK(seen.tls_facts->group == "x25519");
    CHECK(seen.tls_facts->alpn == "http/1.1");
    CHECK(seen.tls_facts->trusted == true);
    CHECK(seen.tls_facts->verify_error == "");
    CHECK(seen.tls_facts->name_matches == true);
    REQUIRE(seen.tls_facts->chain.size() == 2);
    CHECK(seen.tls_facts->chain[0].subject_common_name == "www.example.org");
    CHECK(seen.tls_facts->chain[0].issuer_common_name == "Test Intermediate");
    CHECK(seen.tls_facts->chain[0].sha256 == sha256_hex(world().leaf.der()));
    CHECK(seen.tls_facts->chain[1].subject_organisation == "Test Trust");

    REQUIRE(seen.http_facts.has_value());
    CHECK(seen.http_facts->method == "GET");
    CHECK(seen.http_facts->url == "https://www.example.org:" + std::to_string(server.port()) + "/");
    CHECK(seen.http_facts->status == 200);
    CHECK(seen.http_facts->version == "HTTP/1.1");
    CHECK(seen.http_facts->headers ==
          std::vector<std::pair<std::string, std::string>>{
              {"server", "nginx"}, {"via", "1.1 edge"}, {"content-length", "20"}});
    CHECK_FALSE(seen.http_facts->headers_truncated);
    CHECK(seen.http_facts->body_length == 20);
    CHECK_FALSE(seen.http_facts->body_truncated);
    CHECK(seen.http_facts->body_sha256 == sha256_hex("<title>Hello</title>"));
    CHECK(seen.http_facts->title == "Hello");

    CHECK(head.starts_with("GET / HTTP/1.1\r\n"));
    CHECK(head.find("\r\nHost: www.example.org:" + std::to_string(server.port()) + "\r\n") !=
          head.npos);
    CHECK(head.find("\r\nUser-Agent: servedby-test (+https://example.org/)\r\n") != head.npos);
    CHECK(head.find("\r\nAccept: */*\r\n") != head.npos);
    CHECK(head.find("gzip") != head.npos);
    CHECK(head.find("Cookie") == head.npos);
}

TEST_CASE("what is wrong with a certificate is a fact, and the exchange goes on")
{
    const World& w = world();
    const TestCertificate expired = w.authority.leaf({.valid_from = -7200s, .valid_until = -60s});
    const TestCertificate wrong =
        w.authority.leaf({.common_name = "www.example.org", .names = {"DNS:other.example"}});
    const TestCertificate alone = TestCertificate::self_signed({});
    struct Case {
        std::string why;
        TlsWishes wishes;
        bool trusted;
        const char* error;
        bool name_matches;
    };
    const Case cases[] = {
        {"sound", w.tls(), true, "", true},
        {"expired",
         {.leaf = expired, .chain = {w.authority.intermediate}},
         false,
         "certificate has expired",
         true},
        {"for another name; the common name does not count (RFC 9525)",
         {.leaf = wrong, .chain = {w.authority.intermediate}},
         true,
         "",
         false},
        {"signed by itself", {.leaf = alone}, false, "self-signed certificate", true},
        {"the intermediate is not sent",
         {.leaf = w.leaf},
         false,
         "unable to get local issuer certificate",
         true},
        {"an unneeded root is sent as well",
         {.leaf = w.leaf, .chain = {w.authority.intermediate, w.authority.root}},
         true,
         "",
         true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(answering_tls(c.wishes, http_response("x")));
        const Probe seen = probe(request_to(server.port()));
        CHECK(told(seen.tls) == "ok");
        CHECK(told(seen.http) == "ok");
        REQUIRE(seen.tls_facts.has_value());
        CHECK(seen.tls_facts->chain.size() == 1 + c.wishes.chain.size());
        CHECK(seen.tls_facts->trusted == c.trusted);
        CHECK(seen.tls_facts->verify_error == c.error);
        CHECK(seen.tls_facts->name_matches == c.name_matches);
    }
}

TEST_CASE("a stapled OCSP response is noticed, in every version, and so is its absence")
{
    struct Case {
        const char* why;
        int version;
        std::string stapled;
        bool expected;
    };
    const Case cases[] = {
        {"TLS 1.3", 0x0304, "no response that anybody could read", true},
        {"TLS 1.2", 0x0303, "x", true},
        {"TLS 1.3 without", 0x0304, "", false},
        {"TLS 1.2 without", 0x0303, "", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        TlsWishes wishes = world().tls();
        wishes.lowest_version = wishes.highest_version = c.version;
        wishes.stapled = c.stapled;
        Server server([&](Connection& connection) {
            REQUIRE(connection.shake_hands(wishes));
            connection.read_head();
            connection.write(http_response("x"));
            connection.wait_for_close();
        });
        const Probe seen = probe(request_to(server.port()));
        REQUIRE(seen.tls_facts.has_value());
        CHECK(told(seen.tls) == "ok");
        CHECK(seen.tls_facts->ocsp_stapled == c.expected);
    }
}

TEST_CASE("old and unusual TLS is seen as what it is")
{
    const World& w = world();
    const TestCertificate rsa = w.authority.leaf({.key = "RSA"});
    struct Case {
        std::string why;
        const TestCertificate& leaf;
        int version;
        const char* ciphers;
        const char* groups;
        const char* expected_version;
        const char* expected_cipher;
        const char* expected_group;
    };
    const Case cases[] = {
        {"TLS 1.3, P-384", w.leaf, 0x0304, "", "P-384", "TLSv1.3", "TLS_AES_256_GCM_SHA384",
         "secp384r1"},
        {"TLS 1.2, ECDHE", w.leaf, 0x0303, "ECDHE-ECDSA-AES128-GCM-SHA256", "P-256", "TLSv1.2",
         "ECDHE-ECDSA-AES128-GCM-SHA256", "secp256r1"},
        {"TLS 1.2 without forward secrecy has no group", rsa, 0x0303, "AES128-SHA", "", "TLSv1.2",
         "AES128-SHA", ""},
        {"TLS 1.1", rsa, 0x0302, "ALL:@SECLEVEL=0", "P-256", "TLSv1.1", "ECDHE-RSA-AES256-SHA",
         "secp256r1"},
        {"TLS 1.0", rsa, 0x0301, "ALL:@SECLEVEL=0", "P-256", "TLSv1", "ECDHE-RSA-AES256-SHA",
         "secp256r1"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        TlsWishes wishes{.leaf = c.leaf,
                         .chain = {w.authority.intermediate},
                         .lowest_version = c.version,
                         .highest_version = c.version,
                         .ciphers = c.ciphers,
                         .groups = c.groups};
        Server server(answering_tls(wishes, http_response("x")));
        const Probe seen = probe(request_to(server.port()));
        CHECK(told(seen.tls) == "ok");
        CHECK(told(seen.http) == "ok");
        REQUIRE(seen.tls_facts.has_value());
        CHECK(seen.tls_facts->version == c.expected_version);
        CHECK(seen.tls_facts->cipher == c.expected_cipher);
        CHECK(seen.tls_facts->group == c.expected_group);
        CHECK(seen.tls_facts->trusted == true);
    }
}

TEST_CASE("a TLS handshake fails in ways that are told apart")
{
    const World& w = world();
    TlsWishes no_cipher = w.tls();
    no_cipher.highest_version = 0x0303;
    no_cipher.ciphers = "ECDHE-RSA-AES128-GCM-SHA256";  // the leaf has an EC key
    TlsWishes refuse_name = w.tls();
    refuse_name.refuse_name = true;
    const TestCertificate unreadable = TestCertificate::self_signed(
        {.common_name = "\xff", .common_name_type = V_ASN1_UTF8STRING});

    struct Case {
        std::string why;
        Server::Behaviour behaviour;
        std::string expected;
    };
    const Case cases[] = {
        {"no cipher in common",
         [&](Connection& c) {
             c.shake_hands(no_cipher);
             c.wait_for_close();
         },
         "alert handshake_failure"},
        {"the name is not served",
         [&](Connection& c) {
             c.shake_hands(refuse_name);
             c.wait_for_close();
         },
         "alert unrecognized_name"},
        {"an alert that only newer registries know",
         [](Connection& c) {
             c.read_some();
             c.write(alert_record(121));
             c.wait_for_close();
         },
         "alert ech_required"},
        {"an alert that no registry knows",
         [](Connection& c) {
             c.read_some();
             c.write(alert_record(200));
             c.wait_for_close();
         },
         "alert alert_200"},
        {"plain HTTP on the TLS port",
         [](Connection& c) {
             c.read_some();
             c.write("HTTP/1.1 400 Bad Request\r\n\r\n");
             c.wait_for_close();
         },
         "protocol_error not_tls"},
        {"SSH on the TLS port",
         [](Connection& c) {
             c.write("SSH-2.0-OpenSSH_9.2p1\r\n");
             c.wait_for_close();
         },
         "protocol_error not_tls"},
        {"a record that is no handshake",
         [](Connection& c) {
             c.read_some();
             c.write(std::string("\x16\x03\x03\0\x04\x63\0\0\0", 9));
             c.wait_for_close();
         },
         "protocol_error unexpected_message"},
        {"a certificate that OpenSSL cannot read",
         [&](Connection& c) {
             c.shake_hands({.leaf = unreadable});
             c.wait_for_close();
         },
         "protocol_error sent_bad_certificate"},
        {"RST after the ClientHello",
         [](Connection& c) {
             c.read_some();
             c.reset();
         },
         "reset ECONNRESET"},
        {"FIN after the ClientHello", [](Connection& c) { c.read_some(); }, "closed EOF"},
        {"FIN within the ServerHello",
         [](Connection& c) {
             c.read_some();
             c.write(std::string("\x16\x03\x03\0\x7a\x02", 6));
         },
         "closed EOF"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(c.behaviour);
        const Probe seen = probe(request_to(server.port()));
        CHECK(told(seen.tcp) == "ok");
        CHECK(told(seen.tls) == c.expected);
        CHECK(told(seen.http) == "not_tried");
        CHECK_FALSE(seen.tls_facts.has_value());
        CHECK_FALSE(seen.http_facts.has_value());
    }
}

TEST_CASE("where only a handshake is asked for, nothing follows it")
{
    std::string heard = "nothing was heard";
    ProbeRequest request = request_to(0);
    request.handshake_only = true;
    request.purpose = resolvers::ProbePurpose::public_name;
    Probe seen;
    {
        Server server([&](Connection& connection) {
            if (connection.shake_hands(world().tls()))
                heard = connection.read_head();
        });
        request.port = server.port();
        seen = probe(request);
    }
    CHECK(told(seen.tcp) == "ok");
    CHECK(told(seen.tls) == "ok");
    CHECK(told(seen.http) == "not_tried");
    CHECK(seen.purpose == resolvers::ProbePurpose::public_name);
    REQUIRE(seen.tls_facts.has_value());
    CHECK(seen.tls_facts->sni == "www.example.org");
    CHECK(seen.tls_facts->trusted == true);
    CHECK(seen.tls_facts->name_matches == true);
    CHECK_FALSE(seen.http_facts.has_value());
    CHECK(heard == "");

    request.host = "other.example.net";
    Server another([](Connection& connection) {
        connection.shake_hands(world().tls());
        connection.wait_for_close();
    });
    request.port = another.port();
    const Probe other = probe(request);
    CHECK(told(other.tls) == "ok");
    REQUIRE(other.tls_facts.has_value());
    CHECK(other.tls_facts->name_matches == false);

    Server silent([](Connection& connection) { connection.wait_for_close(); });
    request.port = silent.port();
    http::HttpOptions options = patient();
    options.timeouts.handshake = 50ms;
    CHECK(told(probe(request, options).tls) == "timeout handshake");
}

TEST_CASE("an alert after the handshake is the HTTP step's, and the chain is kept")
{
    TlsWishes wishes = world().tls();
    wishes.want_client_certificate = true;
    Server server([&](Connection& connection) {
        connection.shake_hands(wishes);
        connection.wait_for_close();
    });
    const Probe seen = probe(request_to(server.port()));
    CHECK(told(seen.tls) == "ok");
    CHECK(told(seen.http) == "alert certificate_required");
    REQUIRE(seen.tls_facts.has_value());
    CHECK(seen.tls_facts->trusted == true);
    CHECK_FALSE(seen.http_facts.has_value());
}

TEST_CASE("a certificate with 1,000 names is read, and a sample of them kept")
{
    CertificateWishes many;
    many.names.clear();
    for (int i = 0; i < 1000; ++i)
        many.names.push_back("DNS:site" + std::to_string(i) + ".example.org");
    TlsWishes wishes{.leaf = world().authority.leaf(many), .chain = {}};
    Server server(answering_tls(wishes, http_response("x")));
    ProbeRequest request = request_to(server.port());
    request.host = "site999.example.org";
    const Probe seen = probe(request);
    REQUIRE(seen.tls_facts.has_value());
    const Certificate& leaf = seen.tls_facts->chain.at(0);
    CHECK(leaf.names.size() == 200);
    CHECK(leaf.names.front() == "site0.example.org");
    CHECK(leaf.names_total == 1000);
    CHECK(seen.tls_facts->name_matches == true);
}

TEST_CASE("an address literal sends no SNI and is compared with the certificate's addresses")
{
    const World& w = world();
    TlsWishes wishes{.leaf = w.authority.leaf({.names = {"IP:127.0.0.1"}}),
                     .chain = {w.authority.intermediate}};
    std::string name = "unset";
    Server server([&](Connection& connection) {
        connection.shake_hands(wishes);
        name = connection.server_name();
        connection.read_head();
        connection.write(http_response("x"));
        connection.wait_for_close();
    });
    ProbeRequest request = request_to(server.port());
    request.host = "127.0.0.1";
    const Probe seen = probe(request);
    CHECK(name == "");
    REQUIRE(seen.tls_facts.has_value());
    CHECK(seen.tls_facts->sni == "");
    CHECK(seen.tls_facts->name_matches == true);
}

TEST_CASE("IPv6 works like IPv4")
{
    Server server(answering_tls(world().tls(), http_response("x")), "::1");
    if (!server.listening()) {
        MESSAGE("skipped: no ::1 on this machine");
        return;
    }
    ProbeRequest request = request_to(server.port());
    request.address = *IpAddress::parse("::1");
    const Probe seen = probe(request);
    CHECK(told(seen.http) == "ok");
    CHECK(seen.address->text() == "::1");

    request.host = "::1";
    const Probe literal = probe(request);
    CHECK(told(literal.http) == "ok");
    CHECK(literal.http_facts->url == "https://[::1]:" + std::to_string(server.port()) + "/");
    CHECK(literal.tls_facts->sni == "");
    CHECK(literal.tls_facts->name_matches == false);
}

// ---- TCP ----------------------------------------------------------------------------------------

TEST_CASE("connecting fails in ways that are told apart")
{
    RefusingPort refusing;
    FullPort full;
    http::HttpOptions hasty = patient();
    hasty.timeouts.connect = 50ms;

    const Probe refused = probe(request_to(refusing.port()));
    CHECK(told(refused.tcp) == "refused ECONNREFUSED");
    CHECK(told(refused.tls) == "not_tried");
    CHECK(told(refused.http) == "not_tried");

    const Probe late = probe(request_to(full.port()), hasty);
    CHECK(told(late.tcp) == "timeout connect");
    CHECK(told(late.tls) == "not_tried");
    CHECK(late.total_time >= 50ms);

    const Probe ended = probe(request_to(full.port()), patient(), 50ms);
    CHECK(told(ended.tcp) == "deadline");
    CHECK(told(ended.tls) == "not_tried");
}

TEST_CASE("an address that is not allowed gets no packet")
{
    Server server(answering(http_response("x")));
    http::HttpOptions options = patient();
    options.allow = [](const IpAddress& address) { return !special_purpose(address); };
    const Probe seen = probe(request_to(server.port(), "http"), options);
    CHECK(told(seen.tcp) == "blocked address_not_allowed");
    CHECK(server.accepted() == 0);
}

TEST_CASE("a host or scheme that cannot be asked for is blocked, not sent")
{
    Server server(answering(http_response("x")));
    struct Case {
        std::string why;
        const char* scheme;
        const char* host;
    };
    const Case cases[] = {
        {"no host", "http", ""},
        {"a slash would be a path", "http", "a/b"},
        {"user information would hide the host", "http", "a@b"},
        {"a port belongs elsewhere", "http", "a:80:90"},
        {"white space", "http", "a b"},
        {"a line end would be a header", "http", "a\r\nX-Evil: 1"},
        {"beyond ASCII: IDN comes as A-labels", "http",
         "b\xc3\xbc"
         "cher.example"},
        {"another scheme", "ftp", "a.example"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        ProbeRequest request = request_to(server.port(), c.scheme);
        request.host = c.host;
        const Probe seen = probe(request);
        CHECK(told(seen.tcp) == "blocked invalid_url");
    }
    CHECK(server.accepted() == 0);
}

TEST_CASE("running out of file descriptors says nothing about the peer")
{
    Server server(answering(http_response("x")));
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    asio::io_context io;
    http::HttpCurl prober(io, patient(), world().store);
    Probe result;
    bool done = false;
    asio::co_spawn(io,
                   probe_into(prober, request_to(server.port(), "http"),
                              std::chrono::steady_clock::now() + 30s, result, done),
                   asio::detached);
    // The first free descriptor is the first forbidden one.
    const int next = dup(0);
    close(next);
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
    io.run();
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE(done);
    CHECK(told(result.tcp) == "local_error EMFILE");
}

namespace {

// A server with descriptors of its own: another process. Answers the same to everybody.
class ServerProcess {
public:
    ServerProcess()
    {
        const int listener = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        bind(listener, reinterpret_cast<sockaddr*>(&at), size);
        listen(listener, 64);
        getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
        child_ = fork();
        if (child_ == 0)
            serve(listener);
        close(listener);
    }
    ~ServerProcess()
    {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    std::uint16_t port() const { return port_; }

private:
    // Calls the kernel alone: after fork() nothing else is safe here.
    [[noreturn]] static void serve(int listener)
    {
        static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
        for (;;) {
            const int fd = accept(listener, nullptr, nullptr);
            char request[2048];
            if (fd >= 0 && read(fd, request, sizeof request) > 0 &&
                write(fd, answer, sizeof answer - 1) > 0)
                close(fd);
        }
    }

    pid_t child_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("with few file descriptors fewer probes run at once, and none fails")
{
    const ServerProcess server;
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    asio::io_context io;
    http::HttpOptions options = patient();
    options.max_in_flight = 20;
    options.timeouts.queue = 30s;
    http::HttpCurl prober(io, options, world().store);
    constexpr std::size_t count = 20;
    std::vector<Probe> results(count);
    bool done[count] = {};
    for (std::size_t i = 0; i < count; ++i)
        asio::co_spawn(io,
                       probe_into(prober, request_to(server.port(), "http"),
                                  std::chrono::steady_clock::now() + 30s, results[i], done[i]),
                       asio::detached);
    const int next = dup(0);
    close(next);
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next) + 3, .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
    io.run();
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(i);
        REQUIRE(done[i]);
        CHECK(told(results[i].http) == "ok");
    }
}

TEST_CASE("without a file descriptor for long enough a probe is our own failure")
{
    Server server(answering(http_response("x")));
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    asio::io_context io;
    http::HttpOptions options = patient();
    options.timeouts.queue = 50ms;
    http::HttpCurl prober(io, options, world().store);
    Probe result;
    bool done = false;
    // Its deadline is over before: while it waits for us, that does not count.
    asio::co_spawn(io,
                   probe_into(prober, request_to(server.port(), "http"),
                              std::chrono::steady_clock::now() + 10ms, result, done),
                   asio::detached);
    const int next = dup(0);
    close(next);
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
    io.run();
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE(done);
    CHECK(told(result.tcp) == "local_error EMFILE");
    CHECK(server.accepted() == 0);
}

// ---- Clocks -------------------------------------------------------------------------------------

TEST_CASE("each phase has its clock, and silence is named by it")
{
    const Server::Behaviour silent = [](Connection& c) { c.wait_for_close(); };
    http::HttpOptions options = patient();
    options.timeouts.handshake = 50ms;
    Server mute(silent);
    const Probe no_hello = probe(request_to(mute.port()), options);
    CHECK(told(no_hello.tcp) == "ok");
    CHECK(told(no_hello.tls) == "timeout handshake");
    CHECK(told(no_hello.http) == "not_tried");

    options = patient();
    options.timeouts.first_byte = 50ms;
    const Probe no_answer = probe(request_to(mute.port(), "http"), options);
    CHECK(told(no_answer.tls) == "not_tried");
    CHECK(told(no_answer.http) == "timeout first_byte");
    CHECK_FALSE(no_answer.http_facts.has_value());

    Server after_handshake([](Connection& c) {
        c.shake_hands(world().tls());
        c.wait_for_close();
    });
    const Probe no_head = probe(request_to(after_handshake.port()), options);
    CHECK(told(no_head.tls) == "ok");
    CHECK(no_head.tls_facts.has_value());
    CHECK(told(no_head.http) == "timeout first_byte");

    options = patient();
    options.timeouts.total = 100ms;
    Server half_head(answering("HTTP/1.1 200 OK\r\nServer: half\r\n"));
    const Probe half = probe(request_to(half_head.port(), "http"), options);
    CHECK(told(half.http) == "timeout total");
    REQUIRE(half.http_facts.has_value());
    CHECK(half.http_facts->status == 200);
    CHECK(half.http_facts->headers_truncated);
    CHECK(header(half, "server") == "half");
    CHECK_FALSE(half.http_facts->body_length.has_value());
}

TEST_CASE("the subject's deadline ends a probe in every phase")
{
    const Server::Behaviour silent = [](Connection& c) { c.wait_for_close(); };
    Server mute(silent);
    const Probe handshake = probe(request_to(mute.port()), patient(), 50ms);
    CHECK(told(handshake.tls) == "deadline");
    const Probe first_byte = probe(request_to(mute.port(), "http"), patient(), 50ms);
    CHECK(told(first_byte.http) == "deadline");

    // The head is there: what follows of the body is cut, and the answer stands.
    Server slow(answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin"));
    const Probe body = probe(request_to(slow.port(), "http"), patient(), 100ms);
    CHECK(told(body.http) == "ok body: deadline");
    REQUIRE(body.http_facts.has_value());
    CHECK(body.http_facts->body_truncated);
    CHECK(body.http_facts->body_length == 5);

    const Probe over = probe(request_to(slow.port(), "http"), patient(), -1ms);
    CHECK(told(over.tcp) == "deadline");
}

TEST_CASE("a body at a byte now and then is cut by the minimum rate")
{
    Server server([](Connection& connection) {
        connection.read_head();
        bool open = connection.write("HTTP/1.1 200 OK\r\nServer: tarpit\r\n\r\n");
        while (open) {
            open = connection.write("x");
            std::this_thread::sleep_for(5ms);
        }
    });
    http::HttpOptions options = patient();
    options.timeouts.low_speed_window = 60ms;
    options.timeouts.low_speed_bytes = 1000;
    const Probe seen = probe(request_to(server.port(), "http"), options);
    CHECK(told(seen.http) == "ok body: low_speed");
    CHECK(seen.http_facts->body_truncated);
    CHECK(header(seen, "server") == "tarpit");
}

// ---- HTTP ---------------------------------------------------------------------------------------

TEST_CASE("an exchange that ends before a head is told by how it ended")
{
    struct Case {
        std::string why;
        Server::Behaviour behaviour;
        std::string expected;
    };
    const Case cases[] = {
        {"RST after the request",
         [](Connection& c) {
             c.read_head();
             c.reset();
         },
         "reset ECONNRESET"},
        {"EOF before the status line", [](Connection& c) { c.read_head(); }, "closed EOF"},
        {"EOF within the status line",
         [](Connection& c) {
             c.read_head();
             c.write("HTTP/1.");
         },
         "closed EOF"},
        {"EOF within the fields",
         [](Connection& c) {
             c.read_head();
             c.write("HTTP/1.1 200 OK\r\nServer: x\r\n");
         },
         "closed EOF"},
        {"something that is no HTTP",
         [](Connection& c) {
             c.read_head();
             c.write("220 ftp.example FTP server ready\r\n");
         },
         "protocol_error not_http"},
        {"HTTP/0.9: content without a head",
         [](Connection& c) {
             c.read_head();
             c.write("<html>hello</html>");
         },
         "protocol_error not_http"},
        {"zero bytes",
         [](Connection& c) {
             c.read_head();
             c.write(std::string(100, '\0'));
         },
         "protocol_error not_http"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(c.behaviour);
        const Probe seen = probe(request_to(server.port(), "http"));
        CHECK(told(seen.tcp) == "ok");
        CHECK(told(seen.tls) == "not_tried");
        CHECK(told(seen.http) == c.expected);
    }
}

TEST_CASE("the same under TLS")
{
    struct Case {
        std::string why;
        std::function<void(Connection&)> then;
        std::string expected;
    };
    const Case cases[] = {
        {"RST after the request", [](Connection& c) { c.reset(); }, "reset ECONNRESET"},
        {"FIN without close_notify", [](Connection& c) { c.close(); }, "closed EOF"},
        {"not HTTP", [](Connection& c) { c.write("hello\r\n"); }, "protocol_error not_http"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server([&](Connection& connection) {
            connection.shake_hands(world().tls());
            connection.read_head();
            c.then(connection);
        });
        const Probe seen = probe(request_to(server.port()));
        CHECK(told(seen.tls) == "ok");
        CHECK(told(seen.http) == c.expected);
        CHECK(seen.tls_facts.has_value());
    }
}

TEST_CASE("responses of all shapes are read")
{
    struct Case {
        std::string why;
        std::string response;
        unsigned status;
        const char* version;
        std::uint64_t body_length;
        const char* title;
    };
    const Case cases[] = {
        {"chunked",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         "9\r\n<title>ab\r\n9\r\nc</title>\r\n0\r\nX-Trailer: 1\r\n\r\n",
         200, "HTTP/1.1", 18, "abc"},
        {"204 has no body", "HTTP/1.1 204 No Content\r\n\r\n", 204, "HTTP/1.1", 0, ""},
        {"304 has no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", 304,
         "HTTP/1.1", 0, ""},
        {"HTTP/1.0 without fields, ended by close", "HTTP/1.0 200 OK\r\n\r\n<title>x</title>", 200,
         "HTTP/1.0", 16, "x"},
        {"no reason phrase", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", 404, "HTTP/1.1", 0, ""},
        {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, "HTTP/1.1", 2, ""},
        {"interim responses are dropped",
         "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
             http_response("ok"),
         200, "HTTP/1.1", 2, ""},
        {"a redirect is an answer, not followed",
         http_response("", {"Location: https://elsewhere.example/"}, "301 Moved Permanently"), 301,
         "HTTP/1.1", 0, ""},
        {"an error page is an answer", http_response("<title>Oops</title>", {}, "503 Down"), 503,
         "HTTP/1.1", 19, "Oops"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server([&](Connection& connection) {
            connection.read_head();
            connection.write(c.response);
        });
        const Probe seen = probe(request_to(server.port(), "http"));
        CHECK(told(seen.http) == "ok");
        REQUIRE(seen.http_facts.has_value());
        CHECK(seen.http_facts->status == c.status);
        CHECK(seen.http_facts->version == c.version);
        CHECK(seen.http_facts->body_length == c.body_length);
        CHECK(seen.http_facts->title == c.title);
        CHECK_FALSE(seen.http_facts->body_truncated);
        CHECK(header(seen, "link") == "(none)");
        CHECK(header(seen, "x-trailer") == "(none)");
        CHECK(server.accepted() == 1);
    }
}

TEST_CASE("fields are kept in order, lower case, UTF-8, without cookie values")
{
    Server server(
        answering(http_response("", {"SERVER:   Apache  ", "X-Latin: caf\xe9", "X-Utf: caf\xc3\xa9",
                                     "Set-Cookie: __cf_bm=secret; path=/; HttpOnly",
                                     "set-cookie: sid=1", "X-Empty:", "X-Folded: one", "  two"})));
    const Probe seen = probe(request_to(server.port(), "http"));
    REQUIRE(seen.http_facts.has_value());
    CHECK(seen.http_facts->headers == std::vector<std::pair<std::string, std::string>>{
                                          {"server", "Apache"},
                                          {"x-latin", "caf\xc3\xa9"},
                                          {"x-utf", "caf\xc3\xa9"},
                                          {"set-cookie", "__cf_bm=[redacted]; path=/; HttpOnly"},
                                          {"set-cookie", "sid=[redacted]"},
                                          {"x-empty", ""},
                                          {"x-folded", "one two"},
                                          {"content-length", "0"}});
}

TEST_CASE("a head beyond our caps is too large, and what came is kept")
{
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 300; ++i)
        many += "X-" + std::to_string(i) + ": v\r\n";
    std::string interim;
    for (int i = 0; i < 10'000; ++i)
        interim += "HTTP/1.1 102 Processing\r\n\r\n";
    struct Case {
        std::string why;
        std::string response;
        std::size_t kept;
    };
    const Case cases[] = {
        {"300 fields", many + "\r\n", 100},
        {"one line of 1 MiB",
         "HTTP/1.1 200 OK\r\nServer: x\r\nX-Long: " + std::string(1 << 20, 'a') + "\r\n\r\n", 1},
        {"one line of 80 KiB, below curl's own cap",
         "HTTP/1.1 200 OK\r\nServer: x\r\nX-Long: " + std::string(80 << 10, 'a') + "\r\n\r\n", 1},
        {"interim responses without end", interim, 0},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(answering(c.response));
        const Probe seen = probe(request_to(server.port(), "http"));
        CHECK(told(seen.http) == "too_large header_cap");
        REQUIRE(seen.http_facts.has_value());
        CHECK(seen.http_facts->headers_truncated);
        CHECK(seen.http_facts->headers.size() == c.kept);
        CHECK_FALSE(seen.http_facts->body_length.has_value());
    }
}

TEST_CASE("a request may ask for less of the body than the cap, never for more")
{
    http::HttpOptions options = patient();
    options.body_cap = 1000;
    struct Case {
        std::size_t asked;
        std::uint64_t read;
    };
    for (const Case& c : {Case{0, 1000}, Case{300, 300}, Case{5000, 1000}}) {
        CAPTURE(c.asked);
        Server server(answering("HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'a')));
        ProbeRequest request = request_to(server.port(), "http");
        request.body_cap = c.asked;
        const Probe seen = probe(std::move(request), options);
        REQUIRE(seen.http_facts.has_value());
        CHECK(seen.http_facts->body_length == c.read);
        CHECK(seen.http_facts->body_truncated);
    }
}

TEST_CASE("a body is cut at the cap, on the wire and after unpacking, and the answer stands")
{
    http::HttpOptions options = patient();
    options.body_cap = 10'000;
    const std::string gzip_head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    const Server::Behaviour endless = [](Connection& connection) {
        connection.read_head();
        connection.write("HTTP/1.1 200 OK\r\n\r\n");
        while (connection.write(std::string(65536, 'a'))) {
        }
    };
    // Stored blocks of no bytes: the wire is busy and nothing is ever unpacked.
    const Server::Behaviour barren = [&](Connection& connection) {
        connection.read_head();
        connection.write(gzip_head + std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10));
        std::string blocks;
        for (int i = 0; i < 10'000; ++i)
            blocks += std::string("\0\0\0\xff\xff", 5);
        while (connection.write(blocks)) {
        }
    };
    struct Case {
        std::string why;
        Server::Behaviour behaviour;
        std::uint64_t length;
    };
    const Case cases[] = {
        {"a body without end", endless, 10'000},
        {"a gzip bomb of 1 GB", answering(gzip_head + gzip_bomb(1'000'000'000)), 10'000},
        {"gzip that unpacks to nothing, without end", barren, 0},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server(c.behaviour);
        const Probe seen = probe(request_to(server.port(), "http"), options);
        CHECK(told(seen.http) == "ok");
        REQUIRE(seen.http_facts.has_value());
        CHECK(seen.http_facts->body_truncated);
        CHECK(seen.http_facts->body_length == c.length);
        if (c.length > 0)
            CHECK(seen.http_facts->body_sha256 == sha256_hex(std::string(10'000, 'a')));
    }

    Server exact(answering(http_response(std::string(10'000, 'a'))));
    const Probe seen = probe(request_to(exact.port(), "http"), options);
    CHECK_FALSE(seen.http_facts->body_truncated);
    CHECK(seen.http_facts->body_length == 10'000);
}

TEST_CASE("a body that ends early leaves the answer standing and says why")
{
    struct Case {
        std::string why;
        const char* response;
        std::string expected;
    };
    const Case cases[] = {
        {"shorter than announced", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
         "ok body: partial_file"},
        {"a chunk without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nshort",
         "ok body: partial_file"},
        {"not what Content-Encoding says",
         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
         "ok body: bad_content_encoding"},
        {"an encoding that nobody knows",
         "HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 5\r\n\r\nplain",
         "ok body: bad_content_encoding"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server([&](Connection& connection) {
            connection.read_head();
            connection.write(c.response);
        });
        const Probe seen = probe(request_to(server.port(), "http"));
        CHECK(told(seen.http) == c.expected);
        CHECK(seen.http_facts->body_truncated);
        CHECK(seen.http_facts->status == 200);
    }
}

TEST_CASE("markers and titles are found whatever their case and charset")
{
    const std::vector<std::pair<std::string, std::string>> markers = {
        {"z-seized", "this domain has been seized"},
        {"a-code", "error code: 1016"},
        {"absent", "never in there"},
    };
    Server server(answering(http_response(
        "<TITLE>\n \xcf\xf0\xe8\xe2\xe5\xf2 &amp; caf&eacute;\n</TITLE> This DOMAIN has been "
        "SEIZED. Error code: 1016",
        {"Content-Type: text/html; charset=windows-1251"})));
    ProbeRequest request = request_to(server.port(), "http");
    request.markers = &markers;
    const Probe seen = probe(request);
    REQUIRE(seen.http_facts.has_value());
    CHECK(seen.http_facts->markers == std::vector<std::string>{"a-code", "z-seized"});
    CHECK(seen.http_facts->title ==
          "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 & caf\xc3\xa9");
}

TEST_CASE("the target is sent as asked, percent-encoded where it must be")
{
    std::string head;
    Server server([&](Connection& connection) {
        head = connection.read_head();
        connection.write(http_response("x"));
        connection.wait_for_close();
    });
    ProbeRequest request = request_to(server.port(), "http");
    request.target = "/a/../b c?q=\xc3\xa9|#fragment";
    request.host = "WWW.Example.ORG.";
    const Probe seen = probe(request);
    CHECK(head.starts_with("GET /a/../b%20c?q=%C3%A9%7C HTTP/1.1\r\n"));
    CHECK(head.find("Host: www.example.org:") != head.npos);
    CHECK(seen.host == "WWW.Example.ORG.");
}

TEST_CASE("proxies in the environment do not matter")
{
    Server server(answering(http_response("x")));
    RefusingPort nobody;
    const std::string proxy = "http://127.0.0.1:" + std::to_string(nobody.port());
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy"})
        setenv(name, proxy.c_str(), 1);
    const Probe seen = probe(request_to(server.port(), "http"));
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy"})
        unsetenv(name);
    CHECK(told(seen.http) == "ok");
}

// ---- HTTP/2 -------------------------------------------------------------------------------------

TEST_CASE("HTTP/2 is spoken where the server chooses it")
{
    TlsWishes wishes = world().tls();
    wishes.alpn = {"h2"};
    struct Case {
        std::string why;
        std::string frames;
        std::string expected;
    };
    const Case cases[] = {
        {"a response", h2_response({{"server", "h2"}, {"set-cookie", "a=b"}}, "<title>two</title>"),
         "ok"},
        {"the stream is refused: no second connection is made", h2_reset(7),
         "closed new_connection_required"},
        {"HTTP/1.1 is required: no second connection is made", h2_reset(13),
         "closed new_connection_required"},
        {"the stream is cancelled", h2_reset(8), "protocol_error http2_stream"},
        {"EOF", "", "closed EOF"},
        {"GOAWAY", std::string("\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0", 17),
         "protocol_error http2_framing"},
        {"not HTTP/2 at all", "HTTP/1.1 400 Bad Request\r\n\r\n", "protocol_error http2_framing"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Server server([&](Connection& connection) {
            connection.shake_hands(wishes);
            // Preface, SETTINGS, WINDOW_UPDATE and HEADERS may come in pieces; the answer does not
            // depend on them.
            connection.read_some();
            connection.write((c.frames.starts_with("HTTP") ? "" : h2_settings()) + c.frames);
            if (c.expected == "closed EOF")
                connection.finish_writing();
            connection.wait_for_close();
        });
        const Probe seen = probe(request_to(server.port()));
        CHECK(seen.tls_facts->alpn == "h2");
        CHECK(told(seen.http) == c.expected);
        CHECK(server.accepted() == 1);
        if (c.expected == "ok") {
            CHECK(seen.http_facts->version == "HTTP/2");
            CHECK(seen.http_facts->title == "two");
            CHECK(header(seen, "server") == "h2");
            CHECK(header(seen, "set-cookie") == "a=[redacted]");
        }
    }
}

// ---- Many at once -------------------------------------------------------------------------------

TEST_CASE("500 probes at once keep to the limit, and all get their own answer")
{
    Server server([](Connection& connection) {
        const std::string head = connection.read_head();
        const std::size_t from = head.find("/n");
        connection.write(http_response(head.substr(from, head.find(' ', from) - from)));
        connection.wait_for_close();
    });
    asio::io_context io;
    http::HttpOptions options = patient();
    options.max_in_flight = 40;
    http::HttpCurl prober(io, options, world().store);
    std::vector<Probe> results(500);
    std::unique_ptr<bool[]> done(new bool[500]());
    for (std::size_t i = 0; i < results.size(); ++i) {
        ProbeRequest request = request_to(server.port(), "http");
        request.target = "/n" + std::to_string(i);
        asio::co_spawn(io,
                       probe_into(prober, request, std::chrono::steady_clock::now() + 60s,
                                  results[i], done[i]),
                       asio::detached);
    }
    io.run();
    CHECK(prober.peak_in_flight() == 40);
    CHECK(prober.waiting() == 0);
    CHECK(server.accepted() == 500);
    std::size_t right = 0;
    for (std::size_t i = 0; i < results.size(); ++i)
        right += done[i] && results[i].http.status == StepStatus::ok &&
                 results[i].http_facts->body_sha256 == sha256_hex("/n" + std::to_string(i));
    CHECK(right == 500);
}

TEST_CASE("a probe whose turn does not come before its deadline says so")
{
    Server mute([](Connection& c) { c.wait_for_close(); });
    asio::io_context io;
    http::HttpOptions options = patient();
    options.max_in_flight = 1;
    http::HttpCurl prober(io, options, world().store);
    Probe first;
    Probe second;
    Probe third;
    bool done[3] = {};
    const auto now = std::chrono::steady_clock::now();
    const ProbeRequest request = request_to(mute.port(), "http");
    asio::co_spawn(io, probe_into(prober, request, now + 200ms, first, done[0]), asio::detached);
    asio::co_spawn(io, probe_into(prober, request, now + 50ms, second, done[1]), asio::detached);
    asio::co_spawn(io, probe_into(prober, request, now + 300ms, third, done[2]), asio::detached);
    io.run();
    CHECK(told(first.http) == "deadline");
    CHECK(told(second.tcp) == "deadline queued");
    CHECK(second.started_at.has_value());
    CHECK(told(third.tcp) == "ok");
    CHECK(told(third.http) == "deadline");
    CHECK(mute.accepted() == 2);
}

TEST_CASE("probers of several threads share one trust store")
{
    Server server(answering_tls(world().tls(), http_response("x")));
    std::vector<Probe> results(8);
    std::vector<std::thread> threads;
    for (Probe& result : results)
        threads.emplace_back([&result, &server] { result = probe(request_to(server.port())); });
    for (std::thread& thread : threads)
        thread.join();
    for (const Probe& result : results) {
        CHECK(told(result.http) == "ok");
        CHECK(result.tls_facts->trusted == true);
    }
}

// ---- Destruction --------------------------------------------------------------------------------

namespace {

// Probes stuck in every state: waiting for their turn, connecting, shaking hands, in the body.
struct Stuck {
    FullPort full;
    Server mute{[](Connection& c) { c.wait_for_close(); }};
    Server begun{answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin")};
    Probe results[5];
    bool done[5] = {};

    void spawn(asio::io_context& io, http::HttpCurl& prober)
    {
        const Deadline deadline = std::chrono::steady_clock::now() + 60s;
        const ProbeRequest requests[] = {
            request_to(full.port()), request_to(mute.port()), request_to(mute.port(), "http"),
            request_to(begun.port(), "http"), request_to(mute.port(), "http")};
        for (std::size_t i = 0; i < 5; ++i)
            asio::co_spawn(io, probe_into(prober, requests[i], deadline, results[i], done[i]),
                           asio::detached);
    }

    // Until the last of the four with a socket has got as far as it will.
    void settle(asio::io_context& io)
    {
        for (int i = 0; i < 50; ++i)
            io.run_one_for(2ms);
    }
};

http::HttpOptions four_at_a_time()
{
    http::HttpOptions options = patient();
    options.max_in_flight = 4;
    return options;
}

}  // namespace

TEST_CASE("a prober destroyed with probes under way ends them all")
{
    Stuck stuck;
    asio::io_context io;
    auto prober = std::make_unique<http::HttpCurl>(io, four_at_a_time(), world().store);
    stuck.spawn(io, *prober);
    stuck.settle(io);
    CHECK(prober->in_flight() == 4);
    CHECK(prober->waiting() == 1);
    prober.reset();
    io.run();
    for (const bool done : stuck.done)
        CHECK(done);
    CHECK(told(stuck.results[0].tcp) == "local_error stopped");
    CHECK(told(stuck.results[1].tls) == "local_error stopped");
    CHECK(told(stuck.results[2].http) == "local_error stopped");
    CHECK(told(stuck.results[3].http) == "ok body: stopped");
    CHECK(told(stuck.results[4].tcp) == "local_error stopped");
}

TEST_CASE("coroutines destroyed while they wait leave nothing behind")
{
    Stuck stuck;
    {
        asio::io_context io;
        http::HttpCurl prober(io, four_at_a_time(), world().store);
        stuck.spawn(io, prober);
        stuck.settle(io);
        CHECK(prober.in_flight() == 4);
    }
    for (const bool done : stuck.done)
        CHECK_FALSE(done);
}

TEST_CASE("a probe can be cancelled, and gives its place free")
{
    Server mute([](Connection& c) { c.wait_for_close(); });
    asio::io_context io;
    http::HttpCurl prober(io, patient(), world().store);
    Probe result;
    bool done = false;
    asio::cancellation_signal stop;
    bool threw = false;
    asio::co_spawn(io,
                   probe_into(prober, request_to(mute.port()),
                              std::chrono::steady_clock::now() + 60s, result, done),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr thrown) { threw = thrown != nullptr; }));
    for (int i = 0; i < 20; ++i)
        io.run_one_for(2ms);
    CHECK(prober.in_flight() == 1);
    stop.emit(asio::cancellation_type::terminal);
    io.run();
    CHECK(threw);
    CHECK_FALSE(done);
    CHECK(prober.in_flight() == 0);
}
