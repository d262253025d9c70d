#include "resolvers/rdap/values.h"

#include <algorithm>
#include <array>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"

namespace resolvers::rdap {

namespace {

using Wide = unsigned __int128;

Wide bits_of(const IpAddress& address)
{
    if (address.is_v4())
        return address.v4_bits();
    Wide bits = 0;
    for (const std::uint8_t octet : address.bytes())
        bits = bits << 8 | octet;
    return bits;
}

IpAddress address_of(Wide bits, bool v4)
{
    if (v4)
        return IpAddress::from_v4(static_cast<std::uint32_t>(bits));
    std::array<std::uint8_t, 16> bytes{};
    for (auto octet = bytes.rbegin(); octet != bytes.rend(); ++octet, bits >>= 8)
        *octet = static_cast<std::uint8_t>(bits);
    return IpAddress::from_v6(bytes);
}

}  // namespace

std::optional<IpAddress> parse_rdap_address(std::string_view text)
{
    text = trim(text);
    if (text.find(':') != std::string_view::npos)
        return IpAddress::parse(text);
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = plain.empty() || plain.back() == '.';
        const bool digit_follows = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
        if (text[i] != '0' || !begins || !digit_follows)
            plain.push_back(text[i]);
    }
    return IpAddress::parse(plain);
}

std::vector<Prefix> prefixes_between(const IpAddress& first, const IpAddress& last)
{
    std::vector<Prefix> prefixes;
    if (first.is_v4() != last.is_v4() || last < first)
        return prefixes;
    const unsigned width = first.is_v4() ? 32 : 128;
    Wide from = bits_of(first);
    const Wide to = bits_of(last);
    while (true) {
        // The largest block that begins at `from` and does not pass `to`. `host_bits` grows while
        // the next bit of `from` is clear; comparing last addresses avoids 2^128.
        unsigned host_bits = 0;
        Wide block_last = from;
        while (host_bits < width && (from >> host_bits & 1) == 0) {
            const Wide wider_last = block_last | Wide{1} << host_bits;
            if (wider_last > to)
                break;
            block_last = wider_last;
            ++host_bits;
        }
        prefixes.push_back(
            {address_of(from, first.is_v4()), static_cast<std::uint8_t>(width - host_bits)});
        if (block_last >= to)
            return prefixes;
        from = block_last + 1;
    }
}

bool is_placeholder(std::string_view text)
{
    const std::string seen = to_lower(trim(text));
    for (const std::string_view whole :
         {"", "-", "--", ".", "n/a", "na", "none", "null", "nil", "unknown", "private", "hidden",
          "not applicable", "not available", "no email", "noemail"})
        if (seen == whole)
            return true;

    const std::size_t at = seen.rfind('@');
    if (at != std::string::npos && seen.find(' ') == std::string::npos) {
        // A mail address may belong to a company with "privacy" in its name; only these cannot
        // reach anybody (RFC 2606, RFC 6761).
        const std::string_view domain = std::string_view(seen).substr(at + 1);
        for (const std::string_view reserved :
             {"invalid", "test", "localhost", "example.com", "example.net", "example.org"})
            if (domain == reserved || domain.ends_with("." + std::string(reserved)))
                return true;
        return std::string_view(seen).substr(0, at).find("redacted") != std::string_view::npos ||
               domain.find("redacted") != std::string_view::npos;
    }
    // The words that registries and registrars put in place of what they withhold.
    for (const std::string_view part :
         {"redacted", "not disclosed", "non-public", "data protected", "gdpr", "masked",
          "query the rdds", "query the whois", "privacy protect", "withheld", "not shown"})
        if (seen.find(part) != std::string::npos)
            return true;
    return false;
}

namespace {

constexpr std::size_t max_mail_local = 64;  // RFC 5321 4.5.3.1.1
constexpr std::size_t max_link = 500;

bool is_local_part(std::string_view text)
{
    if (text.empty() || text.size() > max_mail_local)
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(".!#$%&'*+-=?^_`{|}~").find(c) != std::string_view::npos;
    });
}

void add_once(std::vector<std::string>& list, std::string text)
{
    if (std::find(list.begin(), list.end(), text) == list.end())
        list.push_back(std::move(text));
}

}  // namespace

std::vector<std::string> mail_addresses_in(std::string_view text)
{
    std::vector<std::string> addresses;
    constexpr std::string_view between = " \t\r\n,;:<>()[]\"";
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(between), text.size());
        std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (word.ends_with('.'))
            word.remove_suffix(1);

        const std::size_t at = word.find('@');
        if (at == std::string_view::npos || !is_local_part(word.substr(0, at)))
            continue;
        const std::optional<DomainName> domain = DomainName::parse(word.substr(at + 1));
        if (!domain || parent_of(domain->text()).empty())
            continue;
        std::string address = std::string(word.substr(0, at + 1)) + domain->text();
        if (!is_placeholder(address))
            add_once(addresses, std::move(address));
    }
    return addresses;
}

std::vector<std::string> links_in(std::string_view text)
{
    std::vector<std::string> links;
    const std::string folded = to_lower(text);
    std::size_t from = 0;
    while ((from = folded.find("http", from)) != std::string::npos) {
        const std::string_view rest = std::string_view(folded).substr(from);
        const std::size_t scheme = rest.starts_with("https://")  ? 8
                                   : rest.starts_with("http://") ? 7
                                                                 : 0;
        if (scheme == 0) {
            from += 4;
            continue;
        }
        std::size_t length = std::min(rest.find_first_of(" \t\r\n<>\"'"), rest.size());
        std::string_view link = text.substr(from, length);
        while (!link.empty() &&
               std::string_view(".,;:!?)]}").find(link.back()) != std::string_view::npos)
            link.remove_suffix(1);
        from += std::max<std::size_t>(length, 1);
        if (link.size() > scheme && link.size() <= max_link)
            add_once(links, std::string(link));
    }
    return links;
}

}  // namespace resolvers::rdap
