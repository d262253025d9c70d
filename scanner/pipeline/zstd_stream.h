// Zstandard (RFC 8878), both ways, a piece at a time. What is written is cut into blocks at line
// ends and into frames every few megabytes, so that a file that breaks off can be read as far as it
// goes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace scanner::pipeline {

/// Do these bytes begin like a zstd frame?
bool is_zstd(std::string_view first_bytes);

/// Unpacks frames that stand one behind the other.
class ZstdDecoder {
public:
    ZstdDecoder();
    ~ZstdDecoder();
    ZstdDecoder(const ZstdDecoder&) = delete;
    ZstdDecoder& operator=(const ZstdDecoder&) = delete;

    /// Takes bytes off the front of `packed` and writes into `text`; returns how much was written.
    /// 0 with `packed` empty: it wants more. Throws std::runtime_error on damaged data.
    std::size_t unpack(std::string_view& packed, char* text, std::size_t size);

    /// Is everything so far whole frames? If not, and nothing more comes, the data break off.
    bool at_frame_end() const { return at_frame_end_; }

private:
    struct State;
    std::unique_ptr<State> state_;
    bool at_frame_end_ = true;
    /// The last call filled its room: there may be more without any new input.
    bool more_inside_ = false;
};

/// Packs whole lines.
class ZstdEncoder {
public:
    ZstdEncoder();
    ~ZstdEncoder();
    ZstdEncoder(const ZstdEncoder&) = delete;
    ZstdEncoder& operator=(const ZstdEncoder&) = delete;

    /// Appends to `packed` what the lines become, whole blocks: whoever reads so far gets them all.
    /// `last` ends the frame; so does a frame that has grown long.
    void pack(std::string_view lines, bool last, std::string& packed);

    /// Is there a frame that was begun and not ended? A file without any frame is no zstd file.
    bool wants_end() const { return open_ || !wrote_; }

private:
    struct State;
    std::unique_ptr<State> state_;
    std::size_t in_frame_ = 0;
    bool open_ = false;
    bool wrote_ = false;
};

}  // namespace scanner::pipeline
