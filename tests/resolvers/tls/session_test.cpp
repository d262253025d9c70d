#include "resolvers/tls/session.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/support/tls_server.h"

namespace {

using namespace resolvers;
using namespace support;

struct Said {
    std::optional<Failure> failure;
    bool established = false;
    bool closed = false;
    std::string heard;
    std::string server_name;
};

/// Shakes hands over a pair of sockets, says "ping", and takes at most `step` octets at a time.
Said talk(const TlsWishes& wishes, const tls::TrustStore* store, const std::string& host,
          std::size_t step = 4096, const std::string& raw = "")
{
    int ends[2] = {-1, -1};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    Said said;
    std::atomic<bool> stopping{false};
    std::thread server([&, fd = ends[1]] {
        Connection connection(fd, stopping);
        if (!raw.empty()) {
            connection.write(raw);
        } else if (connection.shake_hands(wishes)) {
            said.server_name = connection.server_name();
            if (connection.read_some() == "ping") {
                connection.write("po");
                connection.write("ng");
            }
        }
        connection.close();
    });

    auto made = tls::TlsSession::create(store, host, "dot");
    REQUIRE(made.has_value());
    tls::TlsSession& session = **made;
    std::vector<std::uint8_t> plain;
    std::vector<std::uint8_t> buffer(step);
    bool sent = false;
    for (;;) {
        if (session.established() && !sent) {
            sent = true;
            const std::string ping = "ping";
            session.write({reinterpret_cast<const std::uint8_t*>(ping.data()), ping.size()});
        }
        const std::vector<std::uint8_t> out = session.take_output();
        // A peer that has hung up already may still have said something before.
        if (!out.empty())
            static_cast<void>(send(ends[0], out.data(), out.size(), MSG_NOSIGNAL));
        if (session.failure())
            break;
        const ssize_t got = recv(ends[0], buffer.data(), buffer.size(), 0);
        if (got <= 0)
            break;
        session.receive({buffer.data(), static_cast<std::size_t>(got)}, plain);
    }
    shutdown(ends[0], SHUT_RDWR);
    server.join();
    close(ends[0]);
    close(ends[1]);
    said.failure = session.failure();
    said.established = session.established();
    said.closed = session.closed();
    said.heard.assign(plain.begin(), plain.end());
    return said;
}

}  // namespace

TEST_CASE("a session speaks to a peer that proves its name, however the octets come")
{
    const TestAuthority authority;
    const auto store = tls::TrustStore::load(authority.file()).value();
    const TlsWishes wishes{.leaf = authority.leaf({.names = {"DNS:dns.example", "IP:127.0.0.1"}}),
                           .chain = {authority.intermediate},
                           .alpn = {"dot"}};
    for (const std::size_t step : {std::size_t{4096}, std::size_t{1}}) {
        CAPTURE(step);
        const Said by_name = talk(wishes, store.get(), "dns.example", step);
        CHECK_FALSE(by_name.failure);
        CHECK(by_name.heard == "pong");
        CHECK(by_name.server_name == "dns.example");
        const Said by_address = talk(wishes, store.get(), "127.0.0.1", step);
        CHECK_FALSE(by_address.failure);
        CHECK(by_address.heard == "pong");
        CHECK(by_address.server_name.empty());
    }
    TlsWishes older = wishes;
    older.highest_version = 0x0303;
    CHECK(talk(older, store.get(), "dns.example").heard == "pong");
}

TEST_CASE("a peer that does not prove who it is hears nothing")
{
    const TestAuthority authority;
    const auto store = tls::TrustStore::load(authority.file()).value();
    const std::vector<std::string> names = {"DNS:dns.example", "DNS:*.dns.example"};
    const auto leaf = authority.leaf({.names = names});
    struct Case {
        const char* why;
        TlsWishes wishes;
        const tls::TrustStore* store;
        const char* host;
        const char* code;
        const char* detail;
    };
    const TlsWishes good{.leaf = leaf, .chain = {authority.intermediate}};
    TlsWishes old = good;
    old.highest_version = 0x0302;
    TlsWishes refusing = good;
    refusing.refuse_name = true;
    const Case cases[] = {
        {"another name", good, store.get(), "other.example", "certificate",
         "the certificate is not for other.example"},
        {"an address that is not in it", good, store.get(), "127.0.0.1", "certificate",
         "the certificate is not for 127.0.0.1"},
        {"a wildcard covers one label", good, store.get(), "a.b.dns.example", "certificate",
         "the certificate is not for a.b.dns.example"},
        {"only the common name fits",
         {.leaf = authority.leaf({.common_name = "dns.example", .names = {}}),
          .chain = {authority.intermediate}},
         store.get(),
         "dns.example",
         "certificate",
         "the certificate is not for dns.example"},
        {"signed by itself",
         {.leaf = TestCertificate::self_signed({.names = names})},
         store.get(),
         "dns.example",
         "certificate",
         "self-signed certificate"},
        {"expired",
         {.leaf = authority.leaf({.names = names, .valid_until = std::chrono::seconds(-60)}),
          .chain = {authority.intermediate}},
         store.get(),
         "dns.example",
         "certificate",
         "certificate has expired"},
        {"not valid yet",
         {.leaf = authority.leaf({.names = names, .valid_from = std::chrono::seconds(3600)}),
          .chain = {authority.intermediate}},
         store.get(),
         "dns.example",
         "certificate",
         "certificate is not yet valid"},
        {"the intermediate is missing",
         {.leaf = leaf},
         store.get(),
         "dns.example",
         "certificate",
         "unable to get local issuer certificate"},
        {"nobody is trusted", good, nullptr, "dns.example", "certificate",
         "unable to get local issuer certificate"},
        {"too old a version", old, store.get(), "dns.example", "handshake", "protocol"},
        {"an alert", refusing, store.get(), "dns.example", "handshake", "unrecognized name"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Said said = talk(c.wishes, c.store, c.host);
        REQUIRE(said.failure);
        CAPTURE(said.failure->detail);
        CHECK(said.failure->code == c.code);
        CHECK(said.failure->detail.find(c.detail) != std::string::npos);
        CHECK_FALSE(said.established);
        CHECK(said.heard.empty());
    }
    const Said said = talk({}, store.get(), "dns.example", 4096, "220 mail.example ESMTP\r\n");
    REQUIRE(said.failure);
    CHECK(said.failure->code == "handshake");
    CHECK(said.failure->detail == "wrong version number");
}
