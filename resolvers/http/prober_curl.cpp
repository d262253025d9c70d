#include "resolvers/http/prober_curl.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <list>

#include "resolvers/http/curl_multi.h"
#include "resolvers/http/response.h"
#include "resolvers/http/url_parts.h"
#include "resolvers/tls/capture.h"
#include "resolvers/tls/tcp_socket.h"

namespace resolvers {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;
using Executor = asio::io_context::executor_type;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

// The kernel doubles it. Enough for a body of 64 KiB in one round trip; more would only be memory
// that a peer can fill.
constexpr int receive_buffer = 64 * 1024;

// Between tries when our machine has no socket for us and none of ours is open.
constexpr std::chrono::milliseconds shortage_pause{100};

struct EasyCloser {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyCloser>;

struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListCloser>;

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

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

Milliseconds between(TimePoint from, TimePoint to)
{
    return std::chrono::duration_cast<Milliseconds>(to - from);
}

}  // namespace

// ---- Engine: what the probes of one thread share ------------------------------------------------

class HttpCurl::Engine : public std::enable_shared_from_this<Engine> {
public:
    Engine(asio::io_context& io, HttpOptions given, std::shared_ptr<const TrustStore> store);

    /// Starts the transfer, or lets it wait for its turn.
    void admit(const std::shared_ptr<Transfer>& transfer);
    /// The transfer has ended, or never will begin.
    void release(Transfer& transfer);
    /// Our machine had no socket for it: it is the next one when one of ours is closed.
    void put_back(Transfer& transfer);
    void stop();

    /// A handle with all options set that do not change from probe to probe.
    Easy take_easy();
    /// Takes back a handle whose transfer went well.
    void give_back(Easy easy) { idle_.push_back(std::move(easy)); }

    CurlMulti& multi() { return *multi_; }

    const HttpOptions options;
    const Executor executor;
    ChainReader chains;
    MarkerSearch markers;
    std::size_t peak = 0;

    std::size_t in_flight() const { return running_.size(); }
    std::size_t waiting() const { return waiting_.size(); }

private:
    void start_waiting();

    // Shared because the reactor may call back when the engine is gone.
    std::shared_ptr<CurlMulti> multi_;
    bool starting_ = false;
    bool stopped_ = false;
    // Transfers at a time: fewer than the options say after a shortage, then slowly more again.
    std::size_t room_;
    std::size_t ended_since_growth_ = 0;
    bool short_ = false;
    Timer shortage_timer_;
    std::vector<Easy> idle_;
    // Both hold plain pointers: a transfer takes itself out before it goes.
    std::list<Transfer*> waiting_;
    std::list<Transfer*> running_;
};

// ---- Transfer: one probe ------------------------------------------------------------------------

// Shared between the coroutine that waits for it and the handlers that the reactor still holds when
// that coroutine is gone.
class HttpCurl::Transfer : public CurlMulti::User, public std::enable_shared_from_this<Transfer> {
public:
    Transfer(std::shared_ptr<Engine> engine, ProbeRequest request, Deadline deadline);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    void queue() { clocks_.enter(ProbePhase::queued, queued_at_ = SteadyClock::now()); }
    void start();
    /// What the coroutine waits on, until `finished`.
    Timer& clock() { return clock_; }
    void set_clock() { clock_.expires_at(armed_ = clocks_.limit()); }
    void on_clock();
    void on_done(int result) override;
    void want(int what) override;

    bool finished() const { return clocks_.phase() == ProbePhase::finished; }
    bool queued() const { return clocks_.phase() == ProbePhase::queued; }
    Probe take() { return std::move(probe_); }
    /// Ends it in whatever state it is; the step under way gets this status.
    void fail(StepStatus status, std::string detail);
    /// Nobody waits for it any more.
    void abandon();

    /// Where the engine's lists hold it.
    std::list<Transfer*>::iterator place;

    // curl's callbacks; `self` is the transfer.
    static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int on_option(void* self, curl_socket_t fd, curlsocktype purpose);
    static int on_close(void* self, curl_socket_t fd);
    static CURLcode on_ssl(CURL* easy, void* context, void* self);
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);

private:
    void enter(ProbePhase phase, TimePoint now);
    void on_connected();
    void ask();
    void arm();
    void on_ready(bool reading);
    std::size_t body_cap() const;
    void check_caps();
    Step failure_of(CURLcode result);
    void finish(bool reusable);
    void close_socket();
    void keep_tls();
    void keep_http();
    bool is_https() const { return url_.scheme == "https"; }
    Step& current_step();

    std::shared_ptr<Engine> engine_;
    ProbeRequest request_;
    HttpUrl url_;
    Probe probe_;
    ProbeClocks clocks_;
    Timer clock_;
    TimePoint armed_{};

    // The socket is ours; curl only borrows it.
    Descriptor socket_;
    bool connected_ = false;
    bool lent_ = false;
    bool asked_for_another_ = false;
    int wanted_ = CURL_POLL_NONE;
    bool waiting_to_read_ = false;
    bool waiting_to_write_ = false;

    Easy easy_;
    bool added_ = false;
    List connect_to_;
    TlsCapture tls_;
    ResponseReader response_;
    bool by_us_ = false;
    std::string body_failure_;

    TimePoint queued_at_{};
    TimePoint started_{};
    TimePoint connected_at_{};
    // Why it went back to the queue. Empty if it did not.
    std::string shortage_;
};

// ---- Engine -------------------------------------------------------------------------------------

HttpCurl::Engine::Engine(asio::io_context& io, HttpOptions given,
                         std::shared_ptr<const TrustStore> store)
    : options(std::move(given)),
      executor(io.get_executor()),
      chains(std::move(store)),
      multi_(std::make_shared<CurlMulti>(executor, CurlMulti::Sockets::of_users)),
      room_(std::max<std::size_t>(options.max_in_flight, 1)),
      shortage_timer_(executor)
{
    chains.on_leaf(options.on_leaf);
    curl_multi_setopt(multi_->handle(), CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

Easy HttpCurl::Engine::take_easy()
{
    if (!idle_.empty()) {
        Easy easy = std::move(idle_.back());
        idle_.pop_back();
        return easy;
    }
    Easy easy(curl_easy_init());
    if (!easy)
        return easy;
    CURL* e = easy.get();
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    if (!options.user_agent.empty())
        curl_easy_setopt(e, CURLOPT_USERAGENT, options.user_agent.c_str());
    // Pages are small and there are thousands of these buffers.
    curl_easy_setopt(e, CURLOPT_BUFFERSIZE, 4096L);
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    // All clocks are ours; curl's default of five minutes must not come between.
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, 24L * 60 * 60 * 1000);
    // With any CA path set, Debian's libcurl parses all roots anew for each connection. The chain
    // is verified after the handshake, by TrustStore.
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(e, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(e, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
    curl_easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, &Transfer::on_option);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, &Transfer::on_close);
    curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_ssl);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    return easy;
}

void HttpCurl::Engine::admit(const std::shared_ptr<Transfer>& transfer)
{
    transfer->place = waiting_.insert(waiting_.end(), transfer.get());
    transfer->queue();
    if (stopped_)
        transfer->fail(StepStatus::local_error, "stopped");
    else
        start_waiting();
}

void HttpCurl::Engine::start_waiting()
{
    // A transfer that fails at once gives its place free within start().
    if (starting_)
        return;
    starting_ = true;
    while (!stopped_ && !short_ && !waiting_.empty() && running_.size() < room_) {
        Transfer* next = waiting_.front();
        running_.splice(running_.end(), waiting_, waiting_.begin());
        peak = std::max(peak, running_.size());
        next->start();
    }
    starting_ = false;
}

void HttpCurl::Engine::release(Transfer& transfer)
{
    const bool ran = !transfer.queued();
    (ran ? running_ : waiting_).erase(transfer.place);
    if (!ran)
        return;
    short_ = false;
    if (room_ < options.max_in_flight && ++ended_since_growth_ >= room_) {
        ++room_;
        ended_since_growth_ = 0;
    }
    start_waiting();
}

void HttpCurl::Engine::put_back(Transfer& transfer)
{
    waiting_.splice(waiting_.begin(), running_, transfer.place);
    room_ = std::max<std::size_t>(running_.size(), 1);
    ended_since_growth_ = 0;
    short_ = true;
    if (!running_.empty())
        return;
    shortage_timer_.expires_after(shortage_pause);
    shortage_timer_.async_wait(
        [engine = weak_from_this()](const boost::system::error_code& failed) {
            const std::shared_ptr<Engine> alive = engine.lock();
            if (!alive || failed)
                return;
            alive->short_ = false;
            alive->start_waiting();
        });
}

void HttpCurl::Engine::stop()
{
    stopped_ = true;
    while (!running_.empty())
        running_.front()->fail(StepStatus::local_error, "stopped");
    while (!waiting_.empty())
        waiting_.front()->fail(StepStatus::local_error, "stopped");
    idle_.clear();
    multi_->close();
    shortage_timer_.cancel();
}

// ---- Transfer: from socket to request -----------------------------------------------------------

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

    const TcpAttempt attempt = start_connecting(request_.address, request_.port, receive_buffer);
    if (attempt.fd < 0 && is_shortage(attempt.error) &&
        engine_->options.timeouts.queue.count() > 0) {
        shortage_ = errno_name(attempt.error);
        queue();
        return engine_->put_back(*this);
    }
    if (attempt.fd < 0) {
        // At once, so that no packet of the peer's said it: we have no route there.
        if (attempt.error == ENETUNREACH)
            return fail(StepStatus::local_error, errno_name(attempt.error));
        const Step step = step_of_errno(attempt.error);
        return fail(step.status, step.detail);
    }
    boost::system::error_code failed;
    socket_.assign(attempt.fd, failed);
    if (failed) {
        ::close(attempt.fd);
        return fail(StepStatus::local_error, errno_name(failed.value()));
    }
    if (attempt.error == 0)
        return on_connected();
    waiting_to_write_ = true;
    socket_.async_wait(Descriptor::wait_write,
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
    probe_.tcp = step_of_errno(pending_error(socket_.native_handle()));
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

// ---- Transfer: readiness ------------------------------------------------------------------------

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
        socket_.async_wait(Descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                               self->waiting_to_read_ = false;
                               if (!error)
                                   self->on_ready(true);
                           });
    }
    if ((wanted_ & CURL_POLL_OUT) != 0 && !waiting_to_write_) {
        waiting_to_write_ = true;
        socket_.async_wait(Descriptor::wait_write,
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
    if (content_capped || bytes_received(socket_.native_handle()) > engine_->options.wire_cap) {
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

// ---- Transfer: clocks ---------------------------------------------------------------------------

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

// ---- Transfer: the end --------------------------------------------------------------------------

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
        return {StepStatus::alert, alert_name(*tls_.received_alert())};
    if (asked_for_another_)
        return {StepStatus::closed, "new_connection_required"};

    long os_error = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
    // curl's own close_notify fails with EPIPE after the RST that made reading fail.
    if (os_error == EPIPE && result == CURLE_RECV_ERROR)
        os_error = ECONNRESET;
    if (os_error != 0 && result != CURLE_OK)
        return step_of_errno(static_cast<int>(os_error));
    if (in_handshake && !tls_.reason().empty() && tls_.reason() != "unexpected_eof_while_reading")
        return {StepStatus::protocol_error, tls_.reason()};

    const int fd = socket_.native_handle();
    switch (result) {
        case CURLE_OK:
        case CURLE_GOT_NOTHING:
            // How curl tells that nghttp2 gave up on what the server sent.
            if (tls_.facts().alpn == "h2" && !peer_has_closed(fd))
                return {StepStatus::protocol_error, curl_word(CURLE_HTTP2)};
            return {StepStatus::closed, "EOF"};
        case CURLE_PARTIAL_FILE:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            if (!response_.head().complete() && peer_has_closed(fd))
                return {StepStatus::closed, "EOF"};
            return {StepStatus::protocol_error, curl_word(result)};
        case CURLE_OUT_OF_MEMORY:
            // What curl says of a single line beyond a cap of its own.
            if (bytes_received(fd) > engine_->options.header_cap)
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
        reset_on_close(socket_.native_handle());
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

// ---- HttpCurl -----------------------------------------------------------------------------------

HttpCurl::HttpCurl(asio::io_context& io, HttpOptions options,
                   std::shared_ptr<const TrustStore> store)
    : engine_(std::make_shared<Engine>(io, std::move(options), std::move(store)))
{
}

HttpCurl::~HttpCurl()
{
    engine_->stop();
}

asio::awaitable<Probe> HttpCurl::probe(ProbeRequest request, Deadline deadline)
{
    const std::shared_ptr<Engine> engine = engine_;
    const auto transfer = std::make_shared<Transfer>(engine, std::move(request), deadline);
    // The coroutine may be destroyed while it waits; the reactor's handlers then still hold the
    // transfer, which must not go on.
    struct Guard {
        Transfer& transfer;
        ~Guard() { transfer.abandon(); }
    } const guard{*transfer};
    engine->admit(transfer);
    while (!transfer->finished()) {
        transfer->set_clock();
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await transfer->clock().async_wait(token);
        transfer->on_clock();
    }
    co_return transfer->take();
}

std::size_t HttpCurl::in_flight() const
{
    return engine_->in_flight();
}

std::size_t HttpCurl::peak_in_flight() const
{
    return engine_->peak;
}

std::size_t HttpCurl::waiting() const
{
    return engine_->waiting();
}

}  // namespace resolvers
