// The Standard's states are functions here, in the order in which they take the text: scheme, then
// slashes, authority (host and port), path, query. Its validation errors, which stop nobody, are
// not kept.
#include "resolvers/base/url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "resolvers/base/ascii.h"
#include "resolvers/base/idn.h"
#include "resolvers/base/ip_address.h"
#include "resolvers/base/utf8.h"

namespace resolvers {
namespace {

// Failure is an aggregate of strings, so a bare string would be ambiguous to the result type.

Failure bad_host(std::string detail)
{
    return {"bad_host", std::move(detail)};
}

bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

// Leading and trailing C0 controls and spaces go, tabs and line ends wherever they are.
std::string without_blanks(std::string_view text)
{
    const auto outer = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
    while (!text.empty() && outer(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && outer(text.back()))
        text.remove_suffix(1);
    std::string kept(text);
    std::erase_if(kept, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return kept;
}

// Takes "scheme:" off the front, lowered. Empty if there is none.
std::string take_scheme(std::string_view& text)
{
    if (text.empty() || !is_alpha(text.front()))
        return {};
    std::size_t end = 0;
    while (end < text.size() && (is_alpha(text[end]) || is_digit(text[end]) || text[end] == '+' ||
                                 text[end] == '-' || text[end] == '.'))
        ++end;
    if (end == text.size() || text[end] != ':')
        return {};
    std::string scheme = to_lower(text.substr(0, end));
    text.remove_prefix(end + 1);
    return scheme;
}

std::uint16_t usual_port(std::string_view scheme)
{
    return scheme == "https" ? 443 : 80;
}

// ---- Percent-encoding ---------------------------------------------------------------------------

// The path and special-query percent-encode sets, beside controls and what is beyond ASCII.
constexpr std::string_view path_set = " \"#<>?^`{}";
constexpr std::string_view query_set = " \"#<>'";

void append_encoded(std::string& to, std::string_view text, std::string_view set)
{
    constexpr char hex[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet < 0x7F && set.find(c) == set.npos) {
            to.push_back(c);
            continue;
        }
        to.push_back('%');
        to.push_back(hex[octet >> 4]);
        to.push_back(hex[octet & 15]);
    }
}

std::string percent_decoded(std::string_view text)
{
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high >= 0 && low >= 0) {
                made.push_back(static_cast<char>(high << 4 | low));
                i += 2;
                continue;
            }
        }
        made.push_back(text[i]);
    }
    return made;
}

// ---- Host ---------------------------------------------------------------------------------------

// More than any address part can be; larger numbers stay there.
constexpr std::uint64_t beyond = std::uint64_t{1} << 33;

// A number of an IPv4 address: decimal, octal behind 0, hexadecimal behind 0x.
std::optional<std::uint64_t> ipv4_number(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    unsigned base = 10;
    if (text.size() >= 2 && text[0] == '0') {
        const bool hex = text[1] == 'x' || text[1] == 'X';
        base = hex ? 16 : 8;
        text.remove_prefix(hex ? 2 : 1);
    }
    std::uint64_t number = 0;
    for (const char c : text) {
        const int digit = hex_value(c);
        if (digit < 0 || static_cast<unsigned>(digit) >= base)
            return std::nullopt;
        number = std::min(number * base + static_cast<unsigned>(digit), beyond);
    }
    return number;
}

std::vector<std::string_view> labels_of(std::string_view host)
{
    std::vector<std::string_view> labels;
    for (std::size_t begin = 0; begin <= host.size();) {
        const std::size_t end = std::min(host.find('.', begin), host.size());
        labels.push_back(host.substr(begin, end - begin));
        begin = end + 1;
    }
    if (labels.size() > 1 && labels.back().empty())
        labels.pop_back();
    return labels;
}

bool ends_in_number(const std::vector<std::string_view>& labels)
{
    const std::string_view last = labels.back();
    const bool digits = !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
    return digits || ipv4_number(last).has_value();
}

// "127.1", "0x7f.1" and "2130706433" are the same address.
std::optional<IpAddress> ipv4_of(const std::vector<std::string_view>& labels)
{
    if (labels.size() > 4)
        return std::nullopt;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::optional<std::uint64_t> number = ipv4_number(labels[i]);
        const bool last = i + 1 == labels.size();
        const unsigned width = last ? 8U * static_cast<unsigned>(5 - labels.size()) : 8U;
        if (!number || *number >= std::uint64_t{1} << width)
            return std::nullopt;
        bits = bits << width | *number;
    }
    return IpAddress::from_v4(static_cast<std::uint32_t>(bits));
}

bool is_forbidden_in_domain(char c)
{
    const auto octet = static_cast<unsigned char>(c);
    return octet <= 0x20 || octet == 0x7F ||
           std::string_view{"#/:<>?@[\\]^|%"}.find(c) != std::string_view::npos;
}

Outcome<std::string> read_host(std::string_view text)
{
    if (text.empty())
        return bad_host("there is no host");
    if (text.front() == '[') {
        const std::optional<IpAddress> address =
            text.back() == ']' ? IpAddress::parse(text.substr(1, text.size() - 2)) : std::nullopt;
        if (!address || !address->is_v6())
            return bad_host("what stands in brackets is no IPv6 address");
        return address->text();
    }
    const std::string decoded = percent_decoded(text);
    if (!is_utf8(decoded))
        return bad_host("the host is not UTF-8");
    Outcome<std::string> ascii = name_to_ascii(decoded);
    if (ascii.has_error())
        return bad_host(ascii.error().detail);
    std::string host = to_lower(*ascii);
    if (host.empty())
        return bad_host("there is no host");
    if (std::any_of(host.begin(), host.end(), is_forbidden_in_domain))
        return bad_host("the host holds a character that none may");
    const std::vector<std::string_view> labels = labels_of(host);
    const bool encoded = std::any_of(labels.begin(), labels.end(),
                                     [](auto label) { return label.starts_with("xn--"); });
    if (encoded && name_to_unicode(host).empty())
        return bad_host("a label that begins with xn-- is no internationalised one");
    if (!ends_in_number(labels))
        return host;
    const std::optional<IpAddress> address = ipv4_of(labels);
    if (!address)
        return bad_host("the host ends in a number and is no IPv4 address");
    return address->text();
}

// "user:password@host:port"; the last '@' counts.
std::optional<Failure> read_authority(std::string_view text, Url& url)
{
    if (const std::size_t at = text.rfind('@'); at != text.npos)
        text.remove_prefix(at + 1);
    bool bracketed = false;
    std::size_t colon = 0;
    while (colon < text.size() && (bracketed || text[colon] != ':')) {
        bracketed = text[colon] == '[' || (bracketed && text[colon] != ']');
        ++colon;
    }
    Outcome<std::string> host = read_host(text.substr(0, colon));
    if (host.has_error())
        return host.error();
    url.host = std::move(*host);
    url.port = usual_port(url.scheme);
    if (colon + 1 >= text.size())
        return std::nullopt;
    const std::string_view digits = text.substr(colon + 1);
    const char* end = digits.data() + digits.size();
    unsigned port = 0;
    const std::from_chars_result read = std::from_chars(digits.data(), end, port);
    if (!std::all_of(digits.begin(), digits.end(), is_digit) || read.ec != std::errc{} ||
        port > 65535)
        return Failure{"bad_port", "the port is no number up to 65535"};
    url.port = static_cast<std::uint16_t>(port);
    return std::nullopt;
}

// ---- Path and query -----------------------------------------------------------------------------

// "." and "..", their dots as "%2e" too; 0 for any other segment.
std::size_t dots_of(std::string_view segment)
{
    std::size_t dots = 0;
    while (!segment.empty() && dots < 3) {
        const bool encoded = segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' &&
                             (segment[2] == 'e' || segment[2] == 'E');
        if (!encoded && segment[0] != '.')
            return 0;
        segment.remove_prefix(encoded ? 3 : 1);
        ++dots;
    }
    return dots < 3 ? dots : 0;
}

// Adds the segments of `text` to a path ("" or "/a/b"), which then is a path as it is sent.
void append_path(std::string& path, std::string_view text)
{
    const auto drop_last = [&path] { path.erase(std::min(path.rfind('/'), path.size())); };
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of("/\\", begin), text.size());
        const std::string_view segment = text.substr(begin, end - begin);
        const bool last = end == text.size();
        const std::size_t dots = dots_of(segment);
        if (dots == 2)
            drop_last();
        if (dots == 0) {
            path.push_back('/');
            append_encoded(path, segment, path_set);
        } else if (last) {
            path.push_back('/');
        }
        begin = end + 1;
    }
}

std::string_view path_part(std::string_view target)
{
    return target.substr(0, target.find('?'));
}

// What follows the authority, or the scheme of a relative reference.
void read_target(std::string_view text, const Url* base, Url& url)
{
    text = text.substr(0, text.find('#'));
    const std::string_view path = path_part(text);
    if (base != nullptr && path.empty()) {
        url.target = path.size() == text.size() ? base->target : path_part(base->target);
    } else if (base != nullptr && !is_slash(path.front())) {
        const std::string_view old = path_part(base->target);
        url.target = old.substr(0, old.rfind('/'));
        append_path(url.target, path);
    } else {
        append_path(url.target, path.empty() ? path : path.substr(1));
    }
    if (path.size() == text.size())
        return;
    url.target.push_back('?');
    append_encoded(url.target, text.substr(path.size() + 1), query_set);
}

}  // namespace

std::string Url::text() const
{
    std::string made = scheme + "://";
    made += host.find(':') == host.npos ? host : "[" + host + "]";
    if (port != usual_port(scheme))
        made += ":" + std::to_string(port);
    return made + target;
}

Outcome<Url> parse_url(std::string_view given, const Url* base)
{
    if (given.size() > longest_url)
        return Failure{"too_long", "longer than 8192 octets"};
    const std::string kept = without_blanks(given);
    std::string_view text = kept;
    Url url;
    url.scheme = take_scheme(text);
    if (!url.scheme.empty() && url.scheme != "http" && url.scheme != "https")
        return Failure{"other_scheme", url.scheme + ": is not a web address"};
    if (url.scheme.empty() && base == nullptr)
        return Failure{"no_scheme", "has no scheme"};

    // "https:path" is relative to an https page, and the same as "https://path" elsewhere.
    if (url.scheme.empty())
        url.scheme = base->scheme;
    const bool relative = base != nullptr && url.scheme == base->scheme;
    const bool slashes = text.size() >= 2 && is_slash(text[0]) && is_slash(text[1]);
    if (relative && !slashes) {
        url.host = base->host;
        url.port = base->port;
        read_target(text, base, url);
        return url;
    }
    while (!text.empty() && is_slash(text.front()))
        text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_of("/\\?#"), text.size());
    if (const std::optional<Failure> failure = read_authority(text.substr(0, end), url))
        return *failure;
    read_target(text.substr(end), nullptr, url);
    return url;
}

}  // namespace resolvers
