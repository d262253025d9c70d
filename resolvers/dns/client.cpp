#include "resolvers/dns/client.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>

#include "resolvers/dns/engine.h"

namespace resolvers::dns {

namespace asio = boost::asio;

namespace {

// An ask and the coroutine that waits for it.
template <typename Handler>
struct AskOf final : DnsAsk {
    explicit AskOf(Handler&& resumed) : handler(std::move(resumed)) {}

    void deliver(const asio::any_io_executor& here, bool at_once) override
    {
        // Whoever is resumed may make all of us go away: nothing of *this is touched after that.
        Handler waiting = std::move(handler);
        std::vector<DnsAnswer> got = std::move(answers);
        const auto executor = asio::get_associated_executor(waiting, here);
        if (at_once && executor == here) {
            std::move(waiting)(std::move(got));
            return;
        }
        asio::post(executor, [resumed = std::move(waiting), given = std::move(got)]() mutable {
            std::move(resumed)(std::move(given));
        });
    }

    void forget_cancellation() override
    {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.clear();
    }

    Handler handler;
};

// Starts an ask once its coroutine has been suspended.
struct StartAsk {
    std::shared_ptr<DnsClient::Engine> engine;

    template <typename Handler>
    void operator()(Handler&& handler, std::vector<Question>&& questions, Deadline deadline) const
    {
        auto ask = std::make_unique<AskOf<std::decay_t<Handler>>>(std::forward<Handler>(handler));
        ask->questions = std::move(questions);
        auto slot = asio::get_associated_cancellation_slot(ask->handler);
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(engine), waiting = ask.get()](auto /*kind*/) {
                if (const auto alive = weak.lock())
                    alive->cancel(*waiting);
            });
        engine->start(std::move(ask), deadline);
    }
};

}  // namespace

DnsClient::DnsClient(asio::any_io_executor executor, DnsOptions options,
                     std::unique_ptr<QueryTransport> transport)
    : engine_(
          std::make_shared<Engine>(std::move(executor), std::move(options), std::move(transport)))
{
    engine_->open();
}

DnsClient::~DnsClient()
{
    engine_->close();
}

asio::awaitable<std::vector<DnsAnswer>> DnsClient::ask(std::vector<Question> questions,
                                                       Deadline deadline)
{
    // Not a coroutine itself: the one of Asio is the only frame that an ask costs.
    asio::use_awaitable_t<> token;
    return asio::async_initiate<asio::use_awaitable_t<>, void(std::vector<DnsAnswer>)>(
        StartAsk{engine_}, token, std::move(questions), deadline);
}

}  // namespace resolvers::dns
