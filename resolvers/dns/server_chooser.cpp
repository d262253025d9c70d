#include "resolvers/dns/server_chooser.h"

#include <algorithm>

#include "resolvers/dns/client.h"

namespace resolvers::dns {

namespace {

using std::chrono::milliseconds;
using End = DnsReply::End;

// Queries without a response in a row that make a server a silent one, and how long it is left
// alone before it is tried again; after each vain try twice as long.
constexpr unsigned failures_to_avoid = 10;
constexpr milliseconds avoid_pause{2000};
constexpr unsigned max_avoid_doublings = 5;
// What a socket with the kernel's usual buffer (208 KiB) holds of small datagrams, and some room.
constexpr double narrowest = 200;

}  // namespace

ServerChooser::ServerChooser(const DnsOptions& options, QueryTransport& transport)
    : transport_(transport),
      out_of_use_(options.out_of_use),
      silent_(options.silent),
      widest_(transport.max_in_flight()),
      timeout_(options.timeout)
{
    for (const ResolverAddress& address : options.servers) {
        DnsServer& server = servers_.emplace_back();
        server.address = address;
        server.text = address.text();
        server.place = servers_.size() - 1;
        server.window = std::min(narrowest, widest_);
        server.slow_start_threshold = widest_;
    }
}

bool ServerChooser::out_of_use(const DnsServer& server) const
{
    return out_of_use_ && out_of_use_(server.place);
}

bool ServerChooser::is_silent(const DnsServer& server) const
{
    return server.failures >= failures_to_avoid ||
           (!server.heard && silent_ && silent_(server.place));
}

unsigned ServerChooser::standing(const DnsServer& server) const
{
    if (out_of_use(server))
        return 3;
    if (!is_silent(server))
        return 0;
    return server.heard ? 1 : 2;
}

bool ServerChooser::may_serve(const DnsServer& server) const
{
    return !out_of_use(server) ||
           std::ranges::all_of(servers_, [this](const DnsServer& one) { return out_of_use(one); });
}

bool ServerChooser::has_another_than(const DnsServer& server) const
{
    return std::ranges::any_of(servers_, [&](const DnsServer& one) {
        return &one != &server && standing(one) < 2 && standing(one) <= standing(server);
    });
}

DnsServer* ServerChooser::pick(const DnsServer* last, bool may_try, TimePoint now)
{
    const std::size_t count = servers_.size();
    if (count == 1)
        return has_room(servers_.front(), now) ? &servers_.front() : nullptr;
    unsigned best = 3;
    // Each is judged once: a circuit breaker lets a trial through only once.
    for (DnsServer& one : servers_) {
        one.standing = standing(one);
        best = std::min(best, one.standing);
    }
    const std::size_t before = last != nullptr ? last->place : latest_;
    for (std::size_t step = 1; step <= count; ++step) {
        DnsServer& server = servers_[(before + step) % count];
        // While others stand better: one question at a time, once the pause is over.
        const bool tries =
            may_try && server.standing < 3 && server.avoided_until <= now && server.in_flight == 0;
        if ((server.standing > best && !tries) || !has_room(server, now))
            continue;
        if (last == nullptr)
            latest_ = server.place;
        return &server;
    }
    return nullptr;
}

void ServerChooser::give_back(DnsServer& server, End end, TimePoint now)
{
    --server.in_flight;
    if (end == End::timeout)
        narrow(server, now);
    if (end == End::response) {
        widen(server);
        server.failures = 0;
        server.pauses = 0;
        server.heard = true;
        server.avoided_until = {};
    } else if (end == End::timeout || end == End::unreachable || end == End::malformed) {
        // Queries that were on their way together are one reason for one pause.
        const bool known = is_silent(server);
        ++server.failures;
        if (is_silent(server) && (!known || server.avoided_until <= now))
            server.avoided_until =
                now + avoid_pause * (1 << std::min(server.pauses++, max_avoid_doublings));
    }
}

void ServerChooser::widen(DnsServer& server) const
{
    const double step = server.window < server.slow_start_threshold ? 1 : 1 / server.window;
    server.window = std::min(server.window + step, widest_);
}

// Once for all queries that were on their way at the time: they are lost together.
void ServerChooser::narrow(DnsServer& server, TimePoint now) const
{
    if (now - server.narrowed_at < timeout_)
        return;
    server.narrowed_at = now;
    server.window = std::max(server.window / 2, std::min(narrowest, widest_));
    server.slow_start_threshold = server.window;
}

}  // namespace resolvers::dns
