#include "resolvers/dns/breaker.h"

#include <algorithm>

namespace resolvers {

namespace asio = boost::asio;

namespace {

enum class Sign { answered, silent, nothing };

Sign sign_of(const DnsAnswer& answer)
{
    // A word from it is a word, whatever came of the next query.
    if (answer.rcode)
        return Sign::answered;
    switch (answer.status) {
        case DnsStatus::timeout:
        case DnsStatus::network_error:
            return Sign::silent;
        case DnsStatus::local_error:
        case DnsStatus::skipped:
            return Sign::nothing;
        default:
            return Sign::answered;
    }
}

std::string in_seconds(std::chrono::milliseconds span)
{
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count()) + " s";
}

}  // namespace

Patience::Patience(std::string view, std::vector<std::string> servers, PatienceOptions options)
    : view_(std::move(view)), options_(std::move(options))
{
    for (std::string& text : servers) {
        Server& server = servers_.emplace_back();
        server.text = std::move(text);
    }
}

// A trial that is due is under way from now on.
bool Patience::due(Server& server)
{
    const Deadline now = options_.now();
    if (now < server.until || (server.trial && now < *server.trial + options_.trial_time))
        return false;
    server.trial = now;
    return true;
}

bool Patience::is_back(std::size_t place)
{
    Server& server = servers_[place];
    if (server.left_alone && options_.answers_others && options_.answers_others(place))
        take_back(server);
    return !server.left_alone;
}

bool Patience::admit()
{
    if (left_alone_.load(std::memory_order_relaxed) < servers_.size())
        return true;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < servers_.size(); ++i)
        if (is_back(i))
            return true;
    for (Server& server : servers_)
        if (due(server)) {
            server.trial_to_send = true;
            return true;
        }
    return false;
}

bool Patience::passes_over(std::size_t place)
{
    if (left_alone_.load(std::memory_order_relaxed) == 0)
        return false;
    const std::lock_guard lock(mutex_);
    if (is_back(place))
        return false;
    Server& server = servers_[place];
    if (server.trial_to_send) {
        server.trial_to_send = false;
        return false;
    }
    // While others answer, a trial costs nobody an answer: no admission is needed.
    const bool alone = std::all_of(servers_.begin(), servers_.end(),
                                   [](const Server& other) { return other.left_alone; });
    return alone || !due(server);
}

void Patience::note(const DnsAnswer& answer)
{
    const Sign sign = sign_of(answer);
    if (sign == Sign::nothing)
        return;
    std::unique_lock lock(mutex_);
    const auto at = std::find_if(servers_.begin(), servers_.end(), [&](const Server& server) {
        return server.text == answer.resolver;
    });
    if (at == servers_.end())
        return;
    Server& server = *at;
    if (sign == Sign::answered) {
        take_back(server);
        return;
    }
    if (server.left_alone) {
        // Others may still come home from before.
        if (server.trial)
            leave_alone(server, lock);
        return;
    }
    const auto place = static_cast<std::size_t>(at - servers_.begin());
    if (++server.silent < options_.silent_questions ||
        (options_.answers_others && options_.answers_others(place)))
        return;
    leave_alone(server, lock);
}

void Patience::leave_alone(Server& server, std::unique_lock<std::mutex>& lock)
{
    const auto longer = server.left_alone ? server.pause * 2 : options_.first_pause;
    server.pause = std::min(longer, options_.longest_pause);
    server.until = options_.now() + server.pause;
    server.trial.reset();
    server.trial_to_send = false;
    if (!server.left_alone)
        left_alone_.fetch_add(1, std::memory_order_relaxed);
    server.left_alone = true;
    const bool first = ++server.pauses == 1;
    if (!first || !options_.tell)
        return;
    const std::string line = "resolver " + server.text + " (view " + view_ + ") has not answered " +
                             std::to_string(options_.silent_questions) +
                             " questions in a row: it is left alone for " +
                             in_seconds(server.pause) + " and more, then tried again";
    lock.unlock();
    options_.tell(line);
}

void Patience::take_back(Server& server)
{
    server.silent = 0;
    if (!server.left_alone)
        return;
    server.left_alone = false;
    server.trial.reset();
    server.trial_to_send = false;
    left_alone_.fetch_sub(1, std::memory_order_relaxed);
}

std::string Patience::skip()
{
    const std::lock_guard lock(mutex_);
    ++skipped_;
    std::string who;
    for (const Server& server : servers_)
        who += (who.empty() ? "" : ", ") + server.text;
    return "left alone for now: " + who + " has not answered " +
           std::to_string(options_.silent_questions) + " questions in a row";
}

std::vector<std::string> Patience::summary() const
{
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const Server& server : servers_)
        if (server.pauses > 0)
            lines.push_back(
                "resolver " + server.text + " (view " + view_ +
                ") did not answer and was left alone " +
                (server.pauses == 1 ? "once" : std::to_string(server.pauses) + " times"));
    if (!lines.empty())
        lines.back() +=
            "; " + std::to_string(skipped_) + " questions to view " + view_ + " were not asked";
    return lines;
}

// ---- The resolver -------------------------------------------------------------------------------

PatientResolver::PatientResolver(std::unique_ptr<DnsResolver> resolver,
                                 std::shared_ptr<Patience> patience)
    : resolver_(std::move(resolver)), patience_(std::move(patience))
{
}

asio::awaitable<std::vector<DnsAnswer>> PatientResolver::ask(std::vector<Question> questions,
                                                             Deadline deadline)
{
    std::vector<DnsAnswer> answers(questions.size());
    std::vector<Question> admitted;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        if (patience_->admit()) {
            admitted.push_back(std::move(questions[i]));
            places.push_back(i);
            continue;
        }
        answers[i].name = questions[i].name.text();
        answers[i].type = questions[i].type;
        answers[i].status = DnsStatus::skipped;
        answers[i].detail = patience_->skip();
        answers[i].asked_at =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
    if (admitted.empty())
        co_return answers;
    std::vector<DnsAnswer> got = co_await resolver_->ask(std::move(admitted), deadline);
    for (std::size_t i = 0; i < got.size(); ++i) {
        patience_->note(got[i]);
        answers[places[i]] = std::move(got[i]);
    }
    co_return answers;
}

}  // namespace resolvers
