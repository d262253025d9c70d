#include "resolvers/http/prober_transfer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/tls/tcp_socket.h"

namespace resolvers::http {

namespace {

using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

// The kernel doubles it. Enough for a body of 64 KiB in one round trip; more would only be memory
// that a peer can fill.
constexpr int receive_buffer = 64 * 1024;

// A word for curl's code where nothing better is known of a failure.
std::string curl_word(CURLcode code)
{
    switch (code) {
        case CURLE_UNSUPPORTED_PROTOCOL:
            return "not_http";
        case CURLE_WEIRD_SERVER_REPLY:
            return "weird_server_reply";
        case CURLE_HTTP2:
            return "http2_framing";
        case CURLE_HTTP2_STREAM:
            return "http2_stream";
        case CURLE_PARTIAL_FILE:
            return "partial_file";
        case CURLE_OUT_OF_MEMORY:
            return "out_of_memory";
        case CURLE_SSL_CONNECT_ERROR:
            return "ssl_connect_error";
        case CURLE_SEND_ERROR:
            return "send_error";
        case CURLE_RECV_ERROR:
            return "receive_error";
        case CURLE_BAD_CONTENT_ENCODING:
            return "bad_content_encoding";
        case CURLE_GOT_NOTHING:
            return "got_nothing";
        default:
            return "curl_" + std::to_string(static_cast<int>(code));
    }
}

Milliseconds between(TimePoint from, TimePoint to)
{
    return std::chrono::duration_cast<Milliseconds>(to - from);
}

}  // namespace

// ---- from socket to request -----------------------------------------------------------

HttpCurl::Transfer::Transfer(std::shared_ptr<Engine> engine, ProbeRequest request,
                             Deadline deadline)
    : engine_(std::move(engine)),
      request_(std::move(request)),
      clocks_(engine_->options.timeouts, deadline),
      clock_(engine_->executor),
      socket_(engine_->executor),
      tls_([this] { enter(ProbePhase::asking, tls_.handshake_done_at()); }),
      response_(HeaderLimits{engine_->options.header_cap, engine_->options.max_headers}, body_cap())
{
    probe_.scheme = request_.scheme;
    probe_.address = request_.address;
    probe_.port = request_.port;
    probe_.host = request_.host;
    probe_.purpose = request_.purpose;
    probe_.started_at =
        std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
}

void HttpCurl::Transfer::start()
{
    started_ = SteadyClock::now();
    if (engine_->options.timeouts.queue.count() > 0)
        probe_.waited += between(queued_at_, started_);
    enter(ProbePhase::connecting, started_);
    probe_.started_at =
        std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());

    // The host may be a stranger's text (a redirect): what cannot be asked for is not.
    const std::optional<HttpUrl> parsed =
        make_http_url(request_.scheme, request_.host, request_.port, request_.target);
    if (!parsed || !is_ascii(parsed->host))
        return fail(StepStatus::blocked, "invalid_url");
    url_ = *parsed;
    if (engine_->options.allow && !engine_->options.allow(request_.address))
        return fail(StepStatus::blocked, "address_not_allowed");
    if (const std::optional<Step> ended = clocks_.expired(started_))
        return fail(ended->status, ended->detail);

    const tls::TcpAttempt attempt =
        tls::start_connecting(request_.address, request_.port, receive_buffer);
    if (attempt.fd < 0 && tls::is_shortage(attempt.error) &&
        engine_->options.timeouts.queue.count() > 0) {
        shortage_ = tls::errno_name(attempt.error);
        queue();
        return engine_->put_back(*this);
    }
    if (attempt.fd < 0) {
        // At once, so that no packet of the peer's said it: we have no route there.
        if (attempt.error == ENETUNREACH)
            return fail(StepStatus::local_error, tls::errno_name(attempt.error));
        const Step step = tls::step_of_errno(attempt.error);
        return fail(step.status, step.detail);
    }
    boost::system::error_code failed;
    socket_.assign(attempt.fd, failed);
    if (failed) {
        ::close(attempt.fd);
        return fail(StepStatus::local_error, tls::errno_name(failed.value()));
    }
    if (attempt.error == 0)
        return on_connected();
    waiting_to_write_ = true;
    socket_.async_wait(ProbeSocket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->waiting_to_write_ = false;
                           if (!error && self->clocks_.phase() == ProbePhase::connecting)
                               self->on_connected();
                       });
}

void HttpCurl::Transfer::on_connected()
{
    connected_at_ = SteadyClock::now();
    probe_.connect_time = between(started_, connected_at_);
    probe_.tcp = tls::step_of_errno(tls::pending_error(socket_.native_handle()));
    if (probe_.tcp.status != StepStatus::ok)
        return finish(false);
    connected_ = true;
    enter(is_https() ? ProbePhase::handshaking : ProbePhase::asking, connected_at_);
    ask();
}

void HttpCurl::Transfer::ask()
{
    easy_ = engine_->take_easy();
    const std::string address = request_.address.text();
    const std::string connect_to =
        "::" + (request_.address.is_v6() ? "[" + address + "]" : address) + ":" +
        std::to_string(request_.port);
    connect_to_.reset(curl_slist_append(nullptr, connect_to.c_str()));
    if (!easy_ || !connect_to_)
        return fail(StepStatus::local_error, "out_of_memory");
    CURL* e = easy_.get();
    curl_easy_setopt(e, CURLOPT_URL, url_.text().c_str());
    curl_easy_setopt(e, CURLOPT_CONNECT_TO, connect_to_.get());
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(e, CURLOPT_SOCKOPTDATA, this);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, this);
    curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, this);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, request_.handshake_only ? 1L : 0L);
    added_ = engine_->multi().add(e, *this);
    if (!added_)
        fail(StepStatus::local_error, "curl_multi");
}

curl_socket_t HttpCurl::Transfer::on_open(void* self_pointer, curlsocktype, curl_sockaddr*)
{
    auto* self = static_cast<Transfer*>(self_pointer);
    // HTTP/2 can make curl want to try again on another connection. It gets none.
    if (self->lent_) {
        self->asked_for_another_ = true;
        return CURL_SOCKET_BAD;
    }
    self->lent_ = true;
    return self->socket_.native_handle();
}

// libcurl 7.88 calls connect() all the same. On a socket whose own connect() came back with
// EINPROGRESS, as it does on Linux for every non-blocking one, that returns 0.
int HttpCurl::Transfer::on_option(void*, curl_socket_t, curlsocktype)
{
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

int HttpCurl::Transfer::on_close(void*, curl_socket_t)
{
    return 0;
}

CURLcode HttpCurl::Transfer::on_ssl(CURL*, void* context, void* self)
{
    return static_cast<Transfer*>(self)->tls_.attach(static_cast<ssl_ctx_st*>(context))
               ? CURLE_OK
               : CURLE_OUT_OF_MEMORY;
}

// ---- readiness ------------------------------------------------------------------------

void HttpCurl::Transfer::want(int what)
{
    wanted_ = what;
    arm();
}

void HttpCurl::Transfer::arm()
{
    if (!socket_.is_open())
        return;
    if ((wanted_ & CURL_POLL_IN) != 0 && !waiting_to_read_) {
        waiting_to_read_ = true;
        socket_.async_wait(ProbeSocket::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                               self->waiting_to_read_ = false;
                               if (!error)
                                   self->on_ready(true);
                           });
    }
    if ((wanted_ & CURL_POLL_OUT) != 0 && !waiting_to_write_) {
        waiting_to_write_ = true;
        socket_.async_wait(ProbeSocket::wait_write,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                               self->waiting_to_write_ = false;
                               if (!error)
                                   self->on_ready(false);
                           });
    }
}

void HttpCurl::Transfer::on_ready(bool reading)
{
    if (finished() || (wanted_ & (reading ? CURL_POLL_IN : CURL_POLL_OUT)) == 0)
        return;
    engine_->multi().drive(socket_.native_handle(), reading ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
    if (finished())
        return;
    check_caps();
    if (!finished())
        arm();
}

std::size_t HttpCurl::Transfer::body_cap() const
{
    const std::size_t own = engine_->options.body_cap;
    return request_.body_cap == 0 ? own : std::min(own, request_.body_cap);
}

void HttpCurl::Transfer::check_caps()
{
    curl_off_t content = 0;
    if (response_.head().complete())
        curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_DOWNLOAD_T, &content);
    const bool content_capped = static_cast<std::uint64_t>(content) > body_cap();
    if (content_capped ||
        tls::bytes_received(socket_.native_handle()) > engine_->options.wire_cap) {
        by_us_ = true;
        if (response_.head().complete()) {
            response_.mark_truncated();
            finish(false);
        } else {
            fail(StepStatus::too_large, "wire");
        }
    }
}

std::size_t HttpCurl::Transfer::on_header(char* data, std::size_t, std::size_t size,
                                          void* self_pointer)
{
    auto* self = static_cast<Transfer*>(self_pointer);
    if (self->clocks_.phase() != ProbePhase::reading)
        self->enter(ProbePhase::reading, SteadyClock::now());
    self->clocks_.count(size);
    if (self->response_.add_line({data, size}))
        return size;
    self->by_us_ = true;
    return 0;
}

std::size_t HttpCurl::Transfer::on_body(char* data, std::size_t, std::size_t size,
                                        void* self_pointer)
{
    auto* self = static_cast<Transfer*>(self_pointer);
    self->clocks_.count(size);
    if (self->response_.add_content({data, size}))
        return size;
    self->by_us_ = true;
    return 0;
}

// ---- clocks ---------------------------------------------------------------------------

// The coroutine sleeps until the limit that held when it went to sleep, and looks again; it has to
// be woken only when a new limit is nearer.
void HttpCurl::Transfer::enter(ProbePhase phase, TimePoint now)
{
    clocks_.enter(phase, now);
    if (clocks_.limit() < armed_)
        clock_.cancel();
}

void HttpCurl::Transfer::on_clock()
{
    const std::optional<Step> ended = clocks_.expired(SteadyClock::now());
    if (!ended)
        return;
    const bool for_a_socket = queued() && ended->status == StepStatus::local_error;
    fail(ended->status, for_a_socket && !shortage_.empty() ? shortage_ : ended->detail);
}

// ---- the end --------------------------------------------------------------------------

Step& HttpCurl::Transfer::current_step()
{
    if (!connected_)
        return probe_.tcp;
    return is_https() && !tls_.handshake_done() ? probe_.tls : probe_.http;
}

void HttpCurl::Transfer::fail(StepStatus status, std::string detail)
{
    if (response_.head().complete())
        body_failure_ = std::string(status == StepStatus::deadline ? "deadline" : detail);
    else
        current_step() = {status, std::move(detail)};
    finish(false);
}

void HttpCurl::Transfer::on_done(int code)
{
    const auto result = static_cast<CURLcode>(code);
    if (finished())
        return;
    if (request_.handshake_only && tls_.handshake_done())
        return finish(false);
    if (result != CURLE_OK && !by_us_ && response_.head().complete()) {
        body_failure_ = failure_of(result).detail;
    } else if (!response_.head().complete()) {
        current_step() = failure_of(result);
    }
    finish(result == CURLE_OK || by_us_);
}

Step HttpCurl::Transfer::failure_of(CURLcode result)
{
    const bool in_handshake = is_https() && !tls_.handshake_done();
    if (response_.head().too_large())
        return {StepStatus::too_large, "header_cap"};
    if (tls_.received_alert() && (in_handshake || tls_.received_fatal()))
        return {StepStatus::alert, tls::alert_name(*tls_.received_alert())};
    if (asked_for_another_)
        return {StepStatus::closed, "new_connection_required"};

    long os_error = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
    // curl's own close_notify fails with EPIPE after the RST that made reading fail.
    if (os_error == EPIPE && result == CURLE_RECV_ERROR)
        os_error = ECONNRESET;
    if (os_error != 0 && result != CURLE_OK)
        return tls::step_of_errno(static_cast<int>(os_error));
    if (in_handshake && !tls_.reason().empty() && tls_.reason() != "unexpected_eof_while_reading")
        return {StepStatus::protocol_error, tls_.reason()};

    const int fd = socket_.native_handle();
    switch (result) {
        case CURLE_OK:
        case CURLE_GOT_NOTHING:
            // How curl tells that nghttp2 gave up on what the server sent.
            if (tls_.facts().alpn == "h2" && !tls::peer_has_closed(fd))
                return {StepStatus::protocol_error, curl_word(CURLE_HTTP2)};
            return {StepStatus::closed, "EOF"};
        case CURLE_PARTIAL_FILE:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            if (!response_.head().complete() && tls::peer_has_closed(fd))
                return {StepStatus::closed, "EOF"};
            return {StepStatus::protocol_error, curl_word(result)};
        case CURLE_OUT_OF_MEMORY:
            // What curl says of a single line beyond a cap of its own.
            if (tls::bytes_received(fd) > engine_->options.header_cap)
                return {StepStatus::too_large, "header_cap"};
            return {StepStatus::local_error, curl_word(result)};
        default:
            return {StepStatus::protocol_error, curl_word(result)};
    }
}

void HttpCurl::Transfer::finish(bool reusable)
{
    const TimePoint now = SteadyClock::now();
    if (started_ != TimePoint{})
        probe_.total_time = between(started_, now);
    if (connected_) {
        keep_tls();
        keep_http();
    }
    if (added_)
        engine_->multi().remove(easy_.get());
    added_ = false;
    if (reusable)
        engine_->give_back(std::move(easy_));
    easy_.reset();
    close_socket();
    engine_->release(*this);
    clocks_.enter(ProbePhase::finished, SteadyClock::now());
    clock_.cancel();
}

void HttpCurl::Transfer::abandon()
{
    if (finished())
        return;
    if (added_)
        engine_->multi().remove(easy_.get());
    added_ = false;
    easy_.reset();
    close_socket();
    engine_->release(*this);
    clocks_.enter(ProbePhase::finished, SteadyClock::now());
}

void HttpCurl::Transfer::close_socket()
{
    wanted_ = CURL_POLL_NONE;
    if (!socket_.is_open())
        return;
    if (connected_ && engine_->options.reset_on_close)
        tls::reset_on_close(socket_.native_handle());
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void HttpCurl::Transfer::keep_tls()
{
    if (!is_https())
        return;
    if (tls_.handshake_done()) {
        probe_.tls.status = StepStatus::ok;
        probe_.handshake_time = between(connected_at_, tls_.handshake_done_at());
    }
    if (!tls_.handshake_done() && tls_.chain().empty())
        return;
    TlsFacts facts = tls_.facts();
    if (!IpAddress::parse(url_.host))
        facts.sni = url_.host;
    engine_->chains.read(tls_.chain(), url_.host, facts);
    probe_.tls_facts = std::move(facts);
}

void HttpCurl::Transfer::keep_http()
{
    if (!response_.head().started())
        return;
    if (response_.head().complete()) {
        probe_.http.status = StepStatus::ok;
        if (!body_failure_.empty()) {
            probe_.http.detail = "body: " + body_failure_;
            response_.mark_truncated();
        }
    }
    const MarkerSearch* markers = nullptr;
    if (request_.markers != nullptr) {
        // The same list for all subjects of a run, so that this is a comparison and no more.
        if (*request_.markers != engine_->markers.markers())
            engine_->markers = MarkerSearch(*request_.markers);
        markers = &engine_->markers;
    }
    probe_.http_facts = response_.take_facts(url_.text(), markers);
}

}  // namespace resolvers::http
