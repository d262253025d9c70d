#include "scanner/catalogue/digest.h"

#include <openssl/evp.h>

#include <cassert>

namespace scanner {

struct Digest::State {
    struct Free {
        void operator()(EVP_MD_CTX* held) const { EVP_MD_CTX_free(held); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Digest::Digest() : state_(std::make_unique<State>())
{
    // SHA-256 is always there and memory is too; anything else is a broken installation.
    [[maybe_unused]] const int begun =
        EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
    assert(begun == 1);
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::add(std::string_view bytes)
{
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string Digest::hex()
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(state_->context.get(), sum, &length);
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(std::size_t{2} * length);
    for (unsigned i = 0; i < length; ++i) {
        text += digits[sum[i] >> 4];
        text += digits[sum[i] & 0xF];
    }
    return text;
}

}  // namespace scanner
