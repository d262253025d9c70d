// DNS over HTTPS (RFC 8484): questions as POST requests to resolvers that have a URL, our own
// messages over an HttpFetcher.
// Misses: a cache; moving on from a server that has been failing for long.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/dnswire/message.h"
#include "resolvers/http/fetcher.h"
#include "resolvers/resolvers.h"

namespace resolvers {

struct DnsHttpsOptions {
    /// https URLs, taken to be equals: first questions go round, retries to the next one.
    std::vector<std::string> urls;
    /// For one request.
    std::chrono::milliseconds timeout{5000};
    /// Further requests for a question that got no DNS response, SERVFAIL, REFUSED or nonsense.
    unsigned retries = 1;
    /// The client network to claim (RFC 7871). Absent: none.
    std::optional<Prefix> client_subnet{};
    /// As DnsOptions::out_of_use.
    std::function<bool(std::size_t server)> out_of_use{};
};

class DnsHttps final : public DnsResolver {
public:
    /// One for each io_context and thread, as the fetcher is.
    DnsHttps(std::unique_ptr<HttpFetcher> fetcher, DnsHttpsOptions options);

    /// See DnsResolver. DnsAnswer::resolver is the URL; over_tcp stays false.
    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

private:
    boost::asio::awaitable<DnsAnswer> ask_one(Question question, Deadline deadline);
    std::size_t next_server(std::size_t after) const;

    const std::unique_ptr<HttpFetcher> fetcher_;
    const DnsHttpsOptions options_;
    std::size_t latest_ = 0;
};

}  // namespace resolvers
