// Reads big-endian numbers and runs of bytes from the front of a buffer that strangers filled.
// The one place where our parsers touch such a buffer: no read can leave it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace resolvers {

/// A cursor over bytes. A read past the end gives zeros (or an empty run) and makes ok() false for
/// good, so a parser may read a group of fields first and ask once.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    /// False once any read went past the end.
    bool ok() const { return ok_; }

    /// Bytes read so far, from the start of the buffer.
    std::size_t position() const { return position_; }

    /// Bytes not read yet; 0 after a failure.
    std::size_t left() const { return ok_ ? bytes_.size() - position_ : 0; }

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return number(4); }

    std::span<const std::uint8_t> take(std::size_t count)
    {
        if (count > left()) {
            ok_ = false;
            return {};
        }
        const auto taken = bytes_.subspan(position_, count);
        position_ += count;
        return taken;
    }

    /// Everything that is left.
    std::span<const std::uint8_t> rest() { return take(left()); }

    /// A run with its length in one byte before it (TLS `<0..255>`, DNS character-string).
    std::span<const std::uint8_t> take_after_u8() { return take(u8()); }

    /// A run with its length in two bytes before it.
    std::span<const std::uint8_t> take_after_u16() { return take(u16()); }

private:
    std::uint32_t number(std::size_t width)
    {
        std::uint32_t value = 0;
        for (const std::uint8_t byte : take(width))
            value = value << 8 | byte;
        return value;
    }

    std::span<const std::uint8_t> bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

}  // namespace resolvers
