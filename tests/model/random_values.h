// Observations and records filled at random, every member of them, with the text that breaks
// things. The same seed gives the same value. Structured bindings make the compiler complain here
// when a member is added.
#pragma once

#include <bit>
#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/model/record.h"
#include "scanner/model/words.h"

namespace random_values {

using namespace scanner;

struct Random {
    explicit Random(unsigned seed) : engine(seed) {}
    std::mt19937_64 engine;

    std::uint64_t bits() { return engine(); }
    /// 0 to bound - 1.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(bits() % bound); }
    bool one_in(std::size_t n) { return below(n) == 0; }
};

/// Valid UTF-8, all of it, and all of it trouble to somebody.
inline std::string nasty_text(Random& random)
{
    static constexpr std::string_view pieces[] = {
        "",
        "example.com",
        "\"",
        "\\",
        "\\u0041",
        "/",
        std::string_view("\0", 1),
        "\x01\x1B[31m\x1F",
        "\b\f\n\r\t",
        "\x7F",
        "\xC2\x80\xC2\x85",                              // C1 controls
        "\xC3\xA9",                                      // e acute
        "\xE2\x80\xA8\xE2\x80\xA9",                      // U+2028, U+2029
        "\xE2\x80\xAE\xEF\xBB\xBF",                      // bidi override, BOM
        "\xEF\xBF\xBD\xEF\xBF\xBF",                      // U+FFFD, U+FFFF
        "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",  // emoji with a joiner
        "\xF4\x8F\xBF\xBF",                              // U+10FFFF
        "{\"format\":1}",
        "null",
        "a run that is longer than sixteen bytes and needs no escape at all",
    };
    std::string text;
    for (std::size_t n = random.below(4); n > 0; --n)
        text += pieces[random.below(std::size(pieces))];
    return text;
}

inline void fill(Random& random, std::string& value)
{
    value = nasty_text(random);
}
inline void fill(Random& random, bool& value)
{
    value = random.one_in(2);
}

template <std::integral T>
void fill(Random& random, T& value)
{
    // Small, any, and the ends of the range.
    switch (random.below(4)) {
        case 0:
            value = static_cast<T>(random.below(100));
            break;
        case 1:
            value = std::numeric_limits<T>::max();
            break;
        case 2:
            value = 0;
            break;
        default:
            value = static_cast<T>(random.bits());
    }
}

inline void fill(Random& random, double& value)
{
    value = std::bit_cast<double>(random.bits());
    if (!std::isfinite(value) || random.one_in(2))
        value = static_cast<double>(random.below(40'000)) / 2 - 10'000;
}

inline void fill(Random& random, std::optional<resolvers::Timestamp>& value)
{
    // From the year 0 to 9999, and none.
    const auto milliseconds =
        static_cast<std::int64_t>(random.bits() % 315'569'000'000'000U) - 62'167'219'200'000;
    value.reset();
    if (!random.one_in(4))
        value = resolvers::Timestamp{std::chrono::milliseconds{milliseconds}};
}

inline void fill(Random& random, resolvers::Milliseconds& value)
{
    value = std::chrono::milliseconds{random.one_in(3) ? 0 : random.below(100'000)};
}

inline void fill(Random& random, resolvers::IpAddress& value)
{
    if (random.one_in(2)) {
        value = resolvers::IpAddress::from_v4(static_cast<std::uint32_t>(random.bits()));
        return;
    }
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 16; ++i)
        bytes[i] = static_cast<std::uint8_t>(random.one_in(2) ? 0 : random.bits());
    if (random.one_in(4))
        bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, bytes[0]};
    value = resolvers::IpAddress::from_v6(bytes);
}

inline void fill(Random& random, resolvers::Prefix& value)
{
    resolvers::IpAddress address;
    fill(random, address);
    const std::size_t length = random.below(address.is_v4() ? 33 : 129);
    value = resolvers::prefix_around(address, static_cast<std::uint8_t>(length));
}

template <typename T>
requires std::is_enum_v<T>
void fill(Random& random, T& value)
{
    value = static_cast<T>(random.below(words_of<T>().size()));
}

// Declared first, since they call each other.
template <typename T>
requires std::is_aggregate_v<T>
void fill(Random& random, T& value);
template <typename A, typename B>
void fill(Random& random, std::pair<A, B>& value);

template <typename T>
void fill(Random& random, std::optional<T>& value)
{
    value.reset();
    if (random.one_in(2))
        fill(random, value.emplace());
}

template <typename T>
void fill(Random& random, std::vector<T>& values)
{
    values.resize(random.below(4));
    for (T& value : values)
        fill(random, value);
}

template <typename A, typename B>
void fill(Random& random, std::pair<A, B>& value)
{
    fill(random, value.first);
    fill(random, value.second);
}

template <typename... T>
void fill_all(Random& random, T&... members)
{
    // Some members stay at their default, so that leaving out is tried in every combination.
    ((random.one_in(4) ? void() : fill(random, members)), ...);
}

template <typename T>
requires std::is_aggregate_v<T>
void fill(Random& random, T& value)
{
    if constexpr (std::is_same_v<T, resolvers::Step> || std::is_same_v<T, DataStamp> ||
                  std::is_same_v<T, resolvers::ExtendedError>) {
        auto& [a, b] = value;
        fill_all(random, a, b);
    } else if constexpr (std::is_same_v<T, SeenAddress> || std::is_same_v<T, resolvers::Origin> ||
                         std::is_same_v<T, Provenance>) {
        auto& [a, b, c] = value;
        fill_all(random, a, b, c);
    } else if constexpr (std::is_same_v<T, AddressVerdict> ||
                         std::is_same_v<T, resolvers::RegistryFacts> ||
                         std::is_same_v<T, resolvers::RegistryGap> ||
                         std::is_same_v<T, resolvers::DnsAttempt>) {
        auto& [a, b, c, d] = value;
        fill_all(random, a, b, c, d);
    } else if constexpr (std::is_same_v<T, resolvers::DnsRecord> || std::is_same_v<T, Record> ||
                         std::is_same_v<T, View> || std::is_same_v<T, resolvers::AbuseDesk>) {
        auto& [a, b, c, d, e] = value;
        fill_all(random, a, b, c, d, e);
    } else if constexpr (std::is_same_v<T, resolvers::EchConfig> || std::is_same_v<T, Redirect>) {
        auto& [a, b, c, d, e, f] = value;
        fill_all(random, a, b, c, d, e, f);
    } else if constexpr (std::is_same_v<T, ContactChannel>) {
        auto& [a, b, c, d, e, f, g, h, i] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i);
    } else if constexpr (std::is_same_v<T, resolvers::TlsFacts>) {
        auto& [a, b, c, d, e, f, g, h, i, j] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j);
    } else if constexpr (std::is_same_v<T, resolvers::Certificate> || std::is_same_v<T, Finding> ||
                         std::is_same_v<T, Addressee>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k);
    } else if constexpr (std::is_same_v<T, resolvers::ServiceBinding> ||
                         std::is_same_v<T, resolvers::HttpFacts> || std::is_same_v<T, Evidence> ||
                         std::is_same_v<T, Attribution> ||
                         std::is_same_v<T, resolvers::RegisteredDomain>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k, l);
    } else if constexpr (std::is_same_v<T, Subject>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k, l, m, n);
    } else if constexpr (std::is_same_v<T, resolvers::DnsAnswer>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
    } else if constexpr (std::is_same_v<T, resolvers::Probe>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
    } else if constexpr (std::is_same_v<T, resolvers::RegisteredNetwork>) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
    } else {
        static_assert(std::is_same_v<T, Observation>);
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value;
        fill_all(random, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
    }
}

inline Observation observation(unsigned seed)
{
    Random random(seed);
    Observation value;
    fill(random, value);
    return value;
}

inline Record record(unsigned seed)
{
    Random random(seed);
    Record value;
    fill(random, value);
    // What was not routed has no addressees: JSON says null for both.
    if (!value.routed)
        value.addressees.clear();
    return value;
}

}  // namespace random_values
