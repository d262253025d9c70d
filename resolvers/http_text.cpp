#include "resolvers/http_text.h"

#include <algorithm>

namespace resolvers {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

// Length of the UTF-8 sequence at the front (RFC 3629: no surrogates, nothing overlong), or 0.
std::size_t sequence_length(std::string_view text)
{
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80)
        return 1;
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) {
        length = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
        length = 3;
        low = first == 0xe0 ? 0xa0 : low;
        high = first == 0xed ? 0x9f : high;
    } else if (first >= 0xf0 && first <= 0xf4) {
        length = 4;
        low = first == 0xf0 ? 0x90 : low;
        high = first == 0xf4 ? 0x8f : high;
    }
    if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    return length;
}

}  // namespace

bool is_utf8(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length == 0)
            return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string as_utf8(std::string_view bytes)
{
    if (is_utf8(bytes))
        return std::string(bytes);
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text.push_back(c);
        } else {
            text.push_back(static_cast<char>(0xc0 | byte >> 6));
            text.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
        }
    }
    return text;
}

std::string lower_ascii(std::string_view text)
{
    std::string lowered(text);
    for (char& c : lowered)
        c = lower(c);
    return lowered;
}

std::string redact_cookie(std::string_view value)
{
    const std::size_t semicolon = value.find(';');
    const std::string_view pair = value.substr(0, semicolon);
    std::string redacted;
    if (const std::size_t equals = pair.find('='); equals != pair.npos)
        redacted.append(pair.substr(0, equals + 1));
    redacted += "[redacted]";
    if (semicolon != value.npos)
        redacted.append(value.substr(semicolon));
    return redacted;
}

bool HeaderReader::add(std::string_view line)
{
    if (too_large_)
        return false;
    bytes_ += line.size();
    if (bytes_ > limits_.bytes) {
        finish_field();
        too_large_ = true;
        return false;
    }
    // Lines after the head's end are trailers: they count against the limit and are not kept.
    if (complete_)
        return true;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);

    if (!in_block_) {
        // The transport hands over status lines only when they are ones; what it calls
        // "HTTP/1.1 200 OK" is taken apart here.
        const std::size_t space = line.find(' ');
        version_ = as_utf8(line.substr(0, std::min<std::size_t>(space, 16)));
        status_ = 0;
        if (space != line.npos && line.size() >= space + 4)
            for (std::size_t i = space + 1; i < space + 4; ++i)
                if (line[i] >= '0' && line[i] <= '9')
                    status_ = status_ * 10 + static_cast<unsigned>(line[i] - '0');
        in_block_ = true;
        started_ = true;
        return true;
    }
    if (line.empty()) {
        finish_field();
        in_block_ = false;
        if (status_ >= 100 && status_ < 200)
            fields_.clear();
        else
            complete_ = true;
        return true;
    }
    // obs-fold (RFC 9112 section 5.2): the line goes on with the value before.
    if (is_blank(line.front())) {
        if (has_field_) {
            value_.push_back(' ');
            value_.append(trimmed(line));
        }
        return true;
    }
    finish_field();
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0)
        return true;
    if (fields_.size() >= limits_.count) {
        too_large_ = true;
        return false;
    }
    name_ = lower_ascii(as_utf8(trimmed(line.substr(0, colon))));
    value_ = trimmed(line.substr(colon + 1));
    has_field_ = true;
    return true;
}

void HeaderReader::finish_field()
{
    if (!has_field_)
        return;
    has_field_ = false;
    std::string value = as_utf8(value_);
    if (name_ == "set-cookie" || name_ == "set-cookie2")
        value = redact_cookie(value);
    fields_.emplace_back(std::move(name_), std::move(value));
    name_.clear();
    value_.clear();
}

std::vector<std::pair<std::string, std::string>> HeaderReader::take_fields()
{
    finish_field();
    return std::move(fields_);
}

std::string_view HeaderReader::first(std::string_view name) const
{
    for (const auto& [key, value] : fields_)
        if (key == name)
            return value;
    return {};
}

}  // namespace resolvers
