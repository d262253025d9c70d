#include "scanner/input/utf8.h"

namespace scanner {

namespace {

unsigned char octet(char c)
{
    return static_cast<unsigned char>(c);
}

bool is_tail(char c)
{
    return (octet(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::size_t utf8_length(std::string_view text)
{
    if (text.empty())
        return 0;
    const unsigned lead = octet(text[0]);
    if (lead < 0x80U)
        return 1;
    std::size_t length = 0;
    if (lead >= 0xC2U && lead <= 0xDFU)
        length = 2;
    else if (lead >= 0xE0U && lead <= 0xEFU)
        length = 3;
    else if (lead >= 0xF0U && lead <= 0xF4U)
        length = 4;
    if (length == 0 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_tail(text[i]))
            return 0;
    // RFC 3629 section 4: the second octet rules out overlong forms, surrogates and what lies
    // beyond U+10FFFF.
    const unsigned second = octet(text[1]);
    if ((lead == 0xE0U && second < 0xA0U) || (lead == 0xEDU && second > 0x9FU) ||
        (lead == 0xF0U && second < 0x90U) || (lead == 0xF4U && second > 0x8FU))
        return 0;
    return length;
}

bool is_utf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text.substr(i));
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

std::string utf8_replaced(std::string_view text)
{
    std::string made;
    made.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text.substr(i));
        if (length == 0)
            made += "\xEF\xBF\xBD";
        else
            made += text.substr(i, length);
        i += length == 0 ? 1 : length;
    }
    return made;
}

std::string utf8_from_latin1(std::string_view text)
{
    std::string made;
    made.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text.substr(i));
        if (length == 0) {
            const unsigned code = octet(text[i]);
            made += static_cast<char>(0xC0U | code >> 6U);
            made += static_cast<char>(0x80U | (code & 0x3FU));
        } else {
            made += text.substr(i, length);
        }
        i += length == 0 ? 1 : length;
    }
    return made;
}

std::string_view utf8_cut(std::string_view text, std::size_t octets)
{
    if (text.size() <= octets)
        return text;
    std::size_t end = octets;
    // At most three octets follow a lead; beyond that it is no UTF-8 and any place will do.
    for (unsigned back = 0; back < 3 && end > 0 && is_tail(text[end]); ++back)
        --end;
    return text.substr(0, end);
}

}  // namespace scanner
