// One probe on curl, and what the probes of one thread share. Internal to prober_*.cpp: everybody
// else wants prober_curl.h.
//
// The states of a probe (ProbePhase):
//
//                 no socket to be had: put_back()
//              +------------------------------------+
//              v                                    |
//   admit -> queued --start()--> connecting --------+
//                                    | on_connected()
//                       https        |        http
//               +--------------------+--------------------+
//               v                                         |
//          handshaking --TlsCapture: handshake done--> asking
//                                                         | first octet of the head
//                                                         v
//                                                      reading
//
//   Every state ends in finished: by on_done() (curl), on_clock() (a limit of ProbeClocks), a cap
//   of ours, fail() or abandon() (nobody waits any more). finished is entered once; what comes
//   later from curl or the reactor is ignored.
//
// The socket is ours and connected before curl hears of it; curl borrows it for one request.
#pragma once

#include <curl/curl.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/http/curl_multi.h"
#include "resolvers/http/prober_curl.h"
#include "resolvers/http/response.h"
#include "resolvers/http/url_parts.h"
#include "resolvers/tls/capture.h"

namespace resolvers::http {

struct EasyCloser {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyCloser>;

struct SlistCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Slist = std::unique_ptr<curl_slist, SlistCloser>;

/// A timer and a descriptor whose executor is known when compiled: cheaper than the usual ones.
using ProbeTimer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      boost::asio::io_context::executor_type>;
using ProbeSocket =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

/// What the probes of one thread share: who is at work, who waits, and the handles of curl.
class HttpCurl::Engine : public std::enable_shared_from_this<Engine> {
public:
    Engine(boost::asio::io_context& io, HttpOptions given,
           std::shared_ptr<const tls::TrustStore> store);

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
    const boost::asio::io_context::executor_type executor;
    tls::ChainReader chains;
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
    ProbeTimer shortage_timer_;
    std::vector<Easy> idle_;
    // Both hold plain pointers: a transfer takes itself out before it goes.
    std::list<Transfer*> waiting_;
    std::list<Transfer*> running_;
};

/// Shared between the coroutine that waits for it and the handlers that the reactor still holds
/// when that coroutine is gone.
class HttpCurl::Transfer : public CurlMulti::User, public std::enable_shared_from_this<Transfer> {
public:
    Transfer(std::shared_ptr<Engine> engine, ProbeRequest request, Deadline deadline);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    void queue()
    {
        clocks_.enter(ProbePhase::queued, queued_at_ = std::chrono::steady_clock::now());
    }
    void start();
    /// What the coroutine waits on, until `finished`.
    ProbeTimer& clock() { return clock_; }
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
    void enter(ProbePhase phase, std::chrono::steady_clock::time_point now);
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
    ProbeTimer clock_;
    std::chrono::steady_clock::time_point armed_{};

    // The socket is ours; curl only borrows it.
    ProbeSocket socket_;
    bool connected_ = false;
    bool lent_ = false;
    bool asked_for_another_ = false;
    int wanted_ = CURL_POLL_NONE;
    bool waiting_to_read_ = false;
    bool waiting_to_write_ = false;

    Easy easy_;
    bool added_ = false;
    Slist connect_to_;
    tls::TlsCapture tls_;
    ResponseReader response_;
    bool by_us_ = false;
    std::string body_failure_;

    std::chrono::steady_clock::time_point queued_at_{};
    std::chrono::steady_clock::time_point started_{};
    std::chrono::steady_clock::time_point connected_at_{};
    // Why it went back to the queue. Empty if it did not.
    std::string shortage_;
};

}  // namespace resolvers::http
