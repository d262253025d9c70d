#include "resolvers/dns/tls.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "resolvers/dns/response_action.h"
#include "resolvers/dns/tls_connection.h"
#include "resolvers/dnswire/message.h"

namespace resolvers {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint16_t padding_block = 128;  // RFC 8467 section 4.1

}  // namespace

/// One question that is not answered yet.
struct DnsTls::Pending final : TlsQuery, std::enable_shared_from_this<DnsTls::Pending> {
    Pending(Engine& its_engine, Ask& its_ask, std::size_t its_index,
            const asio::any_io_executor& executor)
        : engine(its_engine), ask(its_ask), index(its_index), timer(executor)
    {
    }

    void on_message(std::span<const std::uint8_t> octets) override;
    void on_failure(DnsStatus status, const std::string& detail) override;
    void start_timer(Clock::time_point at);

    Engine& engine;
    Ask& ask;
    const std::size_t index;
    asio::steady_timer timer;
    unsigned timer_number = 0;
    std::size_t server = 0;
    unsigned retries_left = 0;
    Clock::time_point began{};
    /// Of the latest attempt.
    Clock::time_point tried_at{};
    bool done = false;
};

/// One call of ask(), in its frame: whatever ends that takes its questions back.
struct DnsTls::Ask {
    Ask(std::shared_ptr<Engine> its_engine, const asio::any_io_executor& executor,
        std::vector<Question> asked, Deadline its_deadline)
        : engine(std::move(its_engine)),
          questions(std::move(asked)),
          deadline(its_deadline),
          answers(questions.size()),
          all_done(executor, asio::steady_timer::time_point::max())
    {
    }
    ~Ask();
    Ask(const Ask&) = delete;
    Ask& operator=(const Ask&) = delete;

    const std::shared_ptr<Engine> engine;
    const std::vector<Question> questions;
    const Deadline deadline;
    std::vector<DnsAnswer> answers;
    std::vector<std::shared_ptr<Pending>> pendings;
    std::size_t open = 0;
    asio::steady_timer all_done;
};

class DnsTls::Engine {
public:
    Engine(const asio::any_io_executor& executor, DnsTlsOptions options,
           std::shared_ptr<const TrustStore> store);

    void close();
    void start(Ask& ask, const asio::any_io_executor& executor);
    void abandon(Ask& ask);

    void take_message(Pending& pending, std::span<const std::uint8_t> octets);
    void take_failure(Pending& pending, DnsStatus status, const std::string& detail);
    void time_out(Pending& pending);

private:
    std::size_t next_server(std::size_t after) const;
    bool prepare(Pending& pending);
    void attempt(Pending& pending);
    void ask_again(Pending& pending);
    void finish(Pending& pending);
    void note(Pending& pending, DnsStatus status, const std::string& detail);
    void note_attempt(Pending& pending, DnsStatus status, const std::string& detail);

    const DnsTlsOptions options_;
    std::vector<std::shared_ptr<DnsTlsConnection>> connections_;
    std::vector<std::string> names_;
    std::set<Ask*> asks_;
    std::size_t latest_ = 0;
    bool closed_ = false;
};

// ---- Pieces -------------------------------------------------------------------------------------

void DnsTls::Pending::on_message(std::span<const std::uint8_t> octets)
{
    engine.take_message(*this, octets);
}

void DnsTls::Pending::on_failure(DnsStatus status, const std::string& detail)
{
    engine.take_failure(*this, status, detail);
}

void DnsTls::Pending::start_timer(Clock::time_point at)
{
    timer.expires_at(at);
    timer.async_wait(
        [weak = weak_from_this(), number = ++timer_number](boost::system::error_code error) {
            const std::shared_ptr<Pending> self = weak.lock();
            if (!error && self && number == self->timer_number && !self->done)
                self->engine.time_out(*self);
        });
}

DnsTls::Ask::~Ask()
{
    engine->abandon(*this);
}

// ---- The engine ---------------------------------------------------------------------------------

DnsTls::Engine::Engine(const asio::any_io_executor& executor, DnsTlsOptions options,
                       std::shared_ptr<const TrustStore> store)
    : options_(std::move(options))
{
    for (const ResolverAddress& server : options_.servers) {
        DnsTlsConnection::Options its;
        its.server = server;
        its.store = store;
        its.connect_timeout = options_.timeout;
        its.idle = options_.idle;
        its.max_in_flight = options_.max_in_flight;
        its.max_waiting = options_.max_waiting;
        connections_.push_back(std::make_shared<DnsTlsConnection>(executor, std::move(its)));
        names_.push_back(server.text());
    }
}

void DnsTls::Engine::close()
{
    closed_ = true;
    for (const std::shared_ptr<DnsTlsConnection>& connection : connections_)
        connection->close();
    for (Ask* ask : asks_)
        for (const std::shared_ptr<Pending>& pending : ask->pendings)
            if (!pending->done) {
                note(*pending, DnsStatus::skipped, "cancelled");
                finish(*pending);
            }
}

void DnsTls::Engine::start(Ask& ask, const asio::any_io_executor& executor)
{
    asks_.insert(&ask);
    ask.open = ask.questions.size();
    for (std::size_t i = 0; i < ask.questions.size(); ++i)
        ask.pendings.push_back(std::make_shared<Pending>(*this, ask, i, executor));
    for (const std::shared_ptr<Pending>& pending : ask.pendings)
        if (prepare(*pending)) {
            pending->server = latest_ = next_server(latest_);
            attempt(*pending);
        } else {
            finish(*pending);
        }
}

void DnsTls::Engine::abandon(Ask& ask)
{
    asks_.erase(&ask);
    for (const std::shared_ptr<Pending>& pending : ask.pendings) {
        if (pending->done)
            continue;
        pending->done = true;
        connections_[pending->server]->forget(*pending, false);
    }
}

// False if it cannot be asked at all; then the answer says why.
bool DnsTls::Engine::prepare(Pending& pending)
{
    const Question& question = pending.ask.questions[pending.index];
    DnsAnswer& answer = pending.ask.answers[pending.index];
    answer.name = question.name.text();
    answer.type = question.type;
    answer.asked_at =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    pending.retries_left = options_.retries;
    pending.began = Clock::now();

    EdnsOptions edns;
    edns.client_subnet = options_.client_subnet;
    edns.padding_block = padding_block;
    Outcome<std::vector<std::uint8_t>> query = encode_query(question, 0, edns);
    if (!query.has_value())
        note(pending, DnsStatus::local_error, query.error().detail);
    else if (connections_.empty())
        note(pending, DnsStatus::local_error, "no DNS resolver to ask");
    else if (closed_)
        note(pending, DnsStatus::skipped, "cancelled");
    else if (pending.ask.deadline <= pending.began)
        note(pending, DnsStatus::skipped, "not sent before the deadline");
    else
        pending.message = std::move(*query);
    return !pending.message.empty();
}

// In turn; those that make trouble last, but before those that are out of use.
std::size_t DnsTls::Engine::next_server(std::size_t after) const
{
    const std::size_t count = connections_.size();
    std::size_t best = (after + 1) % count;
    int best_rank = 4;
    for (std::size_t step = 1; step <= count; ++step) {
        const std::size_t server = (after + step) % count;
        const bool out = options_.out_of_use && options_.out_of_use(server);
        const int rank = (out ? 2 : 0) + (connections_[server]->in_trouble() ? 1 : 0);
        if (rank == 0)
            return server;
        if (rank < best_rank) {
            best = server;
            best_rank = rank;
        }
    }
    return best;
}

void DnsTls::Engine::attempt(Pending& pending)
{
    DnsAnswer& answer = pending.ask.answers[pending.index];
    if (!connections_[pending.server]->send(pending)) {
        if (answer.attempts == 0) {
            note(pending, DnsStatus::skipped,
                 "too many questions wait for " + names_[pending.server]);
            finish(pending);
            return;
        }
        ask_again(pending);
        return;
    }
    ++answer.attempts;
    pending.tried_at = Clock::now();
    if (!answer.rcode)
        answer.resolver = names_[pending.server];
    pending.start_timer(std::min(pending.ask.deadline, Clock::now() + options_.timeout));
}

void DnsTls::Engine::ask_again(Pending& pending)
{
    if (pending.retries_left == 0 || Clock::now() >= pending.ask.deadline) {
        finish(pending);
        return;
    }
    --pending.retries_left;
    pending.server = next_server(pending.server);
    attempt(pending);
}

void DnsTls::Engine::take_message(Pending& pending, std::span<const std::uint8_t> octets)
{
    const Question& question = pending.ask.questions[pending.index];
    DnsAnswer& answer = pending.ask.answers[pending.index];
    const bool final = take_whole_response(octets, question, pending.id, answer);
    if (answer.rcode)
        answer.resolver = names_[pending.server];
    if (!final || answer.attempts > 1)
        note_attempt(pending, answer.status, answer.detail);
    if (final)
        finish(pending);
    else
        ask_again(pending);
}

void DnsTls::Engine::take_failure(Pending& pending, DnsStatus status, const std::string& detail)
{
    note(pending, status, detail);
    note_attempt(pending, status, detail);
    ask_again(pending);
}

void DnsTls::Engine::time_out(Pending& pending)
{
    DnsTlsConnection& connection = *connections_[pending.server];
    const std::string missing = connection.missing(pending);
    if (pending.place == TlsQuery::Place::waiting && connection.is_open()) {
        --pending.ask.answers[pending.index].attempts;
        note(pending, DnsStatus::skipped, missing);
    } else {
        note(pending, DnsStatus::timeout, missing);
        note_attempt(pending, DnsStatus::timeout, missing);
    }
    // The deadline may have come soon after the query, and making the connection takes its time.
    const bool silent = Clock::now() - pending.sent_at >= options_.timeout / 2;
    connection.forget(pending, silent);
    ask_again(pending);
}

// What a server said before, if only SERVFAIL, counts for more than silence now.
void DnsTls::Engine::note(Pending& pending, DnsStatus status, const std::string& detail)
{
    DnsAnswer& answer = pending.ask.answers[pending.index];
    if (answer.rcode)
        return;
    answer.status = status;
    answer.detail = detail;
}

// Called where an attempt ended and others were, or will be, made for the same question.
void DnsTls::Engine::note_attempt(Pending& pending, DnsStatus status, const std::string& detail)
{
    pending.ask.answers[pending.index].tried.push_back(
        {names_[pending.server], status,
         std::chrono::floor<Milliseconds>(Clock::now() - pending.tried_at), detail});
}

void DnsTls::Engine::finish(Pending& pending)
{
    pending.done = true;
    ++pending.timer_number;
    pending.timer.cancel();
    Ask& ask = pending.ask;
    DnsAnswer& answer = ask.answers[pending.index];
    answer.attempts = std::max(answer.attempts, pending.times_sent);
    if (answer.attempts > 0)
        answer.took = std::chrono::floor<Milliseconds>(Clock::now() - pending.began);
    if (answer.tried.size() < 2)
        answer.tried.clear();
    if (--ask.open == 0)
        ask.all_done.cancel();
}

// ---- The resolver -------------------------------------------------------------------------------

DnsTls::DnsTls(asio::any_io_executor executor, DnsTlsOptions options,
               std::shared_ptr<const TrustStore> store)
    : engine_(std::make_shared<Engine>(executor, std::move(options), std::move(store)))
{
}

DnsTls::~DnsTls()
{
    engine_->close();
}

asio::awaitable<std::vector<DnsAnswer>> DnsTls::ask(std::vector<Question> questions,
                                                    Deadline deadline)
{
    // From the first suspension on, nothing of *this is used: it may be gone.
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Ask ask(engine_, executor, std::move(questions), deadline);
    ask.engine->start(ask, executor);
    while (ask.open > 0) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await ask.all_done.async_wait(token);
    }
    co_return std::move(ask.answers);
}

}  // namespace resolvers
