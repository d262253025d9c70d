#include "scanner/cli/wiring/limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <tuple>
#include "resolvers/base/time_text.h"
#include "scanner/catalogue/holding.h"

namespace scanner::cli {

using resolvers::Failure;
using resolvers::Outcome;
using resolvers::pace::PoliteLimit;

std::optional<PoliteLimit> parse_limit(std::string_view text)
{
    PoliteLimit limit;
    if (text == "unlimited")
        return limit;
    unsigned connections = 0;
    const auto [after, failed] =
        std::from_chars(text.data(), text.data() + text.size(), connections);
    if (failed != std::errc{} || connections == 0)
        return std::nullopt;
    limit.connections = connections;
    text.remove_prefix(static_cast<std::size_t>(after - text.data()));
    if (text.empty())
        return limit;
    if (text.front() != ':')
        return std::nullopt;
    limit.per_second = parse_rate(text.substr(1));
    return limit.per_second ? std::optional(limit) : std::nullopt;
}

std::optional<double> parse_rate(std::string_view text)
{
    if (text.ends_with("/s"))
        text.remove_suffix(2);
    double rate = 0;
    const auto [after, failed] = std::from_chars(text.data(), text.data() + text.size(), rate);
    // Above this the distance between two is nothing the clock can tell.
    if (failed != std::errc{} || after != text.data() + text.size() || !(rate >= 0.001) ||
        rate > 1e8)
        return std::nullopt;
    return rate;
}

std::size_t sockets_left(std::size_t others)
{
    // Files, the event loops' own, and what the libraries open for a moment.
    constexpr std::size_t reserve = 24;
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 1;
    if (files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_NOFILE, &files);
    }
    const std::size_t used = others + reserve;
    return files.rlim_cur > used ? static_cast<std::size_t>(files.rlim_cur) - used : 1;
}

Outcome<Polite> make_polite(const PoliteFlags& flags, const catalogue::Catalogue& catalogue)
{
    Polite polite;
    auto refusals = pipeline::RefusalLists::read(flags.opt_outs, flags.block_lists);
    if (!refusals)
        return refusals.error();
    polite.refusals = std::move(*refusals);

    resolvers::pace::PolitenessOptions options;
    for (const auto& [name, text, limit] :
         {std::tuple{"--per-address", &flags.per_address, &options.per_address},
          std::tuple{"--per-prefix", &flags.per_prefix, &options.per_prefix},
          std::tuple{"--per-edge", &flags.per_edge, &options.per_edge}}) {
        const std::optional<PoliteLimit> parsed = parse_limit(*text);
        if (!parsed)
            return Failure{"malformed", std::string(name) +
                                            " takes connections and new ones a second, like 2:2, "
                                            "or unlimited"};
        *limit = *parsed;
    }
    resolvers::pace::PolitenessOptions dns;
    for (const auto& [name, text, rate] :
         {std::tuple{"--rate", &flags.rate, &options.per_second},
          std::tuple{"--dns-rate", &flags.dns_rate, &dns.per_second}}) {
        if (text->empty() || *text == "unlimited")
            continue;
        *rate = parse_rate(*text);
        if (!*rate)
            return Failure{"malformed", std::string(name) + " takes a number a second, like 50"};
    }
    polite.longest_wait = flags.longest_wait;
    options.is_edge = [&catalogue](const resolvers::IpAddress& address) {
        return catalogue.holding_of(address).is_front_edge();
    };
    polite.limits = std::make_shared<resolvers::pace::Politeness>(options);
    if (dns.per_second)
        polite.dns_pace = std::make_shared<resolvers::pace::Politeness>(dns);
    return polite;
}

}  // namespace scanner::cli
