#include "resolvers/http/head.h"

#include <algorithm>
#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"

namespace resolvers::http {
namespace {

}  // namespace

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
        version_ = utf8_or_latin1(line.substr(0, std::min<std::size_t>(space, 16)));
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
    if (line.front() == ' ' || line.front() == '\t') {
        if (has_field_) {
            value_.push_back(' ');
            value_.append(trim(line, " \t"));
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
    name_ = to_lower(utf8_or_latin1(trim(line.substr(0, colon), " \t")));
    value_ = trim(line.substr(colon + 1), " \t");
    has_field_ = true;
    return true;
}

void HeaderReader::finish_field()
{
    if (!has_field_)
        return;
    has_field_ = false;
    std::string value = utf8_or_latin1(value_);
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

}  // namespace resolvers::http
