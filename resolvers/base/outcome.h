// What a question to the world, or to a file, came to: the answer, or why there is none.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace resolvers {

/// Why something could not be had. A failure is a fact like any other: it is stored and printed,
/// never thrown.
struct Failure {
    /// One stable, lower-case word for machines ("timeout", "malformed", "refused"). Never empty.
    std::string code;

    /// What happened, for people, in English, without a final dot. May be empty.
    std::string detail;

    friend bool operator==(const Failure&, const Failure&) = default;
};

/// The answer, or the Failure. Test before taking either: taking what is not there is a bug.
template <typename T>
class [[nodiscard]] Outcome {
public:
    using value_type = T;

    /// Asio makes one before a coroutine's result is there.
    Outcome() requires(std::is_default_constructible_v<T>) = default;
    /// From the value, or from anything that makes one without a cast.
    // NOLINTBEGIN(bugprone-forwarding-reference-overload): it does not read `requires`.
    template <typename U = T>
    requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Outcome> &&
             !std::is_same_v<std::remove_cvref_t<U>, Failure>) Outcome(U&& value)
        : held_(std::in_place_index<0>, std::forward<U>(value))
    {
    }
    // NOLINTEND(bugprone-forwarding-reference-overload)
    Outcome(Failure failure) : held_(std::in_place_index<1>, std::move(failure)) {}

    bool has_value() const { return held_.index() == 0; }
    bool has_error() const { return held_.index() == 1; }
    explicit operator bool() const { return has_value(); }

    T& value() & { return taken<0>(*this); }
    const T& value() const& { return taken<0>(*this); }
    T&& value() && { return std::move(taken<0>(*this)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Failure& error() const& { return taken<1>(*this); }
    Failure&& error() && { return std::move(taken<1>(*this)); }

    friend bool operator==(const Outcome&, const Outcome&) = default;

private:
    template <std::size_t which, typename Self>
    static auto& taken(Self& self)
    {
        auto* const held = std::get_if<which>(&self.held_);
        assert(held != nullptr);
        return *held;
    }

    std::variant<T, Failure> held_;
};

/// Done, or the Failure.
template <>
class [[nodiscard]] Outcome<void> {
public:
    using value_type = void;

    Outcome() = default;
    Outcome(Failure failure) : failure_(std::move(failure)) {}

    bool has_value() const { return !failure_; }
    bool has_error() const { return failure_.has_value(); }
    explicit operator bool() const { return has_value(); }
    void value() const { assert(has_value()); }

    const Failure& error() const&
    {
        assert(has_error());
        return *failure_;
    }

    friend bool operator==(const Outcome&, const Outcome&) = default;

private:
    std::optional<Failure> failure_;
};

}  // namespace resolvers
