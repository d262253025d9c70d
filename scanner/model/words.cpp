#include "scanner/model/words.h"

#include <array>
#include <cstddef>

namespace scanner {

namespace {

using resolvers::DnsStatus;
using resolvers::StepStatus;

// In the order of the enumerators.
template <typename T>
struct Words;

template <>
struct Words<DnsStatus> {
    static constexpr std::string_view all[] = {
        "noerror",      "nodata",      "nxdomain",    "servfail", "refused",
        "formerr",      "notimp",      "other_rcode", "timeout",  "network_error",
        "bad_response", "local_error", "skipped"};
};
template <>
struct Words<StepStatus> {
    static constexpr std::string_view all[] = {
        "ok",    "not_tried",      "refused",   "timeout",  "unreachable", "reset",  "closed",
        "alert", "protocol_error", "too_large", "deadline", "local_error", "blocked"};
};
template <>
struct Words<ChainEnd> {
    static constexpr std::string_view all[] = {"not_observed", "address", "nodata",   "dangling",
                                               "nxdomain",     "loop",    "too_long", "failed"};
};
template <>
struct Words<Role> {
    static constexpr std::string_view all[] = {"front",   "platform",  "host",
                                               "network", "scrubber",  "steering",
                                               "dns",     "registrar", "registry"};
};
template <>
struct Words<Strength> {
    static constexpr std::string_view all[] = {"weak", "partial", "strong", "conclusive"};
};
template <>
struct Words<Channel> {
    static constexpr std::string_view all[] = {"network", "dns",      "tls",
                                               "http",    "registry", "declared"};
};
template <>
struct Words<Grade> {
    static constexpr std::string_view all[] = {"none", "possible", "probable", "confirmed"};
};
template <>
struct Words<State> {
    static constexpr std::string_view all[] = {
        "live",        "edge_unconfigured", "origin_dead", "blocked_for_vantage",
        "challenged",  "redirect_only",     "parked",      "seized",
        "on_hold",     "not_registered",    "nxdomain",    "unreachable",
        "tampered",    "reserved",          "opt_out",     "invalid_input",
        "not_observed"};
};

template <typename T>
std::string_view look_up(T value)
{
    return Words<T>::all[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view word(DnsStatus status)
{
    return look_up(status);
}
std::string_view word(StepStatus status)
{
    return look_up(status);
}
std::string_view word(ChainEnd end)
{
    return look_up(end);
}
std::string_view word(Role role)
{
    return look_up(role);
}
std::string_view word(Strength strength)
{
    return look_up(strength);
}
std::string_view word(Channel channel)
{
    return look_up(channel);
}
std::string_view word(Grade grade)
{
    return look_up(grade);
}
std::string_view word(State state)
{
    return look_up(state);
}

template <typename T>
std::optional<T> value_of(std::string_view text)
{
    for (std::size_t i = 0; i < std::size(Words<T>::all); ++i)
        if (Words<T>::all[i] == text)
            return static_cast<T>(i);
    return std::nullopt;
}

template std::optional<DnsStatus> value_of<DnsStatus>(std::string_view);
template std::optional<StepStatus> value_of<StepStatus>(std::string_view);
template std::optional<ChainEnd> value_of<ChainEnd>(std::string_view);
template std::optional<Role> value_of<Role>(std::string_view);
template std::optional<Strength> value_of<Strength>(std::string_view);
template std::optional<Channel> value_of<Channel>(std::string_view);
template std::optional<Grade> value_of<Grade>(std::string_view);
template std::optional<State> value_of<State>(std::string_view);

template <typename T>
std::span<const std::string_view> words_of()
{
    return Words<T>::all;
}

template std::span<const std::string_view> words_of<DnsStatus>();
template std::span<const std::string_view> words_of<StepStatus>();
template std::span<const std::string_view> words_of<ChainEnd>();
template std::span<const std::string_view> words_of<Role>();
template std::span<const std::string_view> words_of<Strength>();
template std::span<const std::string_view> words_of<Channel>();
template std::span<const std::string_view> words_of<Grade>();
template std::span<const std::string_view> words_of<State>();

}  // namespace scanner
