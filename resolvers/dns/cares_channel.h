// One c-ares channel as a mover of bytes: queries to one server over one UDP socket, or over one
// TCP connection. It knows ids and questions only as far as c-ares matches them; what a response
// means, and whether to ask again, is for the client.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "resolvers/base/outcome.h"
#include "resolvers/dns/resolver_address.h"
#include "resolvers/dns/transport.h"

namespace resolvers::dns {

class CaresChannel {
public:
    /// Called once for each query, perhaps before send() returns. Must not call send().
    using Callback = void (*)(void* context, DnsExchange& query, const DnsReply& reply);

    struct Setup {
        ResolverAddress server;
        bool over_tcp = false;
        std::chrono::milliseconds timeout{0};
        int receive_buffer = 0;
        /// An epoll descriptor; the channel puts its socket there, with itself as data.ptr.
        int poll_descriptor = -1;
        Callback callback = nullptr;
        void* context = nullptr;
    };

    /// Failure "local_error" if c-ares cannot make a channel. No socket is opened yet.
    static Outcome<std::unique_ptr<CaresChannel>> make(const Setup& setup);

    ~CaresChannel();
    CaresChannel(const CaresChannel&) = delete;
    CaresChannel& operator=(const CaresChannel&) = delete;

    /// The first two octets of the message are its id; no other query on its way may have it.
    void send(std::span<const std::uint8_t> message, DnsExchange& query);

    /// What epoll said about the socket. Reads a handful of datagrams; true if more may be there.
    bool on_events(std::uint32_t events);

    /// Ends the queries whose time is over. To be called every few hundredths of a second.
    void check_timeouts();

    /// True after the server's machine refused an earlier query while one was being sent: the
    /// kernel tells it once, to whoever calls next. end_refused() then ends what is on its way.
    bool refused() const;
    void end_refused();

private:
    struct Hooks;
    struct State;
    explicit CaresChannel(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace resolvers::dns
