#include "scanner/output/display_width.h"

#include <utf8proc.h>

#include <algorithm>

#include "resolvers/base/utf8.h"

namespace scanner::output {

unsigned width_of(char32_t code)
{
    if (code < 0x300)
        return 1;
    const auto point = static_cast<utf8proc_int32_t>(code);
    // The library draws spacing marks (the vowel signs of Indic scripts) without a width of their
    // own. Terminals give them a column.
    if (utf8proc_category(point) == UTF8PROC_CATEGORY_MC)
        return 1;
    return static_cast<unsigned>(std::clamp(utf8proc_charwidth(point), 0, 2));
}

std::size_t display_width(std::string_view text)
{
    std::size_t width = 0;
    while (!text.empty()) {
        const resolvers::Utf8Char next = resolvers::decode_utf8(text);
        width += width_of(next.code);
        text.remove_prefix(next.length);
    }
    return width;
}

void append_in_width(std::string& out, std::string_view text, std::size_t width)
{
    std::size_t used = display_width(text);
    if (used > width) {
        // One column is kept for the mark of the cut, which says that there is more.
        std::size_t kept = 0;
        used = 0;
        while (kept < text.size()) {
            const resolvers::Utf8Char next = resolvers::decode_utf8(text.substr(kept));
            if (used + width_of(next.code) + 1 > width)
                break;
            used += width_of(next.code);
            kept += next.length;
        }
        out += text.substr(0, kept);
        if (width > 0) {
            out += "\xE2\x80\xA6";
            ++used;
        }
    } else {
        out += text;
    }
    out.append(width - used, ' ');
}

}  // namespace scanner::output
