#include "resolvers/dns/https.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <span>

#include "resolvers/dns/response_action.h"

namespace resolvers {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr char media_type[] = "application/dns-message";
// The same for all, so that caches on the way can answer (RFC 8484 section 4.1).
constexpr std::uint16_t query_id = 0;
constexpr std::size_t largest_message = 65535;

DnsStatus status_of(const Failure& failure)
{
    if (failure.code == "timeout")
        return DnsStatus::timeout;
    return failure.code == "local_error" ? DnsStatus::local_error : DnsStatus::network_error;
}

// What one response came to; false if another server might do better.
bool read_response(const FetchResponse& response, const Question& question, DnsAnswer& answer)
{
    if (response.status != 200 || !response.content_type.starts_with(media_type)) {
        if (answer.rcode)
            return false;
        answer.status = DnsStatus::bad_response;
        answer.detail = response.status != 200 ? "HTTP status " + std::to_string(response.status)
                                               : "no DNS message but " + response.content_type;
        return false;
    }
    const auto* octets = reinterpret_cast<const std::uint8_t*>(response.body.data());
    return take_whole_response(std::span(octets, response.body.size()), question, query_id, answer);
}

DnsAttempt attempt_of(const Outcome<FetchResponse>& got, const DnsAnswer& answer,
                      Clock::time_point sent)
{
    DnsAttempt attempt{answer.resolver, answer.status,
                       std::chrono::floor<Milliseconds>(Clock::now() - sent), answer.detail};
    if (!got.has_value()) {
        attempt.status = status_of(got.error());
        attempt.detail = got.error().code + ": " + got.error().detail;
    }
    return attempt;
}

// Shared with the questions, which go on when whoever asked is cancelled.
struct Asked {
    Asked(const asio::any_io_executor& executor, std::size_t count)
        : answers(count), left(count), all_done(executor, asio::steady_timer::time_point::max())
    {
    }
    std::vector<DnsAnswer> answers;
    std::size_t left;
    asio::steady_timer all_done;
    std::exception_ptr failed;
};

}  // namespace

DnsHttps::DnsHttps(std::unique_ptr<HttpFetcher> fetcher, DnsHttpsOptions options)
    : fetcher_(std::move(fetcher)), options_(std::move(options))
{
}

std::size_t DnsHttps::next_server(std::size_t after) const
{
    const std::size_t count = options_.urls.size();
    for (std::size_t step = 1; options_.out_of_use && step <= count; ++step)
        if (!options_.out_of_use((after + step) % count))
            return (after + step) % count;
    return (after + 1) % count;
}

asio::awaitable<DnsAnswer> DnsHttps::ask_one(Question question, Deadline deadline)
{
    DnsAnswer answer;
    answer.name = question.name.text();
    answer.type = question.type;
    answer.asked_at =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    EdnsOptions edns;
    edns.client_subnet = options_.client_subnet;
    const Outcome<std::vector<std::uint8_t>> query = encode_query(question, query_id, edns);
    if (!query.has_value() || options_.urls.empty()) {
        answer.status = DnsStatus::local_error;
        answer.detail = query.has_value() ? "no DNS resolver to ask" : query.error().detail;
        co_return answer;
    }

    const Clock::time_point began = Clock::now();
    std::size_t server = latest_ = next_server(latest_);
    for (unsigned left = options_.retries + 1; left > 0 && Clock::now() < deadline; --left) {
        FetchRequest request;
        request.url = options_.urls[server];
        request.accept = media_type;
        request.body_limit = largest_message;
        request.content_type = media_type;
        request.content.assign(query->begin(), query->end());
        answer.resolver = request.url;
        ++answer.attempts;
        const Deadline until = std::min<Deadline>(deadline, Clock::now() + options_.timeout);
        const Clock::time_point sent = Clock::now();
        const Outcome<FetchResponse> got = co_await fetcher_->get(std::move(request), until);
        const bool done = got.has_value() && read_response(*got, question, answer);
        if (!done || answer.attempts > 1)
            answer.tried.push_back(attempt_of(got, answer, sent));
        if (done)
            break;
        if (!got.has_value() && !answer.rcode) {
            answer.status = status_of(got.error());
            answer.detail = got.error().code + ": " + got.error().detail;
        }
        server = next_server(server);
    }
    if (answer.attempts > 0)
        answer.took = std::chrono::floor<Milliseconds>(Clock::now() - began);
    else
        answer.detail = "not sent before the deadline";
    if (answer.attempts < 2)
        answer.tried.clear();
    co_return answer;
}

asio::awaitable<std::vector<DnsAnswer>> DnsHttps::ask(std::vector<Question> questions,
                                                      Deadline deadline)
{
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto asked = std::make_shared<Asked>(executor, questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i)
        asio::co_spawn(executor, ask_one(questions[i], deadline),
                       [asked, i](std::exception_ptr error, DnsAnswer answer) {
                           asked->answers[i] = std::move(answer);
                           if (error)
                               asked->failed = error;
                           if (--asked->left == 0)
                               asked->all_done.cancel();
                       });
    while (asked->left > 0) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await asked->all_done.async_wait(token);
    }
    if (asked->failed)
        std::rethrow_exception(asked->failed);
    co_return std::move(asked->answers);
}

}  // namespace resolvers
