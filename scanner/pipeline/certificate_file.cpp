#include "scanner/pipeline/certificate_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "resolvers/base/hex.h"

namespace scanner::pipeline {

using resolvers::Failure;
using resolvers::Outcome;

namespace {

constexpr std::size_t least_places = 1024;
constexpr std::size_t prefix_digits = 16;

}  // namespace

Outcome<std::shared_ptr<CertificateFile>> CertificateFile::open(const std::string& file,
                                                                std::size_t memory)
{
    std::FILE* opened = std::fopen(file.c_str(), "we");
    if (opened == nullptr)
        return Failure{"unwritable", file + ": " + std::strerror(errno)};
    return std::shared_ptr<CertificateFile>(new CertificateFile(opened, memory));
}

CertificateFile::CertificateFile(std::FILE* file, std::size_t memory)
    : file_(file), known_(least_places), limit_(std::max<std::size_t>(memory, 1))
{
}

// Two certificates with the same 64 bits would be one here: for that, millions are far too few.
bool CertificateFile::is_new(const std::string& sha256)
{
    std::uint64_t key = 0;
    std::from_chars(sha256.data(), sha256.data() + std::min(sha256.size(), prefix_digits), key, 16);
    key = std::max<std::uint64_t>(key, 1);
    const auto place_of = [this](std::uint64_t wanted) {
        std::size_t at = wanted & (known_.size() - 1);
        while (known_[at] != 0 && known_[at] != wanted)
            at = (at + 1) & (known_.size() - 1);
        return at;
    };
    if (known_[place_of(key)] == key)
        return false;
    if (count_ >= limit_) {
        // Forgetting all at once keeps the table simple; what is seen again is written again.
        std::fill(known_.begin(), known_.end(), 0);
        count_ = 0;
    } else if (count_ * 4 >= known_.size() * 3) {
        std::vector<std::uint64_t> old(known_.size() * 2);
        old.swap(known_);
        for (const std::uint64_t kept : old)
            if (kept != 0)
                known_[place_of(kept)] = kept;
    }
    known_[place_of(key)] = key;
    ++count_;
    return true;
}

void CertificateFile::add(const std::string& sha256, std::span<const std::uint8_t> der)
{
    const std::lock_guard lock(mutex_);
    if (failed_ || !is_new(sha256))
        return;
    const std::string line =
        R"({"sha256":")" + sha256 + R"(","der":")" + resolvers::base64_of(der) + "\"}\n";
    if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size())
        failed_ = true;
}

bool CertificateFile::finish()
{
    const std::lock_guard lock(mutex_);
    if (std::fflush(file_.get()) != 0)
        failed_ = true;
    return !failed_;
}

}  // namespace scanner::pipeline
