#include "scanner/pipeline/zstd_stream.h"

#include <zstd.h>

#include <array>
#include <cstring>
#include <new>
#include <stdexcept>

namespace scanner::pipeline {

namespace {

constexpr std::array<unsigned char, 4> magic = {0x28, 0xB5, 0x2F, 0xFD};
// Text of one frame: long enough to pack well, short enough to lose little to damage.
constexpr std::size_t frame_text = 4U << 20;
// Records pack to about a tenth at this level, faster than they are made.
constexpr int level = 3;

struct FreeDecoder {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

struct FreeEncoder {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

bool is_zstd(std::string_view first_bytes)
{
    return first_bytes.size() >= magic.size() &&
           std::memcmp(first_bytes.data(), magic.data(), magic.size()) == 0;
}

struct ZstdDecoder::State {
    std::unique_ptr<ZSTD_DStream, FreeDecoder> stream{ZSTD_createDStream()};
};

ZstdDecoder::ZstdDecoder() : state_(std::make_unique<State>())
{
    if (!state_->stream)
        throw std::bad_alloc();
}

ZstdDecoder::~ZstdDecoder() = default;

std::size_t ZstdDecoder::unpack(std::string_view& packed, char* text, std::size_t size)
{
    while (more_inside_ || !packed.empty()) {
        ZSTD_inBuffer in = {packed.data(), packed.size(), 0};
        ZSTD_outBuffer out = {text, size, 0};
        const std::size_t left = ZSTD_decompressStream(state_->stream.get(), &out, &in);
        if (ZSTD_isError(left) != 0)
            throw std::runtime_error(std::string("the zstd data are damaged: ") +
                                     ZSTD_getErrorName(left));
        packed.remove_prefix(in.pos);
        more_inside_ = out.pos == size && left != 0;
        at_frame_end_ = left == 0;
        if (out.pos > 0)
            return out.pos;
    }
    return 0;
}

struct ZstdEncoder::State {
    std::unique_ptr<ZSTD_CCtx, FreeEncoder> context{ZSTD_createCCtx()};
};

ZstdEncoder::ZstdEncoder() : state_(std::make_unique<State>())
{
    if (!state_->context)
        throw std::bad_alloc();
    // Both are known to every version of zstd that can be linked: no error is possible.
    ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_checksumFlag, 1);
}

ZstdEncoder::~ZstdEncoder() = default;

void ZstdEncoder::pack(std::string_view lines, bool last, std::string& packed)
{
    in_frame_ += lines.size();
    const bool end = last || in_frame_ >= frame_text;
    const ZSTD_EndDirective how = end ? ZSTD_e_end : ZSTD_e_flush;
    ZSTD_inBuffer in = {lines.data(), lines.size(), 0};
    for (std::size_t left = 1; left != 0;) {
        const std::size_t before = packed.size();
        packed.resize(before + ZSTD_CStreamOutSize());
        ZSTD_outBuffer out = {packed.data() + before, packed.size() - before, 0};
        left = ZSTD_compressStream2(state_->context.get(), &out, &in, how);
        packed.resize(before + out.pos);
        if (ZSTD_isError(left) != 0)
            throw std::runtime_error(std::string("cannot pack: ") + ZSTD_getErrorName(left));
    }
    wrote_ = true;
    open_ = !end;
    if (end)
        in_frame_ = 0;
}

}  // namespace scanner::pipeline
