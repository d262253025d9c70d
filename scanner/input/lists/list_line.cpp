#include "scanner/input/lists/list_line.h"

#include <algorithm>
#include <array>
#include <vector>
#include "resolvers/base/ascii.h"

namespace scanner::input {

namespace {

// What stands between the names that an element rule is for and what it does to their pages.
constexpr std::array<std::string_view, 9> separators = {"#@#", "#?#", "#$#", "#%#", "#@?#",
                                                        "##",  "$$",  "$@$", "#@%#"};

bool is_list_of_names(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(".,-*~_").find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

bool is_element_rule(std::string_view text)
{
    return std::ranges::any_of(separators, [&](std::string_view separator) {
        const std::size_t at = text.find(separator);
        return at != std::string_view::npos && at + separator.size() < text.size() &&
               is_list_of_names(text.substr(0, at));
    });
}

// Before the options: "||example.com^$third-party".
std::string_view without_options(std::string_view text)
{
    return text.substr(0, text.find('$'));
}

ListedSite names_nothing(std::string why)
{
    return {"", std::move(why)};
}

ListedSite site_of(std::string_view pattern)
{
    std::string_view site = without_options(pattern);
    if (pattern.find("badfilter", site.size()) != std::string_view::npos)
        return names_nothing("is a filter rule that switches another one off");
    while (site.ends_with('^') || site.ends_with('|') || site.ends_with("/*"))
        site.remove_suffix(1);
    if (site.empty())
        return names_nothing("is a filter rule that names no site");
    // "||example.*^" and "||example.^" stand for many names.
    if (site.ends_with('.') || site.find_first_of("^|") != std::string_view::npos ||
        site.find('*', site.starts_with("*.") ? 1 : 0) != std::string_view::npos)
        return names_nothing("is a filter rule with a pattern, which names no single site");
    return {std::string(site), ""};
}

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    constexpr std::string_view blanks = " \t\r";
    for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;
         at = text.find_first_not_of(blanks, at)) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

}  // namespace

std::optional<ListedSite> read_filter_rule(std::string_view line)
{
    const std::string_view rule = resolvers::trim(line);
    if (rule.starts_with("@@"))
        return names_nothing("is an exception of a filter list: its site is let through");
    if (rule.starts_with("||"))
        return site_of(rule.substr(2));
    const std::string start = resolvers::to_lower(rule.substr(0, 9));
    if (start.starts_with("|http://") || start.starts_with("|https://"))
        return site_of(rule.substr(1));
    if (is_element_rule(rule))
        return names_nothing("is an element rule of a filter list: it hides parts of a page");
    if (rule.size() > 2 && rule.starts_with('/') && rule.ends_with('/'))
        return names_nothing("is a regular expression, which names no single site");
    return std::nullopt;
}

bool begins_filter_list(std::string_view line)
{
    const std::string text = resolvers::to_lower(resolvers::trim(line));
    return text.starts_with("[adblock") || text.starts_with("[ublock") ||
           text.starts_with("[adguard") || text.starts_with("! ") || text == "!" ||
           text.starts_with("!#") || text.starts_with("||") || text.starts_with("@@||");
}

std::optional<ListedSite> read_hosts_line(std::string_view line)
{
    constexpr std::array<std::string_view, 4> sinks = {"0.0.0.0", "127.0.0.1", "::", "::1"};
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() < 2 || std::ranges::find(sinks, words[0]) == sinks.end())
        return std::nullopt;
    if (words.size() > 2)
        return names_nothing("is a hosts line with several names; write one name a line");
    return ListedSite{std::string(words[1]), ""};
}

}  // namespace scanner::input
