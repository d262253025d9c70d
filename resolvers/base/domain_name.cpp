#include "resolvers/base/domain_name.h"

#include <algorithm>
#include "resolvers/base/ascii.h"

namespace resolvers {

namespace {

constexpr std::size_t max_name = 253;  // RFC 1035 2.3.4, in text form without the final dot
constexpr std::size_t max_label = 63;

bool is_label_octet(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// A dot behind a backslash belongs to its label (RFC 1035 section 5.1), unless that backslash is
// escaped itself.
bool ends_label(std::string_view name, std::size_t at)
{
    if (name[at] != '.')
        return false;
    std::size_t backslashes = 0;
    while (backslashes < at && name[at - backslashes - 1] == '\\')
        ++backslashes;
    return backslashes % 2 == 0;
}

}  // namespace

std::optional<DomainName> DomainName::parse(std::string_view text)
{
    if (!text.empty() && text.back() == '.')
        text.remove_suffix(1);
    if (text.empty() || text.size() > max_name)
        return std::nullopt;

    std::string lower = to_lower(text);
    std::size_t label = 0;
    for (const char c : lower) {
        if (c == '.') {
            if (label == 0)
                return std::nullopt;
            label = 0;
            continue;
        }
        if (!is_label_octet(c) || ++label > max_label)
            return std::nullopt;
    }
    if (label == 0)
        return std::nullopt;
    return DomainName(std::move(lower));
}

bool is_under(std::string_view name, std::string_view suffix)
{
    if (suffix.empty() || !name.ends_with(suffix))
        return false;
    return name.size() == suffix.size() || ends_label(name, name.size() - suffix.size() - 1);
}

std::string_view parent_of(std::string_view name)
{
    std::size_t dot = name.find('.');
    while (dot != std::string_view::npos && !ends_label(name, dot))
        dot = name.find('.', dot + 1);
    return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

}  // namespace resolvers
