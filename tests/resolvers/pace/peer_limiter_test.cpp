#include "resolvers/pace/peer_limiter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

using namespace resolvers;
using namespace std::chrono_literals;

namespace {

using Time = pace::Politeness::Time;
using Visit = pace::Politeness::Visit;

const Time start = Time{} + 1h;

// Visits that last as long as they are told to, on a clock of their own.
struct World {
    explicit World(pace::PolitenessOptions options) : politeness(std::move(options)) {}

    pace::Politeness politeness;
    Time now = start;

    // Ten visits that begin as soon as they may; the moments at which they did, sorted.
    std::vector<std::chrono::milliseconds> begin_all(const std::vector<std::string>& addresses,
                                                     std::chrono::milliseconds each)
    {
        struct One {
            Visit visit;
            bool inside = false;
            bool done = false;
            bool waked = false;
            Time look_again{};
            Time ends{};
        };
        std::deque<One> all;
        std::vector<std::chrono::milliseconds> begun;
        const auto note = [&](One& one, const pace::Politeness::Turn& turn) {
            one.look_again = turn.look_again;
            one.waked = false;
            if (!turn.now || one.inside)
                return;
            one.inside = true;
            one.ends = now + each;
            begun.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - start));
        };
        for (const std::string& address : addresses) {
            One& one = all.emplace_back();
            one.visit.address = *IpAddress::parse(address);
            one.visit.wake = [&one] { one.waked = true; };
            note(one, politeness.ask(one.visit, now));
        }
        for (unsigned turns = 0; turns < 100'000; ++turns) {
            Time next = Time::max();
            bool again = false;
            for (One& one : all) {
                if (one.inside && !one.done && one.ends <= now) {
                    one.done = true;
                    politeness.leave(one.visit, now);
                    again = true;
                } else if (!one.inside && (one.waked || one.look_again <= now)) {
                    ++polls;
                    note(one, politeness.poll(one.visit, now));
                    again = true;
                }
                if (!one.done)
                    next = std::min(next, one.inside ? one.ends : one.look_again);
            }
            if (again)
                continue;
            if (next == Time::max())
                break;
            REQUIRE(next > now);
            now = next;
        }
        CHECK(std::all_of(all.begin(), all.end(), [](const One& one) { return one.done; }));
        return begun;
    }

    unsigned polls = 0;
};

pace::PolitenessOptions only(pace::PoliteLimit per_address, pace::PoliteLimit per_prefix = {})
{
    pace::PolitenessOptions options;
    options.per_address = per_address;
    options.per_prefix = per_prefix;
    options.per_edge = {};
    return options;
}

std::vector<std::string> times(unsigned count, const std::string& address)
{
    return std::vector<std::string>(count, address);
}

using Moments = std::vector<std::chrono::milliseconds>;

}  // namespace

TEST_CASE("one address gets so many connections at once and so many a second")
{
    struct Case {
        const char* why;
        pace::PoliteLimit limit;
        std::chrono::milliseconds each;
        Moments begun;
    };
    const Case cases[] = {
        {"nothing limits", {}, 1s, {0ms, 0ms, 0ms, 0ms}},
        {"connections alone: the next begins when one ends",
         {.connections = 2, .per_second = {}},
         700ms,
         {0ms, 0ms, 700ms, 700ms}},
        {"the rate alone", {.connections = {}, .per_second = 10}, 5s, {0ms, 100ms, 200ms, 300ms}},
        {"both, short visits: after the burst the rate",
         {.connections = 2, .per_second = 4},
         10ms,
         {0ms, 0ms, 250ms, 500ms}},
        {"both, long visits: the connections",
         {.connections = 2, .per_second = 4},
         3s,
         {0ms, 0ms, 3s, 3s}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        World world(only(c.limit));
        CHECK(world.begin_all(times(4, "192.0.2.1"), c.each) == c.begun);
        // Nobody asks again and again for what only time can give.
        CHECK(world.polls <= 12);
    }
}

TEST_CASE("addresses do not wait for each other, unless they are neighbours")
{
    const pace::PoliteLimit one{.connections = 1, .per_second = {}};
    World apart(only(one, {.connections = 2, .per_second = {}}));
    CHECK(apart.begin_all({"192.0.2.1", "192.0.2.1", "198.51.100.1", "2001:db8:1::1"}, 1s) ==
          Moments{0ms, 0ms, 0ms, 1s});

    World near(only(one, {.connections = 2, .per_second = {}}));
    CHECK(near.begin_all({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}, 1s) ==
          Moments{0ms, 0ms, 1s, 1s});

    World six(only(one, {.connections = 1, .per_second = {}}));
    CHECK(six.begin_all({"2001:db8:1::1", "2001:db8:1:ffff::2", "2001:db8:2::1"}, 1s) ==
          Moments{0ms, 0ms, 1s});
}

TEST_CASE("an address with a long queue leaves its neighbours their turns")
{
    World world(only({.connections = 1, .per_second = {}}, {.connections = 1, .per_second = {}}));
    std::vector<std::string> addresses = times(5, "192.0.2.1");
    addresses.push_back("192.0.2.2");
    std::vector<std::string> order;
    std::deque<Visit> visits;
    for (const std::string& address : addresses) {
        Visit& visit = visits.emplace_back();
        visit.address = *IpAddress::parse(address);
        visit.wake = [&order, address] { order.push_back(address.substr(address.size() - 1)); };
        world.politeness.ask(visit, start);
    }
    for (Visit& visit : visits)
        if (world.politeness.poll(visit, start).now)
            world.politeness.leave(visit, start);
    CHECK(std::find(order.begin(), order.end(), "2") - order.begin() <= 2);
}

TEST_CASE("an edge has limits of its own")
{
    pace::PolitenessOptions options =
        only({.connections = 1, .per_second = {}}, {.connections = 1, .per_second = {}});
    options.per_edge = {.connections = 3, .per_second = {}};
    options.is_edge = [](const IpAddress& a) { return a.text().starts_with("104.16."); };
    World world(options);
    CHECK(world.begin_all(times(4, "104.16.1.1"), 1s) == Moments{0ms, 0ms, 0ms, 1s});
    // Four times as much for the prefix.
    std::vector<std::string> many;
    for (int i = 0; i < 15; ++i)
        many.push_back("104.16.9." + std::to_string(i));
    World around(options);
    Moments begun = around.begin_all(many, 1s);
    CHECK(std::count(begun.begin(), begun.end(), 0ms) == 12);
}

TEST_CASE("whoever asks for it is left alone for a while, and not for ever")
{
    struct Case {
        const char* why;
        bool edge;
        std::chrono::seconds asked;
        const char* address;
        const char* host;
        std::chrono::seconds begins;
    };
    const Case cases[] = {
        {"the address", false, 10s, "192.0.2.1", "other.example", 10s},
        {"not its neighbour", false, 10s, "192.0.2.2", "this.example", 0s},
        {"no longer than we think right", false, 86400s, "192.0.2.1", "this.example", 60s},
        {"at an edge the host alone", true, 10s, "192.0.2.1", "this.example", 10s},
        {"and none of those beside it", true, 10s, "192.0.2.1", "other.example", 0s},
        {"nothing asked", false, 0s, "192.0.2.1", "this.example", 0s},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        pace::PolitenessOptions options = only({});
        options.longest_pause = 60s;
        options.is_edge = [&c](const IpAddress&) { return c.edge; };
        pace::Politeness politeness(options);
        Visit first;
        first.address = *IpAddress::parse("192.0.2.1");
        first.host = "this.example";
        REQUIRE(politeness.ask(first, start).now);
        politeness.pause(first, c.asked, start);
        politeness.leave(first, start);

        Visit second;
        second.address = *IpAddress::parse(c.address);
        second.host = c.host;
        pace::Politeness::Turn turn = politeness.ask(second, start);
        CHECK(turn.now == (c.begins == 0s));
        if (!turn.now) {
            CHECK(turn.look_again == start + c.begins);
            CHECK(turn.paused_until == start + c.begins);
            turn = politeness.poll(second, start + c.begins);
            CHECK(turn.now);
        }
        politeness.leave(second, start + c.begins);
    }
}

TEST_CASE("who gives up leaves no gap, wherever it stood")
{
    for (const std::size_t leaver : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        CAPTURE(leaver);
        pace::Politeness politeness(only({.connections = 1, .per_second = 1}));
        std::deque<Visit> visits(4);
        for (Visit& visit : visits) {
            visit.address = *IpAddress::parse("192.0.2.1");
            politeness.ask(visit, start);
        }
        politeness.leave(visits[leaver], start);
        politeness.leave(visits[leaver], start);  // twice is once
        politeness.leave(visits[0], start);
        unsigned begun = 0;
        for (Time now = start; now <= start + 5s; now += 100ms)
            for (Visit& visit : visits)
                if (&visit != &visits[leaver] && &visit != &visits[0])
                    if (politeness.poll(visit, now).now) {
                        politeness.leave(visit, now);
                        ++begun;
                    }
        CHECK(begun >= 2);
    }
}

TEST_CASE("the rate over all spaces what it lets through")
{
    pace::PolitenessOptions options;
    options.per_second = 10;
    pace::Politeness politeness(options);
    CHECK(politeness.reserve(start) == start);
    CHECK(politeness.reserve(start) == start + 100ms);
    CHECK(politeness.reserve(start + 1s) == start + 1s);
    pace::Politeness free(pace::PolitenessOptions{});
    CHECK(free.reserve(start) == start);
    CHECK(free.reserve(start) == start);
}

TEST_CASE("the books hold who is there, not who ever was")
{
    pace::Politeness politeness(pace::PolitenessOptions{});
    std::mt19937 random(3);
    Time now = start;
    std::size_t most = 0;
    for (int i = 0; i < 200'000; ++i) {
        Visit visit;
        visit.address = IpAddress::from_v4(static_cast<std::uint32_t>(random()));
        now += 1ms;
        politeness.ask(visit, now);
        politeness.leave(visit, now);
        if (i % 1000 == 0)
            most = std::max(most, politeness.known_addresses());
    }
    // A thousand a second, remembered for half a second, and 64 stripes of 256 between sweeps.
    CHECK(most < 20'000);
}
