#include "resolvers/dnswire/name.h"

#include <array>

#include "resolvers/base/ascii.h"
#include "resolvers/base/hex.h"

namespace resolvers::dnswire {

namespace {

constexpr std::size_t max_name = 255;  // RFC 1035 2.3.4, on the wire, with the final zero
constexpr std::size_t max_label = 63;
constexpr unsigned max_pointers = 127;  // no name of 255 octets needs more

// How an octet of a label is written. The plain ones carry their lower-case form.
constexpr char needs_backslash = 1;
constexpr char needs_digits = 2;

constexpr std::array<char, 256> label_forms = [] {
    std::array<char, 256> forms{};
    for (std::size_t octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        if (octet <= 0x20 || octet >= 0x7F)
            forms[octet] = needs_digits;
        else if (std::string_view("\"$().;@\\").find(c) != std::string_view::npos)
            forms[octet] = needs_backslash;
        else
            forms[octet] = to_lower(c);
    }
    return forms;
}();

void append_digits(std::uint8_t octet, std::string& text)
{
    text.push_back('\\');
    text.push_back(static_cast<char>('0' + octet / 100));
    text.push_back(static_cast<char>('0' + octet / 10 % 10));
    text.push_back(static_cast<char>('0' + octet % 10));
}

// Text of one name as it grows: in place, because a name is read for every record.
class NameText {
public:
    void push_dot() { text_[size_++] = '.'; }

    void push_label(std::span<const std::uint8_t> label)
    {
        for (const std::uint8_t octet : label) {
            const char form = label_forms[octet];
            if (form != needs_backslash && form != needs_digits) {
                text_[size_++] = form;
                continue;
            }
            text_[size_++] = '\\';
            if (form == needs_backslash) {
                text_[size_++] = static_cast<char>(octet);
                continue;
            }
            text_[size_++] = static_cast<char>('0' + octet / 100);
            text_[size_++] = static_cast<char>('0' + octet / 10 % 10);
            text_[size_++] = static_cast<char>('0' + octet % 10);
        }
    }

    std::string_view view() const { return {text_.data(), size_}; }

private:
    std::array<char, 4 * max_name> text_;  // each octet as "\DDD" at the worst
    std::size_t size_ = 0;
};

}  // namespace

bool read_name(std::span<const std::uint8_t> message, std::size_t& position,
               Compression compression, std::string& text)
{
    std::size_t at = position;
    std::size_t earliest = position;  // a pointer must lead before the run of labels it ends
    std::size_t length = 0;
    unsigned pointers = 0;
    NameText name;
    while (true) {
        if (at >= message.size())
            return false;
        const std::uint8_t lead = message[at];
        if ((lead & 0xC0) == 0xC0) {
            if (compression == Compression::forbidden || at + 1 >= message.size())
                return false;
            const std::size_t target = static_cast<std::size_t>(lead & 0x3F) << 8 | message[at + 1];
            if (target >= earliest || ++pointers > max_pointers)
                return false;
            if (pointers == 1)
                position = at + 2;
            earliest = target;
            at = target;
            continue;
        }
        if (lead > max_label)
            return false;
        length += lead + 1U;
        if (length > max_name)
            return false;
        if (lead == 0)
            break;
        if (message.size() - at - 1 < lead)
            return false;
        if (length > lead + 1U)
            name.push_dot();
        name.push_label(message.subspan(at + 1, lead));
        at += lead + 1U;
    }
    if (length == 1)
        name.push_dot();
    text.append(name.view());
    if (pointers == 0)
        position = at + 1;
    return true;
}

std::optional<std::vector<std::uint8_t>> name_octets(std::string_view text)
{
    std::vector<std::uint8_t> octets;
    if (text == ".") {
        octets.push_back(0);
        return octets;
    }
    std::size_t label = 0;  // where the length of the label being read stands
    octets.push_back(0);
    while (!text.empty()) {
        if (text.front() == '.') {
            if (octets[label] == 0)
                return std::nullopt;
            text.remove_prefix(1);
            label = octets.size();
            octets.push_back(0);
            continue;
        }
        std::optional<std::uint8_t> octet = take_octet(text);
        if (!octet || octets[label] == max_label)
            return std::nullopt;
        ++octets[label];
        octets.push_back(static_cast<std::uint8_t>(to_lower(static_cast<char>(*octet))));
    }
    if (octets[label] != 0)
        octets.push_back(0);
    if (octets.size() < 3 || octets.size() > max_name)
        return std::nullopt;
    return octets;
}

void append_escaped(std::span<const std::uint8_t> octets, std::string& text)
{
    for (const std::uint8_t octet : octets) {
        if (octet < 0x20 || octet >= 0x7F) {
            append_digits(octet, text);
            continue;
        }
        if (octet == '"' || octet == '\\')
            text.push_back('\\');
        text.push_back(static_cast<char>(octet));
    }
}

std::string unknown_rdata_text(std::span<const std::uint8_t> rdata)
{
    std::string text = "\\# " + std::to_string(rdata.size());
    if (!rdata.empty())
        text += " " + hex_of(rdata);
    return text;
}

std::optional<std::uint8_t> take_octet(std::string_view& text)
{
    if (text.empty())
        return std::nullopt;
    const char first = text.front();
    text.remove_prefix(1);
    if (first != '\\')
        return static_cast<std::uint8_t>(first);
    if (text.empty())
        return std::nullopt;
    if (!is_digit(text.front())) {
        const char escaped = text.front();
        text.remove_prefix(1);
        return static_cast<std::uint8_t>(escaped);
    }
    if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2]))
        return std::nullopt;
    const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    if (value > 255)
        return std::nullopt;
    text.remove_prefix(3);
    return static_cast<std::uint8_t>(value);
}

}  // namespace resolvers::dnswire
