// SHA-256 of bytes, at once or piece by piece. For naming what was seen, not for secrets.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace resolvers {

/// Takes bytes as they come; gives their SHA-256 (FIPS 180-4) as 64 lower-case hex digits.
class Sha256 {
public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();

    Sha256& update(std::span<const std::byte> bytes);
    Sha256& update(std::string_view text);

    /// The digest of everything taken so far; after it the object starts anew.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha256_hex(std::string_view text);

}  // namespace resolvers
