#include "resolvers/dns/engine.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <random>

namespace resolvers {

namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;

// How often c-ares looks for queries whose time is over. (Its own ares_timeout() walks through all
// of them each time it is asked.)
constexpr milliseconds timeout_tick{50};
// After the kernel would not take a datagram, and between looks for room or rate.
constexpr milliseconds room_pause{5};
// After our machine would not open a socket.
constexpr milliseconds local_limit_pause{1000};
// Before the only server is asked again after it refused, failed or talked nonsense; doubled each
// time, and spread by up to as much again so that many questions do not come back as one.
constexpr milliseconds repeat_pause{100};
constexpr unsigned max_doublings = 5;
// Rounds of reading before other sockets, and other work of the thread, get their turn.
constexpr unsigned turns_for_a_socket = 16;

DnsStatus status_of(ChannelReply::End end)
{
    switch (end) {
        case ChannelReply::End::timeout:
            return DnsStatus::timeout;
        case ChannelReply::End::unreachable:
            return DnsStatus::network_error;
        default:
            return DnsStatus::local_error;
    }
}

std::string detail_of(const ChannelReply& reply)
{
    if (reply.end == ChannelReply::End::timeout)
        return "no response in time";
    return reply.error == 0 ? "connection closed" : std::strerror(reply.error);
}

}  // namespace

// ---- Opening and closing ------------------------------------------------------------------------

DnsCares::Engine::Engine(asio::any_io_executor executor, DnsOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      timer_(executor_),
      poll_(executor_)
{
}

Outcome<bool> DnsCares::Engine::open()
{
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0)
        return Failure{"local_error", std::string("epoll: ") + std::strerror(errno)};
    poll_.assign(poll);
    read_clocks();
    return pool_.open(options_, poll, &Engine::on_reply);
}

void DnsCares::Engine::close()
{
    closed_ = true;
    read_clocks();
    while (!asks_.empty())
        give_up(*asks_.begin(), true);
    deliver_done(false);
    pool_.close();  // c-ares ends what is on its way, and so the orphans
    timer_.cancel();
    boost::system::error_code ignored;
    poll_.close(ignored);
}

DnsCounters DnsCares::Engine::counters() const
{
    DnsCounters counters = counters_;
    counters.dropped = pool_.dropped();
    return counters;
}

void DnsCares::Engine::read_clocks()
{
    now_ = Clock::now();
    wall_ahead_ = std::chrono::system_clock::now().time_since_epoch() - now_.time_since_epoch();
}

Timestamp DnsCares::Engine::wall_now() const
{
    const std::chrono::sys_time<Clock::duration> wall(now_.time_since_epoch() + wall_ahead_);
    return std::chrono::floor<milliseconds>(wall);
}

DnsAnswer& DnsCares::Engine::answer_of(const PendingQuestion& pending)
{
    DnsAsk& ask = *pending.ask;
    if (ask.answers.empty())
        ask.answers.resize(ask.questions.size());
    return ask.answers[pending.index];
}

// ---- Asks and their questions -------------------------------------------------------------------

void DnsCares::Engine::start(std::unique_ptr<DnsAsk> ask, Deadline deadline)
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
    for (std::size_t i = 0; i < count; ++i) {
        PendingQuestion& pending = started.pendings[i];
        pending.ask = &started;
        pending.index = i;
        pending.retries_left = options_.retries;
        pending.asked_at = wall_now();
    }
    if (count == 0)
        take_out(started);
    else if (closed_ || deadline <= now_)
        give_up(started, closed_);
    else
        send_or_wait(started);
    // The caller is not waiting yet, so nothing may be handed over from in here.
    if (!done_.empty() || !refused_.empty())
        settle_later();
    arm();
}

void DnsCares::Engine::cancel(DnsAsk& ask)
{
    read_clocks();
    give_up(ask, true);
    settle_later();
}

void DnsCares::Engine::wait_in(Queue& queue, PendingQuestion& pending, bool in_front)
{
    pending.place = PendingQuestion::Place::waiting;
    pending.queue = &queue;
    pending.waiting_since = now_;
    pending.queue_position = queue.insert(in_front ? queue.begin() : queue.end(), &pending);
}

void DnsCares::Engine::pause(PendingQuestion& pending)
{
    static thread_local std::minstd_rand spread{std::random_device{}()};
    const milliseconds least = repeat_pause * (1 << std::min(pending.pauses, max_doublings));
    std::uniform_int_distribution<long> more(0, least.count());
    pending.place = PendingQuestion::Place::paused;
    pending.pause = paused_.emplace(now_ + least + milliseconds(more(spread)), &pending);
    ++pending.pauses;
}

void DnsCares::Engine::take_from_place(PendingQuestion& pending)
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
void DnsCares::Engine::finish(PendingQuestion& pending)
{
    take_from_place(pending);
    pending.place = PendingQuestion::Place::done;
    DnsAsk& ask = *pending.ask;
    const Question& question = ask.questions[pending.index];
    DnsAnswer& answer = answer_of(pending);
    answer.name = question.name.text();
    answer.type = question.type;
    answer.attempts = pending.attempts;
    answer.asked_at = pending.asked_at;
    answer.waited = std::chrono::floor<milliseconds>(pending.waited);
    if (pending.attempts > 0)
        answer.took = std::chrono::floor<milliseconds>(now_ - pending.first_sent);
    if (pending.attempts < 2 && !answer.tried.empty())
        answer.tried.clear();  // the second could not be sent
    if (--ask.open == 0)
        take_out(ask);
}

void DnsCares::Engine::take_out(DnsAsk& ask)
{
    ask.forget_cancellation();
    asks_.erase(asks_.iterator_to(ask));
    done_.emplace_back(&ask);
}

// What a question waited for a server to have room is our doing, and comes off nobody's time. The
// questions of an ask wait side by side, so that the longest wait counts. False if the ask has had
// its time all the same.
bool DnsCares::Engine::extend(DnsAsk& ask)
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
void DnsCares::Engine::give_up(DnsAsk& ask, bool cancelled)
{
    for (PendingQuestion& pending : ask.pendings) {
        if (pending.place == PendingQuestion::Place::done)
            continue;
        DnsAnswer& answer = answer_of(pending);
        if (pending.attempts > 1 && pending.place == PendingQuestion::Place::in_flight)
            note_attempt(pending, cancelled ? DnsStatus::skipped : DnsStatus::timeout,
                         "no response before the deadline");
        if (cancelled) {
            answer.status = DnsStatus::skipped;
            answer.detail = "cancelled";
        } else if (pending.attempts == 0) {
            answer.status = DnsStatus::skipped;
            answer.detail = "not sent before the deadline";
        } else if (pending.place == PendingQuestion::Place::in_flight || pending.over_tcp) {
            note_failure(pending, DnsStatus::timeout, "no response before the deadline");
        }
        finish(pending);
    }
}

// ---- Sending ------------------------------------------------------------------------------------

void DnsCares::Engine::send_or_wait(DnsAsk& ask)
{
    for (PendingQuestion& pending : ask.pendings) {
        const std::string& type = ask.questions[pending.index].type;
        if (!type_number(type)) {
            note_failure(pending, DnsStatus::local_error,
                         "no record type is called '" + type + "'");
            finish(pending);
            continue;
        }
        PoolChannel* channel = waiting_.empty() ? pick_channel(pending) : nullptr;
        if (channel != nullptr)
            send(pending, *channel);
        else
            wait_in(waiting_, pending);
    }
    pump();
}

void DnsCares::Engine::pump()
{
    while (!waiting_.empty()) {
        PendingQuestion& pending = *waiting_.front();
        PoolChannel* channel = pick_channel(pending);
        if (channel == nullptr && !pool_.all_unusable(now_))
            break;
        take_from_place(pending);
        if (channel != nullptr) {
            send(pending, *channel);
            continue;
        }
        note_failure(pending, DnsStatus::local_error, local_limit_);
        finish(pending);
    }
    if (!waiting_for_tcp_.empty())
        pump_over_tcp();
}

// Each goes to the server that truncated; one whose connection is full does not hold up the others.
void DnsCares::Engine::pump_over_tcp()
{
    for (auto next = waiting_for_tcp_.begin(); next != waiting_for_tcp_.end();) {
        PendingQuestion& pending = **next++;
        PoolChannel* channel = pool_.tcp_of(*pending.server);
        if (channel != nullptr && channel->in_flight >= channel->max_in_flight)
            continue;
        take_from_place(pending);
        if (channel != nullptr) {
            send(pending, *channel);
            continue;
        }
        note_failure(pending, DnsStatus::local_error, "c-ares cannot make a channel");
        finish(pending);
    }
}

PoolChannel* DnsCares::Engine::pick_channel(const PendingQuestion& pending)
{
    if (pending.same_server && pool_.may_serve(*pending.server))
        return pool_.pick_of(*pending.server, now_);
    return pool_.pick(pending.server, pending.retries_left > 0, now_);
}

void DnsCares::Engine::send(PendingQuestion& pending, PoolChannel& channel)
{
    pending.place = PendingQuestion::Place::in_flight;
    pending.pool_channel = &channel;
    pending.sent.id = pool_.take_id(channel);
    pending.sent.edns = channel.server->edns && !pending.without_edns;
    pending.sent.over_tcp = channel.over_tcp;
    pending.server = channel.server;
    pending.same_server = false;
    if (pending.attempts == 0) {
        pending.asked_at = wall_now();
        pending.first_sent = now_;
    }
    pending.last_sent = now_;
    ++pending.attempts;
    ++pending.ask->in_flight;
    ++(channel.over_tcp ? counters_.over_tcp : counters_.queries);

    const EdnsOptions edns{.enabled = pending.sent.edns,
                           .dnssec_ok = options_.dnssec_ok,
                           .client_subnet = options_.client_subnet,
                           .recursion_desired = options_.recursion_desired};
    std::array<std::uint8_t, max_query> buffer;
    const Question& question = pending.ask->questions[pending.index];
    const std::size_t size = encode_query_into(buffer, question, pending.sent.id, edns);
    channel.cares->send(std::span(buffer).first(size), pending);
    if (channel.cares->refused() && std::ranges::find(refused_, &channel) == refused_.end())
        refused_.push_back(&channel);
}

// ---- Receiving ----------------------------------------------------------------------------------

void DnsCares::Engine::on_reply(ChannelQuery& query, const ChannelReply& reply)
{
    PendingQuestion& pending = static_cast<PendingQuestion&>(query);
    pending.ask->engine->ended(pending, reply);
}

// Called by c-ares: moves questions to their next place, but sends nothing.
void DnsCares::Engine::ended(PendingQuestion& pending, const ChannelReply& reply)
{
    pool_.give_back(*pending.pool_channel, pending.sent.id, reply.end, now_);
    counters_.responses += reply.end == ChannelReply::End::response ? 1 : 0;
    DnsAsk& ask = *pending.ask;
    --ask.in_flight;
    if (pending.place != PendingQuestion::Place::in_flight) {
        counters_.late += reply.end == ChannelReply::End::closed ? 0 : 1;
        if (ask.in_flight == 0)
            orphans_.erase(&ask);
        return;
    }
    pending.place = PendingQuestion::Place::nowhere;
    switch (reply.end) {
        case ChannelReply::End::response:
            take_response(pending, reply.octets);
            break;
        case ChannelReply::End::held_back:
        case ChannelReply::End::local_limit:
            take_back(pending, reply);
            break;
        default:
            take_failure(pending, reply);
    }
}

void DnsCares::Engine::take_response(PendingQuestion& pending, std::span<const std::uint8_t> octets)
{
    const Question& question = pending.ask->questions[pending.index];
    const std::optional<Failure> unreadable =
        parse_message_into(octets, Sections::answer, message_);
    const DnsVerdict verdict = judge_response(unreadable, message_, question, pending.sent);
    DnsAnswer& answer = answer_of(pending);
    if (verdict.next == DnsVerdict::Next::ask_over_tcp) {
        answer.rcode = message_.header.rcode;
        note_attempt(pending, verdict.status, verdict.detail);
        pending.over_tcp = true;
        wait_in(waiting_for_tcp_, pending);
        return;
    }
    const bool further = verdict.next == DnsVerdict::Next::ask_without_edns ||
                         (verdict.next == DnsVerdict::Next::ask_again && pending.retries_left > 0);
    if (further || pending.attempts > 1)
        note_attempt(pending, verdict.status, verdict.detail);
    if (!verdict.responded) {
        note_failure(pending, verdict.status, verdict.detail);
        ask_again(pending, false);
        return;
    }

    pending.responded = true;
    answer.status = verdict.status;
    answer.rcode = message_.header.rcode;
    // Moved, unless that would hand over room for far more than is kept: what a long answer made
    // room for would else stay with the next short one.
    const std::size_t records = message_.answer.size();
    const std::size_t kept = std::min(records, records_limit);
    if (kept == records && message_.answer.capacity() <= 2 * kept + 8)
        answer.records = std::move(message_.answer);
    else
        answer.records.assign(
            std::make_move_iterator(message_.answer.begin()),
            std::make_move_iterator(message_.answer.begin() + static_cast<std::ptrdiff_t>(kept)));
    answer.errors = std::move(message_.errors);
    answer.resolver = pending.server->text;
    answer.over_tcp = pending.sent.over_tcp;
    answer.authentic_data = message_.header.authentic_data;
    answer.ecs_scope.reset();
    if (message_.edns)
        answer.ecs_scope = message_.edns->client_subnet_scope;
    answer.detail = verdict.detail;
    if (records > records_limit)
        answer.detail = std::to_string(records) + " records, the first " +
                        std::to_string(records_limit) + " kept";
    // Remembered only once it shows that it can do without: one odd name must not cost us EDNS for
    // all names.
    if (pending.without_edns && verdict.status != DnsStatus::formerr &&
        verdict.status != DnsStatus::notimp)
        pending.server->edns = false;

    switch (verdict.next) {
        case DnsVerdict::Next::ask_without_edns:
            pending.without_edns = true;
            pending.same_server = true;
            wait_in(pending.sent.over_tcp ? waiting_for_tcp_ : waiting_, pending);
            break;
        case DnsVerdict::Next::ask_again:
            ask_again(pending, false);
            break;
        default:
            finish(pending);
    }
}

void DnsCares::Engine::take_failure(PendingQuestion& pending, const ChannelReply& reply)
{
    pending.over_tcp = pending.sent.over_tcp;
    note_failure(pending, status_of(reply.end), detail_of(reply));
    if (pending.retries_left > 0 || pending.attempts > 1)
        note_attempt(pending, status_of(reply.end), detail_of(reply));
    if (moves_on(pending, reply.end)) {
        pending.over_tcp = false;
        wait_in(waiting_, pending);
        return;
    }
    ask_again(pending, reply.end == ChannelReply::End::timeout);
}

// A server that is not there, or has long been silent, costs the question no retry while another
// one answers: it has not been asked yet.
bool DnsCares::Engine::moves_on(PendingQuestion& pending, ChannelReply::End end)
{
    const bool gone = end == ChannelReply::End::unreachable ||
                      (end == ChannelReply::End::timeout && pool_.is_silent(*pending.server));
    if (!gone || pending.moves + 1 >= pool_.server_count() ||
        !pool_.has_another_than(*pending.server))
        return false;
    ++pending.moves;
    return true;
}

// Our machine did not send it: that is no attempt, and says nothing about the server. Another
// channel may have its socket already, or room in its buffer.
void DnsCares::Engine::take_back(PendingQuestion& pending, const ChannelReply& reply)
{
    --pending.attempts;
    PoolChannel& channel = *pending.pool_channel;
    if (reply.end == ChannelReply::End::held_back) {
        ++counters_.held_back;
        channel.full_until = now_ + room_pause;
    } else {
        local_limit_ = reply.error == 0 ? "c-ares: out of memory" : std::strerror(reply.error);
        channel.unusable_until = now_ + local_limit_pause;
    }
    if (!channel.over_tcp) {
        wait_in(waiting_, pending, true);
        return;
    }
    note_failure(pending, DnsStatus::local_error, local_limit_);
    finish(pending);
}

// What a server said before, if only SERVFAIL, counts for more than silence now.
void DnsCares::Engine::note_failure(PendingQuestion& pending, DnsStatus status,
                                    const std::string& detail)
{
    if (pending.responded)
        return;
    DnsAnswer& answer = answer_of(pending);
    answer.status = status;
    const bool truncated = pending.over_tcp && pending.server != nullptr &&
                           pending.server->address.transport == DnsTransport::udp;
    answer.detail = (truncated ? "truncated over UDP; over TCP: " : "") + detail;
    if (pending.server != nullptr)
        answer.resolver = pending.server->text;
}

// Called where a query ended and others were, or will be, sent for the same question.
void DnsCares::Engine::note_attempt(PendingQuestion& pending, DnsStatus status,
                                    std::string_view detail)
{
    answer_of(pending).tried.push_back({pending.server->text, status,
                                        std::chrono::floor<milliseconds>(now_ - pending.last_sent),
                                        std::string(detail)});
}

// Silence has taken long enough already; a server that spoke, or is known to be gone, gets a pause
// if there is no other.
void DnsCares::Engine::ask_again(PendingQuestion& pending, bool at_once)
{
    pending.over_tcp = false;
    if (pending.retries_left == 0) {
        finish(pending);
        return;
    }
    --pending.retries_left;
    ++counters_.retries;
    if (at_once || pool_.server_count() > 1)
        wait_in(waiting_, pending);
    else
        pause(pending);
}

// ---- The loop -----------------------------------------------------------------------------------

void DnsCares::Engine::settle()
{
    if (!closed_) {
        end_refused();
        pump();
    }
    deliver_done(!closed_);
    arm();
}

void DnsCares::Engine::settle_later()
{
    if (settle_posted_)
        return;
    settle_posted_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->settle_posted_ = false;
        self->settle();
    });
}

void DnsCares::Engine::end_refused()
{
    std::vector<PoolChannel*> refused;
    refused.swap(refused_);
    for (PoolChannel* channel : refused)
        channel->cares->end_refused();
}

// Runs the coroutines that waited; any of them may ask anew, or make the resolver go away.
void DnsCares::Engine::deliver_done(bool at_once)
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
void DnsCares::Engine::arm()
{
    if (closed_)
        return;
    if (!asks_.empty()) {
        arm_timer();
        arm_poll();
    } else if (poll_armed_) {
        boost::system::error_code ignored;
        poll_.cancel(ignored);
    }
}

void DnsCares::Engine::arm_timer()
{
    Clock::time_point at = std::min(now_ + timeout_tick, asks_.begin()->deadline);
    if (!paused_.empty())
        at = std::min(at, paused_.begin()->first);
    if (!waiting_.empty() || !refused_.empty())
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

void DnsCares::Engine::arm_poll()
{
    if (poll_armed_)
        return;
    poll_armed_ = true;
    poll_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](boost::system::error_code error) {
                         self->poll_armed_ = false;
                         if (error)
                             self->arm();  // cancelled, and perhaps asked again since
                         else if (!self->closed_)
                             self->on_readable();
                     });
}

void DnsCares::Engine::on_timer()
{
    read_clocks();
    if (now_ - last_tick_ >= timeout_tick) {
        last_tick_ = now_;
        pool_.check_timeouts();
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

void DnsCares::Engine::on_readable()
{
    read_clocks();
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(poll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        // What is read is handed over, and new queries go out, before more is read.
        for (unsigned turn = 0; turn < turns_for_a_socket; ++turn) {
            const bool more = static_cast<CaresChannel*>(event.data.ptr)->on_events(event.events);
            pump();
            deliver_done(true);
            if (closed_)
                return;
            if (!more)
                break;
        }
    }
    settle();
}

}  // namespace resolvers
