#include "scanner/catalogue/update/renewal.h"

#include <algorithm>
#include <charconv>

#include "resolvers/base/ascii.h"
#include "resolvers/base/digest.h"
#include "scanner/catalogue/load/range_file.h"
#include "scanner/catalogue/update/json_select.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

using resolvers::Failure;
using resolvers::IpAddress;
using resolvers::Outcome;
using resolvers::Prefix;

namespace {

// Publishers' documents are shown to people in messages: the beginning will do.
constexpr std::size_t longest_quote = 60;

std::string quoted(std::string_view text)
{
    std::string shown;
    for (const char c : text.substr(0, longest_quote))
        shown += c >= ' ' && c < 0x7F ? c : '?';
    return "\"" + shown + (text.size() > longest_quote ? "...\"" : "\"");
}

bool is_html(std::string_view body)
{
    body = resolvers::trim(body.substr(0, 2048));
    if (body.starts_with("\xEF\xBB\xBF"))
        body = resolvers::trim(body.substr(3));
    return body.starts_with('<');
}

std::vector<std::string> texts_by_line(std::string_view body, bool first_only)
{
    std::vector<std::string> texts;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        line = line.substr(0, line.find('#'));
        while (!(line = resolvers::trim(line)).empty()) {
            const std::size_t stop = std::min(line.find_first_of(" \t,;"), line.size());
            if (stop > 0)
                texts.emplace_back(line.substr(0, stop));
            if (first_only)
                break;
            line.remove_prefix(std::min(stop + 1, line.size()));
        }
    }
    return texts;
}

// A prefix, or an address for one of full length; host bits are cleared and counted.
std::optional<Prefix> read_loosely(std::string_view text, std::size_t& host_bits)
{
    const std::size_t slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    const unsigned full = address->is_v4() ? 32 : 128;
    unsigned length = full;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (error != std::errc{} || end != digits.data() + digits.size() || length > full)
            return std::nullopt;
    }
    const Prefix prefix = resolvers::prefix_around(*address, static_cast<std::uint8_t>(length));
    if (prefix.address != *address)
        ++host_bits;
    return prefix;
}

Outcome<std::vector<Prefix>> read_all(const std::vector<std::string>& texts, std::size_t& host_bits)
{
    std::vector<Prefix> prefixes;
    prefixes.reserve(texts.size());
    for (const std::string& text : texts) {
        const auto prefix = read_loosely(text, host_bits);
        if (!prefix)
            return Failure{"bad_prefix", quoted(text) + " is no prefix"};
        Errors errors;
        if (!read_prefix(prefix->text(), "", errors))
            return Failure{"bad_prefix", errors.sorted().front().what};
        prefixes.push_back(*prefix);
    }
    return prefixes;
}

// What has shrunk too far; empty if nothing has.
std::string shrinkage(const PrefixChange& change)
{
    const auto too_far = [](double before, double after) {
        return before > 0 && after < before * (1.0 - largest_shrink);
    };
    const PrefixTotals& before = change.before;
    const PrefixTotals& after = change.after;
    const bool shrunk =
        too_far(static_cast<double>(before.prefixes), static_cast<double>(after.prefixes)) ||
        too_far(static_cast<double>(before.v4_addresses),
                static_cast<double>(after.v4_addresses)) ||
        too_far(before.v6_networks, after.v6_networks);
    return shrunk ? "was " + text_of(before) + "; would be " + text_of(after) : "";
}

std::string file_text(const RenewalRequest& request, const std::vector<Prefix>& prefixes)
{
    const Publisher& list = *request.list;
    std::string text;
    const auto add = [&](std::string_view key, std::string_view value) {
        text.append("# ").append(key).append(": ").append(value).append("\n");
    };
    add("url", list.urls.front());
    for (std::size_t i = 1; i < list.urls.size(); ++i)
        add("and", list.urls[i]);
    add("fetched", request.day);
    add("kind", std::string(word(list.kind)));
    for (const std::string& body : request.bodies)
        add("sha256", resolvers::sha256_hex(body));
    if (!request.example.empty())
        add("example", request.example);
    if (!list.remark.empty())
        text += "# " + list.remark + "\n";
    for (const Prefix& prefix : prefixes)
        text += prefix.text() + "\n";
    return text;
}

}  // namespace

Outcome<std::vector<std::string>> parse_list(const Publisher& list, std::string_view body)
{
    if (is_html(body))
        return Failure{"html", "a page of HTML or XML instead of the list"};
    std::vector<std::string> texts;
    if (list.format == ListFormat::json) {
        auto selected = select_texts(body, list.select);
        if (!selected)
            return selected.error();
        texts = std::move(*selected);
    } else {
        texts = texts_by_line(body, list.format == ListFormat::geofeed);
    }
    if (texts.empty())
        return Failure{"empty", "the list is empty"};
    return texts;
}

Outcome<Renewal> renew(const RenewalRequest& request)
{
    Renewal made;
    std::size_t host_bits = 0;
    for (const std::string& body : request.bodies) {
        const auto texts = parse_list(*request.list, body);
        if (!texts)
            return texts.error();
        auto prefixes = read_all(*texts, host_bits);
        if (!prefixes)
            return prefixes.error();
        made.prefixes.insert(made.prefixes.end(), prefixes->begin(), prefixes->end());
    }
    made.prefixes = in_order(std::move(made.prefixes));
    if (made.prefixes.empty())
        return Failure{"empty", "the list is empty"};
    if (host_bits != 0)
        made.notes.push_back(std::to_string(host_bits) +
                             " prefixes had host bits set, which are cleared");
    made.change = change_between(in_order(request.old), made.prefixes);
    if (const std::string shrunk = shrinkage(made.change); !shrunk.empty()) {
        if (!request.accept_shrink)
            return Failure{"shrunk", shrunk + "; if that is right, say --accept-shrink " +
                                         request.list->name()};
        made.notes.push_back("it shrank: " + shrunk);
    }
    made.text = file_text(request, made.prefixes);
    return made;
}

std::string link_in(std::string_view page, std::string_view text)
{
    constexpr std::string_view scheme = "https://";
    for (std::size_t at = page.find(scheme); at != std::string_view::npos;
         at = page.find(scheme, at + scheme.size())) {
        const std::string_view rest = page.substr(at);
        const std::string_view url =
            rest.substr(0, std::min(rest.find_first_of("\"'<>\\ \t\r\n"), rest.size()));
        if (url.find(text) != std::string_view::npos)
            return std::string(url);
    }
    return "";
}

}  // namespace scanner::catalogue
