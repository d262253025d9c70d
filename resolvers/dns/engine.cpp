#include "resolvers/dns/engine.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <random>

namespace resolvers::dns {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;

// How often the transport looks for queries whose time is over.
constexpr milliseconds timeout_tick{50};
// Between looks for room.
constexpr milliseconds room_pause{5};

}  // namespace

// ---- Opening and closing ------------------------------------------------------------------------

DnsClient::Engine::Engine(asio::any_io_executor executor, DnsOptions options,
                          std::unique_ptr<QueryTransport> transport)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      timer_(executor_),
      transport_(std::move(transport)),
      servers_(options_, *transport_)
{
    edns_.client_subnet = options_.client_subnet;
    edns_.recursion_desired = options_.recursion_desired;
    edns_.padding_block = transport_->padding_block();
}

void DnsClient::Engine::open()
{
    begin_turn();
    transport_->open(weak_from_this());
}

void DnsClient::Engine::close()
{
    closed_ = true;
    begin_turn();
    while (!asks_.empty())
        give_up(*asks_.begin(), true);
    deliver_done(false);
    transport_->close();
    timer_.cancel();
}

void DnsClient::Engine::begin_turn()
{
    now_ = Clock::now();
    wall_ahead_ = std::chrono::system_clock::now().time_since_epoch() - now_.time_since_epoch();
}

Timestamp DnsClient::Engine::wall_now() const
{
    const std::chrono::sys_time<Clock::duration> wall(now_.time_since_epoch() + wall_ahead_);
    return std::chrono::floor<milliseconds>(wall);
}

DnsAnswer& DnsClient::Engine::answer_of(const PendingQuestion& pending)
{
    DnsAsk& ask = *pending.ask;
    if (ask.answers.empty())
        ask.answers.resize(ask.questions.size());
    return ask.answers[pending.index];
}

// ---- Asks and their questions -------------------------------------------------------------------

void DnsClient::Engine::start(std::unique_ptr<DnsAsk> ask, Deadline deadline)
{
    now_ = Clock::now();
    ask->engine = this;
    ask->deadline = deadline;
    ask->given = deadline;
    DnsAsk& started = *ask.release();
    asks_.insert(asks_.end(), started);  // deadlines mostly come in order

    const std::size_t count = started.questions.size();
    started.open = count;
    started.pendings.resize(count);
    const Timestamp wall = wall_now();
    for (std::size_t i = 0; i < count; ++i) {
        PendingQuestion& pending = started.pendings[i];
        pending.ask = &started;
        pending.index = i;
        pending.retries_left = options_.retries;
        pending.asked_at = wall;
    }
    if (count == 0)
        take_out(started);
    else if (closed_ || deadline <= now_)
        give_up(started, closed_);
    else
        send_or_wait(started);
    // The caller is not waiting yet, so nothing may be handed over from in here.
    if (!done_.empty())
        settle_later();
    arm();
}

void DnsClient::Engine::cancel(DnsAsk& ask)
{
    begin_turn();
    give_up(ask, true);
    settle_later();
}

void DnsClient::Engine::wait_in(Queue& queue, PendingQuestion& pending, bool in_front)
{
    pending.place = PendingQuestion::Place::waiting;
    pending.queue = &queue;
    pending.waiting_since = now_;
    pending.queue_position = queue.insert(in_front ? queue.begin() : queue.end(), &pending);
}

void DnsClient::Engine::pause(PendingQuestion& pending)
{
    static thread_local std::minstd_rand spread{std::random_device{}()};
    const milliseconds least = pending.pause_length();
    std::uniform_int_distribution<long> more(0, least.count());
    pending.place = PendingQuestion::Place::paused;
    pending.pause = paused_.emplace(now_ + least + milliseconds(more(spread)), &pending);
}

void DnsClient::Engine::take_from_place(PendingQuestion& pending)
{
    switch (pending.place) {
        case PendingQuestion::Place::waiting:
            pending.queue->erase(pending.queue_position);
            pending.waited += now_ - pending.waiting_since;
            break;
        case PendingQuestion::Place::paused:
            paused_.erase(pending.pause);
            break;
        case PendingQuestion::Place::in_flight:  // its reply will find that it has gone
        case PendingQuestion::Place::nowhere:
        case PendingQuestion::Place::done:
            break;
    }
    pending.place = PendingQuestion::Place::nowhere;
}

// With the last question the whole ask is done, but it stays alive until it is handed over.
void DnsClient::Engine::finish(PendingQuestion& pending)
{
    take_from_place(pending);
    pending.place = PendingQuestion::Place::done;
    DnsAsk& ask = *pending.ask;
    DnsAnswer& answer = answer_of(pending);
    pending.on_finish(ask.questions[pending.index], now_, answer);
    answer.waited = std::chrono::floor<milliseconds>(pending.waited);
    if (--ask.open == 0)
        take_out(ask);
}

void DnsClient::Engine::take_out(DnsAsk& ask)
{
    ask.forget_cancellation();
    asks_.erase(asks_.iterator_to(ask));
    done_.emplace_back(&ask);
}

// What a question waited for a server to have room is our doing, and comes off nobody's time. The
// questions of an ask wait side by side, so that the longest wait counts. False if the ask has had
// its time all the same.
bool DnsClient::Engine::extend(DnsAsk& ask)
{
    Clock::duration waited{};
    for (const PendingQuestion& pending : ask.pendings) {
        Clock::duration its = pending.waited;
        if (pending.place == PendingQuestion::Place::waiting)
            its += now_ - pending.waiting_since;
        waited = std::max(waited, its);
    }
    if (ask.given + waited <= now_)
        return false;
    asks_.erase(asks_.iterator_to(ask));
    ask.deadline = ask.given + waited;
    asks_.insert(ask);
    return true;
}

// Ends an ask with what there is.
void DnsClient::Engine::give_up(DnsAsk& ask, bool cancelled)
{
    for (PendingQuestion& pending : ask.pendings) {
        if (pending.place == PendingQuestion::Place::done)
            continue;
        const bool in_flight = pending.place == PendingQuestion::Place::in_flight;
        pending.on_give_up(cancelled, in_flight, now_, answer_of(pending));
        finish(pending);
    }
}

void DnsClient::Engine::carry_out(PendingQuestion& pending, NextStep next)
{
    switch (next) {
        case NextStep::finish:
            finish(pending);
            break;
        case NextStep::ask:
            wait_in(waiting_, pending);
            break;
        case NextStep::ask_first:
            wait_in(waiting_, pending, true);
            break;
        case NextStep::ask_over_tcp:
            wait_in(waiting_for_tcp_, pending);
            break;
        case NextStep::pause:
            pause(pending);
            break;
    }
}

// ---- Sending ------------------------------------------------------------------------------------

void DnsClient::Engine::send_or_wait(DnsAsk& ask)
{
    for (PendingQuestion& pending : ask.pendings) {
        DnsServer* server = waiting_.empty() ? pick_server(pending) : nullptr;
        if (server != nullptr)
            send(pending, *server);
        else
            wait_in(waiting_, pending);
    }
    pump();
}

void DnsClient::Engine::pump()
{
    while (!waiting_.empty()) {
        PendingQuestion& pending = *waiting_.front();
        DnsServer* server = pick_server(pending);
        if (server == nullptr && !transport_->all_unusable(now_))
            break;
        take_from_place(pending);
        if (server != nullptr) {
            send(pending, *server);
            continue;
        }
        pending.note_failure(DnsStatus::local_error, local_limit_, answer_of(pending));
        finish(pending);
    }
    if (!waiting_for_tcp_.empty())
        pump_over_tcp();
}

// Each goes to the server that truncated; one whose connection is full does not hold up the others.
void DnsClient::Engine::pump_over_tcp()
{
    for (auto next = waiting_for_tcp_.begin(); next != waiting_for_tcp_.end();) {
        PendingQuestion& pending = **next++;
        if (!transport_->has_room(pending.server->place, true, now_))
            continue;
        take_from_place(pending);
        send(pending, *pending.server);
    }
}

DnsServer* DnsClient::Engine::pick_server(const PendingQuestion& pending)
{
    if (pending.same_server && servers_.may_serve(*pending.server))
        return servers_.has_room(*pending.server, now_) ? pending.server : nullptr;
    return servers_.pick(pending.server, pending.retries_left > 0, now_);
}

void DnsClient::Engine::send(PendingQuestion& pending, DnsServer& server)
{
    const Question& question = pending.ask->questions[pending.index];
    edns_.enabled = server.edns && !pending.without_edns;
    std::array<std::uint8_t, dnswire::max_query> buffer;
    const std::size_t size = dnswire::encode_query_into(buffer, question, 0, edns_);
    if (size == 0) {
        pending.note_failure(DnsStatus::local_error,
                             "no record type is called '" + question.type + "'",
                             answer_of(pending));
        finish(pending);
        return;
    }
    pending.place = PendingQuestion::Place::in_flight;
    if (pending.attempts == 0 && pending.waited != Clock::duration{})
        pending.asked_at = wall_now();
    pending.on_send(server, now_);
    pending.server_place = server.place;
    pending.over_tcp = pending.truncated;
    servers_.take(server);
    ++pending.ask->in_flight;
    transport_->send(pending, std::span(buffer).first(size));
}

// ---- Receiving ----------------------------------------------------------------------------------

// Called by the transport: moves the question to its next place, but sends nothing.
void DnsClient::Engine::ended(DnsExchange& exchange, const DnsReply& reply)
{
    PendingQuestion& pending = static_cast<PendingQuestion&>(exchange);
    servers_.give_back(*pending.server, reply.end, now_);
    DnsAsk& ask = *pending.ask;
    --ask.in_flight;
    if (pending.place != PendingQuestion::Place::in_flight) {
        if (ask.in_flight == 0)
            orphans_.erase(&ask);
        return;
    }
    pending.place = PendingQuestion::Place::nowhere;
    DnsAnswer& answer = answer_of(pending);
    switch (reply.end) {
        case DnsReply::End::response:
            pending.sent.id = exchange.id;
            carry_out(pending, pending.on_response(reply.octets, ask.questions[pending.index],
                                                   message_, servers_, now_, answer));
            break;
        case DnsReply::End::local_limit:
            local_limit_ = reply.detail;
            [[fallthrough]];
        case DnsReply::End::held_back:
            carry_out(pending, pending.on_unsent(reply, answer));
            break;
        default:
            carry_out(pending, pending.on_failure(reply, servers_, now_, answer));
    }
}

// ---- The loop -----------------------------------------------------------------------------------

bool DnsClient::Engine::go_on()
{
    pump();
    deliver_done(true);
    return !closed_;
}

void DnsClient::Engine::settle()
{
    if (!closed_) {
        transport_->report_ends();
        pump();
    }
    deliver_done(!closed_);
    arm();
}

void DnsClient::Engine::settle_later()
{
    if (settle_posted_)
        return;
    settle_posted_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->settle_posted_ = false;
        self->settle();
    });
}

// Runs the coroutines that waited; any of them may ask anew, or make the resolver go away.
void DnsClient::Engine::deliver_done(bool at_once)
{
    std::vector<std::unique_ptr<DnsAsk>> ready;
    ready.swap(done_);
    for (std::unique_ptr<DnsAsk>& ask : ready) {
        if (ask->in_flight > 0) {
            DnsAsk* orphan = ask.get();
            orphans_.emplace(orphan, std::move(ask));
            orphan->deliver(executor_, at_once);
            continue;
        }
        ask->deliver(executor_, at_once);
        ask.reset();
    }
}

// While nobody asks, nothing of ours keeps the io_context at work.
void DnsClient::Engine::arm()
{
    if (closed_)
        return;
    if (!asks_.empty())
        arm_timer();
    transport_->listen(!asks_.empty());
}

void DnsClient::Engine::arm_timer()
{
    Clock::time_point at = std::min(now_ + timeout_tick, asks_.begin()->deadline);
    if (!paused_.empty())
        at = std::min(at, paused_.begin()->first);
    if (!waiting_.empty())
        at = std::min(at, now_ + room_pause);
    if (timer_armed_ && timer_at_ <= at)
        return;
    timer_armed_ = true;
    timer_at_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error || self->closed_)
            return;
        self->timer_armed_ = false;
        self->on_timer();
    });
}

void DnsClient::Engine::on_timer()
{
    begin_turn();
    if (now_ - last_tick_ >= timeout_tick) {
        last_tick_ = now_;
        transport_->check_timeouts();
    }
    while (!asks_.empty() && asks_.begin()->deadline <= now_)
        if (!extend(*asks_.begin()))
            give_up(*asks_.begin(), false);
    while (!paused_.empty() && paused_.begin()->first <= now_) {
        PendingQuestion& pending = *paused_.begin()->second;
        take_from_place(pending);
        wait_in(waiting_, pending);
    }
    settle();
}

}  // namespace resolvers::dns
