#include "resolvers/deadline.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>

using namespace resolvers;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

asio::awaitable<std::string> work_for(std::chrono::milliseconds time, bool& finished)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, time);
    co_await timer.async_wait(asio::use_awaitable);
    finished = true;
    co_return "done";
}

asio::awaitable<void> race(std::chrono::milliseconds work_time, std::chrono::milliseconds limit,
                           bool& finished, std::optional<std::string>& result, bool& over)
{
    auto work = work_for(work_time, finished);
    auto limited = with_deadline(std::move(work), std::chrono::steady_clock::now() + limit);
    result = co_await std::move(limited);
    over = true;
}

}  // namespace

TEST_CASE("work that is quick enough brings its result")
{
    asio::io_context context(1);
    bool finished = false;
    bool over = false;
    std::optional<std::string> result;
    asio::co_spawn(context, race(1ms, 60s, finished, result, over), asio::detached);
    context.run();
    CHECK(over);
    CHECK(finished);
    CHECK(result == "done");
}

TEST_CASE("work that is too slow is cancelled at the deadline")
{
    asio::io_context context(1);
    bool finished = false;
    bool over = false;
    std::optional<std::string> result = "before";
    asio::co_spawn(context, race(60s, 1ms, finished, result, over), asio::detached);
    context.run();
    CHECK(over);
    CHECK_FALSE(finished);
    CHECK_FALSE(result.has_value());
}
