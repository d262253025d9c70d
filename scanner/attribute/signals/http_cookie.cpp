// A cookie with a name that a provider's edge sets (values are never stored).
// Proves little: names can be copied, and cookies survive a move to another provider.
#include <string_view>

#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void http_cookie(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i)
        for (const resolvers::Probe* probe : sight.addresses[i].probes) {
            if (!probe->http_facts)
                continue;
            for (const auto& [name, value] : probe->http_facts->headers) {
                if (name != "set-cookie")
                    continue;
                const std::string_view cookie = std::string_view(value).substr(0, value.find('='));
                for (const catalogue::Rule* rule : catalogue.cookie_rules(cookie))
                    sight.signs.push_back({.signal = "http_cookie",
                                           .channel = Channel::http,
                                           .strength = rule->strength,
                                           .rule = rule,
                                           .seen = "cookie " + std::string(cookie),
                                           .address = i});
            }
        }
}

}  // namespace scanner::attribute
