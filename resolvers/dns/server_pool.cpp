#include "resolvers/dns/server_pool.h"

#include <sys/random.h>

#include <algorithm>

#include "resolvers/dns/cares.h"

namespace resolvers {

namespace {

using std::chrono::milliseconds;

// Queries without a response in a row that make a server a silent one, and how long it is left
// alone before it is tried again; after each vain try twice as long.
constexpr unsigned failures_to_avoid = 10;
constexpr milliseconds avoid_pause{2000};
constexpr unsigned max_avoid_doublings = 5;
// TCP connections are slow to build and few; queries go down one of them, so many at a time.
constexpr unsigned max_in_flight_over_tcp = 100;
// To a server that is asked over TCP only.
constexpr unsigned max_connections = 4;
constexpr unsigned most_in_flight = 32768;  // half of all ids: a free one is found at once
// What a socket with the kernel's usual buffer (208 KiB) holds of small datagrams, and some room.
constexpr double narrowest = 200;

}  // namespace

Outcome<bool> DnsServerPool::open(const DnsOptions& options, int poll_descriptor,
                                  CaresChannel::Callback callback)
{
    if (options.servers.empty())
        return Failure{"no_resolver", "no DNS resolver to ask"};
    max_in_flight_ = std::clamp(options.max_in_flight_per_channel, 1U, most_in_flight);
    widest_ = static_cast<double>(max_in_flight_) * std::max(1U, options.channels_per_server);
    timeout_ = options.timeout;
    setup_.timeout = options.timeout;
    setup_.receive_buffer = options.receive_buffer;
    setup_.poll_descriptor = poll_descriptor;
    setup_.callback = callback;
    out_of_use_ = options.out_of_use;
    silent_ = options.silent;
    for (const ResolverAddress& address : options.servers) {
        auto server = std::make_unique<PoolServer>();
        server->address = address;
        server->text = address.text();
        server->place = servers_.size();
        server->window = std::min(narrowest, widest_);
        server->slow_start_threshold = widest_;
        const bool over_tcp = address.transport == DnsTransport::tcp;
        const unsigned most = over_tcp ? max_connections : options.channels_per_server;
        for (unsigned i = 0; i < std::clamp(options.channels_per_server, 1U, most); ++i) {
            Outcome<std::unique_ptr<PoolChannel>> channel = make_channel(*server, over_tcp);
            if (!channel.has_value())
                return channel.error();
            server->channels.push_back(std::move(*channel));
        }
        servers_.push_back(std::move(server));
    }
    return true;
}

Outcome<std::unique_ptr<PoolChannel>> DnsServerPool::make_channel(PoolServer& server,
                                                                  bool over_tcp) const
{
    CaresChannel::Setup setup = setup_;
    setup.server = server.address;
    setup.over_tcp = over_tcp;
    Outcome<std::unique_ptr<CaresChannel>> cares = CaresChannel::make(setup);
    if (!cares.has_value())
        return cares.error();
    auto channel = std::make_unique<PoolChannel>();
    channel->server = &server;
    channel->over_tcp = over_tcp;
    channel->max_in_flight = over_tcp ? max_in_flight_over_tcp : max_in_flight_;
    channel->cares = std::move(*cares);
    return channel;
}

bool DnsServerPool::out_of_use(const PoolServer& server) const
{
    return out_of_use_ && out_of_use_(server.place);
}

bool DnsServerPool::is_silent(const PoolServer& server) const
{
    return server.failures >= failures_to_avoid ||
           (!server.heard && silent_ && silent_(server.place));
}

unsigned DnsServerPool::standing(const PoolServer& server) const
{
    if (out_of_use(server))
        return 3;
    if (!is_silent(server))
        return 0;
    return server.heard ? 1 : 2;
}

bool DnsServerPool::may_serve(const PoolServer& server) const
{
    return !out_of_use(server) ||
           std::ranges::all_of(servers_, [this](const auto& one) { return out_of_use(*one); });
}

bool DnsServerPool::has_another_than(const PoolServer& server) const
{
    return std::ranges::any_of(servers_, [&](const auto& one) {
        return one.get() != &server && standing(*one) < 2 && standing(*one) <= standing(server);
    });
}

PoolChannel* DnsServerPool::pick(const PoolServer* last, bool may_try, TimePoint now)
{
    const std::size_t count = servers_.size();
    if (count == 1)
        return pick_of(*servers_.front(), now);
    unsigned best = 3;
    for (const auto& one : servers_)
        best = std::min(best, standing(*one));
    const std::size_t before = last != nullptr ? last->place : latest_;
    for (std::size_t step = 1; step <= count; ++step) {
        PoolServer& server = *servers_[(before + step) % count];
        const unsigned its = standing(server);
        // While others stand better: one question at a time, once the pause is over.
        const bool tries =
            may_try && its < 3 && server.avoided_until <= now && server.in_flight == 0;
        if (its > best && !tries)
            continue;
        PoolChannel* channel = pick_of(server, now);
        if (channel == nullptr)
            continue;
        if (last == nullptr)
            latest_ = server.place;
        return channel;
    }
    return nullptr;
}

PoolChannel* DnsServerPool::pick_of(PoolServer& server, TimePoint now)
{
    if (server.in_flight >= server.window)
        return nullptr;
    PoolChannel* best = nullptr;
    for (const std::unique_ptr<PoolChannel>& channel : server.channels) {
        if (best != nullptr && channel->in_flight >= best->in_flight)
            continue;
        if (channel->in_flight < channel->max_in_flight && channel->full_until <= now &&
            channel->unusable_until <= now)
            best = channel.get();
    }
    return best;
}

PoolChannel* DnsServerPool::tcp_of(PoolServer& server)
{
    if (!server.tcp) {
        Outcome<std::unique_ptr<PoolChannel>> made = make_channel(server, true);
        if (made.has_value())
            server.tcp = std::move(*made);
    }
    return server.tcp.get();
}

bool DnsServerPool::all_unusable(TimePoint now) const
{
    return std::ranges::all_of(servers_, [now](const std::unique_ptr<PoolServer>& server) {
        return std::ranges::all_of(
            server->channels, [now](const auto& channel) { return channel->unusable_until > now; });
    });
}

std::uint16_t DnsServerPool::take_id(PoolChannel& channel)
{
    std::uint16_t id = random_number();
    while (channel.ids.test(id))
        id = random_number();
    channel.ids.set(id);
    ++channel.in_flight;
    ++channel.server->in_flight;
    return id;
}

void DnsServerPool::give_back(PoolChannel& channel, std::uint16_t id, ChannelReply::End end,
                              TimePoint now)
{
    channel.ids.reset(id);
    --channel.in_flight;
    PoolServer& server = *channel.server;
    --server.in_flight;
    if (end == ChannelReply::End::timeout)
        narrow(server, now);
    if (end == ChannelReply::End::response) {
        widen(server);
        server.failures = 0;
        server.pauses = 0;
        server.heard = true;
        server.avoided_until = {};
    } else if (end == ChannelReply::End::timeout || end == ChannelReply::End::unreachable) {
        // Queries that were on their way together are one reason for one pause.
        const bool known = is_silent(server);
        ++server.failures;
        if (is_silent(server) && (!known || server.avoided_until <= now))
            server.avoided_until =
                now + avoid_pause * (1 << std::min(server.pauses++, max_avoid_doublings));
    }
}

void DnsServerPool::widen(PoolServer& server) const
{
    const double step = server.window < server.slow_start_threshold ? 1 : 1 / server.window;
    server.window = std::min(server.window + step, widest_);
}

// Once for all queries that were on their way at the time: they are lost together.
void DnsServerPool::narrow(PoolServer& server, TimePoint now) const
{
    if (now - server.narrowed_at < timeout_)
        return;
    server.narrowed_at = now;
    server.window = std::max(server.window / 2, std::min(narrowest, widest_));
    server.slow_start_threshold = server.window;
}

void DnsServerPool::check_timeouts()
{
    for (const std::unique_ptr<PoolServer>& server : servers_) {
        for (const std::unique_ptr<PoolChannel>& channel : server->channels)
            if (channel->in_flight > 0)
                channel->cares->check_timeouts();
        if (server->tcp && server->tcp->in_flight > 0)
            server->tcp->cares->check_timeouts();
    }
}

std::uint64_t DnsServerPool::dropped() const
{
    std::uint64_t dropped = 0;
    for (const std::unique_ptr<PoolServer>& server : servers_)
        for (const std::unique_ptr<PoolChannel>& channel : server->channels)
            dropped += channel->cares->dropped();
    return dropped;
}

// From the kernel, some at a time. For 256 octets getrandom(2) neither fails nor comes short.
std::uint16_t DnsServerPool::random_number()
{
    if (numbers_used_ == numbers_.size()) {
        [[maybe_unused]] const ssize_t got = getrandom(numbers_.data(), sizeof numbers_, 0);
        numbers_used_ = 0;
    }
    return numbers_[numbers_used_++];
}

}  // namespace resolvers
