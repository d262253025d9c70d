#include "resolvers/base/idn.h"

#include <idn2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "resolvers/base/ascii.h"

namespace resolvers {

namespace {

// Failure is an aggregate of strings, so a bare string would be ambiguous to the result type.

struct FreeText {
    void operator()(char* text) const { idn2_free(text); }
};
using IdnText = std::unique_ptr<char, FreeText>;

// The characters that the two modes of UTS 46 map differently (section 6, deviations).
bool has_deviation(std::string_view label)
{
    constexpr std::array<std::string_view, 4> deviations = {
        "\xC3\x9F", "\xCF\x82", "\xE2\x80\x8C", "\xE2\x80\x8D"};  // sharp s, final sigma, ZWNJ, ZWJ
    return std::any_of(deviations.begin(), deviations.end(), [label](std::string_view deviation) {
        return label.find(deviation) != std::string_view::npos;
    });
}

Outcome<std::string> label_to_ascii(const std::string& label)
{
    if (is_ascii(label))
        return std::string(label);
    char* made = nullptr;
    int code = idn2_to_ascii_8z(label.c_str(), &made, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    // libidn2 refuses symbols (emoji names exist under .ws and others) in this mode alone. For a
    // label without deviations the other mode's mapping is the same, and lets them pass.
    if (code == IDN2_DISALLOWED && !has_deviation(label)) {
        idn2_free(made);
        made = nullptr;
        code = idn2_to_ascii_8z(label.c_str(), &made, IDN2_TRANSITIONAL | IDN2_NFC_INPUT);
    }
    const IdnText owned(made);
    if (code == IDN2_OK && made != nullptr)
        return made;
    if (code == IDN2_TOO_BIG_LABEL || code == IDN2_TOO_BIG_DOMAIN ||
        code == IDN2_PUNYCODE_BIG_OUTPUT)
        return Failure{"label_too_long", "a label is longer than 63 octets"};
    return Failure{"not_idna", idn2_strerror(code)};
}

// UTS 46 section 2.3: these separate labels like the full stop does.
std::string with_plain_dots(std::string_view name)
{
    constexpr std::array<std::string_view, 3> dots = {"\xE3\x80\x82", "\xEF\xBC\x8E",
                                                      "\xEF\xBD\xA1"};
    std::string made;
    for (std::size_t i = 0; i < name.size();) {
        const std::string_view here = name.substr(i, 3);
        const bool dot = std::find(dots.begin(), dots.end(), here) != dots.end();
        made += dot ? '.' : name[i];
        i += dot ? 3 : 1;
    }
    return made;
}

}  // namespace

Outcome<std::string> name_to_ascii(std::string_view name)
{
    const std::string plain = with_plain_dots(name);
    std::string made;
    for (std::size_t begin = 0; begin <= plain.size();) {
        const std::size_t end = std::min(plain.find('.', begin), plain.size());
        const Outcome<std::string> label = label_to_ascii(plain.substr(begin, end - begin));
        if (label.has_error())
            return label.error();
        made += *label;
        if (end < plain.size())
            made += '.';
        begin = end + 1;
    }
    return made;
}

std::string name_to_unicode(std::string_view name)
{
    const std::string terminated(name);
    char* made = nullptr;
    const int code = idn2_to_unicode_8z8z(terminated.c_str(), &made, 0);
    const IdnText owned(made);
    if (code != IDN2_OK || made == nullptr)
        return {};
    // Some A-labels decode to what no U-label may be; those do not come back as they were.
    std::string unicode(made);
    const Outcome<std::string> back = name_to_ascii(unicode);
    if (back.has_error() || *back != name)
        return {};
    return unicode;
}

}  // namespace resolvers
