// A side file of certificates, so that records need only their hashes. Every certificate once, as
// long as the memory of what was written lasts; then some come again, never is one left out.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"

namespace scanner::pipeline {

/// Safe to use from several threads.
class CertificateFile {
public:
    /// How many certificates are remembered as written, by default: 8 MiB of memory.
    static constexpr std::size_t usual_memory = 1 << 20;

    /// Failure "unwritable" if the file cannot be opened. What was in it is lost.
    static resolvers::Outcome<std::shared_ptr<CertificateFile>> open(
        const std::string& file, std::size_t memory = usual_memory);

    /// One line: {"sha256":"...","der":"<base64>"}. Does nothing for one that is known.
    void add(const std::string& sha256, std::span<const std::uint8_t> der);

    /// Writes out what is held back. False if anything could not be written. May be followed by
    /// more.
    bool finish();

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    CertificateFile(std::FILE* file, std::size_t memory);
    bool is_new(const std::string& sha256);

    std::mutex mutex_;
    std::unique_ptr<std::FILE, Close> file_;
    bool failed_ = false;
    // The first 64 bits of each hash, in open addressing; 0 is a free place.
    std::vector<std::uint64_t> known_;
    std::size_t count_ = 0;
    std::size_t limit_;
};

}  // namespace scanner::pipeline
