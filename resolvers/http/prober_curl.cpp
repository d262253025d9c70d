// The prober and its queue: how many probes are at work, and which one is next. What one probe does
// is in prober_transfer.cpp.
#include "resolvers/http/prober_curl.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "resolvers/http/prober_transfer.h"

namespace resolvers::http {

namespace asio = boost::asio;

namespace {

// Between tries when our machine has no socket for us and none of ours is open.
constexpr std::chrono::milliseconds shortage_pause{100};

}  // namespace

// ---- Engine -------------------------------------------------------------------------------------

HttpCurl::Engine::Engine(asio::io_context& io, HttpOptions given,
                         std::shared_ptr<const tls::TrustStore> store)
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

// ---- HttpCurl -----------------------------------------------------------------------------------

HttpCurl::HttpCurl(asio::io_context& io, HttpOptions options,
                   std::shared_ptr<const tls::TrustStore> store)
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

}  // namespace resolvers::http
