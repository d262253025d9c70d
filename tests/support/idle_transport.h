// A transport for the pure parts of the DNS client: it always has room, and sends nothing.
#pragma once

#include "resolvers/dns/transport.h"

namespace tests {

struct IdleTransport final : resolvers::dns::QueryTransport {
    void open(std::weak_ptr<resolvers::dns::TransportListener>) override {}
    void close() override {}
    unsigned max_in_flight() const override { return 16000; }
    bool has_room(std::size_t, bool, TimePoint) override { return true; }
    bool all_unusable(TimePoint) const override { return false; }
    void send(resolvers::dns::DnsExchange&, std::span<std::uint8_t>) override {}
};

}  // namespace tests
