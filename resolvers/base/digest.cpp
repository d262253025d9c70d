#include "resolvers/base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <new>
#include <utility>
#include "resolvers/base/hex.h"

namespace resolvers {

namespace {

constexpr std::size_t digest_size = 32;

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looked up once: in OpenSSL 3 each implicit fetch of an algorithm takes a lock.
const EVP_MD* sha256()
{
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
}

}  // namespace

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, ContextDeleter> context{EVP_MD_CTX_new()};

    // OpenSSL's SHA-256 fails for want of memory only (or of the algorithm, in a broken build).
    void start()
    {
        if (!context || !sha256() || EVP_DigestInit_ex2(context.get(), sha256(), nullptr) != 1)
            throw std::bad_alloc();
    }
};

Sha256::Sha256() : state_(std::make_unique<State>())
{
    state_->start();
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::update(std::span<const std::byte> bytes)
{
    if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1)
        throw std::bad_alloc();
    return *this;
}

Sha256& Sha256::update(std::string_view text)
{
    return update(std::as_bytes(std::span(text)));
}

std::string Sha256::hex()
{
    std::array<unsigned char, digest_size> digest{};
    if (EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) != 1)
        throw std::bad_alloc();
    state_->start();

    return hex_of(digest);
}

std::string sha256_hex(std::span<const std::byte> bytes)
{
    return Sha256().update(bytes).hex();
}

std::string sha256_hex(std::string_view text)
{
    return Sha256().update(text).hex();
}

}  // namespace resolvers
