#include "resolvers/dns/cares.h"

#include <sys/epoll.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <vector>

#include "resolvers/dns/cares_channel.h"
#include "resolvers/dns/transport.h"

namespace resolvers::dns {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;

// After the kernel would not take a datagram.
constexpr milliseconds room_pause{5};
// After our machine would not open a socket.
constexpr milliseconds local_limit_pause{1000};
// Rounds of reading before other sockets, and other work of the thread, get their turn.
constexpr unsigned turns_for_a_socket = 16;
// TCP connections are slow to build and few; queries go down one of them, so many at a time.
constexpr unsigned max_in_flight_over_tcp = 100;
// To a server that is asked over TCP only.
constexpr unsigned max_connections = 4;
constexpr unsigned most_in_flight = 32768;  // half of all ids: a free one is found at once

class CaresTransport;

/// One c-ares channel and what we know about it.
struct Channel {
    CaresTransport* transport = nullptr;
    bool over_tcp = false;
    unsigned in_flight = 0;
    unsigned max_in_flight = 0;
    /// The kernel's send buffer was full: not before then.
    std::chrono::steady_clock::time_point full_until{};
    /// Our machine would not open a socket: not before then.
    std::chrono::steady_clock::time_point unusable_until{};
    /// Of the queries on their way.
    std::bitset<65536> ids;
    std::unique_ptr<CaresChannel> cares;
};

struct Server {
    ResolverAddress address;
    std::vector<std::unique_ptr<Channel>> channels;
    /// Made when first needed.
    std::unique_ptr<Channel> tcp;
    /// What has_room() has found for the next query.
    Channel* free = nullptr;
};

class CaresTransport final : public QueryTransport {
public:
    CaresTransport(const asio::any_io_executor& executor, const DnsOptions& options)
        : poll_(executor),
          channels_per_server_(std::max(1U, options.channels_per_server)),
          max_in_flight_(std::clamp(options.max_in_flight_per_channel, 1U, most_in_flight))
    {
        setup_.timeout = options.timeout;
        setup_.receive_buffer = options.receive_buffer;
        setup_.callback = &CaresTransport::on_reply;
    }

    /// Makes the UDP channels of all servers.
    Outcome<bool> make_channels(const std::vector<ResolverAddress>& servers);

    void open(std::weak_ptr<TransportListener> listener) override
    {
        listener_ = std::move(listener);
        if (const auto alive = listener_.lock())
            client_ = alive.get();
    }
    void close() override;
    unsigned max_in_flight() const override { return max_in_flight_ * channels_per_server_; }
    bool has_room(std::size_t server_place, bool over_tcp, TimePoint now) override;
    bool all_unusable(TimePoint now) const override;
    void send(DnsExchange& exchange, std::span<std::uint8_t> message) override;
    void check_timeouts() override;
    void report_ends() override;
    void listen(bool wanted) override;

private:
    static void on_reply(void* context, DnsExchange& exchange, const DnsReply& reply);
    Outcome<std::unique_ptr<Channel>> make_channel(Server& server, bool over_tcp);
    Channel* free_channel(const Server& server) const;
    Channel* tcp_of(Server& server);
    std::uint16_t take_id(Channel& channel);
    std::uint16_t random_number();
    void on_readable();

    std::weak_ptr<TransportListener> listener_;
    TransportListener* client_ = nullptr;  // which owns us
    asio::posix::stream_descriptor poll_;  // an epoll descriptor with all sockets in it
    bool wanted_ = false;
    bool poll_armed_ = false;
    bool closed_ = false;
    CaresChannel::Setup setup_;
    const unsigned channels_per_server_;
    const unsigned max_in_flight_;
    std::vector<Server> servers_;
    /// Their servers' machines refused queries, which is still to be told.
    std::vector<Channel*> refused_;
    TimePoint now_{};
    std::array<std::uint16_t, 128> numbers_{};
    std::size_t numbers_used_ = numbers_.size();
};

// ---- Channels -----------------------------------------------------------------------------------

Outcome<bool> CaresTransport::make_channels(const std::vector<ResolverAddress>& servers)
{
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0)
        return Failure{"local_error", std::string("epoll: ") + std::strerror(errno)};
    poll_.assign(poll);
    setup_.poll_descriptor = poll;
    for (const ResolverAddress& address : servers) {
        Server& server = servers_.emplace_back();
        server.address = address;
        const bool over_tcp = address.transport == DnsTransport::tcp;
        const unsigned most = over_tcp ? max_connections : channels_per_server_;
        for (unsigned i = 0; i < std::min(channels_per_server_, most); ++i) {
            Outcome<std::unique_ptr<Channel>> channel = make_channel(server, over_tcp);
            if (!channel.has_value())
                return channel.error();
            server.channels.push_back(std::move(*channel));
        }
    }
    return true;
}

Outcome<std::unique_ptr<Channel>> CaresTransport::make_channel(Server& server, bool over_tcp)
{
    auto channel = std::make_unique<Channel>();
    CaresChannel::Setup setup = setup_;
    setup.server = server.address;
    setup.over_tcp = over_tcp;
    setup.context = channel.get();
    Outcome<std::unique_ptr<CaresChannel>> cares = CaresChannel::make(setup);
    if (!cares.has_value())
        return cares.error();
    channel->transport = this;
    channel->over_tcp = over_tcp;
    channel->max_in_flight = over_tcp ? max_in_flight_over_tcp : max_in_flight_;
    channel->cares = std::move(*cares);
    return channel;
}

void CaresTransport::close()
{
    closed_ = true;
    servers_.clear();  // c-ares ends what is on its way
    boost::system::error_code ignored;
    poll_.close(ignored);
}

bool CaresTransport::has_room(std::size_t server_place, bool over_tcp, TimePoint now)
{
    now_ = now;
    Server& server = servers_[server_place];
    if (over_tcp) {
        // One that cannot be made says so when it is to send.
        const Channel* channel = tcp_of(server);
        return channel == nullptr || channel->in_flight < channel->max_in_flight;
    }
    server.free = free_channel(server);
    return server.free != nullptr;
}

// The least loaded: one that has just been read from, which is worth more than taking turns.
Channel* CaresTransport::free_channel(const Server& server) const
{
    Channel* best = nullptr;
    unsigned least = server.channels.front()->max_in_flight;  // the same for all of them
    for (const std::unique_ptr<Channel>& channel : server.channels) {
        if (channel->in_flight >= least || channel->full_until > now_ ||
            channel->unusable_until > now_)
            continue;
        best = channel.get();
        least = best->in_flight;
    }
    return best;
}

Channel* CaresTransport::tcp_of(Server& server)
{
    if (!server.tcp) {
        Outcome<std::unique_ptr<Channel>> made = make_channel(server, true);
        if (made.has_value())
            server.tcp = std::move(*made);
    }
    return server.tcp.get();
}

bool CaresTransport::all_unusable(TimePoint now) const
{
    return std::ranges::all_of(servers_, [now](const Server& server) {
        return std::ranges::all_of(
            server.channels, [now](const auto& channel) { return channel->unusable_until > now; });
    });
}

// Unpredictable, and not in use on the channel.
std::uint16_t CaresTransport::take_id(Channel& channel)
{
    std::uint16_t id = random_number();
    while (channel.ids.test(id))
        id = random_number();
    channel.ids.set(id);
    ++channel.in_flight;
    return id;
}

// From the kernel, some at a time. For 256 octets getrandom(2) neither fails nor comes short.
std::uint16_t CaresTransport::random_number()
{
    if (numbers_used_ == numbers_.size()) {
        [[maybe_unused]] const ssize_t got = getrandom(numbers_.data(), sizeof numbers_, 0);
        numbers_used_ = 0;
    }
    return numbers_[numbers_used_++];
}

// ---- Exchanges ----------------------------------------------------------------------------------

void CaresTransport::send(DnsExchange& exchange, std::span<std::uint8_t> message)
{
    Server& server = servers_[exchange.server_place];
    Channel* channel = exchange.over_tcp ? tcp_of(server) : server.free;
    if (channel == nullptr) {
        DnsReply reply;
        reply.end = DnsReply::End::local_limit;
        reply.detail = "c-ares cannot make a channel";
        client_->ended(exchange, reply);
        return;
    }
    exchange.id = take_id(*channel);
    message[0] = static_cast<std::uint8_t>(exchange.id >> 8);
    message[1] = static_cast<std::uint8_t>(exchange.id);
    channel->cares->send(message, exchange);
    if (channel->cares->refused() && std::ranges::find(refused_, channel) == refused_.end()) {
        refused_.push_back(channel);
        client_->settle_later();
    }
}

// Called by c-ares, perhaps from within its send.
void CaresTransport::on_reply(void* context, DnsExchange& exchange, const DnsReply& reply)
{
    Channel& channel = *static_cast<Channel*>(context);
    CaresTransport& self = *channel.transport;
    channel.ids.reset(exchange.id);
    --channel.in_flight;
    if (reply.end == DnsReply::End::held_back)
        channel.full_until = self.now_ + room_pause;
    else if (reply.end == DnsReply::End::local_limit)
        channel.unusable_until = self.now_ + local_limit_pause;
    self.client_->ended(exchange, reply);
}

void CaresTransport::check_timeouts()
{
    for (const Server& server : servers_) {
        for (const std::unique_ptr<Channel>& channel : server.channels)
            if (channel->in_flight > 0)
                channel->cares->check_timeouts();
        if (server.tcp && server.tcp->in_flight > 0)
            server.tcp->cares->check_timeouts();
    }
}

void CaresTransport::report_ends()
{
    std::vector<Channel*> refused;
    refused.swap(refused_);
    for (Channel* channel : refused)
        channel->cares->end_refused();
}

// ---- The sockets --------------------------------------------------------------------------------

void CaresTransport::listen(bool wanted)
{
    wanted_ = wanted;
    if (!wanted && poll_armed_) {
        boost::system::error_code ignored;
        poll_.cancel(ignored);
    }
    if (!wanted || poll_armed_)
        return;
    poll_armed_ = true;
    poll_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this, alive = listener_.lock()](boost::system::error_code error) {
                         poll_armed_ = false;
                         if (closed_)
                             return;
                         if (error)
                             listen(wanted_);  // cancelled, and perhaps asked again since
                         else
                             on_readable();
                     });
}

void CaresTransport::on_readable()
{
    client_->begin_turn();
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(poll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        // What is read is handed over, and new queries go out, before more is read.
        for (unsigned turn = 0; turn < turns_for_a_socket; ++turn) {
            const bool more = static_cast<CaresChannel*>(event.data.ptr)->on_events(event.events);
            if (!client_->go_on())
                return;
            if (!more)
                break;
        }
    }
    client_->settle();
}

}  // namespace

Outcome<std::unique_ptr<DnsClient>> make_dns_client(asio::any_io_executor executor,
                                                    DnsOptions options)
{
    if (options.servers.empty())
        return Failure{"no_resolver", "no DNS resolver to ask"};
    auto transport = std::make_unique<CaresTransport>(executor, options);
    const Outcome<bool> made = transport->make_channels(options.servers);
    if (!made.has_value())
        return made.error();
    return std::make_unique<DnsClient>(std::move(executor), std::move(options),
                                       std::move(transport));
}

}  // namespace resolvers::dns
