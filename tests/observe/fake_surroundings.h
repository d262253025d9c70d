// Surroundings of literals for the tests of observe: what is not set refuses nobody, knows no
// suffix and no sign, and it is 1970.
#pragma once

#include <functional>
#include <string>

#include "scanner/observe/surroundings.h"

namespace fake {

class Refusals : public scanner::observe::Refusals {
public:
    std::function<std::optional<scanner::Refusal>(const std::string& host)> host;
    std::function<std::optional<scanner::Refusal>(const resolvers::IpAddress& address)> address;

    std::optional<scanner::Refusal> refusal_of(const std::string& asked) const override
    {
        return host ? host(asked) : std::nullopt;
    }
    std::optional<scanner::Refusal> refusal_of(const resolvers::IpAddress& asked) const override
    {
        return address ? address(asked) : std::nullopt;
    }
};

/// Refuses one host, or one address, by its text.
inline auto refuses(std::string refused, scanner::Refusal why = scanner::Refusal::opt_out)
{
    return [refused = std::move(refused), why](const auto& asked) {
        std::string text;
        if constexpr (std::is_convertible_v<decltype(asked), std::string>)
            text = asked;
        else
            text = asked.text();
        return text == refused ? std::optional(why) : std::nullopt;
    };
}

/// A registrable domain has two labels.
class Suffixes : public scanner::observe::Suffixes {
public:
    std::string registrable_domain(const std::string& host) const override
    {
        const std::size_t last = host.rfind('.');
        const std::size_t before =
            last == std::string::npos || last == 0 ? std::string::npos : host.rfind('.', last - 1);
        return before == std::string::npos ? host : host.substr(before + 1);
    }
    std::string registered_domain(const std::string& host) const override
    {
        return host == "github.io" ? "" : registrable_domain(host);
    }
};

class Health : public scanner::observe::ResolverHealth {
public:
    std::function<scanner::View(const std::string& view)> of;

    scanner::View health_of(const std::string& view) const override
    {
        return of ? of(view) : scanner::View{};
    }
};

class Clock : public scanner::observe::Clock {
public:
    resolvers::Timestamp now() const override { return {}; }
};

}  // namespace fake
