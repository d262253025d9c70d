// Who may be talked to now, and who has to wait: so many connections and so many new ones a second
// to one address, to the addresses around it, and altogether; none for a while to whom asked for
// that. Keeps the books only: it neither sleeps nor looks at a clock. Shared by all threads, or
// the peers would see the sum.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "resolvers/base/ip_address.h"

namespace resolvers::pace {

/// Absent members do not limit.
struct PoliteLimit {
    std::optional<unsigned> connections;
    /// New ones a second; as many as `connections` (at least one) may begin at once.
    std::optional<double> per_second;
};

struct PolitenessOptions {
    PoliteLimit per_address{.connections = 2, .per_second = 2};
    /// For the /24, or the /48 of IPv6, around an address.
    PoliteLimit per_prefix{.connections = 10, .per_second = 10};
    /// Instead of `per_address`, for addresses that thousands of sites share and that are made for
    /// it; for the prefix around them four times as much.
    PoliteLimit per_edge{.connections = 50, .per_second = 50};
    /// New connections a second, altogether.
    std::optional<double> per_second;
    /// Is the address such an edge? Called under a lock, from any thread. Empty: none is.
    std::function<bool(const IpAddress&)> is_edge;
    /// A peer is left alone for this long at most, whatever it asks for.
    std::chrono::seconds longest_pause{120};
};

class Politeness {
    /// The prefix around an address, and whether that is an edge's.
    using Key = std::pair<Prefix, bool>;

public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Politeness(PolitenessOptions options);
    ~Politeness();
    Politeness(const Politeness&) = delete;
    Politeness& operator=(const Politeness&) = delete;

    /// One connection that is wanted, waits, or stands. Stays in place from ask() to leave().
    struct Visit {
        /// These three are not to be changed after ask().
        IpAddress address;
        /// The name that is asked for there.
        std::string host;
        /// Called from any thread, under a lock, when the visit should poll(). Must not throw.
        std::function<void()> wake;

    private:
        friend class Politeness;
        enum class State { outside, waiting, inside };
        State state_ = State::outside;
        Key key_{};
        Time alarm_ = Time::max();
    };

    /// May it begin? If not, when to poll() again, if nobody calls `wake` before.
    struct Turn {
        bool now = false;
        Time look_again = Time::max();
        /// The peer asked to be left alone until then; the epoch if it did not.
        Time paused_until{};
    };

    /// To be answered by leave(), whatever comes of it. First come, first served at one address;
    /// addresses of a prefix take turns.
    Turn ask(Visit& visit, Time now);
    Turn poll(Visit& visit, Time now);
    /// The connection has ended, or is not wanted any more. A no-op for one that never asked.
    void leave(Visit& visit, Time now);

    /// The peer asked to be left alone for so long: its address, or, where thousands share that,
    /// the host there.
    void pause(const Visit& visit, std::chrono::seconds span, Time now);

    /// When one more may begin by the rate over all, which takes its place there.
    Time reserve(Time now);

    /// Addresses in the books: those in use, and those that were a moment ago.
    std::size_t known_addresses() const;

private:
    struct Address;
    struct Neighbourhood;
    struct Stripe;
    Key key_of(const IpAddress& address) const;
    Stripe& stripe_of(const Key& key) const;
    Turn look(Neighbourhood& around, Visit& visit, Time now) const;
    void pump(Neighbourhood& around, Time now) const;
    static void forget_idle(Stripe& stripe, Time now);

    static constexpr std::size_t stripes = 64;
    PolitenessOptions options_;
    std::unique_ptr<Stripe[]> stripes_;
    mutable std::mutex overall_;
    Time next_overall_{};
};

}  // namespace resolvers::pace
