// A response header that a provider adds, with the value it adds.
// Proves nothing alone: every header can be sent by anybody. On an address of the provider's own it
// shows that the edge handled the request; elsewhere it is a claim, or what lies behind.
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

namespace {

constexpr std::size_t longest_quote = 120;

}  // namespace

void http_header(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i)
        for (const resolvers::Probe* probe : sight.addresses[i].probes) {
            if (!probe->http_facts)
                continue;
            for (const auto& [name, value] : probe->http_facts->headers)
                for (const catalogue::Rule* rule : catalogue.header_rules(name, value))
                    sight.signs.push_back({.signal = "http_header",
                                           .channel = Channel::http,
                                           .strength = rule->strength,
                                           .rule = rule,
                                           .seen = name + ": " + value.substr(0, longest_quote),
                                           .address = i});
        }
}

}  // namespace scanner::attribute
