#include "scanner/pipeline/intake.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace scanner::pipeline {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Timer = std::shared_ptr<asio::steady_timer>;

struct Intake::State {
    std::function<bool(Subject&)> next;
    Options options;
    std::mutex mutex;
    std::condition_variable room;
    std::deque<Work> queue;
    // One timer for each coroutine that waits; cancelling it wakes the coroutine.
    std::vector<Timer> waiting;
    std::uint64_t given = 0;
    bool ended = false;
    bool stopped = false;

    void read();
    bool has_room(std::uint64_t number) const;
    void wake_one();
    void wake_all();
    std::optional<Work> pop();
};

namespace {

// A timer may only be touched on its own thread. The waiter may have left by then: no harm.
void cancel_later(Timer timer)
{
    const asio::any_io_executor executor = timer->get_executor();
    asio::post(executor, [timer = std::move(timer)] { timer->cancel(); });
}

}  // namespace

bool Intake::State::has_room(std::uint64_t number) const
{
    if (queue.size() >= options.capacity)
        return false;
    return options.span == 0 || !options.written || number < options.written() + options.span;
}

void Intake::State::read()
{
    std::mt19937_64 random(options.seed);
    std::uint64_t number = 0;
    std::vector<Work> batch;
    for (bool more = true; more;) {
        batch.clear();
        while (batch.size() < std::max<std::size_t>(options.window, 1)) {
            Work work;
            work.number = number;
            more = next(work.subject);
            if (!more)
                break;
            ++number;
            batch.push_back(std::move(work));
        }
        std::shuffle(batch.begin(), batch.end(), random);

        for (Work& work : batch) {
            std::unique_lock lock(mutex);
            // The writer does not signal us: look again now and then.
            while (!stopped && !has_room(work.number))
                room.wait_for(lock, 20ms);
            if (stopped)
                return;
            queue.push_back(std::move(work));
            wake_one();
        }
    }
    const std::lock_guard lock(mutex);
    ended = true;
    wake_all();
}

void Intake::State::wake_one()
{
    if (waiting.empty())
        return;
    cancel_later(std::move(waiting.back()));
    waiting.pop_back();
}

void Intake::State::wake_all()
{
    for (Timer& timer : waiting)
        cancel_later(std::move(timer));
    waiting.clear();
}

std::optional<Work> Intake::State::pop()
{
    if (stopped || queue.empty())
        return std::nullopt;
    Work work = std::move(queue.front());
    queue.pop_front();
    ++given;
    room.notify_one();
    return work;
}

Intake::Intake(std::function<bool(Subject&)> next, Options options)
    : state_(std::make_shared<State>())
{
    state_->next = std::move(next);
    state_->options = std::move(options);
    std::thread([state = state_] { state->read(); }).detach();
}

Intake::~Intake()
{
    stop();
}

asio::awaitable<std::optional<Work>> Intake::take()
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const std::shared_ptr<State> state = state_;
    Timer timer;
    for (;;) {
        {
            const std::lock_guard lock(state->mutex);
            std::optional<Work> work = state->pop();
            if (work || state->stopped || state->ended)
                co_return work;
            if (!timer)
                timer = std::make_shared<asio::steady_timer>(executor);
            timer->expires_at(asio::steady_timer::time_point::max());
            state->waiting.push_back(timer);
        }
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await timer->async_wait(token);
    }
}

void Intake::stop()
{
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    state_->room.notify_all();
    state_->wake_all();
}

std::uint64_t Intake::given() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->given;
}

bool Intake::at_end() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->ended && state_->queue.empty();
}

}  // namespace scanner::pipeline
