#include "resolvers/dns/resolver_address.h"

#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include "resolvers/base/domain_name.h"
#include "resolvers/http/url_parts.h"

namespace resolvers::dns {

namespace {

constexpr std::size_t max_resolvers = 3;  // MAXNS of the C library
constexpr std::uint16_t dns_port = 53;
constexpr std::uint16_t dns_over_tls_port = 853;

std::optional<std::uint16_t> parse_port(std::string_view digits)
{
    std::uint16_t port = 0;
    const char* end = digits.data() + digits.size();
    const std::from_chars_result read = std::from_chars(digits.data(), end, port);
    if (digits.empty() || read.ec != std::errc{} || read.ptr != end || port == 0)
        return std::nullopt;
    return port;
}

// The first word of a line, taken off it.
std::string_view take_word(std::string_view& line)
{
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace

Outcome<ResolverAddress> ResolverAddress::parse(std::string_view text)
{
    const Failure malformed{
        "malformed", "not an address, or an address and a port: '" + std::string(text) + "'"};
    ResolverAddress found{.address = {}, .port = dns_port, .transport = DnsTransport::udp};
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
        const std::string_view word = text.substr(0, scheme);
        if (word == "https") {
            const std::optional<http::HttpUrl> url = http::parse_http_url(text);
            if (!url)
                return Failure{"malformed", "no URL of a resolver: '" + std::string(text) + "'"};
            return ResolverAddress{
                .address = {}, .port = 0, .transport = DnsTransport::https, .url = url->text()};
        }
        if (word != "udp" && word != "tcp" && word != "tls")
            return Failure{"malformed",
                           "'" + std::string(word) +
                               "' is no transport that we speak; udp, tcp, tls and https are"};
        if (word != "udp")
            found.transport = word == "tcp" ? DnsTransport::tcp : DnsTransport::tls;
        text.remove_prefix(scheme + 3);
    }
    if (found.transport == DnsTransport::tls) {
        found.port = dns_over_tls_port;
        if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
            const std::optional<DomainName> name = DomainName::parse(text.substr(hash + 1));
            if (!name || IpAddress::parse(name->text()))
                return Failure{"malformed",
                               "what stands behind '#' is no name that a certificate "
                               "can be for: '" +
                                   std::string(text) + "'"};
            found.certificate_name = name->text();
            text = text.substr(0, hash);
        }
    }
    if (const std::optional<IpAddress> bare = IpAddress::parse(text)) {
        found.address = *bare;
        return found;
    }

    std::string_view address = text;
    std::optional<std::string_view> port;
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos)
            return malformed;
        address = text.substr(1, close - 1);
        const std::string_view behind = text.substr(close + 1);
        if (!behind.empty() && behind.front() != ':')
            return malformed;
        if (!behind.empty())
            port = behind.substr(1);
    } else {
        const std::size_t colon = text.find(':');
        address = text.substr(0, colon);
        if (colon != std::string_view::npos)
            port = text.substr(colon + 1);
    }

    const std::optional<IpAddress> parsed = IpAddress::parse(address);
    const std::optional<std::uint16_t> number = port ? parse_port(*port) : found.port;
    if (!parsed || !number || parsed->is_v6() != text.starts_with('['))
        return malformed;
    found.address = *parsed;
    found.port = *number;
    return found;
}

std::string ResolverAddress::text() const
{
    if (transport == DnsTransport::https)
        return url;
    const std::string host = address.is_v6() ? "[" + address.text() + "]" : address.text();
    const std::string where = host + ":" + std::to_string(port);
    if (transport == DnsTransport::tls)
        return "tls://" + where + (certificate_name.empty() ? "" : "#" + certificate_name);
    return (transport == DnsTransport::tcp ? "tcp://" : "") + where;
}

std::vector<ResolverAddress> parse_resolv_conf(std::string_view text)
{
    std::vector<ResolverAddress> found;
    while (!text.empty() && found.size() < max_resolvers) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (take_word(line) != "nameserver")
            continue;
        if (const std::optional<IpAddress> address = IpAddress::parse(take_word(line)))
            found.push_back(ResolverAddress{.address = *address, .port = dns_port});
    }
    return found;
}

Outcome<std::vector<ResolverAddress>> read_resolv_conf(const std::string& path)
{
    std::ifstream file(path);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        return Failure{"unreadable", "cannot read " + path};
    std::vector<ResolverAddress> found = parse_resolv_conf(text.str());
    if (found.empty())
        return Failure{"no_resolver", path + " names no resolver that we can ask"};
    return found;
}

}  // namespace resolvers::dns
