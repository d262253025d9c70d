#include "scanner/pipeline/scan.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace scanner {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

struct Shard {
    Intake& intake;
    LineWriter& writer;
    const ScanParts& parts;
    const ScanOptions& options;
    ScanCounters& counters;
    World world;
};

// A writer that cannot keep up holds us here, with nothing of the network waiting on us.
asio::awaitable<void> wait_for_room(LineWriter& writer)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor);
    while (writer.is_full() && writer.failure() == 0) {
        timer.expires_after(10ms);
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await timer.async_wait(token);
    }
}

// One of many that share the intake and nothing else.
asio::awaitable<void> work_off(Shard& shard)
{
    for (;;) {
        co_await wait_for_room(shard.writer);
        if (shard.writer.failure() != 0)
            shard.intake.stop();
        std::optional<Work> work = co_await shard.intake.take();
        if (!work)
            co_return;
        shard.counters.started.fetch_add(1, std::memory_order_relaxed);
        Subject subject = std::move(work->subject);
        Observation seen = co_await observe(std::move(subject), shard.world, shard.options.plan);
        std::string lines;
        const State state = shard.parts.finish(std::move(seen), lines);
        shard.writer.write(work->number, std::move(lines));
        shard.counters.states[static_cast<std::size_t>(state)].fetch_add(1,
                                                                         std::memory_order_relaxed);
        shard.counters.done.fetch_add(1, std::memory_order_relaxed);
    }
}

resolvers::Timestamp wall_clock()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void run_shard(Intake& intake, LineWriter& writer, const ScanParts& parts,
               const ScanOptions& options, ScanCounters& counters, unsigned workers,
               std::exception_ptr& failed)
{
    try {
        asio::io_context io(1);
        ShardResolvers made = parts.make_resolvers(io);
        Shard shard{intake, writer, parts, options, counters, parts.world};
        shard.world.dns = made.dns.get();
        shard.world.views = made.views;
        shard.world.ask_servers = made.ask_servers;
        shard.world.http = made.http.get();
        shard.world.registry = made.registry.get();
        shard.world.now = wall_clock;
        unsigned left = workers;
        for (unsigned i = 0; i < workers; ++i)
            asio::co_spawn(io, work_off(shard), [&](std::exception_ptr error) {
                if (error && !failed)
                    failed = error;
                if (error || --left == 0)
                    io.stop();
            });
        io.run();
    } catch (...) {
        failed = std::current_exception();
        intake.stop();
    }
}

}  // namespace

void scan(Intake& intake, LineWriter& writer, const ScanParts& parts, const ScanOptions& options,
          ScanCounters& counters)
{
    const unsigned shards = std::max(options.shards, 1U);
    const unsigned workers = std::max(options.in_flight / shards, 1U);
    std::vector<std::exception_ptr> failures(shards);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < shards; ++i)
        threads.emplace_back(
            [&, i] { run_shard(intake, writer, parts, options, counters, workers, failures[i]); });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::exception_ptr& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

}  // namespace scanner
