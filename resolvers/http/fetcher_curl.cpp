#include "resolvers/http/fetcher_curl.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <list>
#include <map>
#include <vector>

#include "resolvers/base/utf8.h"
#include "resolvers/dnswire/records.h"
#include "resolvers/http/curl_multi.h"
#include "resolvers/http/head.h"
#include "resolvers/http/url_parts.h"
#include "resolvers/tls/capture.h"
#include "resolvers/tls/tcp_socket.h"

namespace resolvers::http {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;

// Few servers are asked, over and over; what their names mean is kept this long at most.
constexpr std::chrono::seconds longest_memory{300};
constexpr std::chrono::seconds shortest_memory{30};
constexpr std::size_t most_hosts = 1'000;
// Of the addresses of a name.
constexpr std::size_t most_addresses = 8;

// Kept open for the next request.
constexpr long idle_connections = 16;
constexpr unsigned most_fields = 100;

// Encoded content may be longer than what it decodes to, by so little.
constexpr curl_off_t encoding_overhead = 64 * 1024;

struct EasyCloser {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::optional<IpAddress> address_of(const curl_sockaddr& given)
{
    if (given.family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &given.addr, sizeof v4);
        return IpAddress::from_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (given.family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &given.addr, sizeof v6);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return IpAddress::from_v6(bytes);
    }
    return std::nullopt;
}

// For CURLOPT_RESOLVE: curl finds these and asks nobody.
std::string resolve_entry(const HttpUrl& url, const std::vector<IpAddress>& addresses)
{
    std::string entry = url.host + ":" + std::to_string(url.port) + ":";
    for (const IpAddress& address : addresses) {
        if (entry.back() != ':')
            entry += ',';
        entry += address.is_v6() ? "[" + address.text() + "]" : address.text();
    }
    return entry;
}

bool says_none(DnsStatus status)
{
    return status == DnsStatus::noerror || status == DnsStatus::nodata ||
           status == DnsStatus::nxdomain;
}

std::string code_of(StepStatus status)
{
    switch (status) {
        case StepStatus::refused:
            return "refused";
        case StepStatus::timeout:
            return "timeout";
        case StepStatus::unreachable:
            return "unreachable";
        case StepStatus::reset:
            return "reset";
        case StepStatus::closed:
            return "closed";
        default:
            return "local_error";
    }
}

}  // namespace

// ---- Engine: what the requests of one thread share ----------------------------------------------

class CurlFetcher::Engine {
public:
    Engine(asio::io_context& io, FetchOptions given, std::shared_ptr<const tls::TrustStore> roots,
           DnsResolver* resolver)
        : options(std::move(given)),
          store(std::move(roots)),
          dns(resolver),
          executor(io.get_executor()),
          multi(std::make_shared<CurlMulti>(executor, CurlMulti::Sockets::of_curl))
    {
        CURLM* handle = multi->handle();
        curl_multi_setopt(handle, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
        curl_multi_setopt(handle, CURLMOPT_MAX_HOST_CONNECTIONS, options.connections_per_host);
        curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS, idle_connections);
    }

    void stop();

    bool allowed(const IpAddress& address) const
    {
        return (options.allow_private || !special_purpose(address)) &&
               (!options.refuses_address || options.refuses_address(address).empty());
    }

    /// Where the host may be reached, IPv4 first.
    asio::awaitable<Outcome<std::vector<IpAddress>>> addresses_of(std::string host,
                                                                  Deadline deadline);

    const FetchOptions options;
    const std::shared_ptr<const tls::TrustStore> store;
    DnsResolver* dns;
    const Executor executor;
    const std::shared_ptr<CurlMulti> multi;
    bool stopped = false;
    // Plain pointers: a transfer takes itself out before it goes.
    std::list<Transfer*> running;

private:
    struct Known {
        std::vector<IpAddress> addresses;
        SteadyClock::time_point until{};
    };
    std::map<std::string, Known> known_;
};

asio::awaitable<Outcome<std::vector<IpAddress>>> CurlFetcher::Engine::addresses_of(
    std::string host, Deadline deadline)
{
    std::vector<IpAddress> addresses;
    const auto known = known_.find(host);
    if (const auto literal = IpAddress::parse(host)) {
        addresses.push_back(*literal);
    } else if (known != known_.end() && SteadyClock::now() < known->second.until) {
        addresses = known->second.addresses;
    } else {
        const auto name = DomainName::parse(host);
        if (!name)
            co_return Failure{"bad_url", host + " is no host name"};
        if (dns == nullptr)
            co_return Failure{"not_resolved", host + ": there is no resolver to ask"};
        std::vector<Question> questions{{*name, "A"}, {*name, "AAAA"}};
        const std::vector<DnsAnswer> answers = co_await dns->ask(std::move(questions), deadline);

        bool all_said = true;
        std::chrono::seconds memory = longest_memory;
        for (const DnsAnswer& answer : answers) {
            all_said = all_said && says_none(answer.status);
            for (const DnsRecord* record : dnswire::led_records(answer)) {
                const std::optional<IpAddress> address = IpAddress::parse(record->data);
                memory = std::min(memory, std::chrono::seconds(record->ttl));
                if (address && addresses.size() < most_addresses)
                    addresses.push_back(*address);
            }
        }
        if (addresses.empty() && all_said)
            co_return Failure{"no_address", host + " has no address"};
        if (addresses.empty())
            co_return Failure{"not_resolved", "the addresses of " + host + " are not known"};
        if (known_.size() >= most_hosts)
            known_.clear();
        known_[host] = {addresses, SteadyClock::now() + std::max(memory, shortest_memory)};
    }

    const std::string first = addresses.front().text();
    std::erase_if(addresses, [this](const IpAddress& address) { return !allowed(address); });
    if (addresses.empty())
        co_return Failure{"blocked", host + " is at " + first};
    co_return addresses;
}

// ---- Transfer: one request ----------------------------------------------------------------------

// Shared between the coroutine that waits for it and the reactor's handlers.
class CurlFetcher::Transfer final : public CurlMulti::User {
public:
    Transfer(std::shared_ptr<Engine> engine, FetchRequest request, HttpUrl url)
        : engine_(std::move(engine)),
          request_(std::move(request)),
          url_(std::move(url)),
          clock_(engine_->executor),
          head_(HeaderLimits{engine_->options.header_cap, most_fields})
    {
        place_ = engine_->running.insert(engine_->running.end(), this);
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() { leave(); }

    void start(const std::vector<IpAddress>& addresses);
    void on_done(int result) override;
    void fail(Failure failure);

    Timer& clock() { return clock_; }
    bool finished() const { return outcome_.has_value(); }
    Outcome<FetchResponse> take() { return std::move(*outcome_); }
    /// Nobody waits for it any more.
    void leave();

private:
    static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
    static CURLcode on_ssl(CURL* easy, void* context, void* self);
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t downloaded, curl_off_t, curl_off_t);
    Failure failure_of(CURLcode result);
    FetchResponse response();
    void finish(Outcome<FetchResponse> outcome);

    std::shared_ptr<Engine> engine_;
    FetchRequest request_;
    HttpUrl url_;
    Timer clock_;
    HeaderReader head_;
    std::string body_;
    bool truncated_ = false;
    bool blocked_ = false;
    bool left_ = false;
    std::optional<Outcome<FetchResponse>> outcome_;
    std::list<Transfer*>::iterator place_;

    std::array<char, CURL_ERROR_SIZE> words_{};
    std::unique_ptr<curl_slist, ListCloser> fields_;
    std::unique_ptr<curl_slist, ListCloser> resolve_;
    std::unique_ptr<CURL, EasyCloser> easy_;
};

void CurlFetcher::Transfer::start(const std::vector<IpAddress>& addresses)
{
    const FetchOptions& options = engine_->options;
    if (engine_->stopped)
        return fail({"local_error", "stopped"});
    easy_.reset(curl_easy_init());
    resolve_.reset(curl_slist_append(nullptr, resolve_entry(url_, addresses).c_str()));
    if (!request_.accept.empty())
        fields_.reset(curl_slist_append(nullptr, ("Accept: " + request_.accept).c_str()));
    if (!request_.content_type.empty())
        fields_.reset(curl_slist_append(fields_.release(),
                                        ("Content-Type: " + request_.content_type).c_str()));
    if (!easy_ || !resolve_)
        return fail({"local_error", "out of memory"});

    CURL* e = easy_.get();
    curl_easy_setopt(e, CURLOPT_URL, url_.text().c_str());
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, fields_.get());
    if (!request_.content_type.empty()) {
        curl_easy_setopt(e, CURLOPT_POST, 1L);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, request_.content.data());
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request_.content.size()));
    }
    if (!IpAddress::parse(url_.host))
        curl_easy_setopt(e, CURLOPT_RESOLVE, resolve_.get());
    if (!options.user_agent.empty())
        curl_easy_setopt(e, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, words_.data());
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, options.allow_http ? "http,https" : "https");
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(e, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options.connect_timeout.count()));
    // The roots are ours, parsed once for all threads: see on_ssl.
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(e, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(e, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_ssl);
    curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, this);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, this);
    if (!engine_->multi->add(e, *this)) {
        easy_.reset();
        fail({"local_error", "curl_multi"});
    }
}

// The last word on where we connect, whatever was resolved before.
curl_socket_t CurlFetcher::Transfer::on_open(void* self_pointer, curlsocktype,
                                             curl_sockaddr* address)
{
    auto* self = static_cast<Transfer*>(self_pointer);
    const std::optional<IpAddress> to = address_of(*address);
    if (!to || !self->engine_->allowed(*to)) {
        self->blocked_ = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURLcode CurlFetcher::Transfer::on_ssl(CURL*, void* context, void* self)
{
    if (const tls::TrustStore* store = static_cast<Transfer*>(self)->engine_->store.get())
        tls::trust_only(static_cast<ssl_ctx_st*>(context), *store);
    return CURLE_OK;
}

std::size_t CurlFetcher::Transfer::on_header(char* data, std::size_t, std::size_t size, void* self)
{
    return static_cast<Transfer*>(self)->head_.add({data, size}) ? size : 0;
}

std::size_t CurlFetcher::Transfer::on_body(char* data, std::size_t, std::size_t size,
                                           void* self_pointer)
{
    auto* self = static_cast<Transfer*>(self_pointer);
    const std::size_t room = self->request_.body_limit - self->body_.size();
    self->body_.append(data, std::min(size, room));
    self->truncated_ = size > room;
    return self->truncated_ ? 0 : size;
}

int CurlFetcher::Transfer::on_progress(void* self_pointer, curl_off_t, curl_off_t downloaded,
                                       curl_off_t, curl_off_t)
{
    auto* self = static_cast<Transfer*>(self_pointer);
    const auto limit = static_cast<curl_off_t>(self->request_.body_limit) + encoding_overhead;
    self->truncated_ = self->truncated_ || downloaded > limit;
    return self->truncated_ ? 1 : 0;
}

void CurlFetcher::Transfer::on_done(int code)
{
    const auto result = static_cast<CURLcode>(code);
    if (head_.complete() && (result == CURLE_OK || truncated_))
        finish(response());
    else
        finish(failure_of(result));
}

Failure CurlFetcher::Transfer::failure_of(CURLcode result)
{
    if (blocked_)
        return {"blocked", url_.host};
    const std::string words =
        words_[0] == '\0' ? std::string(curl_easy_strerror(result)) : utf8_or_latin1(words_.data());
    long os_error = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
    switch (result) {
        case CURLE_OPERATION_TIMEDOUT:
            return {"timeout", words};
        case CURLE_COULDNT_CONNECT:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
            if (os_error != 0)
                return {code_of(tls::step_of_errno(static_cast<int>(os_error)).status), words};
            return {result == CURLE_COULDNT_CONNECT ? "refused" : "closed", words};
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE:
            return {"closed", words};
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return {"tls", words};
        case CURLE_FAILED_INIT:
            return {"local_error", words};
        case CURLE_OUT_OF_MEMORY:
            // Also what curl says of a single line beyond a cap of its own.
            return {head_.started() ? "protocol_error" : "local_error", words};
        default:
            return {"protocol_error", words};
    }
}

FetchResponse CurlFetcher::Transfer::response()
{
    FetchResponse made;
    made.status = head_.status();
    made.content_type = head_.first("content-type");
    made.location = head_.first("location");
    made.retry_after = head_.first("retry-after");
    made.body = std::move(body_);
    made.body_truncated = truncated_;
    return made;
}

void CurlFetcher::Transfer::fail(Failure failure)
{
    if (!finished())
        finish(std::move(failure));
}

void CurlFetcher::Transfer::finish(Outcome<FetchResponse> outcome)
{
    outcome_.emplace(std::move(outcome));
    leave();
    clock_.cancel();
}

void CurlFetcher::Transfer::leave()
{
    if (left_)
        return;
    left_ = true;
    if (easy_)
        engine_->multi->remove(easy_.get());
    easy_.reset();
    engine_->running.erase(place_);
}

void CurlFetcher::Engine::stop()
{
    stopped = true;
    while (!running.empty())
        running.front()->fail({"local_error", "stopped"});
    multi->close();
}

// ---- CurlFetcher --------------------------------------------------------------------------------

CurlFetcher::CurlFetcher(asio::io_context& io, FetchOptions options,
                         std::shared_ptr<const tls::TrustStore> store, DnsResolver* dns)
    : engine_(std::make_shared<Engine>(io, std::move(options), std::move(store), dns))
{
}

CurlFetcher::~CurlFetcher()
{
    engine_->stop();
}

asio::awaitable<Outcome<FetchResponse>> CurlFetcher::get(FetchRequest request, Deadline deadline)
{
    const std::shared_ptr<Engine> engine = engine_;
    const std::optional<HttpUrl> url = parse_http_url(request.url);
    if (!url || (url->scheme != "https" && !engine->options.allow_http))
        co_return Failure{"bad_url", utf8_or_latin1(request.url).substr(0, 200)};
    std::string host = url->host;
    if (engine->options.refuses_host)
        if (const std::string why = engine->options.refuses_host(host); !why.empty())
            co_return Failure{"blocked", host + " is to be left alone (" + why + ")"};
    const auto addresses = co_await engine->addresses_of(std::move(host), deadline);
    if (!addresses.has_value())
        co_return addresses.error();
    if (SteadyClock::now() >= deadline)
        co_return Failure{"timeout", "before " + url->host + " could be asked"};

    Transfer transfer(engine, std::move(request), *url);
    transfer.start(*addresses);
    while (!transfer.finished()) {
        transfer.clock().expires_at(deadline);
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        co_await transfer.clock().async_wait(token);
        if (!transfer.finished() && SteadyClock::now() >= deadline)
            transfer.fail({"timeout", url->host + " did not answer in time"});
    }
    co_return transfer.take();
}

}  // namespace resolvers::http
