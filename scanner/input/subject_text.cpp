#include "scanner/input/subject_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "resolvers/base/idn.h"
#include "resolvers/base/ip_address.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/defang.h"
#include "scanner/input/public_suffix.h"

namespace scanner::input {

namespace {

using resolvers::DomainName;
using resolvers::IpAddress;

constexpr std::string_view digits = "0123456789";

bool all_digits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// What lists leave around a name: white space (also of the Unicode kind), quotation marks, angle
// brackets, a comma or semicolon at the end.
std::string_view without_wrapping(std::string_view text)
{
    constexpr std::array<std::string_view, 11> both = {
        " ", "\t",       "\r",           "\n",           "\"",          "'",
        "`", "\xC2\xA0", "\xE2\x80\x8B", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    constexpr std::array<std::string_view, 4> opening = {"<", "\xE2\x80\x9C", "\xE2\x80\x98",
                                                         "\xC2\xAB"};
    constexpr std::array<std::string_view, 6> closing = {
        ">", "\xE2\x80\x9D", "\xE2\x80\x99", "\xC2\xBB", ",", ";"};
    const auto strip = [&text](std::string_view mark, bool front) {
        if (front ? !text.starts_with(mark) : !text.ends_with(mark))
            return false;
        front ? text.remove_prefix(mark.size()) : text.remove_suffix(mark.size());
        return true;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (const std::string_view mark : both)
            changed = strip(mark, true) || strip(mark, false) || changed;
        for (const std::string_view mark : opening)
            changed = strip(mark, true) || changed;
        for (const std::string_view mark : closing)
            changed = strip(mark, false) || changed;
    }
    return text;
}

// ---- Scheme, authority, target ------------------------------------------------------------------

struct Split {
    /// Lower case; empty when the text names none.
    std::string scheme;
    std::string_view authority;
    std::string_view target;
    /// Why it is no web address. Empty if it may be one.
    std::string why;
};

bool is_scheme(std::string_view text)
{
    const std::string lower = resolvers::to_lower(text);
    return !lower.empty() && lower[0] >= 'a' && lower[0] <= 'z' &&
           lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-") == std::string::npos;
}

bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

// Does a port, or none at all, follow the colon? After a word without dots the port must be there:
// "localhost:8080", but "magnet:?xt=".
bool begins_with_port(std::string_view after_colon, bool may_be_empty)
{
    const std::size_t end = std::min(after_colon.find_first_of("/?#\\"), after_colon.size());
    if (end == 0)
        return may_be_empty || after_colon.empty();
    return all_digits(after_colon.substr(0, end));
}

Split split_url(std::string_view text)
{
    Split split;
    std::string_view rest = text;
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
        const std::string word = resolvers::to_lower(text.substr(0, colon));
        const std::string_view after = text.substr(colon + 1);
        const bool slashes = after.size() >= 2 && is_slash(after[0]) && is_slash(after[1]);
        const bool web = word == "http" || word == "https";
        const bool dotted = word.find('.') != std::string::npos;
        const bool port = begins_with_port(after, dotted) && !(web && after.empty());
        const bool scheme = slashes || (!dotted && !port);
        if (scheme && !web) {
            split.why = word + ": is not a web address";
            return split;
        }
        if (scheme) {
            split.scheme = word;
            rest = after;
            while (!rest.empty() && is_slash(rest[0]))
                rest.remove_prefix(1);
        }
    } else if (text.starts_with("//")) {
        rest = text.substr(2);
    }
    const std::size_t end = std::min(rest.find_first_of("/?#\\"), rest.size());
    split.authority = rest.substr(0, end);
    split.target = rest.substr(end);
    return split;
}

/// Path and query for a request line: '/' in front, no fragment, nothing but visible ASCII.
std::string normalised_target(std::string_view target)
{
    constexpr char hex[] = "0123456789ABCDEF";
    target = target.substr(0, target.find('#'));
    std::string made;
    if (target.empty() || !is_slash(target[0]))
        made += '/';
    bool in_path = true;
    for (const char c : target) {
        const auto octet = static_cast<unsigned char>(c);
        in_path = in_path && c != '?';
        if (c == '\\' && in_path) {
            made += '/';
        } else if (octet <= 0x20 || octet >= 0x7F || c == '"' || c == '<' || c == '>') {
            made += '%';
            made += hex[octet >> 4];
            made += hex[octet & 0xF];
        } else {
            made += c;
        }
    }
    return made;
}

// ---- Host and port ------------------------------------------------------------------------------

struct HostPort {
    std::string_view host;
    /// Absent if none is named.
    std::optional<std::uint16_t> port;
    /// In brackets, or more than one colon: an IPv6 literal or nothing.
    bool literal = false;
    std::string why;
};

std::string read_port(std::string_view text, std::optional<std::uint16_t>& port)
{
    if (text.empty())
        return {};
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!all_digits(text) || error != std::errc{} || end != text.data() + text.size() ||
        number == 0 || number > 65535)
        return "the port \"" + resolvers::utf8_replaced(resolvers::utf8_cut(text, 20)) +
               "\" is not a number from 1 to 65535";
    port = static_cast<std::uint16_t>(number);
    return {};
}

HostPort split_port(std::string_view authority)
{
    HostPort made;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) {
            made.why = "a [ is not closed";
            return made;
        }
        made.literal = true;
        made.host = authority.substr(1, close - 1);
        const std::string_view after = authority.substr(close + 1);
        if (!after.empty() && after[0] != ':')
            made.why = "something other than a port follows the ]";
        else if (!after.empty())
            made.why = read_port(after.substr(1), made.port);
        return made;
    }
    const std::size_t colon = authority.find(':');
    if (colon == std::string_view::npos) {
        made.host = authority;
    } else if (authority.find(':', colon + 1) != std::string_view::npos) {
        made.literal = true;
        made.host = authority;
    } else {
        made.host = authority.substr(0, colon);
        made.why = read_port(authority.substr(colon + 1), made.port);
    }
    return made;
}

std::string percent_decoded(std::string_view text)
{
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = resolvers::hex_value(text[i + 1]);
            const int low = resolvers::hex_value(text[i + 2]);
            if (high >= 0 && low >= 0) {
                made += static_cast<char>(high << 4 | low);
                i += 2;
                continue;
            }
        }
        made += text[i];
    }
    return made;
}

// Numbers where the top-level label stands are read as IPv4 addresses by browsers (URL Standard,
// "ends in a number"); no name has them.
bool ends_in_number(std::string_view name)
{
    const std::size_t dot = name.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    if (all_digits(last))
        return true;
    return last.size() > 2 && last[0] == '0' && last[1] == 'x' &&
           last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

/// Why a lower-case ASCII name is none of the DNS.
std::string fault_of_name(std::string_view name)
{
    std::size_t label = 0;
    for (std::size_t i = 0; i <= name.size(); ++i) {
        if (i == name.size() || name[i] == '.') {
            if (label == 0)
                return "a label is empty (two dots in a row)";
            if (label > 63)
                return "a label is longer than 63 octets";
            label = 0;
            continue;
        }
        const char c = name[i];
        if (c == '*')
            return "a * stands elsewhere than in front";
        const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!fine)
            return std::string("contains the character \"") + c + "\"";
        ++label;
    }
    return "the name is longer than 253 octets";
}

/// Fills the name's fields; returns why it cannot be one.
std::string read_name(std::string_view text, Subject& subject)
{
    if (text.find_first_of(" \t") != std::string_view::npos)
        return "contains a space";
    if (text.find('\r') != std::string_view::npos)
        return "contains a carriage return (line ends of old Macintosh computers?)";
    if (std::any_of(text.begin(), text.end(), is_control))
        return "contains a control character";
    if (!resolvers::is_utf8(text))
        return "is not valid UTF-8";

    const resolvers::Outcome<std::string> ascii = resolvers::name_to_ascii(text);
    if (ascii.has_error())
        return ascii.error().code == "not_idna"
                   ? "is not a valid internationalised name (" + ascii.error().detail + ")"
                   : ascii.error().detail;
    std::string name = resolvers::to_lower(*ascii);
    if (name == ".")
        return "is the root of the DNS, not a host name";
    if (name.ends_with('.'))
        name.pop_back();
    if (ends_in_number(name))
        return "looks like an IPv4 address, and is not one";
    const std::optional<DomainName> checked = DomainName::parse(name);
    if (!checked || name.ends_with('.'))
        return fault_of_name(name);

    subject.host = checked->text();
    if (subject.host.find("xn--") != std::string::npos) {
        subject.unicode = resolvers::name_to_unicode(subject.host);
        if (subject.unicode == subject.host)
            subject.unicode.clear();
    }
    SuffixSplit split = split_at_suffix(subject.host);
    subject.registrable_domain = std::move(split.registrable_domain);
    subject.public_suffix = std::move(split.public_suffix);
    return {};
}

/// Fills the host's fields, whatever kind it is; returns why it cannot be read.
std::string read_host(std::string_view text, bool literal, Subject& subject)
{
    if (literal && text.find('%') != std::string_view::npos)
        return "an address with a zone means nothing elsewhere";
    if (const std::optional<IpAddress> address = IpAddress::parse(text)) {
        if (subject.wildcard)
            return "a * cannot stand before an address";
        subject.is_address = true;
        subject.host = address->text();
        return {};
    }
    if (literal)
        return "looks like an IPv6 address, and is not one";
    return read_name(text, subject);
}

std::string url_of(const Subject& subject, std::string scheme, std::optional<std::uint16_t> port,
                   std::string_view target)
{
    const std::string path = normalised_target(target);
    if (scheme.empty()) {
        if (!port && path == "/")
            return {};
        scheme = port == 443 ? "https" : "http";
    }
    const std::uint16_t usual = scheme == "https" ? 443 : 80;
    const bool bracketed = subject.is_address && subject.host.find(':') != std::string::npos;
    std::string url = scheme + "://";
    url += bracketed ? "[" + subject.host + "]" : subject.host;
    if (port && *port != usual)
        url += ":" + std::to_string(*port);
    return url + path;
}

// Does this place belong to the host, before any path ("http://a.examplehttp://b.example")? A
// scheme that was written twice has nothing between.
bool is_in_authority(std::string_view text, std::size_t at)
{
    const std::size_t first = text.find("://");
    return first != std::string_view::npos && first + 3 < at &&
           text.substr(first + 3, at - first - 3).find_first_of("/?#") == std::string_view::npos;
}

// Is there another URL behind a separator? The first one's path must not swallow it.
bool holds_several(std::string_view text)
{
    const std::string lower = resolvers::to_lower(text);
    for (const std::string_view scheme : {"http://", "https://", "hxxp://", "hxxps://"})
        for (std::size_t at = lower.find(scheme, 1); at != std::string::npos;
             at = lower.find(scheme, at + 1))
            if (std::string_view(" \t\r\n,;|").find(lower[at - 1]) != std::string_view::npos ||
                is_in_authority(lower, at))
                return true;
    return false;
}

// What became of a scheme in the hands of people and programs: written twice ("http://https://x"),
// or without its colon ("https//x"). Whoever meant a host called "http" is refused, not guessed.
std::string with_one_scheme(std::string_view text)
{
    std::string lower = resolvers::to_lower(text.substr(0, 64));
    std::string_view scheme;
    const auto take = [&](std::string_view word, std::string_view reads_as) {
        if (!lower.starts_with(word))
            return false;
        lower.erase(0, word.size());
        text.remove_prefix(word.size());
        scheme = reads_as;
        return true;
    };
    for (unsigned times = 0; times < 4; ++times)
        if (!take("https://", "https://") && !take("http://", "http://") &&
            !take("https//", "https://") && !take("http//", "http://") &&
            !(!scheme.empty() && (take("https:/", "https://") || take("http:/", "http://"))))
            break;
    return std::string(scheme) + std::string(text);
}

/// Fills all but line and text; returns why the text cannot be read.
std::string read_text(std::string_view given, Subject& subject)
{
    if (holds_several(given))
        return "holds more than one URL; write one a line";
    if (given.find('\n') != std::string_view::npos)
        return "contains a line end";
    const std::string mended = with_one_scheme(given);
    const std::string_view plain = mended;
    if (plain.empty())
        return "there is nothing on the line";
    if (plain.find('\0') != std::string_view::npos)
        return "contains a NUL octet (UTF-16 text? Save it as UTF-8)";

    // Bare IPv6 first: its colons would be read as a scheme or a port.
    if (IpAddress::parse(plain))
        return read_host(plain, false, subject);

    const Split split = split_url(plain);
    if (!split.why.empty()) {
        const std::string_view digits_part = plain.substr(0, plain.find('%'));
        const bool colons =
            std::count(plain.begin(), plain.end(), ':') > 1 &&
            digits_part.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
        return colons ? "looks like an IPv6 address, and is not one" : split.why;
    }
    std::string_view authority = split.authority;
    const std::size_t at = authority.rfind('@');
    if (at != std::string_view::npos) {
        if (split.scheme.empty())
            return "looks like a mail address";
        authority.remove_prefix(at + 1);
    }
    HostPort parts = split_port(authority);
    if (!parts.why.empty())
        return parts.why;
    if (parts.host.starts_with("*.") || (parts.host.starts_with(".") && parts.host.size() > 1)) {
        subject.wildcard = true;
        parts.host.remove_prefix(parts.host[0] == '*' ? 2 : 1);
    }
    if (parts.host.empty())
        return "has no host name";
    const std::string host = split.scheme.empty() || parts.literal ? std::string(parts.host)
                                                                   : percent_decoded(parts.host);
    if (std::string why = read_host(host, parts.literal, subject); !why.empty())
        return why;
    if (subject.host == "http" || subject.host == "https")
        return "has a scheme where the host name should be";
    if (split.scheme.empty() && subject.is_address && split.target.starts_with('/') &&
        all_digits(split.target.substr(1)))
        return "is a range of addresses, not one address";
    // "https://*.example.com/*" is a pattern, no URL.
    if (!subject.wildcard)
        subject.url = url_of(subject, split.scheme, parts.port, split.target);
    if (subject.url.size() > max_url)
        return "the URL is longer than 8192 octets";
    return {};
}

}  // namespace

Subject unreadable_subject(std::string_view text, std::uint64_t line, std::string why)
{
    Subject subject;
    subject.line = line;
    // Cut before replacing, or a long line would be copied whole; and after, as that lengthens it.
    const std::string replaced =
        resolvers::utf8_replaced(resolvers::utf8_cut(text, max_subject_text));
    subject.text = resolvers::utf8_cut(replaced, max_subject_text);
    subject.invalid = std::move(why);
    return subject;
}

Subject read_subject(std::string_view text, std::uint64_t line)
{
    Subject subject = read_exact_subject(refanged(without_wrapping(text)), line);
    subject.text = unreadable_subject(text, line, "").text;
    return subject;
}

Subject read_exact_subject(std::string_view text, std::uint64_t line)
{
    Subject subject = unreadable_subject(text, line, "");
    std::string why = read_text(text, subject);
    if (!why.empty())
        return unreadable_subject(text, line, std::move(why));
    return subject;
}

}  // namespace scanner::input
