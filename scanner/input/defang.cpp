#include "scanner/input/defang.h"

#include <algorithm>
#include <array>
#include <utility>
#include "resolvers/base/ascii.h"

namespace scanner::input {

namespace {

bool begins_with(std::string_view text, std::string_view lower_case)
{
    return text.size() >= lower_case.size() &&
           std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                      [](char expected, char c) { return expected == resolvers::to_lower(c); });
}

// Longer disguises first: "[://]" before "[:]".
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> disguises = {{
    {"[://]", "://"},
    {"[:]", ":"},
    {"[dot]", "."},
    {"(dot)", "."},
    {"{dot}", "."},
    {"[.]", "."},
    {"(.)", "."},
    {"{.}", "."},
    {"[/]", "/"},
    {"\\.", "."},
    {"[@]", "@"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> schemes = {{
    {"hxxps", "https"},
    {"hxxp", "http"},
    {"h**ps", "https"},
    {"h**p", "http"},
    {"htxps", "https"},
    {"htxp", "http"},
}};

std::string without_disguises(std::string_view text)
{
    std::string made;
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        const auto* found =
            std::find_if(disguises.begin(), disguises.end(),
                         [rest](const auto& row) { return begins_with(rest, row.first); });
        if (found != disguises.end()) {
            made += found->second;
            i += found->first.size();
            continue;
        }
        // Half a disguise is as common: "example[.com", "example.]com".
        const bool opening = rest.starts_with("[.");
        const bool closing = rest.starts_with(".]");
        made += opening || closing ? '.' : rest[0];
        i += opening || closing ? 2 : 1;
    }
    return made;
}

// Where the path begins: the first slash that is not one of "://" nor inside a disguise.
std::size_t path_begin(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '?' || text[i] == '#')
            return i;
        if (text[i] != '/')
            continue;
        const bool doubled = text.substr(i, 2) == "//";
        if (doubled && i > 0 && (text[i - 1] == ':' || text[i - 1] == ']')) {
            ++i;
            continue;
        }
        const bool disguised = i > 0 && text[i - 1] == '[' && text.substr(i, 2) == "/]";
        if (!disguised)
            return i;
    }
    return text.size();
}

}  // namespace

std::string refanged(std::string_view text)
{
    std::string made;
    std::string_view rest = text;
    for (const auto& [disguise, scheme] : schemes) {
        if (!begins_with(rest, disguise))
            continue;
        const std::string_view after = rest.substr(disguise.size());
        if (after.starts_with(":") || after.starts_with("[:")) {
            made = scheme;
            rest = after;
            break;
        }
    }
    // "[://]" holds slashes of its own; it is undone before the path is looked for.
    const std::size_t divided = rest.find("[://]");
    std::string whole(rest);
    if (divided != std::string_view::npos && divided < 16)
        whole.replace(divided, 5, "://");

    const std::size_t begin = path_begin(whole);
    const std::string authority = without_disguises(std::string_view(whole).substr(0, begin));
    const bool changed = authority != whole.substr(0, begin) || !made.empty();
    const std::string_view path = std::string_view(whole).substr(begin);
    made += authority;
    made += changed ? without_disguises(path) : std::string(path);
    return made;
}

}  // namespace scanner::input
