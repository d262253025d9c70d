// The inside of DnsCares: what is asked, what is on its way, what waits, and the loop that moves
// questions between these places. Belongs to one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "resolvers/dns/cares.h"
#include "resolvers/dns/cares_channel.h"
#include "resolvers/dns/response_action.h"
#include "resolvers/dns/server_pool.h"
#include "resolvers/dnswire/message.h"
#include "resolvers/resolvers.h"

namespace resolvers {

struct DnsAsk;

/// One question that is not answered yet. It is in exactly one place. Also what c-ares knows its
/// query by while it is on its way.
struct PendingQuestion : ChannelQuery {
    enum class Place { nowhere, waiting, paused, in_flight, done };
    using Queue = std::list<PendingQuestion*>;
    using Pauses = std::multimap<std::chrono::steady_clock::time_point, PendingQuestion*>;

    DnsAsk* ask = nullptr;
    std::size_t index = 0;
    Place place = Place::nowhere;
    /// The next query goes where the last one went.
    bool same_server = false;
    bool without_edns = false;
    /// A truncated response came, and TCP has not been tried to the end.
    bool over_tcp = false;
    /// A whole response has come, if only to say SERVFAIL.
    bool responded = false;
    unsigned retries_left = 0;
    /// Pauses made so far, and moves to another server that cost no retry.
    unsigned pauses = 0;
    unsigned moves = 0;
    /// As in DnsAnswer, which is made only when there is something to write into it: what lies
    /// around for as long as a query takes has gone cold when it is touched again.
    unsigned attempts = 0;
    Timestamp asked_at{};
    std::chrono::steady_clock::time_point first_sent{};
    std::chrono::steady_clock::time_point last_sent{};
    /// The one asked last; null at first.
    PoolServer* server = nullptr;

    // In flight: where, and how.
    PoolChannel* pool_channel = nullptr;
    SentQuery sent;
    // Waiting: since when, and for how long before this time.
    std::chrono::steady_clock::time_point waiting_since{};
    std::chrono::steady_clock::duration waited{};
    // Waiting: in which queue, and where in it. Paused: where among the pauses.
    Queue* queue = nullptr;
    Queue::iterator queue_position{};
    Pauses::iterator pause{};
};

/// One call of DnsCares::ask.
struct DnsAsk : boost::intrusive::set_base_hook<> {
    virtual ~DnsAsk() = default;

    /// Hands the answers over: at once if `at_once` and the caller runs on `here`, else by a post.
    virtual void deliver(const boost::asio::any_io_executor& here, bool at_once) = 0;

    /// From now on it cannot be cancelled any more.
    virtual void forget_cancellation() = 0;

    DnsCares::Engine* engine = nullptr;
    /// When it is looked at next: as given, or later by what its questions have waited for us.
    Deadline deadline{};
    Deadline given{};
    std::vector<Question> questions;
    std::vector<PendingQuestion> pendings;
    /// Questions that are not done.
    std::size_t open = 0;
    /// Queries that c-ares has not ended yet; it may be some time after their question is done.
    std::size_t in_flight = 0;
    /// Empty until there is something to say.
    std::vector<DnsAnswer> answers;

    friend bool operator<(const DnsAsk& a, const DnsAsk& b) { return a.deadline < b.deadline; }
};

class DnsCares::Engine : public std::enable_shared_from_this<DnsCares::Engine> {
public:
    Engine(boost::asio::any_io_executor executor, DnsOptions options);

    Outcome<bool> open();
    void close();

    /// Sends what it can. Never hands answers over before it returns.
    void start(std::unique_ptr<DnsAsk> ask, Deadline deadline);

    /// Ends an ask that has not been handed over.
    void cancel(DnsAsk& ask);

    DnsCounters counters() const;

private:
    using Clock = std::chrono::steady_clock;
    using Queue = PendingQuestion::Queue;

    static void on_reply(ChannelQuery& query, const ChannelReply& reply);
    void read_clocks();
    Timestamp wall_now() const;
    static DnsAnswer& answer_of(const PendingQuestion& pending);

    // From place to place.
    void wait_in(Queue& queue, PendingQuestion& pending, bool in_front = false);
    void pause(PendingQuestion& pending);
    void take_from_place(PendingQuestion& pending);
    void finish(PendingQuestion& pending);
    void take_out(DnsAsk& ask);
    void give_up(DnsAsk& ask, bool cancelled);
    bool extend(DnsAsk& ask);

    // Sending.
    void send_or_wait(DnsAsk& ask);
    void pump();
    void pump_over_tcp();
    PoolChannel* pick_channel(const PendingQuestion& pending);
    void send(PendingQuestion& pending, PoolChannel& channel);

    // Receiving.
    void ended(PendingQuestion& pending, const ChannelReply& reply);
    void take_response(PendingQuestion& pending, std::span<const std::uint8_t> octets);
    void take_failure(PendingQuestion& pending, const ChannelReply& reply);
    void take_back(PendingQuestion& pending, const ChannelReply& reply);
    void note_failure(PendingQuestion& pending, DnsStatus status, const std::string& detail);
    void ask_again(PendingQuestion& pending, bool at_once);
    bool moves_on(PendingQuestion& pending, ChannelReply::End end);
    void note_attempt(PendingQuestion& pending, DnsStatus status, std::string_view detail);

    // The loop.
    void settle();
    void settle_later();
    void deliver_done(bool at_once);
    void end_refused();
    void arm();
    void arm_timer();
    void arm_poll();
    void on_timer();
    void on_readable();

    boost::asio::any_io_executor executor_;
    DnsOptions options_;
    boost::asio::steady_timer timer_;
    boost::asio::posix::stream_descriptor poll_;  // an epoll descriptor with all sockets in it
    Clock::time_point timer_at_{};
    bool timer_armed_ = false;
    bool poll_armed_ = false;
    bool settle_posted_ = false;
    bool closed_ = false;

    DnsServerPool pool_;
    // An ask is in asks_, which owns it, until its last question is done; then in done_ until it is
    // handed over; then in orphans_ if c-ares still has queries of it. (c-ares cannot take back a
    // single query.)
    boost::intrusive::multiset<DnsAsk> asks_;
    std::vector<std::unique_ptr<DnsAsk>> done_;
    std::unordered_map<DnsAsk*, std::unique_ptr<DnsAsk>> orphans_;
    // First come, first served.
    Queue waiting_;
    Queue waiting_for_tcp_;
    PendingQuestion::Pauses paused_;
    std::vector<PoolChannel*> refused_;
    std::string local_limit_;  // what our machine said last

    DnsMessage message_;  // the one being read; keeps its memory
    DnsCounters counters_;

    // Read once for each turn of the loop; the wall clock as what it is ahead of the other.
    Clock::time_point now_{};
    std::chrono::system_clock::duration wall_ahead_{};
    Clock::time_point last_tick_{};
};

}  // namespace resolvers
