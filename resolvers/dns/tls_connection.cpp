#include "resolvers/dns/tls_connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <iterator>
#include <random>

#include "resolvers/tls/tcp_socket.h"

namespace resolvers::dns {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using std::chrono::milliseconds;

constexpr char protocol[] = "dot";  // of the ALPN registry
constexpr std::size_t read_size = 16384;
constexpr std::size_t header_size = 12;
// Before the next attempt after one that failed; doubled each time.
constexpr milliseconds first_pause{100};
constexpr unsigned max_doublings = 5;
// After our own machine would not make one.
constexpr milliseconds local_limit_pause{1000};
// Ids of forgotten queries that a connection keeps. With more it is replaced.
constexpr std::size_t max_forgotten = 10'000;

tcp::endpoint endpoint_of(const ResolverAddress& server)
{
    if (server.address.is_v4())
        return {asio::ip::address_v4(server.address.v4_bits()), server.port};
    return {asio::ip::address_v6(server.address.bytes()), server.port};
}

std::string host_of(const ResolverAddress& server)
{
    return server.certificate_name.empty() ? server.address.text() : server.certificate_name;
}

// Of connect() or of our own machine.
DnsReply::End end_of(const boost::system::error_code& error)
{
    return tls::step_of_errno(error.value()).status == StepStatus::local_error
               ? DnsReply::End::local_limit
               : DnsReply::End::unreachable;
}

std::uint16_t random_number()
{
    static thread_local std::minstd_rand random{std::random_device{}()};
    return static_cast<std::uint16_t>(random() >> 7);
}

}  // namespace

DnsTlsConnection::DnsTlsConnection(asio::any_io_executor executor, Options options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      socket_(executor_),
      timer_(executor_),
      query_timer_(executor_),
      received_(read_size)
{
}

void DnsTlsConnection::send(DnsExchange& exchange, std::span<const std::uint8_t> message)
{
    waiting_.push_back({&exchange, {message.begin(), message.end()}});
    if (state_ == State::open)
        pump();
    else if (state_ == State::closed)
        open_soon();
}

void DnsTlsConnection::close()
{
    listener_.reset();
    waiting_.clear();
    part();
}

// ---- Making a connection ------------------------------------------------------------------------

void DnsTlsConnection::open_soon()
{
    state_ = State::paused;
    start_timer(std::max(Clock::now(), not_before_));
}

void DnsTlsConnection::connect()
{
    ++generation_;
    answered_ = false;
    const tcp::endpoint endpoint = endpoint_of(options_.server);
    socket_ = tcp::socket(executor_);
    boost::system::error_code error;
    socket_.open(endpoint.protocol(), error);
    if (error) {
        fail(end_of(error), "TCP: " + error.message());
        return;
    }
    socket_.set_option(tcp::no_delay(true), error);
    state_ = State::connecting;
    start_timer(Clock::now() + options_.timeout);
    socket_.async_connect(endpoint, [self = shared_from_this(),
                                     generation = generation_](boost::system::error_code failed) {
        if (generation == self->generation_)
            self->on_connected(failed);
    });
}

void DnsTlsConnection::on_connected(boost::system::error_code error)
{
    if (error) {
        fail(end_of(error), "TCP: " + error.message());
        return;
    }
    auto made = tls::TlsSession::create(options_.store.get(), host_of(options_.server), protocol);
    if (!made.has_value()) {
        fail(End::local_limit, made.error().detail);
        return;
    }
    session_ = std::move(*made);
    state_ = State::shaking;
    flush();
    read();
}

void DnsTlsConnection::start_timer(Clock::time_point at)
{
    timer_.expires_at(at);
    timer_.async_wait(
        [self = shared_from_this(), number = ++timer_number_](boost::system::error_code error) {
            if (!error && number == self->timer_number_)
                self->on_timer();
        });
}

void DnsTlsConnection::on_timer()
{
    switch (state_) {
        case State::paused:
            connect();
            break;
        case State::connecting:
            fail(End::timeout, "no TCP connection in time");
            break;
        case State::shaking:
            fail(End::timeout, "no TLS handshake in time");
            break;
        case State::open:
            part();
            break;
        case State::closed:
            break;
    }
}

// ---- Using it -----------------------------------------------------------------------------------

void DnsTlsConnection::read()
{
    socket_.async_read_some(asio::buffer(received_),
                            [self = shared_from_this(), generation = generation_](
                                boost::system::error_code error, std::size_t count) {
                                if (generation == self->generation_)
                                    self->on_read(error, count);
                            });
}

void DnsTlsConnection::on_read(boost::system::error_code error, std::size_t count)
{
    const std::uint64_t generation = generation_;
    const bool was_open = state_ == State::open;
    if (error) {
        const std::string what =
            error == asio::error::eof ? "closed by the server" : error.message();
        if (was_open && inbox_.empty())
            lose(End::unreachable, "TLS: " + what);
        else if (was_open)
            lose(End::malformed, "TLS: " + what + " within a message");
        else
            fail(End::unreachable, "TLS: " + what + " within the handshake");
        return;
    }
    const std::size_t known = inbox_.size();
    session_->receive(std::span(received_).first(count), inbox_);
    if (inbox_.size() > known)  // the session's own messages come even from one that is stuck
        heard_at_ = Clock::now();
    flush();  // an alert of ours, too
    if (session_->established() && !was_open) {
        state_ = State::open;
        pump();
    }
    take_frames();
    if (generation != generation_)
        return;
    if (const std::optional<Failure>& failure = session_->failure()) {
        const std::string detail = "TLS: " + failure->detail;
        if (session_->established())
            lose(End::unreachable, detail);
        else
            fail(End::unreachable, detail);
        return;
    }
    if (session_->closed()) {
        lose(
            inbox_.empty() ? End::unreachable : End::malformed,
            std::string("TLS: closed by the server") + (inbox_.empty() ? "" : " within a message"));
        return;
    }
    note_use();
    read();
}

void DnsTlsConnection::flush()
{
    if (writing_ || session_ == nullptr)
        return;
    sending_ = session_->take_output();
    if (sending_.empty())
        return;
    writing_ = true;
    // What goes wrong here shows when reading.
    asio::async_write(socket_, asio::buffer(sending_),
                      [self = shared_from_this(), generation = generation_](
                          boost::system::error_code error, std::size_t /*count*/) {
                          if (generation != self->generation_)
                              return;
                          self->writing_ = false;
                          if (!error)
                              self->flush();
                      });
}

void DnsTlsConnection::pump()
{
    const Clock::time_point now = Clock::now();
    while (!waiting_.empty()) {
        Query& query = waiting_.front();
        std::uint16_t id = random_number();
        while (by_id_.contains(id))
            id = random_number();
        query.exchange->id = id;
        query.sent_at = now;
        query.message[0] = static_cast<std::uint8_t>(id >> 8);
        query.message[1] = static_cast<std::uint8_t>(id);
        // Length and message in one write (RFC 7766 section 8).
        std::vector<std::uint8_t> frame{static_cast<std::uint8_t>(query.message.size() >> 8),
                                        static_cast<std::uint8_t>(query.message.size())};
        frame.insert(frame.end(), query.message.begin(), query.message.end());
        session_->write(frame);
        in_flight_.splice(in_flight_.end(), waiting_, waiting_.begin());
        by_id_[id] = std::prev(in_flight_.end());
    }
    flush();
    note_use();
}

void DnsTlsConnection::take_frames()
{
    const std::uint64_t generation = generation_;
    std::size_t taken = 0;
    while (inbox_.size() - taken >= 2) {
        const std::size_t size = std::size_t{inbox_[taken]} << 8U | inbox_[taken + 1];
        if (inbox_.size() - taken - 2 < size)
            break;
        if (size < header_size) {
            lose(End::malformed, "TLS: a message of " + std::to_string(size) + " octets");
            return;
        }
        take_message(std::span(inbox_).subspan(taken + 2, size));
        if (generation != generation_)
            return;
        taken += 2 + size;
    }
    inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<long>(taken));
    if (state_ == State::open)
        pump();
}

void DnsTlsConnection::take_message(std::span<const std::uint8_t> message)
{
    const auto id = static_cast<std::uint16_t>(message[0] << 8 | message[1]);
    const auto found = by_id_.find(id);
    if (found == by_id_.end())
        return;
    answered_ = true;
    failures_ = 0;
    const Queries::iterator at = found->second;
    DnsExchange* exchange = at->exchange;
    const bool forgotten = at->forgotten;
    by_id_.erase(found);
    in_flight_.erase(at);
    if (forgotten) {
        --forgotten_;
        return;
    }
    if (const auto listener = listener_.lock()) {
        DnsReply reply;
        reply.end = End::response;
        reply.octets = message;
        listener->begin_turn();
        listener->ended(*exchange, reply);
        listener->settle_later();
    }
}

void DnsTlsConnection::start_query_timer()
{
    const auto next =
        std::ranges::find_if(in_flight_, [](const Query& query) { return !query.forgotten; });
    if (next == in_flight_.end() || query_timer_armed_)
        return;
    query_timer_armed_ = true;
    query_timer_.expires_at(next->sent_at + options_.timeout);
    query_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        self->query_timer_armed_ = false;
        if (!error)
            self->on_query_timer();
        else
            self->note_use();  // cancelled, and perhaps used again since
    });
}

// A connection on which nothing came since the query was sent is given up for dead.
void DnsTlsConnection::on_query_timer()
{
    const Clock::time_point now = Clock::now();
    Queries ended;
    bool silent = false;
    for (Query& query : in_flight_) {
        if (query.sent_at + options_.timeout > now)
            break;
        if (query.forgotten)
            continue;
        silent = silent || heard_at_ < query.sent_at;
        query.forgotten = true;
        ++forgotten_;
        ended.push_back({query.exchange, {}});
    }
    report(ended, End::timeout, "no response in time");
    if (silent || forgotten_ > max_forgotten)
        lose(End::interrupted, "the connection fell silent");
    else
        note_use();
}

// The clock for closing runs while nobody waits for anything.
void DnsTlsConnection::note_use()
{
    if (state_ != State::open)
        return;
    if (waiting_.empty() && in_flight_.size() == forgotten_) {
        start_timer(Clock::now() + options_.idle);
        query_timer_.cancel();
    } else {
        ++timer_number_;
        timer_.cancel();
        start_query_timer();
    }
}

// ---- Losing it ----------------------------------------------------------------------------------

// With as much of a goodbye as goes out at once.
void DnsTlsConnection::part()
{
    if (state_ == State::open && !writing_) {
        session_->close();
        const std::vector<std::uint8_t> goodbye = session_->take_output();
        boost::system::error_code ignored;
        socket_.non_blocking(true, ignored);
        socket_.write_some(asio::buffer(goodbye), ignored);
    }
    drop();
}

// The connection, but not those who wait for one.
void DnsTlsConnection::drop()
{
    ++generation_;
    ++timer_number_;
    timer_.cancel();
    query_timer_.cancel();
    if (socket_.is_open()) {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }
    session_.reset();
    inbox_.clear();
    sending_.clear();
    writing_ = false;
    by_id_.clear();
    in_flight_.clear();
    forgotten_ = 0;
    state_ = State::closed;
}

void DnsTlsConnection::pause_before_next()
{
    not_before_ = Clock::now() + first_pause * (1 << std::min(failures_, max_doublings));
    ++failures_;
}

// There is no connection to be had: all who wait for one are told.
void DnsTlsConnection::fail(End end, const std::string& detail)
{
    pause_before_next();
    if (end == End::local_limit)
        unusable_until_ = Clock::now() + local_limit_pause;
    Queries ended;
    ended.swap(waiting_);
    drop();
    report(ended, end, detail);
}

// There was one. What is on its way is lost; if the server has answered others, by no fault of its
// own.
void DnsTlsConnection::lose(End end, const std::string& detail)
{
    if (answered_)
        end = End::interrupted;
    else
        pause_before_next();
    Queries ended;
    ended.swap(in_flight_);
    std::erase_if(ended, [](const Query& query) { return query.forgotten; });
    drop();
    if (!waiting_.empty())
        open_soon();
    report(ended, end, detail);
}

void DnsTlsConnection::report(const Queries& ended, End end, const std::string& detail)
{
    const auto listener = listener_.lock();
    if (ended.empty() || listener == nullptr)
        return;
    DnsReply reply;
    reply.end = end;
    reply.detail = detail;
    listener->begin_turn();
    // Interrupted questions go to the front of those that wait, one after the other: last first.
    if (end == End::interrupted)
        std::for_each(ended.rbegin(), ended.rend(),
                      [&](const Query& query) { listener->ended(*query.exchange, reply); });
    else
        for (const Query& query : ended)
            listener->ended(*query.exchange, reply);
    listener->settle_later();
}

}  // namespace resolvers::dns
