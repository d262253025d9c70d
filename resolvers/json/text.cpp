#include "resolvers/json/text.h"

#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace resolvers {

namespace {

bool is_plain(char c)
{
    const auto byte = static_cast<std::uint8_t>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

#ifdef __SSE2__

// One bit for each of plain_step bytes that is not plain.
unsigned not_plain(const char* at)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto is = [&bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    // As signed numbers, bytes from 0x80 on are below 0x20 too.
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    const __m128i any =
        _mm_or_si128(_mm_or_si128(is('"'), is('\\')), _mm_or_si128(is('\x7F'), low));
    return static_cast<unsigned>(_mm_movemask_epi8(any));
}

#endif

}  // namespace

std::size_t plain_length(std::string_view text)
{
    std::size_t length = 0;
#ifdef __SSE2__
    for (; text.size() - length >= plain_step; length += plain_step)
        if (const unsigned found = not_plain(text.data() + length))
            return length + static_cast<std::size_t>(std::countr_zero(found));
#endif
    while (length < text.size() && is_plain(text[length]))
        ++length;
    return length;
}

}  // namespace resolvers
