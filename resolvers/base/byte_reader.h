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

    std::uint8_t u8()
    {
        const std::uint8_t* at = advance(1);
        return at == nullptr ? std::uint8_t{0} : at[0];
    }

    std::uint16_t u16()
    {
        const std::uint8_t* at = advance(2);
        return at == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(at[0] << 8 | at[1]);
    }

    std::uint32_t u32()
    {
        const std::uint8_t* at = advance(4);
        return at == nullptr ? 0U
                             : static_cast<std::uint32_t>(at[0]) << 24 |
                                   static_cast<std::uint32_t>(at[1]) << 16 |
                                   static_cast<std::uint32_t>(at[2]) << 8 | at[3];
    }

    std::span<const std::uint8_t> take(std::size_t count)
    {
        const std::uint8_t* at = advance(count);
        return at == nullptr ? std::span<const std::uint8_t>{} : std::span(at, count);
    }

    /// Everything that is left.
    std::span<const std::uint8_t> rest() { return take(left()); }

    /// A run with its length in one byte before it (TLS `<0..255>`, DNS character-string).
    std::span<const std::uint8_t> take_after_u8() { return take(u8()); }

    /// A run with its length in two bytes before it.
    std::span<const std::uint8_t> take_after_u16() { return take(u16()); }

private:
    // The next `count` bytes, passed over; null if there are not so many.
    const std::uint8_t* advance(std::size_t count)
    {
        if (count > left()) {
            ok_ = false;
            return nullptr;
        }
        const std::uint8_t* at = bytes_.data() + position_;
        position_ += count;
        return at;
    }

    std::span<const std::uint8_t> bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

}  // namespace resolvers
