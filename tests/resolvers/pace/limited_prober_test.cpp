#include "resolvers/pace/limited_prober.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

namespace asio = boost::asio;
using namespace resolvers;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

// What the peers saw, over all threads.
struct Peers {
    std::atomic<int> at_once{0};
    std::atomic<int> most{0};
    std::atomic<int> visits{0};
    unsigned status = 200;
    std::string retry_after;
    std::chrono::milliseconds each{10};
};

class FakeProber : public HttpProber {
public:
    explicit FakeProber(Peers& peers) : peers_(peers) {}

    asio::awaitable<Probe> probe(ProbeRequest request, Deadline deadline) override
    {
        ++peers_.visits;
        const int now = ++peers_.at_once;
        int most = peers_.most;
        while (most < now && !peers_.most.compare_exchange_weak(most, now)) {
        }
        asio::steady_timer timer(co_await asio::this_coro::executor);
        timer.expires_after(peers_.each);
        co_await timer.async_wait(asio::use_awaitable);
        --peers_.at_once;
        Probe probe;
        probe.address = request.address;
        probe.tcp.status = SteadyClock::now() < deadline ? StepStatus::ok : StepStatus::deadline;
        probe.http_facts.emplace();
        probe.http_facts->status = peers_.status;
        if (!peers_.retry_after.empty())
            probe.http_facts->headers = {{"retry-after", peers_.retry_after}};
        co_return probe;
    }

private:
    Peers& peers_;
};

ProbeRequest request_to(const char* address)
{
    ProbeRequest request;
    request.scheme = "http";
    request.address = *IpAddress::parse(address);
    request.host = "www.example.org";
    return request;
}

asio::awaitable<void> probe_into(HttpProber& prober, ProbeRequest request,
                                 std::chrono::milliseconds patience, std::vector<Probe>& results)
{
    const Deadline deadline = SteadyClock::now() + patience;
    Probe probe = co_await prober.probe(std::move(request), deadline);
    results.push_back(std::move(probe));
}

std::shared_ptr<pace::Politeness> one_at_a_time()
{
    pace::PolitenessOptions options;
    options.per_address = {.connections = 1, .per_second = {}};
    options.per_prefix = {};
    return std::make_shared<pace::Politeness>(options);
}

}  // namespace

TEST_CASE("threads share the limit of an address, and all get their turn")
{
    Peers peers;
    peers.each = 2ms;
    const auto politeness = one_at_a_time();
    std::vector<std::thread> threads;
    std::atomic<std::size_t> done{0};
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            asio::io_context io(1);
            pace::PoliteProber prober(std::make_unique<FakeProber>(peers), politeness, {});
            std::vector<Probe> results;
            for (int i = 0; i < 20; ++i)
                asio::co_spawn(io, probe_into(prober, request_to("192.0.2.1"), 60s, results),
                               asio::detached);
            io.run();
            done += results.size();
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(done == 60);
    CHECK(peers.visits == 60);
    CHECK(peers.most == 1);
}

TEST_CASE("waiting for a turn does not come off the deadline, and is told")
{
    Peers peers;
    peers.each = 60ms;
    asio::io_context io(1);
    pace::PoliteProber prober(std::make_unique<FakeProber>(peers), one_at_a_time(), {});
    int waiting = 0;
    int most_waiting = 0;
    prober.tell_of_waits(
        [&](int change) { most_waiting = std::max(most_waiting, waiting += change); });
    std::vector<Probe> results;
    for (int i = 0; i < 5; ++i)
        asio::co_spawn(io, probe_into(prober, request_to("192.0.2.1"), 200ms, results),
                       asio::detached);
    io.run();
    REQUIRE(results.size() == 5);
    for (const Probe& probe : results)
        CHECK(probe.tcp.status == StepStatus::ok);
    CHECK(results[0].waited == 0ms);
    CHECK(results[4].waited >= 200ms);
    CHECK(most_waiting == 4);
    CHECK(waiting == 0);
}

TEST_CASE("a probe that would wait too long is not made, and that is our own doing")
{
    Peers peers;
    peers.status = 503;
    peers.retry_after = "30";
    asio::io_context io(1);
    pace::PoliteProber prober(std::make_unique<FakeProber>(peers), one_at_a_time(),
                              {.longest_wait = 5s, .now = {}});
    std::vector<Probe> results;
    for (int i = 0; i < 2; ++i) {
        asio::co_spawn(io, probe_into(prober, request_to("192.0.2.1"), 60s, results),
                       asio::detached);
        io.run();
        io.restart();
    }
    asio::co_spawn(io, probe_into(prober, request_to("192.0.2.2"), 60s, results), asio::detached);
    io.run();
    REQUIRE(results.size() == 3);
    CHECK(results[0].tcp.status == StepStatus::ok);
    // The peer asked for 30 s, we wait 5 s at most: no use in waiting at all.
    CHECK((results[1].tcp == Step{StepStatus::local_error, "rate"}));
    CHECK(results[2].tcp.status == StepStatus::ok);
    CHECK(peers.visits == 2);
}

TEST_CASE("a pause that is asked for is kept")
{
    Peers peers;
    peers.status = 429;
    peers.retry_after = "1";
    asio::io_context io(1);
    pace::PoliteProber prober(std::make_unique<FakeProber>(peers), one_at_a_time(), {});
    std::vector<Probe> results;
    for (int i = 0; i < 2; ++i)
        asio::co_spawn(io, probe_into(prober, request_to("192.0.2.1"), 5s, results),
                       asio::detached);
    io.run();
    REQUIRE(results.size() == 2);
    CHECK(results[1].waited >= 1000ms);
    CHECK(results[1].tcp.status == StepStatus::ok);
}

TEST_CASE("coroutines destroyed while they wait leave the others their turn")
{
    Peers peers;
    const auto politeness = one_at_a_time();
    std::vector<Probe> results;
    int waiting = 0;
    {
        asio::io_context io(1);
        auto prober = std::make_unique<pace::PoliteProber>(std::make_unique<FakeProber>(peers),
                                                           politeness, pace::PoliteProberOptions{});
        prober->tell_of_waits([&](int change) { waiting += change; });
        for (int i = 0; i < 3; ++i)
            asio::co_spawn(io, probe_into(*prober, request_to("192.0.2.1"), 5s, results),
                           asio::detached);
        peers.each = 60s;
        io.poll();
        CHECK(waiting == 2);
        prober->tell_of_waits({});
        prober.reset();
    }
    peers.each = 1ms;
    asio::io_context io(1);
    pace::PoliteProber prober(std::make_unique<FakeProber>(peers), politeness, {});
    asio::co_spawn(io, probe_into(prober, request_to("192.0.2.1"), 5s, results), asio::detached);
    io.run();
    REQUIRE(results.size() == 1);
    CHECK(results[0].tcp.status == StepStatus::ok);
}

namespace {

class FakeResolver : public DnsResolver {
public:
    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                Deadline deadline) override
    {
        std::vector<DnsAnswer> answers(questions.size());
        for (DnsAnswer& answer : answers)
            answer.status = SteadyClock::now() < deadline ? DnsStatus::noerror : DnsStatus::skipped;
        co_return answers;
    }
};

asio::awaitable<void> ask_into(DnsResolver& resolver, std::vector<DnsAnswer>& results)
{
    std::vector<Question> questions(2, {*DomainName::parse("example.org"), "A"});
    const Deadline deadline = SteadyClock::now() + 20ms;
    std::vector<DnsAnswer> answers = co_await resolver.ask(std::move(questions), deadline);
    for (DnsAnswer& answer : answers)
        results.push_back(std::move(answer));
}

}  // namespace

TEST_CASE("questions keep to their rate, and their deadline does not run meanwhile")
{
    pace::PolitenessOptions options;
    options.per_second = 100;
    asio::io_context io(1);
    pace::PoliteResolver resolver(std::make_unique<FakeResolver>(),
                                  std::make_shared<pace::Politeness>(options));
    std::vector<DnsAnswer> results;
    const auto began = SteadyClock::now();
    for (int i = 0; i < 5; ++i)
        asio::co_spawn(io, ask_into(resolver, results), asio::detached);
    io.run();
    CHECK(SteadyClock::now() - began >= 90ms);
    REQUIRE(results.size() == 10);
    for (const DnsAnswer& answer : results)
        CHECK(answer.status == DnsStatus::noerror);
    CHECK(results.back().waited >= 90ms);
}
