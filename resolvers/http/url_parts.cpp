#include "resolvers/http/url_parts.h"

#include <charconv>

#include "resolvers/base/ascii.h"
#include "resolvers/base/ip_address.h"

namespace resolvers::http {
namespace {

// The components of RFC 3986 section 3 but the fragment. "Has" and "empty" are different things
// there.
struct Components {
    std::optional<std::string_view> scheme;
    std::optional<std::string_view> authority;
    std::string_view path;
    std::optional<std::string_view> query;
};

bool is_scheme(std::string_view text)
{
    if (text.empty() || !is_alpha(text.front()))
        return false;
    for (const char c : text)
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
            return false;
    return true;
}

// The regular expression of RFC 3986 appendix B, by hand.
Components split(std::string_view text)
{
    Components parts;
    const std::size_t colon = text.find_first_of(":/?#");
    if (colon != text.npos && text[colon] == ':' && is_scheme(text.substr(0, colon))) {
        parts.scheme = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    text = text.substr(0, text.find('#'));
    if (const std::size_t mark = text.find('?'); mark != text.npos) {
        parts.query = text.substr(mark + 1);
        text = text.substr(0, mark);
    }
    if (text.starts_with("//")) {
        const std::size_t slash = text.find('/', 2);
        parts.authority = text.substr(2, slash == text.npos ? text.npos : slash - 2);
        text = slash == text.npos ? std::string_view{} : text.substr(slash);
    }
    parts.path = text;
    return parts;
}

// What may stand in a path or query as it is; everything else is percent-encoded, as browsers do.
bool is_target_byte(char c)
{
    return c > ' ' && c < '\x7f' &&
           std::string_view{"\"<>\\^`{|}"}.find(c) == std::string_view::npos;
}

constexpr char hex_digits[] = "0123456789ABCDEF";

std::string encoded_target(std::string_view path, const std::optional<std::string_view>& query)
{
    std::string target;
    const auto append = [&target](std::string_view text) {
        for (const char c : text) {
            if (is_target_byte(c)) {
                target.push_back(c);
            } else {
                const auto byte = static_cast<unsigned char>(c);
                target.push_back('%');
                target.push_back(hex_digits[byte >> 4]);
                target.push_back(hex_digits[byte & 15]);
            }
        }
    };
    if (path.empty() || path.front() != '/')
        target.push_back('/');
    append(path);
    if (query) {
        target.push_back('?');
        append(*query);
    }
    return target;
}

// A reg-name may hold nearly anything by RFC 3986; a host that can be asked for may not.
bool is_host_byte(char c)
{
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::optional<std::string> read_host(std::string_view text)
{
    if (text.starts_with('[')) {
        if (!text.ends_with(']'))
            return std::nullopt;
        const std::optional<IpAddress> address = IpAddress::parse(text.substr(1, text.size() - 2));
        if (!address || !address->is_v6())
            return std::nullopt;
        return address->text();
    }
    if (text.ends_with('.'))
        text.remove_suffix(1);
    // Labels are never empty; the one final dot is gone already.
    if (text.empty() || text.size() > 253 || text.starts_with('.') || text.ends_with('.') ||
        text.find("..") != text.npos)
        return std::nullopt;
    std::string host;
    for (const char c : text) {
        if (!is_host_byte(c))
            return std::nullopt;
        host.push_back(to_lower(c));
    }
    return host;
}

}  // namespace

std::string HttpUrl::text() const
{
    std::string url = scheme + "://";
    url += host.find(':') == host.npos ? host : "[" + host + "]";
    if (port != (scheme == "https" ? 443 : 80))
        url += ":" + std::to_string(port);
    return url + target;
}

std::optional<HttpUrl> parse_http_url(std::string_view text)
{
    if (text.size() > url_limit)
        return std::nullopt;
    const Components parts = split(text);
    if (!parts.scheme || !parts.authority)
        return std::nullopt;

    HttpUrl url;
    for (const char c : *parts.scheme)
        url.scheme.push_back(to_lower(c));
    if (url.scheme != "http" && url.scheme != "https")
        return std::nullopt;
    url.port = url.scheme == "https" ? 443 : 80;

    std::string_view authority = *parts.authority;
    if (const std::size_t at = authority.rfind('@'); at != authority.npos)
        authority.remove_prefix(at + 1);
    const std::size_t colon = authority.rfind(':');
    const std::size_t bracket = authority.rfind(']');
    if (colon != authority.npos && (bracket == authority.npos || bracket < colon)) {
        const std::string_view digits = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
        if (!digits.empty()) {
            unsigned port = 0;
            const char* end = digits.data() + digits.size();
            const std::from_chars_result read = std::from_chars(digits.data(), end, port);
            if (read.ec != std::errc{} || read.ptr != end || port == 0 || port > 65535)
                return std::nullopt;
            url.port = static_cast<std::uint16_t>(port);
        }
    }
    std::optional<std::string> host = read_host(authority);
    if (!host)
        return std::nullopt;
    url.host = std::move(*host);
    url.target = encoded_target(parts.path, parts.query);
    return url;
}

std::optional<HttpUrl> make_http_url(std::string_view scheme, std::string_view host,
                                     std::uint16_t port, std::string_view target)
{
    if ((scheme != "http" && scheme != "https") || port == 0 || target.size() > url_limit)
        return std::nullopt;
    const bool bare_v6 = host.find(':') != host.npos && !host.starts_with('[');
    std::optional<std::string> read =
        read_host(bare_v6 ? "[" + std::string(host) + "]" : std::string(host));
    if (!read)
        return std::nullopt;
    // The fragment is no part of a request.
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    std::optional<std::string_view> query;
    if (mark != target.npos)
        query = target.substr(mark + 1);
    return HttpUrl{std::string(scheme), std::move(*read), port,
                   encoded_target(target.substr(0, mark), query)};
}

}  // namespace resolvers::http
