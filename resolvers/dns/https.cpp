#include "resolvers/dns/https.h"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include "resolvers/dns/transport.h"

namespace resolvers::dns {

namespace asio = boost::asio;

namespace {

using End = DnsReply::End;

constexpr char media_type[] = "application/dns-message";
constexpr std::size_t largest_message = 65535;
// Streams of one HTTP/2 connection, as many as servers commonly allow, and some connections.
constexpr unsigned most_in_flight = 1000;
// After our own machine would not send a request.
constexpr std::chrono::milliseconds local_limit_pause{1000};

End end_of(const Failure& failure)
{
    if (failure.code == "timeout")
        return End::timeout;
    return failure.code == "local_error" ? End::local_limit : End::unreachable;
}

// The fetcher must be there when it begins, not when it ends.
asio::awaitable<Outcome<http::FetchResponse>> fetch(std::shared_ptr<bool> open,
                                                    http::HttpFetcher* fetcher,
                                                    http::FetchRequest request, Deadline until)
{
    if (!*open)
        co_return Failure{"cancelled", ""};
    auto work = fetcher->get(std::move(request), until);
    Outcome<http::FetchResponse> got = co_await std::move(work);
    co_return got;
}

class HttpsTransport final : public QueryTransport {
public:
    HttpsTransport(asio::any_io_executor executor, const DnsOptions& options,
                   std::unique_ptr<http::HttpFetcher> fetcher)
        : executor_(std::move(executor)), timeout_(options.timeout), fetcher_(std::move(fetcher))
    {
        for (const ResolverAddress& server : options.servers)
            urls_.push_back(server.url);
    }
    ~HttpsTransport() override { HttpsTransport::close(); }

    void open(std::weak_ptr<TransportListener> listener) override
    {
        listener_ = std::move(listener);
    }

    // Fetches under way find nobody to report to.
    void close() override
    {
        listener_.reset();
        *open_ = false;
    }

    unsigned max_in_flight() const override { return most_in_flight; }

    bool has_room(std::size_t /*server_place*/, bool /*over_tcp*/, TimePoint now) override
    {
        return unusable_until_ <= now;
    }

    bool all_unusable(TimePoint now) const override { return unusable_until_ > now; }

    void send(DnsExchange& exchange, std::span<std::uint8_t> message) override
    {
        // The same id for all, so that caches on the way can answer (RFC 8484 section 4.1).
        exchange.id = 0;
        http::FetchRequest request;
        request.url = urls_[exchange.server_place];
        request.accept = media_type;
        request.body_limit = largest_message;
        request.content_type = media_type;
        request.content.assign(message.begin(), message.end());
        const Deadline until = std::chrono::steady_clock::now() + timeout_;
        asio::co_spawn(executor_, fetch(open_, fetcher_.get(), std::move(request), until),
                       [this, open = open_, &exchange](const std::exception_ptr& error,
                                                       const Outcome<http::FetchResponse>& got) {
                           if (error)
                               std::rethrow_exception(error);
                           if (*open)
                               report(exchange, got);
                       });
    }

private:
    void report(DnsExchange& exchange, const Outcome<http::FetchResponse>& got)
    {
        const auto listener = listener_.lock();
        if (listener == nullptr)
            return;
        DnsReply reply;
        std::string detail;
        if (!got.has_value()) {
            reply.end = end_of(got.error());
            detail = got.error().code + ": " + got.error().detail;
            if (reply.end == End::local_limit)
                unusable_until_ = std::chrono::steady_clock::now() + local_limit_pause;
        } else if (got->status != 200) {
            reply.end = End::malformed;
            detail = "HTTP status " + std::to_string(got->status);
        } else if (!got->content_type.starts_with(media_type)) {
            reply.end = End::malformed;
            detail = "no DNS message but " + got->content_type;
        } else {
            reply.end = End::response;
            const auto* octets = reinterpret_cast<const std::uint8_t*>(got->body.data());
            reply.octets = std::span(octets, got->body.size());
        }
        reply.detail = detail;
        listener->begin_turn();
        listener->ended(exchange, reply);
        listener->settle_later();
    }

    const asio::any_io_executor executor_;
    const std::chrono::milliseconds timeout_;
    const std::unique_ptr<http::HttpFetcher> fetcher_;
    std::vector<std::string> urls_;
    std::weak_ptr<TransportListener> listener_;
    // Shared with the handlers, which may outlive us.
    const std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
    TimePoint unusable_until_{};
};

}  // namespace

Outcome<std::unique_ptr<DnsClient>> make_dns_over_https(asio::any_io_executor executor,
                                                        DnsOptions options,
                                                        std::unique_ptr<http::HttpFetcher> fetcher)
{
    if (options.servers.empty())
        return Failure{"no_resolver", "no DNS resolver to ask"};
    auto transport = std::make_unique<HttpsTransport>(executor, options, std::move(fetcher));
    return std::make_unique<DnsClient>(std::move(executor), std::move(options),
                                       std::move(transport));
}

}  // namespace resolvers::dns
