// A regular expression of the data, compiled once. Case does not matter, and the time to match is
// linear whatever a stranger sends. The library behind it is seen by pattern.cpp alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace scanner::catalogue {

/// Matches anywhere in a text unless it has anchors. Safe to share between threads.
class Pattern {
public:
    /// RE2 syntax. Check error() before matching.
    explicit Pattern(std::string_view expression);
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    ~Pattern();

    /// Empty if the expression can be used.
    std::string error() const;

    /// False for an expression that cannot be used.
    bool matches(std::string_view text) const;

private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace scanner::catalogue
