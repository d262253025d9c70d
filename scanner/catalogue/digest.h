// SHA-256 over what was read, so that a record can name the exact data it was judged by.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace scanner {

class Digest {
public:
    Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void add(std::string_view bytes);

    /// Lower-case hex of all that was added. Ends the digest.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace scanner
