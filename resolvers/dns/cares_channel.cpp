#include "resolvers/dns/cares_channel.h"

#include <ares.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace resolvers::dns {

namespace {

// The longest datagram that c-ares 1.18.1 hands on whole.
constexpr int max_datagram = 4096;
constexpr std::size_t header_size = 12;

// Datagrams read in one go. c-ares frees what it kept of each query, and for new ones takes as
// much: within a handful the C library hands out what it has just got back, still warm.
constexpr unsigned datagrams_at_once = 6;

// After this many refusals without a datagram in between, a server that once answered counts as
// gone. One alone may be forged, or meant for a query long past.
constexpr unsigned refusals_to_believe = 3;

struct ChannelCloser {
    void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using ChannelHandle = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelCloser>;

// ares_library_init counts its users and allocates nothing that lives longer than the process.
bool start_library()
{
    static const int status = ares_library_init(ARES_LIB_INIT_ALL);
    return status == ARES_SUCCESS;
}

bool is_refusal(int error)
{
    return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH ||
           error == EHOSTDOWN || error == ENETDOWN || error == EPROTO || error == ENOPROTOOPT;
}

bool is_local_limit(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
           error == EADDRNOTAVAIL || error == EADDRINUSE || error == EPERM || error == EACCES;
}

}  // namespace

struct CaresChannel::State {
    Setup setup;
    CaresChannel* owner = nullptr;
    int socket = -1;
    bool polled = false;
    /// errno of the last socket operation that failed.
    int last_error = 0;
    /// The kernel would not take the datagram that c-ares is sending.
    bool buffer_full = false;
    /// A refusal that came out of a send and that c-ares has not seen yet.
    bool refused = false;
    bool heard = false;
    unsigned refusals = 0;
    unsigned may_read = 0;
    /// Octets 2 and 3 of the datagram that c-ares is looking at.
    std::array<std::uint8_t, 2> header_flags{};
    ChannelHandle handle;

    bool believes_refusal() { return !heard || ++refusals >= refusals_to_believe; }
};

// What c-ares calls. `data` is the State.
struct CaresChannel::Hooks {
    static State& state_of(void* data) { return *static_cast<State*>(data); }

    static ares_socket_t open_socket(int family, int type, int protocol, void* data)
    {
        State& state = state_of(data);
        const int socket = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
        if (socket < 0) {
            state.last_error = errno;
            return ARES_SOCKET_BAD;
        }
        const int on = 1;
        if (type == SOCK_STREAM)
            setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        else if (state.setup.receive_buffer > 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &state.setup.receive_buffer,
                       sizeof state.setup.receive_buffer);
        state.socket = socket;
        state.heard = false;
        state.refused = false;
        state.refusals = 0;
        return socket;
    }

    static int close_socket(ares_socket_t socket, void* data)
    {
        State& state = state_of(data);
        state.socket = -1;
        state.polled = false;  // epoll forgets a descriptor that is closed
        return close(socket);
    }

    static int connect_socket(ares_socket_t socket, const sockaddr* address, ares_socklen_t size,
                              void* data)
    {
        const int connected = connect(socket, address, size);
        if (connected != 0 && errno != EINPROGRESS)
            state_of(data).last_error = errno;
        return connected;
    }

    static ares_ssize_t receive(ares_socket_t socket, void* buffer, size_t size, int flags,
                                sockaddr* from, ares_socklen_t* from_size, void* data)
    {
        State& state = state_of(data);
        if (state.setup.over_tcp) {
            const ssize_t got = recv(socket, buffer, size, flags);
            if (got <= 0 && (got == 0 || errno != EAGAIN))
                state.last_error = got == 0 ? 0 : errno;
            return got;
        }
        if (state.refused) {
            state.last_error = ECONNREFUSED;
            errno = ECONNREFUSED;
            return -1;
        }
        return receive_datagram(state, socket, static_cast<std::uint8_t*>(buffer), from, from_size);
    }

    // c-ares 1.18.1 acts on the header by itself: on FORMERR it cuts off what it takes for its own
    // OPT record, asks again, and does without EDNS on this channel from then on; on TC it goes
    // over to TCP without telling. Both are ours to decide, so it is shown NOERROR without TC, and
    // the true octets are put back before anyone else looks.
    static ares_ssize_t receive_datagram(State& state, ares_socket_t socket, std::uint8_t* buffer,
                                         sockaddr* from, ares_socklen_t* from_size)
    {
        if (state.may_read == 0) {
            errno = EAGAIN;
            return -1;
        }
        --state.may_read;
        ssize_t got = recvfrom(socket, buffer, max_datagram, MSG_TRUNC, from, from_size);
        while (got < 0 && is_refusal(errno) && !state.believes_refusal())
            got = recvfrom(socket, buffer, max_datagram, MSG_TRUNC, from, from_size);
        if (got < 0) {
            if (errno != EAGAIN)
                state.last_error = errno;
            return got;
        }
        state.heard = true;
        state.refusals = 0;
        const auto size = static_cast<std::size_t>(std::min<ssize_t>(got, max_datagram));
        if (size >= header_size) {
            state.header_flags = {buffer[2], buffer[3]};
            if (got > max_datagram)
                state.header_flags[0] |= 0x02;  // cut by us, as good as TC
            buffer[2] &= 0xFD;
            buffer[3] &= 0xF0;
        }
        return static_cast<ares_ssize_t>(size);
    }

    static ares_ssize_t send_octets(ares_socket_t socket, const iovec* parts, int count, void* data)
    {
        State& state = state_of(data);
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(parts);
        message.msg_iovlen = static_cast<size_t>(count);
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && !state.setup.over_tcp && is_refusal(errno)) {
            // This tells of an earlier datagram. It is kept for receive(), which can lay it at the
            // right door; the one in hand has not been sent yet.
            state.refused = state.refused || state.believes_refusal();
            sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        }
        if (sent < 0) {
            if (errno != EAGAIN)
                state.last_error = errno;
            state.buffer_full = !state.setup.over_tcp && (errno == EAGAIN || errno == ENOBUFS);
        }
        return sent;
    }

    // c-ares opens at most one socket for a channel of one server and one transport.
    static void watch_socket(void* data, ares_socket_t socket, int readable, int writable)
    {
        State& state = state_of(data);
        epoll_event event{};
        event.events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
        event.data.ptr = state.owner;
        const bool wanted = event.events != 0;
        if (!wanted && !state.polled)
            return;
        const int operation = !wanted        ? EPOLL_CTL_DEL
                              : state.polled ? EPOLL_CTL_MOD
                                             : EPOLL_CTL_ADD;
        epoll_ctl(state.setup.poll_descriptor, operation, socket, &event);
        state.polled = wanted;
    }

    static void on_answer(void* argument, int status, int /*timeouts*/, unsigned char* octets,
                          int size)
    {
        DnsExchange& query = *static_cast<DnsExchange*>(argument);
        State& state = *static_cast<CaresChannel*>(query.channel)->state_;
        DnsReply reply;
        if (status == ARES_SUCCESS) {
            if (!state.setup.over_tcp && size >= static_cast<int>(header_size))
                std::ranges::copy(state.header_flags, octets + 2);
            reply.end = DnsReply::End::response;
            reply.octets = {octets, static_cast<std::size_t>(size)};
        } else {
            reply.end = end_of(status, state);
            reply.detail = detail_of(reply.end, state);
        }
        state.setup.callback(state.setup.context, query, reply);
    }

    static DnsReply::End end_of(int status, const State& state)
    {
        switch (status) {
            case ARES_ETIMEOUT:
                return DnsReply::End::timeout;
            case ARES_EDESTRUCTION:
            case ARES_ECANCELLED:
                return DnsReply::End::closed;
            case ARES_ECONNREFUSED:
                if (state.buffer_full)
                    return DnsReply::End::held_back;
                return is_local_limit(state.last_error) ? DnsReply::End::local_limit
                                                        : DnsReply::End::unreachable;
            default:
                return DnsReply::End::local_limit;
        }
    }

    static std::string_view detail_of(DnsReply::End end, const State& state)
    {
        if (end == DnsReply::End::timeout)
            return "no response in time";
        if (state.last_error != 0)
            return std::strerror(state.last_error);
        return end == DnsReply::End::local_limit ? "c-ares: out of memory" : "connection closed";
    }

    static const ares_socket_functions functions;
};

const ares_socket_functions CaresChannel::Hooks::functions = {
    Hooks::open_socket, Hooks::close_socket, Hooks::connect_socket,
    Hooks::receive,     Hooks::send_octets,
};

CaresChannel::CaresChannel(std::unique_ptr<State> state) : state_(std::move(state)) {}

CaresChannel::~CaresChannel()
{
    // While state_ still stands: the callbacks look at it.
    state_->handle.reset();
}

Outcome<std::unique_ptr<CaresChannel>> CaresChannel::make(const Setup& setup)
{
    const auto failure = [](int status) {
        return Failure{"local_error", std::string("c-ares: ") + ares_strerror(status)};
    };
    if (!start_library())
        return failure(ARES_ENOTINITIALIZED);

    std::unique_ptr<CaresChannel> channel(new CaresChannel(std::make_unique<State>()));
    State& state = *channel->state_;
    state.setup = setup;
    state.owner = channel.get();

    // With the EDNS flag, answers over 512 octets are taken. An open UDP socket is kept for the
    // next question; an idle TCP connection is the server's to lose.
    ares_options options{};
    options.flags = ARES_FLAG_NOCHECKRESP |
                    (setup.over_tcp ? ARES_FLAG_USEVC : ARES_FLAG_EDNS | ARES_FLAG_STAYOPEN);
    options.timeout = static_cast<int>(setup.timeout.count());
    options.tries = 1;
    options.ednspsz = max_datagram;
    options.sock_state_cb = Hooks::watch_socket;
    options.sock_state_cb_data = &state;
    // Nothing of the machine's own set-up is wanted.
    char lookups[] = "b";
    char no_file[] = "/dev/null";
    options.lookups = lookups;
    options.resolvconf_path = no_file;
    ares_channel made = nullptr;
    int status =
        ares_init_options(&made, &options,
                          ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                              ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF);
    if (status != ARES_SUCCESS)
        return failure(status);
    state.handle.reset(made);
    ares_set_socket_functions(made, &Hooks::functions, &state);

    ares_addr_port_node server{};
    const std::array<std::uint8_t, 16>& address = setup.server.address.bytes();
    server.family = setup.server.address.is_v4() ? AF_INET : AF_INET6;
    if (server.family == AF_INET)
        std::memcpy(&server.addr.addr4, address.data(), sizeof server.addr.addr4);
    else
        std::memcpy(&server.addr.addr6, address.data(), sizeof server.addr.addr6);
    server.udp_port = setup.server.port;
    server.tcp_port = setup.server.port;
    status = ares_set_servers_ports(made, &server);
    if (status != ARES_SUCCESS)
        return failure(status);
    return channel;
}

void CaresChannel::send(std::span<const std::uint8_t> message, DnsExchange& query)
{
    query.channel = this;
    state_->last_error = 0;
    state_->buffer_full = false;
    ares_send(state_->handle.get(), message.data(), static_cast<int>(message.size()),
              Hooks::on_answer, &query);
    state_->buffer_full = false;
}

bool CaresChannel::on_events(std::uint32_t events)
{
    const int socket = state_->socket;
    if (socket < 0)
        return false;
    state_->may_read = datagrams_at_once;
    const bool readable = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    const bool writable = (events & EPOLLOUT) != 0;
    ares_process_fd(state_->handle.get(), readable ? socket : ARES_SOCKET_BAD,
                    writable ? socket : ARES_SOCKET_BAD);
    return !state_->setup.over_tcp && state_->may_read == 0;
}

void CaresChannel::check_timeouts()
{
    ares_process_fd(state_->handle.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

bool CaresChannel::refused() const
{
    return state_->refused;
}

void CaresChannel::end_refused()
{
    state_->may_read = datagrams_at_once;
    if (state_->socket >= 0)
        ares_process_fd(state_->handle.get(), state_->socket, ARES_SOCKET_BAD);
    state_->refused = false;
}

}  // namespace resolvers::dns
