#include "resolvers/dns/tls.h"

#include <algorithm>
#include <vector>

#include "resolvers/dns/tls_connection.h"
#include "resolvers/dns/transport.h"

namespace resolvers::dns {

namespace asio = boost::asio;

namespace {

constexpr std::uint16_t block_size = 128;  // RFC 8467 section 4.1

class TlsTransport final : public QueryTransport {
public:
    TlsTransport(const asio::any_io_executor& executor, const DnsOptions& options,
                 std::shared_ptr<const tls::TrustStore> store, const DnsTlsOptions& tls)
        : max_in_flight_(std::max(1U, tls.max_in_flight))
    {
        for (const ResolverAddress& server : options.servers) {
            DnsTlsConnection::Options its;
            its.server = server;
            its.store = store;
            its.timeout = options.timeout;
            its.idle = tls.idle;
            connections_.push_back(std::make_shared<DnsTlsConnection>(executor, std::move(its)));
        }
    }

    void open(std::weak_ptr<TransportListener> listener) override
    {
        for (const std::shared_ptr<DnsTlsConnection>& connection : connections_)
            connection->set_listener(listener);
    }

    void close() override
    {
        for (const std::shared_ptr<DnsTlsConnection>& connection : connections_)
            connection->close();
    }

    unsigned max_in_flight() const override { return max_in_flight_; }
    std::uint16_t padding_block() const override { return block_size; }

    bool has_room(std::size_t server_place, bool /*over_tcp*/, TimePoint now) override
    {
        return connections_[server_place]->unusable_until() <= now;
    }

    bool all_unusable(TimePoint now) const override
    {
        return std::ranges::all_of(connections_, [now](const auto& connection) {
            return connection->unusable_until() > now;
        });
    }

    void send(DnsExchange& exchange, std::span<std::uint8_t> message) override
    {
        connections_[exchange.server_place]->send(exchange, message);
    }

private:
    const unsigned max_in_flight_;
    std::vector<std::shared_ptr<DnsTlsConnection>> connections_;
};

}  // namespace

Outcome<std::unique_ptr<DnsClient>> make_dns_over_tls(asio::any_io_executor executor,
                                                      DnsOptions options,
                                                      std::shared_ptr<const tls::TrustStore> store,
                                                      DnsTlsOptions tls)
{
    if (options.servers.empty())
        return Failure{"no_resolver", "no DNS resolver to ask"};
    auto transport = std::make_unique<TlsTransport>(executor, options, std::move(store), tls);
    return std::make_unique<DnsClient>(std::move(executor), std::move(options),
                                       std::move(transport));
}

}  // namespace resolvers::dns
