#include "resolvers/dns/breaker.h"

#include <algorithm>

namespace resolvers::dns {

namespace asio = boost::asio;

namespace {

enum class Response { some, none, unknown };

Response response_of(const DnsAnswer& answer)
{
    // A word from it is a word, whatever came of the next query.
    if (answer.rcode)
        return Response::some;
    switch (answer.status) {
        case DnsStatus::timeout:
        case DnsStatus::network_error:
            return Response::none;
        case DnsStatus::local_error:
        case DnsStatus::skipped:
            return Response::unknown;
        default:
            return Response::some;
    }
}

std::string in_seconds(std::chrono::milliseconds span)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count()) + " s";
}

}  // namespace

CircuitBreaker::CircuitBreaker(std::string view, std::vector<std::string> servers,
                               BreakerOptions options)
    : view_(std::move(view)), options_(std::move(options))
{
    for (std::string& text : servers) {
        Server& server = servers_.emplace_back();
        server.text = std::move(text);
    }
}

// A trial that is due is under way from now on.
bool CircuitBreaker::goes_half_open(Server& server)
{
    const Deadline now = options_.now();
    if (now < server.open_until ||
        (server.half_open_since && now < *server.half_open_since + options_.half_open_time))
        return false;
    server.half_open_since = now;
    return true;
}

bool CircuitBreaker::is_closed(std::size_t place)
{
    Server& server = servers_[place];
    if (server.is_open && options_.answers_others && options_.answers_others(place))
        close(server);
    return !server.is_open;
}

bool CircuitBreaker::admits()
{
    if (open_count_.load(std::memory_order_relaxed) < servers_.size())
        return true;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < servers_.size(); ++i)
        if (is_closed(i))
            return true;
    for (Server& server : servers_)
        if (goes_half_open(server)) {
            server.trial_to_send = true;
            return true;
        }
    return false;
}

bool CircuitBreaker::rejects(std::size_t place)
{
    if (open_count_.load(std::memory_order_relaxed) == 0)
        return false;
    const std::lock_guard lock(mutex_);
    if (is_closed(place))
        return false;
    Server& server = servers_[place];
    if (server.trial_to_send) {
        server.trial_to_send = false;
        return false;
    }
    // While others answer, a trial costs nobody an answer: no admission is needed.
    const bool alone = std::all_of(servers_.begin(), servers_.end(),
                                   [](const Server& other) { return other.is_open; });
    return alone || !goes_half_open(server);
}

void CircuitBreaker::record(const DnsAnswer& answer)
{
    const Response response = response_of(answer);
    if (response == Response::unknown)
        return;
    std::unique_lock lock(mutex_);
    const auto at = std::find_if(servers_.begin(), servers_.end(), [&](const Server& server) {
        return server.text == answer.resolver;
    });
    if (at == servers_.end())
        return;
    Server& server = *at;
    if (response == Response::some) {
        close(server);
        return;
    }
    if (server.is_open) {
        // Others may still come home from before.
        if (server.half_open_since)
            open(server, lock);
        return;
    }
    const auto place = static_cast<std::size_t>(at - servers_.begin());
    if (++server.failures < options_.failures_to_open ||
        (options_.answers_others && options_.answers_others(place)))
        return;
    open(server, lock);
}

void CircuitBreaker::open(Server& server, std::unique_lock<std::mutex>& lock)
{
    const auto longer = server.is_open ? server.open_time * 2 : options_.first_open_time;
    server.open_time = std::min(longer, options_.longest_open_time);
    server.open_until = options_.now() + server.open_time;
    server.half_open_since.reset();
    server.trial_to_send = false;
    if (!server.is_open)
        open_count_.fetch_add(1, std::memory_order_relaxed);
    server.is_open = true;
    const bool first = ++server.times_opened == 1;
    if (!first || !options_.tell)
        return;
    const std::string line = "resolver " + server.text + " (view " + view_ + ") has not answered " +
                             std::to_string(options_.failures_to_open) +
                             " questions in a row: it is left alone for " +
                             in_seconds(server.open_time) + " and more, then tried again";
    lock.unlock();
    options_.tell(line);
}

void CircuitBreaker::close(Server& server)
{
    server.failures = 0;
    if (!server.is_open)
        return;
    server.is_open = false;
    server.half_open_since.reset();
    server.trial_to_send = false;
    open_count_.fetch_sub(1, std::memory_order_relaxed);
}

std::string CircuitBreaker::rejection()
{
    const std::lock_guard lock(mutex_);
    ++rejected_;
    std::string who;
    for (const Server& server : servers_)
        who += (who.empty() ? "" : ", ") + server.text;
    return "left alone for now: " + who + " has not answered " +
           std::to_string(options_.failures_to_open) + " questions in a row";
}

std::vector<std::string> CircuitBreaker::summary() const
{
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const Server& server : servers_)
        if (server.times_opened > 0)
            lines.push_back("resolver " + server.text + " (view " + view_ +
                            ") did not answer and was left alone " +
                            (server.times_opened == 1
                                 ? "once"
                                 : std::to_string(server.times_opened) + " times"));
    if (!lines.empty())
        lines.back() +=
            "; " + std::to_string(rejected_) + " questions to view " + view_ + " were not asked";
    return lines;
}

// ---- The resolver -------------------------------------------------------------------------------

BreakingResolver::BreakingResolver(std::unique_ptr<DnsResolver> resolver,
                                   std::shared_ptr<CircuitBreaker> breaker)
    : resolver_(std::move(resolver)), breaker_(std::move(breaker))
{
}

asio::awaitable<std::vector<DnsAnswer>> BreakingResolver::ask(std::vector<Question> questions,
                                                              Deadline deadline)
{
    std::vector<DnsAnswer> answers(questions.size());
    std::vector<Question> admitted;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        if (breaker_->admits()) {
            admitted.push_back(std::move(questions[i]));
            places.push_back(i);
            continue;
        }
        answers[i].name = questions[i].name.text();
        answers[i].type = questions[i].type;
        answers[i].status = DnsStatus::skipped;
        answers[i].detail = breaker_->rejection();
        answers[i].asked_at =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
    if (admitted.empty())
        co_return answers;
    std::vector<DnsAnswer> got = co_await resolver_->ask(std::move(admitted), deadline);
    for (std::size_t i = 0; i < got.size(); ++i) {
        breaker_->record(got[i]);
        answers[places[i]] = std::move(got[i]);
    }
    co_return answers;
}

}  // namespace resolvers::dns
