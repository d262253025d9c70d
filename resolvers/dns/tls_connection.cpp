#include "resolvers/dns/tls_connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <random>

#include "resolvers/tls/tcp_socket.h"

namespace resolvers {

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
DnsStatus status_of(const boost::system::error_code& error)
{
    return step_of_errno(error.value()).status == StepStatus::local_error
               ? DnsStatus::local_error
               : DnsStatus::network_error;
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
      received_(read_size)
{
}

bool DnsTlsConnection::send(TlsQuery& query)
{
    if (ended_ || waiting_.size() >= options_.max_waiting)
        return false;
    query.place = TlsQuery::Place::waiting;
    waiting_.push_back(&query);
    if (state_ == State::open)
        pump();
    else if (state_ == State::closed)
        open_soon();
    return true;
}

void DnsTlsConnection::forget(TlsQuery& query, bool silent)
{
    const TlsQuery::Place place = query.place;
    query.place = TlsQuery::Place::nowhere;
    if (place == TlsQuery::Place::waiting)
        waiting_.remove(&query);
    if (place == TlsQuery::Place::failing)
        failing_.remove(&query);
    if (place != TlsQuery::Place::in_flight)
        return;
    in_flight_[query.id] = nullptr;
    ++forgotten_;
    note_use();
    if (forgotten_ > max_forgotten || (silent && heard_at_ < query.sent_at))
        lose(DnsStatus::timeout, "the connection fell silent", true);
}

void DnsTlsConnection::close()
{
    ended_ = true;
    waiting_.clear();
    failing_.clear();
    part();
}

std::string DnsTlsConnection::missing(const TlsQuery& query) const
{
    if (query.place == TlsQuery::Place::in_flight)
        return "no response in time";
    const std::string before = trouble_.empty() ? "" : "; before that: " + trouble_;
    if (state_ == State::shaking)
        return "no TLS handshake in time" + before;
    if (state_ == State::open)
        return "not sent in time: too many others are on their way";
    return "no TCP connection in time" + before;
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
        fail(status_of(error), "TCP: " + error.message());
        return;
    }
    socket_.set_option(tcp::no_delay(true), error);
    state_ = State::connecting;
    start_timer(Clock::now() + options_.connect_timeout);
    socket_.async_connect(endpoint, [self = shared_from_this(),
                                     generation = generation_](boost::system::error_code failed) {
        if (generation == self->generation_)
            self->on_connected(failed);
    });
}

void DnsTlsConnection::on_connected(boost::system::error_code error)
{
    if (error) {
        fail(status_of(error), "TCP: " + error.message());
        return;
    }
    auto made = TlsSession::create(options_.store.get(), host_of(options_.server), protocol);
    if (!made.has_value()) {
        fail(DnsStatus::local_error, made.error().detail);
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
            fail(DnsStatus::timeout, "no TCP connection in time");
            break;
        case State::shaking:
            fail(DnsStatus::timeout, "no TLS handshake in time");
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
            lose(DnsStatus::network_error, "TLS: " + what, answered_);
        else if (was_open)
            lose(DnsStatus::bad_response, "TLS: " + what + " within a message", answered_);
        else
            fail(DnsStatus::network_error, "TLS: " + what + " within the handshake");
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
            lose(DnsStatus::network_error, detail, answered_);
        else
            fail(DnsStatus::network_error, detail);
        return;
    }
    if (session_->closed()) {
        lose(inbox_.empty() ? DnsStatus::network_error : DnsStatus::bad_response,
             std::string("TLS: closed by the server") + (inbox_.empty() ? "" : " within a message"),
             answered_);
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
    while (!waiting_.empty() && in_flight_.size() - forgotten_ < options_.max_in_flight) {
        TlsQuery& query = *waiting_.front();
        waiting_.pop_front();
        do
            query.id = random_number();
        while (in_flight_.contains(query.id));
        in_flight_[query.id] = &query;
        query.place = TlsQuery::Place::in_flight;
        query.sent_at = Clock::now();
        ++query.times_sent;
        query.message[0] = static_cast<std::uint8_t>(query.id >> 8);
        query.message[1] = static_cast<std::uint8_t>(query.id);
        // Length and message in one write (RFC 7766 section 8).
        std::vector<std::uint8_t> frame{static_cast<std::uint8_t>(query.message.size() >> 8),
                                        static_cast<std::uint8_t>(query.message.size())};
        frame.insert(frame.end(), query.message.begin(), query.message.end());
        session_->write(frame);
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
            lose(DnsStatus::bad_response, "TLS: a message of " + std::to_string(size) + " octets",
                 answered_);
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
    const auto at = in_flight_.find(id);
    if (at == in_flight_.end())
        return;
    TlsQuery* query = at->second;
    in_flight_.erase(at);
    answered_ = true;
    failures_ = 0;
    trouble_.clear();
    if (query == nullptr) {
        --forgotten_;
        return;
    }
    query->place = TlsQuery::Place::nowhere;
    query->on_message(message);
}

// The clock for closing runs while nobody waits for anything.
void DnsTlsConnection::note_use()
{
    if (state_ != State::open)
        return;
    if (waiting_.empty() && in_flight_.size() == forgotten_) {
        start_timer(Clock::now() + options_.idle);
    } else {
        ++timer_number_;
        timer_.cancel();
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
    if (socket_.is_open()) {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }
    session_.reset();
    inbox_.clear();
    sending_.clear();
    writing_ = false;
    in_flight_.clear();
    forgotten_ = 0;
    state_ = State::closed;
}

// There is no connection to be had: all who wait for one are told.
void DnsTlsConnection::fail(DnsStatus status, const std::string& detail)
{
    not_before_ = Clock::now() + first_pause * (1 << std::min(failures_, max_doublings));
    ++failures_;
    trouble_ = detail;
    drop();
    failing_.splice(failing_.end(), waiting_);
    tell_failing(status, detail);
}

// There was one. Those on their way are told, or wait again.
void DnsTlsConnection::lose(DnsStatus status, const std::string& detail, bool again)
{
    if (!answered_) {
        not_before_ = Clock::now() + first_pause * (1 << std::min(failures_, max_doublings));
        ++failures_;
    }
    trouble_ = detail;
    std::list<TlsQuery*> lost;
    for (const auto& [id, query] : in_flight_)
        if (query != nullptr)
            lost.push_back(query);
    lost.sort([](const TlsQuery* a, const TlsQuery* b) { return a->sent_at < b->sent_at; });
    drop();
    if (again) {
        for (TlsQuery* query : lost)
            query->place = TlsQuery::Place::waiting;
        waiting_.splice(waiting_.begin(), lost);
    } else {
        failing_.splice(failing_.end(), lost);
    }
    if (!waiting_.empty())
        open_soon();
    tell_failing(status, detail);
}

// Each may send again, or take others back.
void DnsTlsConnection::tell_failing(DnsStatus status, const std::string& detail)
{
    for (TlsQuery* query : failing_)
        query->place = TlsQuery::Place::failing;
    while (!failing_.empty()) {
        TlsQuery& query = *failing_.front();
        failing_.pop_front();
        query.place = TlsQuery::Place::nowhere;
        query.on_failure(status, detail);
    }
}

}  // namespace resolvers
