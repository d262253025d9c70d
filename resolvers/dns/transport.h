// What the DNS client needs of a transport: that it exchanges one query with one server. Whom to
// ask, how often, and what a response means, is for the client (engine.h, question_state.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace resolvers::dns {

/// One query on its way. Stays until its transport has reported its end, or is closed.
struct DnsExchange {
    /// By its place among the client's servers.
    std::size_t server_place = 0;
    /// Over TCP because the response over UDP was truncated. Other transports never see it.
    bool over_tcp = false;
    /// Chosen by the transport, which writes it into the message.
    std::uint16_t id = 0;
    /// The transport's own: where the query is.
    void* channel = nullptr;
};

/// How one exchange ended.
struct DnsReply {
    enum class End {
        response,
        timeout,
        unreachable,  ///< refused, unreachable, connection or handshake failed
        malformed,    ///< something came, but no DNS message
        interrupted,  ///< the server closed a connection on which it had answered others
        local_limit,  ///< our machine would not do it
        held_back,    ///< not sent: the kernel's buffer is full
        closed,       ///< the transport was closed
    };
    End end = End::closed;
    /// What happened, for people, for the time of the call. Empty with a response.
    std::string_view detail{};
    /// The message as it came, for the time of the call. Empty unless there is one.
    std::span<const std::uint8_t> octets{};
};

/// The client, as its transport sees it.
class TransportListener {
public:
    virtual ~TransportListener() = default;

    /// Before the ends of one turn of the loop are reported: reads the clocks.
    virtual void begin_turn() = 0;

    /// Called once for each exchange, perhaps before send() returns. Calls nothing of the
    /// transport.
    virtual void ended(DnsExchange& exchange, const DnsReply& reply) = 0;

    /// Between the ends of one turn: sends what has room now and hands answers over. False if the
    /// client was closed meanwhile. Not to be called from send().
    virtual bool go_on() = 0;

    /// After the last end of a turn: the same, now or on the executor soon.
    virtual void settle() = 0;
    virtual void settle_later() = 0;
};

/// For one thread. Begins to work with open().
class QueryTransport {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    virtual ~QueryTransport() = default;

    /// Before anything else. The listener is kept alive by whoever is called on the executor.
    virtual void open(std::weak_ptr<TransportListener> listener) = 0;

    /// Ends everything. Exchanges are reported as closed, or not at all.
    virtual void close() = 0;

    /// Queries that a server may have on their way at most.
    virtual unsigned max_in_flight() const = 0;

    /// As EdnsOptions::padding_block.
    virtual std::uint16_t padding_block() const { return 0; }

    /// May a query to this server go out just now?
    virtual bool has_room(std::size_t server_place, bool over_tcp, TimePoint now) = 0;

    /// Is our machine unable to ask any server just now?
    virtual bool all_unusable(TimePoint now) const = 0;

    /// Sends the message to the exchange's server, where has_room() has just said that there is
    /// room. Every exchange ends by itself after the client's timeout.
    virtual void send(DnsExchange& exchange, std::span<std::uint8_t> message) = 0;

    /// Called every few hundredths of a second while anybody waits for an answer.
    virtual void check_timeouts() {}

    /// Called once in a turn: reports ends that could not be reported from within send().
    virtual void report_ends() {}

    /// Does anybody wait for an answer? While nobody does, nothing that the transport waits for may
    /// keep the io_context at work for long.
    virtual void listen(bool /*wanted*/) {}
};

}  // namespace resolvers::dns
