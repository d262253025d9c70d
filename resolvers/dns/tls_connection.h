// One server of DNS over TLS (RFC 7858), and the connection to it: made when there is something to
// ask, kept for as long as it is of use, many queries on it at once, answers in any order
// (RFC 7766 section 6.2.1.1). Knows ids and frames; what a response means is for dns_tls.cpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "resolvers/dns/resolver_address.h"
#include "resolvers/facts.h"
#include "resolvers/tls/session.h"

namespace resolvers {

/// One query and who waits for its answer. Must be forgotten before it goes away.
struct TlsQuery {
    virtual ~TlsQuery() = default;
    /// A message with the query's id. The query is the connection's no more.
    virtual void on_message(std::span<const std::uint8_t> message) = 0;
    /// None will come. The query is the connection's no more.
    virtual void on_failure(DnsStatus status, const std::string& detail) = 0;

    /// Whole, but for the id, which the connection writes into it.
    std::vector<std::uint8_t> message;

    // The connection's own.
    enum class Place { nowhere, waiting, in_flight, failing };
    Place place = Place::nowhere;
    std::uint16_t id = 0;
    std::chrono::steady_clock::time_point sent_at{};
    /// On this connection and others.
    unsigned times_sent = 0;
};

/// For one thread. Held by a shared_ptr, since its handlers hold it too.
class DnsTlsConnection : public std::enable_shared_from_this<DnsTlsConnection> {
public:
    struct Options {
        ResolverAddress server;
        /// Null trusts nobody.
        std::shared_ptr<const TrustStore> store;
        /// For TCP and TLS together.
        std::chrono::milliseconds connect_timeout{5'000};
        /// A connection on which nothing is asked for so long is closed.
        std::chrono::milliseconds idle{10'000};
        /// Queries on their way at once; more wait for room.
        std::size_t max_in_flight = 100;
        std::size_t max_waiting = 10'000;
    };

    DnsTlsConnection(boost::asio::any_io_executor executor, Options options);

    /// Sends it when it can; calls nobody back before it returns. False if too many wait already:
    /// then nothing happens. A query that is lost because the server closed a connection that it
    /// had answered on is sent again on a new one.
    bool send(TlsQuery& query);

    /// Takes a query back, which may be nowhere. `silent`: it has waited in vain, so that one on
    /// which nothing came meanwhile is given up for dead.
    void forget(TlsQuery& query, bool silent);

    /// Ends everything without a word to those who wait.
    void close();

    /// Has the last attempt to connect failed, or one not ended yet?
    bool in_trouble() const { return failures_ > 0; }

    bool is_open() const { return state_ == State::open; }

    /// What a query in its place waits for: "no TCP connection in time", and what was wrong last.
    std::string missing(const TlsQuery& query) const;

private:
    using Clock = std::chrono::steady_clock;
    enum class State { closed, paused, connecting, shaking, open };

    // Making a connection.
    void open_soon();
    void connect();
    void on_connected(boost::system::error_code error);
    void start_timer(Clock::time_point at);
    void on_timer();

    // Using it.
    void read();
    void on_read(boost::system::error_code error, std::size_t count);
    void flush();
    void pump();
    void take_frames();
    void take_message(std::span<const std::uint8_t> message);
    void note_use();

    // Losing it.
    void part();
    void drop();
    void fail(DnsStatus status, const std::string& detail);
    void lose(DnsStatus status, const std::string& detail, bool again);
    void tell_failing(DnsStatus status, const std::string& detail);

    const boost::asio::any_io_executor executor_;
    const Options options_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<TlsSession> session_;
    State state_ = State::closed;
    bool ended_ = false;
    // Handlers of an earlier connection, and of an earlier timer, see that they are late.
    std::uint64_t generation_ = 0;
    std::uint64_t timer_number_ = 0;

    std::list<TlsQuery*> waiting_;
    // By id; null where the query was forgotten, so that a late answer is not taken for another's.
    std::unordered_map<std::uint16_t, TlsQuery*> in_flight_;
    std::size_t forgotten_ = 0;
    std::list<TlsQuery*> failing_;

    std::vector<std::uint8_t> received_;  // as read from the socket
    std::vector<std::uint8_t> inbox_;     // decrypted, not yet a whole message
    std::vector<std::uint8_t> sending_;
    bool writing_ = false;
    bool answered_ = false;  // on this connection
    Clock::time_point heard_at_{};

    // Attempts in a row that brought nothing, and what was wrong with the last one.
    unsigned failures_ = 0;
    std::string trouble_;
    Clock::time_point not_before_{};
};

}  // namespace resolvers
