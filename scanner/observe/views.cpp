#include "scanner/observe/views.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <iterator>

#include "scanner/observe/budget.h"
#include "scanner/observe/chain.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::Deadline;
using resolvers::DnsAnswer;
using resolvers::DnsAttempt;
using resolvers::DnsStatus;
using resolvers::Question;

namespace {

// A resolver that says why it does not answer needs not be asked twice.
bool may_be_lost(const DnsAnswer& answer)
{
    return answer.errors.empty() &&
           (answer.status == DnsStatus::timeout || answer.status == DnsStatus::servfail ||
            answer.status == DnsStatus::refused);
}

// Also of an answer that came at once.
std::vector<DnsAttempt> attempts_of(const DnsAnswer& answer)
{
    if (answer.attempts != 1)
        return answer.tried;
    return {{answer.resolver, answer.status, answer.took, answer.detail}};
}

std::vector<DnsAttempt> joined(std::vector<DnsAttempt> first, std::vector<DnsAttempt> second)
{
    std::move(second.begin(), second.end(), std::back_inserter(first));
    return first;
}

asio::awaitable<std::vector<DnsAnswer>> ask_view(resolvers::DnsResolver& dns, std::string host,
                                                 Budget budget)
{
    const std::vector<std::string> types = {"A", "AAAA"};
    std::vector<Question> questions;
    add_questions(questions, host, types, budget);
    std::vector<DnsAnswer> answers = co_await dns.ask(std::move(questions), budget.deadline);

    // What is left goes after an alias that the view left half-way, else after an answer that may
    // only have been lost.
    const Walk walk = walk_chain(host, answers);
    if (walk.unanswered && budget.dns > 0) {
        std::vector<Question> further;
        add_questions(further, *walk.unanswered, types, budget);
        std::vector<DnsAnswer> more = co_await dns.ask(std::move(further), budget.deadline);
        for (DnsAnswer& answer : more)
            answers.push_back(std::move(answer));
    }
    for (DnsAnswer& answer : answers) {
        if (!may_be_lost(answer) || budget.dns == 0)
            continue;
        std::vector<Question> again;
        const std::vector<std::string> type = {answer.type};
        add_questions(again, answer.name, type, budget);
        std::vector<DnsAnswer> second = co_await dns.ask(std::move(again), budget.deadline);
        if (second.empty())
            continue;
        second.front().tried = joined(attempts_of(answer), attempts_of(second.front()));
        second.front().attempts += answer.attempts;
        answer = std::move(second.front());
    }
    co_return answers;
}

// What several coroutines on one thread report to the one that waits for them.
struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor)
        : all_done(executor, asio::steady_timer::time_point::max())
    {
    }
    asio::steady_timer all_done;
    std::size_t left = 0;
    std::exception_ptr failed;
};

}  // namespace

asio::awaitable<void> ask_views(Observation& seen, World& world, const Plan& plan,
                                Deadline deadline)
{
    if (world.health != nullptr)
        if (View reference = world.health->health_of("reference"); !reference.signs.empty()) {
            reference.name = "reference";
            seen.views.push_back(std::move(reference));
        }
    if (world.views.empty())
        co_return;
    const std::size_t before = seen.views.size();
    for (const ViewSource& source : world.views) {
        View view = world.health != nullptr ? world.health->health_of(source.name) : View{};
        view.name = source.name;
        view.resolver = source.resolver;
        seen.views.push_back(std::move(view));
    }

    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Waiting waiting(executor);
    for (std::size_t i = 0; i < world.views.size(); ++i) {
        ++waiting.left;
        const Budget budget{.dns = plan.view_budget, .requests = 0, .deadline = deadline};
        asio::co_spawn(executor, ask_view(*world.views[i].dns, seen.subject.host, budget),
                       [&waiting, into = &seen.views[before + i].answers](
                           std::exception_ptr error, std::vector<DnsAnswer> answers) {
                           *into = std::move(answers);
                           if (error)
                               waiting.failed = error;
                           if (--waiting.left == 0)
                               waiting.all_done.cancel();
                       });
    }
    while (waiting.left > 0) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await waiting.all_done.async_wait(token);
    }
    if (waiting.failed)
        std::rethrow_exception(waiting.failed);
}

}  // namespace scanner::observe
