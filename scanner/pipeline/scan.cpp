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

#include "scanner/model/words.h"

namespace scanner::pipeline {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

struct Shard {
    Intake& intake;
    LineWriter& writer;
    const ScanParts& parts;
    const ScanOptions& options;
    ScanCounters& counters;
    asio::io_context& io;
    std::exception_ptr& failed;
    observe::World world{};
    // Coroutines that work, those of them that wait for the sake of a peer, and how many of each
    // there may be. Who waits makes room for another one; who finds too many at work goes.
    unsigned workers = 0;
    unsigned parked = 0;
    unsigned most_at_work = 1;
    unsigned most_parked = 0;

    void hire();
    void on_waiting(int change);
    bool too_many() const { return workers > most_at_work + parked; }
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

bool is_response(resolvers::DnsStatus status)
{
    using resolvers::DnsStatus;
    return status != DnsStatus::timeout && status != DnsStatus::network_error &&
           status != DnsStatus::local_error && status != DnsStatus::skipped;
}

// Asks something that any resolver answers, if only with an error.
asio::awaitable<bool> resolver_responds(resolvers::DnsResolver& dns, resolvers::Deadline deadline)
{
    std::vector<resolvers::Question> questions;
    questions.push_back({*resolvers::DomainName::parse("a.root-servers.net"), "A"});
    const std::vector<resolvers::DnsAnswer> answers =
        co_await dns.ask(std::move(questions), deadline);
    co_return std::any_of(answers.begin(), answers.end(),
                          [](const auto& answer) { return is_response(answer.status); });
}

// Notes whether the resolvers still answer. Names of which some are answered keep a run going, and
// so does a resolver that answers a plain question: then it is the names that are dead.
asio::awaitable<void> watch_sight(const Observation& seen, Shard& shard)
{
    const std::optional<bool> answered = was_answered(seen);
    if (!answered)
        co_return;
    ScanCounters& counters = shard.counters;
    counters.asked.fetch_add(1, std::memory_order_relaxed);
    if (*answered) {
        counters.answered.fetch_add(1, std::memory_order_relaxed);
        counters.unanswered_in_row.store(0, std::memory_order_relaxed);
        co_return;
    }
    counters.set_silence(silence_of(seen));
    const std::uint64_t row = counters.unanswered_in_row.fetch_add(1, std::memory_order_relaxed);
    if ((row + 1) % blind_after != 0 || counters.blind.load())
        co_return;
    const auto deadline = std::chrono::steady_clock::now() + shard.options.plan.deadline;
    const bool responds = co_await resolver_responds(*shard.world.dns, deadline);
    if (responds || counters.unanswered_in_row.load(std::memory_order_relaxed) < blind_after)
        co_return;
    counters.blind.store(true);
    shard.intake.stop();
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
        Observation seen =
            co_await observe::observe(std::move(subject), shard.world, shard.options.plan);
        co_await watch_sight(seen, shard);
        std::string lines;
        const State state = shard.parts.finish(std::move(seen), lines);
        shard.writer.write(work->number, std::move(lines));
        shard.counters.states[static_cast<std::size_t>(state)].fetch_add(1,
                                                                         std::memory_order_relaxed);
        shard.counters.done.fetch_add(1, std::memory_order_relaxed);
        if (shard.too_many())
            co_return;
    }
}

void Shard::hire()
{
    ++workers;
    asio::co_spawn(io, work_off(*this), [this](std::exception_ptr error) {
        if (error && !failed)
            failed = error;
        if (--workers == 0 || error)
            io.stop();
    });
}

void Shard::on_waiting(int change)
{
    counters.parked.fetch_add(change, std::memory_order_relaxed);
    if (change < 0) {
        --parked;
        return;
    }
    ++parked;
    if (workers < most_at_work + std::min(parked, most_parked))
        hire();
}

class WallClock final : public observe::Clock {
public:
    resolvers::Timestamp now() const override
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

// Hears of waits for as long as the shard is there: after a failure, coroutines that wait go last.
struct Listening {
    Listening(const ShardResolvers& resolvers, Shard& shard) : made(resolvers)
    {
        if (made.tell_of_waits)
            made.tell_of_waits([&shard](int change) { shard.on_waiting(change); });
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening()
    {
        if (made.tell_of_waits)
            made.tell_of_waits({});
    }
    const ShardResolvers& made;
};

void run_shard(Intake& intake, LineWriter& writer, const ScanParts& parts,
               const ScanOptions& options, ScanCounters& counters, unsigned workers,
               std::exception_ptr& failed)
{
    try {
        const WallClock clock;
        asio::io_context io(1);
        ShardResolvers made = parts.make_resolvers(io);
        Shard shard{intake, writer, parts, options, counters, io, failed};
        shard.world = parts.world;
        shard.world.dns = made.dns.get();
        shard.world.views = made.views;
        shard.world.ask_servers = made.ask_servers;
        shard.world.http = made.http.get();
        shard.world.registry = made.registry.get();
        shard.world.policy = parts.policy.get();
        shard.world.refusals = parts.refusals.get();
        shard.world.clock = &clock;
        shard.most_at_work = workers;
        shard.most_parked = options.parked / std::max(options.shards, 1U);
        const Listening listening(made, shard);
        for (unsigned i = 0; i < workers; ++i)
            shard.hire();
        io.run();
    } catch (...) {
        failed = std::current_exception();
        intake.stop();
    }
}

}  // namespace

std::optional<bool> was_answered(const Observation& seen)
{
    if (!seen.subject.invalid.empty() || seen.subject.is_address || seen.dns.empty())
        return std::nullopt;
    return std::any_of(seen.dns.begin(), seen.dns.end(),
                       [](const auto& answer) { return is_response(answer.status); });
}

std::string silence_of(const Observation& seen)
{
    for (const resolvers::DnsAnswer& answer : seen.dns) {
        if (is_response(answer.status))
            continue;
        const std::string why = answer.detail.empty()
                                    ? std::string(word(answer.status))
                                    : answer.detail.substr(0, answer.detail.find('\n'));
        return answer.resolver.empty() ? why : answer.resolver + ": " + why;
    }
    return {};
}

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

}  // namespace scanner::pipeline
