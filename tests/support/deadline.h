// Work that must not outlast a moment: races a coroutine against a timer.
// Boost 1.81 has no asio::cancel_after.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "resolvers/resolvers.h"

namespace resolvers {

/// What the work brings, or nothing if the deadline comes first: then the work is cancelled, and
/// waited for until it has noticed. So it must be of the kind that can be cancelled (all that Asio
/// does itself, and our resolvers). Costs about 2 us: not for the hot path, where an operation
/// keeps its own deadline.
template <typename T>
boost::asio::awaitable<std::optional<T>> with_deadline(boost::asio::awaitable<T> work,
                                                       Deadline deadline)
{
    using boost::asio::experimental::awaitable_operators::operator||;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, deadline);
    const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    auto wait = timer.async_wait(token);
    auto race = std::move(work) || std::move(wait);
    auto first = co_await std::move(race);
    if (first.index() == 0)
        co_return std::move(std::get<0>(first));
    co_return std::nullopt;
}

}  // namespace resolvers
