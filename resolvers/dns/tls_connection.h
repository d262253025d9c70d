// One server of DNS over TLS (RFC 7858), and the connection to it: made when there is something to
// ask, kept for as long as it is of use, many queries on it at once, answers in any order
// (RFC 7766 section 6.2.1.1). Knows ids and frames; what a response means is for the client.
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
#include "resolvers/dns/transport.h"
#include "resolvers/tls/session.h"

namespace resolvers::dns {

/// For one thread. Held by a shared_ptr, since its handlers hold it too.
class DnsTlsConnection : public std::enable_shared_from_this<DnsTlsConnection> {
public:
    struct Options {
        ResolverAddress server;
        /// Null trusts nobody.
        std::shared_ptr<const tls::TrustStore> store;
        /// For one query, and for TCP and TLS together.
        std::chrono::milliseconds timeout{5'000};
        /// A connection on which nothing is asked for so long is closed.
        std::chrono::milliseconds idle{10'000};
    };

    DnsTlsConnection(boost::asio::any_io_executor executor, Options options);

    /// Whom the ends are reported to. Before anything is sent.
    void set_listener(std::weak_ptr<TransportListener> listener)
    {
        listener_ = std::move(listener);
    }

    /// Sends it when there is a connection; reports nothing before it returns. A query that is lost
    /// because the server closed a connection that it had answered on ends as interrupted.
    void send(DnsExchange& exchange, std::span<const std::uint8_t> message);

    /// Ends everything without a word to those who wait.
    void close();

    /// Our own machine would not make a connection: not before then.
    std::chrono::steady_clock::time_point unusable_until() const { return unusable_until_; }

private:
    using Clock = std::chrono::steady_clock;
    using End = DnsReply::End;
    enum class State { closed, paused, connecting, shaking, open };

    struct Query {
        DnsExchange* exchange = nullptr;
        /// Whole, but for the id.
        std::vector<std::uint8_t> message;
        Clock::time_point sent_at{};
        /// Its time is over; its id stays taken, so that a late answer is not taken for another's.
        bool forgotten = false;
    };
    using Queries = std::list<Query>;

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
    void start_query_timer();
    void on_query_timer();
    void note_use();

    // Losing it.
    void part();
    void drop();
    void pause_before_next();
    void fail(End end, const std::string& detail);
    void lose(End end, const std::string& detail);
    void report(const Queries& ended, End end, const std::string& detail);

    const boost::asio::any_io_executor executor_;
    const Options options_;
    std::weak_ptr<TransportListener> listener_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer query_timer_;
    bool query_timer_armed_ = false;
    std::unique_ptr<tls::TlsSession> session_;
    State state_ = State::closed;
    // Handlers of an earlier connection, and of an earlier timer, see that they are late.
    std::uint64_t generation_ = 0;
    std::uint64_t timer_number_ = 0;

    Queries waiting_;    // for a connection
    Queries in_flight_;  // in the order in which they were sent
    std::unordered_map<std::uint16_t, Queries::iterator> by_id_;
    std::size_t forgotten_ = 0;

    std::vector<std::uint8_t> received_;  // as read from the socket
    std::vector<std::uint8_t> inbox_;     // decrypted, not yet a whole message
    std::vector<std::uint8_t> sending_;
    bool writing_ = false;
    bool answered_ = false;  // on this connection
    Clock::time_point heard_at_{};

    // Attempts in a row that brought nothing.
    unsigned failures_ = 0;
    Clock::time_point not_before_{};
    Clock::time_point unusable_until_{};
};

}  // namespace resolvers::dns
