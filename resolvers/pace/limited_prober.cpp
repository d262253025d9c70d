#include "resolvers/pace/limited_prober.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "resolvers/http/retry_after.h"

namespace resolvers::pace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using Time = Politeness::Time;

namespace {

Milliseconds since(Time began)
{
    return std::chrono::duration_cast<Milliseconds>(SteadyClock::now() - began);
}

asio::awaitable<void> sleep_until(asio::steady_timer& timer, Time until)
{
    timer.expires_at(until);
    boost::system::error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await timer.async_wait(token);
}

// A visit that leaves whatever becomes of its coroutine, and is waked on its own thread.
struct Stay {
    Stay(Politeness& books, const ProbeRequest& request, asio::any_io_executor executor)
        : politeness(books), timer(std::make_shared<asio::steady_timer>(executor))
    {
        visit.address = request.address;
        visit.host = request.host;
        visit.wake = [executor, weak = std::weak_ptr(timer)] {
            asio::post(executor, [weak] {
                if (const auto alive = weak.lock())
                    alive->cancel();
            });
        };
    }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() { politeness.leave(visit, SteadyClock::now()); }

    Politeness& politeness;
    // Shared with what other threads have posted.
    std::shared_ptr<asio::steady_timer> timer;
    Politeness::Visit visit;
};

// Tells of a wait that begins, and that it ends, whatever becomes of the coroutine.
struct Told {
    explicit Told(std::shared_ptr<std::function<void(int)>> function) : tell(std::move(function))
    {
        if (*tell)
            (*tell)(1);
    }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;
    ~Told()
    {
        if (*tell)
            (*tell)(-1);
    }
    const std::shared_ptr<std::function<void(int)>> tell;
};

Probe not_made(const ProbeRequest& request, Milliseconds waited, const PoliteProberOptions& options)
{
    Probe probe;
    probe.scheme = request.scheme;
    probe.address = request.address;
    probe.port = request.port;
    probe.host = request.host;
    probe.purpose = request.purpose;
    probe.tcp = {StepStatus::local_error, "rate"};
    probe.waited = waited;
    if (options.now)
        probe.started_at = options.now();
    return probe;
}

// How long the peer asked to be left alone.
std::optional<std::chrono::seconds> pause_of(const Probe& probe)
{
    if (!probe.http_facts || (probe.http_facts->status != 429 && probe.http_facts->status != 503))
        return std::nullopt;
    for (const auto& [name, value] : probe.http_facts->headers)
        if (name == "retry-after")
            return http::parse_retry_after(value, probe.started_at.value_or(Timestamp{}));
    return std::nullopt;
}

// True once the visit may begin; false if that would take too long.
asio::awaitable<bool> wait_for_turn(Stay& stay, Time latest,
                                    std::shared_ptr<std::function<void(int)>> tell)
{
    Politeness::Turn turn = stay.politeness.ask(stay.visit, SteadyClock::now());
    if (turn.now)
        co_return true;
    const Told told(std::move(tell));
    while (!turn.now) {
        if (turn.paused_until > latest || SteadyClock::now() >= latest)
            co_return false;
        const Time until = std::min(turn.look_again, latest);
        co_await sleep_until(*stay.timer, until);
        turn = stay.politeness.poll(stay.visit, SteadyClock::now());
    }
    co_return true;
}

}  // namespace

PoliteProber::PoliteProber(std::unique_ptr<HttpProber> prober,
                           std::shared_ptr<Politeness> politeness, PoliteProberOptions options)
    : prober_(std::move(prober)),
      politeness_(std::move(politeness)),
      options_(std::move(options)),
      tell_(std::make_shared<std::function<void(int)>>())
{
}

asio::awaitable<Probe> PoliteProber::probe(ProbeRequest request, Deadline deadline)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const Time began = SteadyClock::now();
    const Time latest = began + options_.longest_wait;
    // A subject whose time is over already need not wait for anybody.
    if (began >= deadline) {
        Probe late = co_await prober_->probe(std::move(request), deadline);
        co_return late;
    }
    const std::shared_ptr<Politeness> politeness = politeness_;
    Stay stay(*politeness, request, executor);
    const bool may = co_await wait_for_turn(stay, latest, tell_);
    const Time place = may ? politeness->reserve(SteadyClock::now()) : Time::max();
    if (place > latest) {
        const Milliseconds waited = since(began);
        co_return not_made(request, waited, options_);
    }
    while (SteadyClock::now() < place)
        co_await sleep_until(*stay.timer, place);

    const Milliseconds waited = since(began);
    const Deadline later = deadline + (SteadyClock::now() - began);
    Probe probe = co_await prober_->probe(std::move(request), later);
    probe.waited += waited;
    if (const std::optional<std::chrono::seconds> pause = pause_of(probe))
        politeness->pause(stay.visit, *pause, SteadyClock::now());
    co_return probe;
}

PoliteResolver::PoliteResolver(std::unique_ptr<DnsResolver> resolver,
                               std::shared_ptr<Politeness> pace)
    : resolver_(std::move(resolver)), pace_(std::move(pace))
{
}

asio::awaitable<std::vector<DnsAnswer>> PoliteResolver::ask(std::vector<Question> questions,
                                                            Deadline deadline)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const Time began = SteadyClock::now();
    Time place = began;
    for (std::size_t i = 0; i < questions.size(); ++i)
        place = std::max(place, pace_->reserve(began));
    asio::steady_timer timer(executor);
    while (SteadyClock::now() < place)
        co_await sleep_until(timer, place);

    const Milliseconds waited = since(began);
    const Deadline later = deadline + (SteadyClock::now() - began);
    std::vector<DnsAnswer> answers = co_await resolver_->ask(std::move(questions), later);
    for (DnsAnswer& answer : answers)
        answer.waited += waited;
    co_return answers;
}

}  // namespace resolvers::pace
