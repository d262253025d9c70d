#include "scanner/pipeline/zstd_stream.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using scanner::pipeline::is_zstd;
using scanner::pipeline::ZstdDecoder;
using scanner::pipeline::ZstdEncoder;

namespace {

struct Unpacked {
    std::string text;
    bool whole = false;
};

// Gives the decoder `step` bytes at a time and `room` bytes of room.
Unpacked unpacked(std::string_view packed, std::size_t step = 1000, std::size_t room = 700)
{
    ZstdDecoder decoder;
    Unpacked result;
    std::string text(room, '\0');
    while (!packed.empty()) {
        std::string_view piece = packed.substr(0, step);
        packed.remove_prefix(piece.size());
        while (const std::size_t got = decoder.unpack(piece, text.data(), text.size()))
            result.text.append(text, 0, got);
    }
    result.whole = decoder.at_frame_end();
    return result;
}

// Lines that do not pack to nothing.
std::string some_lines(int count, int seed)
{
    std::string lines;
    unsigned state = static_cast<unsigned>(seed) * 2654435761U + 1;
    for (int i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        lines += "{\"line\":" + std::to_string(i) + ",\"noise\":" + std::to_string(state) + "}\n";
    }
    return lines;
}

}  // namespace

TEST_CASE("what was packed unpacks to the same bytes, whatever the pieces")
{
    std::string text;
    std::string packed;
    ZstdEncoder encoder;
    for (int batch = 0; batch < 20; ++batch) {
        const std::string lines = some_lines(batch * batch, batch);
        encoder.pack(lines, batch == 19, packed);
        text += lines;
    }
    CHECK(is_zstd(packed));
    CHECK_FALSE(encoder.wants_end());
    CHECK(packed.size() < text.size());
    for (const std::size_t step : {1, 7, 4096, 1'000'000}) {
        for (const std::size_t room : {1, 100, 1'000'000}) {
            CAPTURE(step);
            CAPTURE(room);
            const Unpacked again = unpacked(packed, step, room);
            CHECK(again.whole);
            CHECK(again.text == text);
        }
    }
}

TEST_CASE("a long output is several frames, and reads as one text")
{
    std::string text;
    std::string packed;
    ZstdEncoder encoder;
    for (int batch = 0; batch < 12; ++batch) {
        const std::string lines = std::string(1U << 20, static_cast<char>('a' + batch)) + "\n";
        encoder.pack(lines, batch == 11, packed);
        text += lines;
    }
    std::size_t frames = 0;
    for (std::size_t at = packed.find("\x28\xB5\x2F\xFD"); at != std::string::npos;
         at = packed.find("\x28\xB5\x2F\xFD", at + 1))
        ++frames;
    CHECK(frames >= 3);
    const Unpacked again = unpacked(packed, 100'000, 100'000);
    CHECK(again.whole);
    CHECK(again.text == text);
}

TEST_CASE("cut anywhere, it unpacks to the beginning of the text, every batch that was whole in it")
{
    std::string text;
    std::string packed;
    ZstdEncoder encoder;
    // Where batches end: in the packed data, and in the text.
    std::vector<std::pair<std::size_t, std::size_t>> ends;
    for (int batch = 0; batch < 8; ++batch) {
        const std::string lines = some_lines(40, batch);
        encoder.pack(lines, batch == 7, packed);
        text += lines;
        ends.emplace_back(packed.size(), text.size());
    }
    std::size_t not_whole = 0;
    for (std::size_t cut = 0; cut < packed.size(); ++cut) {
        const Unpacked again = unpacked(std::string_view(packed).substr(0, cut));
        CHECK(text.starts_with(again.text));
        not_whole += !again.whole;
        for (const auto& [at, length] : ends)
            if (at <= cut)
                CHECK(again.text.size() >= length);
    }
    // All cuts inside the one frame are noticed; nothing at all is an end too.
    CHECK(not_whole == packed.size() - 1);
}

TEST_CASE("damage is told, not read")
{
    std::string packed;
    ZstdEncoder encoder;
    encoder.pack(some_lines(100, 1), true, packed);
    std::size_t told = 0;
    for (std::size_t at = 4; at < packed.size(); at += 37) {
        std::string damaged = packed;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        try {
            const Unpacked again = unpacked(damaged);
            told += !again.whole;
        } catch (const std::runtime_error& error) {
            CHECK(std::string_view(error.what()).starts_with("the zstd data are damaged: "));
            ++told;
        }
    }
    CHECK(told == (packed.size() - 4 + 36) / 37);
}

TEST_CASE("no lines at all are an empty frame")
{
    std::string packed;
    ZstdEncoder encoder;
    CHECK(encoder.wants_end());
    encoder.pack("", true, packed);
    CHECK_FALSE(encoder.wants_end());
    CHECK(is_zstd(packed));
    const Unpacked again = unpacked(packed);
    CHECK(again.whole);
    CHECK(again.text.empty());
    CHECK_FALSE(is_zstd(packed.substr(0, 3)));
    CHECK_FALSE(is_zstd("{\"format\":"));
}
