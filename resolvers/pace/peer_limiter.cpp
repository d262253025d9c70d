#include "resolvers/pace/peer_limiter.h"

#include <algorithm>
#include <list>
#include <map>

namespace resolvers::pace {

namespace {

using Time = Politeness::Time;

// Between looks for books that can be closed.
constexpr unsigned asks_between_sweeps = 256;
// Hosts of one edge that are left alone at a time; more are not remembered.
constexpr std::size_t pauses_limit = 1000;
// What the addresses around an edge may have, compared with one of them.
constexpr unsigned edge_prefix_factor = 4;

// The generic cell rate algorithm: all of a token bucket in one moment.
struct Pace {
    // When the next one would begin if all had kept their distance.
    Time due{};

    static Time::duration distance(const PoliteLimit& limit)
    {
        const std::chrono::duration<double> span(1 / *limit.per_second);
        return std::chrono::duration_cast<Time::duration>(span);
    }

    Time ready(const PoliteLimit& limit) const
    {
        if (!limit.per_second || due == Time{})
            return Time{};
        const unsigned burst = std::max(limit.connections.value_or(1), 1U);
        return due - distance(limit) * (burst - 1);
    }

    void take(const PoliteLimit& limit, Time now)
    {
        if (limit.per_second)
            due = std::max(due, now) + distance(limit);
    }
};

bool has_room(unsigned active, const PoliteLimit& limit)
{
    return !limit.connections || active < std::max(*limit.connections, 1U);
}

}  // namespace

struct Politeness::Address {
    unsigned active = 0;
    Pace pace;
    std::list<Visit*> waiting;
    Time paused_until{};
    // Of an edge: by host.
    std::map<std::string, Time> paused_hosts;

    Time paused(const std::string& host) const
    {
        const auto found = paused_hosts.find(host);
        return found == paused_hosts.end() ? paused_until : std::max(paused_until, found->second);
    }

    bool idle(Time now)
    {
        std::erase_if(paused_hosts, [now](const auto& pause) { return pause.second <= now; });
        return active == 0 && waiting.empty() && pace.due <= now && paused_until <= now &&
               paused_hosts.empty();
    }
};

struct Politeness::Neighbourhood {
    bool edge = false;
    PoliteLimit limit;
    PoliteLimit address_limit;
    unsigned active = 0;
    Pace pace;
    std::map<IpAddress, Address> addresses;
    // Addresses where somebody waits; who had a turn goes to the end.
    std::list<Address*> turns;
    // Who polls when time alone makes room.
    Visit* watch = nullptr;
};

struct Politeness::Stripe {
    std::mutex mutex;
    std::map<Key, Neighbourhood> around;
    unsigned asks = 0;
};

Politeness::Politeness(PolitenessOptions options)
    : options_(std::move(options)), stripes_(new Stripe[stripes])
{
}

Politeness::~Politeness() = default;

Politeness::Key Politeness::key_of(const IpAddress& address) const
{
    const std::uint8_t length = address.is_v4() ? 24 : 48;
    return {prefix_around(address, length), options_.is_edge && options_.is_edge(address)};
}

Politeness::Stripe& Politeness::stripe_of(const Key& key) const
{
    std::size_t mixed = key.second ? 1 : 0;
    for (const std::uint8_t byte : key.first.address.bytes())
        mixed = mixed * 131 + byte;
    return stripes_[mixed % stripes];
}

Politeness::Turn Politeness::ask(Visit& visit, Time now)
{
    visit.key_ = key_of(visit.address);
    const Key& key = visit.key_;
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    if (++stripe.asks % asks_between_sweeps == 0)
        forget_idle(stripe, now);
    const auto [found, fresh] = stripe.around.try_emplace(key);
    Neighbourhood& around = found->second;
    if (fresh) {
        around.edge = key.second;
        around.address_limit = around.edge ? options_.per_edge : options_.per_address;
        around.limit = around.edge ? options_.per_edge : options_.per_prefix;
        if (around.edge && around.limit.connections)
            *around.limit.connections *= edge_prefix_factor;
        if (around.edge && around.limit.per_second)
            *around.limit.per_second *= edge_prefix_factor;
    }
    Address& at = around.addresses[visit.address];
    if (at.waiting.empty())
        around.turns.push_back(&at);
    at.waiting.push_back(&visit);
    visit.state_ = Visit::State::waiting;
    pump(around, now);
    return look(around, visit, now);
}

Politeness::Turn Politeness::poll(Visit& visit, Time now)
{
    const Key& key = visit.key_;
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    Neighbourhood& around = stripe.around.at(key);
    if (visit.state_ == Visit::State::waiting)
        pump(around, now);
    return look(around, visit, now);
}

Politeness::Turn Politeness::look(Neighbourhood& around, Visit& visit, Time now) const
{
    Turn turn;
    turn.now = visit.state_ == Visit::State::inside;
    turn.look_again = visit.alarm_;
    const Time paused = around.addresses.at(visit.address).paused(visit.host);
    if (paused > now)
        turn.paused_until = paused;
    return turn;
}

void Politeness::leave(Visit& visit, Time now)
{
    if (visit.state_ == Visit::State::outside)
        return;
    const Key& key = visit.key_;
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    Neighbourhood& around = stripe.around.at(key);
    Address& at = around.addresses.at(visit.address);
    if (visit.state_ == Visit::State::inside) {
        --at.active;
        --around.active;
    } else {
        at.waiting.remove(&visit);
        if (at.waiting.empty())
            around.turns.remove(&at);
    }
    if (around.watch == &visit)
        around.watch = nullptr;
    visit.state_ = Visit::State::outside;
    pump(around, now);
}

// Lets in whoever may go, and has one of those who may not look again when that can have changed.
void Politeness::pump(Neighbourhood& around, Time now) const
{
    Time next = Time::max();
    Visit* first = nullptr;
    // How many addresses in a row had nobody who may go.
    for (std::size_t idle = 0; idle < around.turns.size();) {
        if (!has_room(around.active, around.limit))
            break;  // whoever leaves calls us again
        if (const Time ready = around.pace.ready(around.limit); ready > now) {
            next = std::min(next, ready);
            first = around.turns.front()->waiting.front();
            break;
        }
        Address& at = *around.turns.front();
        around.turns.splice(around.turns.end(), around.turns, around.turns.begin());
        ++idle;
        if (!has_room(at.active, around.address_limit))
            continue;
        const Time ready = at.pace.ready(around.address_limit);
        for (auto one = at.waiting.begin(); one != at.waiting.end(); ++one) {
            const Time may = std::max(ready, at.paused((*one)->host));
            if (may > now) {
                if (may < next) {
                    next = may;
                    first = *one;
                }
                if (at.paused_hosts.empty())
                    break;  // it is the same for all of them
                continue;
            }
            Visit& visit = **one;
            at.waiting.erase(one);
            at.pace.take(around.address_limit, now);
            around.pace.take(around.limit, now);
            ++at.active;
            ++around.active;
            visit.state_ = Visit::State::inside;
            visit.alarm_ = Time::max();
            if (around.watch == &visit)
                around.watch = nullptr;
            if (visit.wake)
                visit.wake();
            idle = 0;
            if (at.waiting.empty())
                around.turns.remove(&at);
            break;
        }
    }
    Visit*& watch = around.watch;
    if (watch != nullptr && watch->alarm_ > now && watch->alarm_ <= next)
        return;
    if (watch != nullptr)
        watch->alarm_ = Time::max();
    watch = first;
    if (first == nullptr)
        return;
    first->alarm_ = next;
    if (first->wake)
        first->wake();
}

void Politeness::pause(const Visit& visit, std::chrono::seconds span, Time now)
{
    const Key& key = visit.key_;
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    const auto around = stripe.around.find(key);
    if (around == stripe.around.end())
        return;
    Address& at = around->second.addresses[visit.address];
    const Time until = now + std::min(span, options_.longest_pause);
    // One site behind an edge cannot speak for the thousands beside it.
    if (!around->second.edge)
        at.paused_until = std::max(at.paused_until, until);
    else if (at.paused_hosts.size() < pauses_limit)
        at.paused_hosts[visit.host] = until;
}

Time Politeness::reserve(Time now)
{
    if (!options_.per_second)
        return now;
    const std::lock_guard lock(overall_);
    const Time place = std::max(now, next_overall_);
    const std::chrono::duration<double> distance(1 / *options_.per_second);
    next_overall_ = place + std::chrono::duration_cast<Time::duration>(distance);
    return place;
}

std::size_t Politeness::known_addresses() const
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < stripes; ++i) {
        const std::lock_guard lock(stripes_[i].mutex);
        for (const auto& entry : stripes_[i].around)
            count += entry.second.addresses.size();
    }
    return count;
}

void Politeness::forget_idle(Stripe& stripe, Time now)
{
    for (auto entry = stripe.around.begin(); entry != stripe.around.end();) {
        Neighbourhood& around = entry->second;
        for (auto at = around.addresses.begin(); at != around.addresses.end();)
            at = at->second.idle(now) ? around.addresses.erase(at) : std::next(at);
        const bool idle = around.addresses.empty() && around.active == 0 && around.pace.due <= now;
        entry = idle ? stripe.around.erase(entry) : std::next(entry);
    }
}

}  // namespace resolvers::pace
