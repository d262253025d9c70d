// The inside of DnsClient: what is asked, what is on its way, what waits, and the loop that moves
// questions between these places as QuestionState says. Belongs to one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "resolvers/dns/client.h"
#include "resolvers/dns/question_state.h"
#include "resolvers/dns/server_chooser.h"
#include "resolvers/dns/transport.h"
#include "resolvers/dnswire/message.h"
#include "resolvers/resolvers.h"

namespace resolvers::dns {

struct DnsAsk;

/// One question that is not answered yet. It is in exactly one place; question_state.h draws them.
/// Also what the transport knows its query by while it is in flight.
struct PendingQuestion : DnsExchange, QuestionState {
    enum class Place { nowhere, waiting, paused, in_flight, done };
    using Queue = std::list<PendingQuestion*>;
    using Pauses = std::multimap<std::chrono::steady_clock::time_point, PendingQuestion*>;

    DnsAsk* ask = nullptr;
    std::size_t index = 0;
    Place place = Place::nowhere;
    // Waiting: since when, and for how long before this time.
    std::chrono::steady_clock::time_point waiting_since{};
    std::chrono::steady_clock::duration waited{};
    // Waiting: in which queue, and where in it. Paused: where among the pauses.
    Queue* queue = nullptr;
    Queue::iterator queue_position{};
    Pauses::iterator pause{};
};

/// One call of DnsClient::ask.
struct DnsAsk : boost::intrusive::set_base_hook<> {
    virtual ~DnsAsk() = default;

    /// Hands the answers over: at once if `at_once` and the caller runs on `here`, else by a post.
    virtual void deliver(const boost::asio::any_io_executor& here, bool at_once) = 0;

    /// From now on it cannot be cancelled any more.
    virtual void forget_cancellation() = 0;

    DnsClient::Engine* engine = nullptr;
    /// When it is looked at next: as given, or later by what its questions have waited for us.
    Deadline deadline{};
    Deadline given{};
    std::vector<Question> questions;
    std::vector<PendingQuestion> pendings;
    /// Questions that are not done.
    std::size_t open = 0;
    /// Queries that the transport has not ended yet; it may be some time after their question is
    /// done.
    std::size_t in_flight = 0;
    /// Empty until there is something to say.
    std::vector<DnsAnswer> answers;

    friend bool operator<(const DnsAsk& a, const DnsAsk& b) { return a.deadline < b.deadline; }
};

class DnsClient::Engine final : public TransportListener,
                                public std::enable_shared_from_this<DnsClient::Engine> {
public:
    Engine(boost::asio::any_io_executor executor, DnsOptions options,
           std::unique_ptr<QueryTransport> transport);

    void open();
    void close();

    /// Sends what it can. Never hands answers over before it returns.
    void start(std::unique_ptr<DnsAsk> ask, Deadline deadline);

    /// Ends an ask that has not been handed over.
    void cancel(DnsAsk& ask);

    void begin_turn() override;
    void ended(DnsExchange& exchange, const DnsReply& reply) override;
    bool go_on() override;
    void settle() override;
    void settle_later() override;

private:
    using Clock = std::chrono::steady_clock;
    using Queue = PendingQuestion::Queue;

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

    void carry_out(PendingQuestion& pending, NextStep next);

    // Sending.
    void send_or_wait(DnsAsk& ask);
    void pump();
    void pump_over_tcp();
    DnsServer* pick_server(const PendingQuestion& pending);
    void send(PendingQuestion& pending, DnsServer& server);

    // The loop.
    void deliver_done(bool at_once);
    void arm();
    void arm_timer();
    void on_timer();

    boost::asio::any_io_executor executor_;
    DnsOptions options_;
    boost::asio::steady_timer timer_;
    Clock::time_point timer_at_{};
    bool timer_armed_ = false;
    bool settle_posted_ = false;
    bool closed_ = false;

    const std::unique_ptr<QueryTransport> transport_;
    ServerChooser servers_;
    dnswire::EdnsOptions edns_;  // but whether there is any
    // An ask is in asks_, which owns it, until its last question is done; then in done_ until it is
    // handed over; then in orphans_ if the transport still has queries of it, which it does not
    // give back.
    boost::intrusive::multiset<DnsAsk> asks_;
    std::vector<std::unique_ptr<DnsAsk>> done_;
    std::unordered_map<DnsAsk*, std::unique_ptr<DnsAsk>> orphans_;
    // First come, first served.
    Queue waiting_;
    Queue waiting_for_tcp_;
    PendingQuestion::Pauses paused_;
    std::string local_limit_;  // what our machine said last

    dnswire::DnsMessage message_;  // the one being read; keeps its memory

    // Read once for each turn of the loop; the wall clock as what it is ahead of the other.
    Clock::time_point now_{};
    std::chrono::system_clock::duration wall_ahead_{};
    Clock::time_point last_tick_{};
};

}  // namespace resolvers::dns
