#include "resolvers/dns_server_pool.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "resolvers/dns_cares.h"

using namespace std::chrono_literals;
using namespace resolvers;

namespace {

using End = ChannelReply::End;
using Sent = std::vector<std::pair<PoolChannel*, std::uint16_t>>;

// A pool of one server on a clock of its own; nothing is ever sent.
struct Pool {
    Pool()
    {
        DnsOptions options;
        options.servers = {*ResolverAddress::parse("127.0.0.1:9")};
        options.timeout = 2s;
        const auto opened = pool.open(
            options, poll, [](ChannelQuery&, const ChannelReply&) {}, now);
        REQUIRE(opened.has_value());
    }
    ~Pool()
    {
        pool.close();
        ::close(poll);
    }

    /// As many queries as may be on their way.
    Sent fill()
    {
        Sent sent;
        while (PoolChannel* channel = pool.pick(nullptr, now))
            sent.emplace_back(channel, pool.take_id(*channel));
        return sent;
    }

    void end(const Sent& sent, End how)
    {
        for (const auto& [channel, id] : sent)
            pool.give_back(*channel, id, how, now);
    }

    int poll = epoll_create1(EPOLL_CLOEXEC);
    DnsServerPool pool;
    DnsServerPool::TimePoint now{100s};
};

}  // namespace

TEST_CASE("a server gets more at once the longer it answers, and half as many after a loss")
{
    Pool of;
    Sent sent = of.fill();
    CHECK(sent.size() == 200);
    for (const std::size_t expected : {400U, 800U, 1600U}) {
        of.end(std::exchange(sent, {}), End::response);
        sent = of.fill();
        CHECK(sent.size() == expected);
    }

    // Of one flight many may be lost: that is one loss.
    of.end({sent.begin(), sent.begin() + 100}, End::timeout);
    of.end({sent.begin() + 100, sent.end()}, End::response);
    sent = of.fill();
    CHECK(sent.size() > 800);
    CHECK(sent.size() < 810);  // from where it failed, it grows slowly

    of.now += 2s;
    of.end(std::exchange(sent, {}), End::timeout);
    sent = of.fill();
    CHECK(sent.size() > 400);
    CHECK(sent.size() < 410);
}

TEST_CASE("a server that says nothing at all is still asked some at a time")
{
    Pool of;
    for (int round = 0; round < 5; ++round) {
        const Sent sent = of.fill();
        CHECK(sent.size() == 200);
        of.now += 2s;
        of.end(sent, End::timeout);
    }
    // Its refusing to listen is no loss.
    of.end(of.fill(), End::unreachable);
    CHECK(of.fill().size() == 200);
}
