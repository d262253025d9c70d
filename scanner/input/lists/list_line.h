// Single lines of lists in a grammar of their own: filter lists (AdBlock) and hosts files. Reads
// what names a site, and says why the rest names none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scanner::input {

/// What a line of such a grammar says.
struct ListedSite {
    /// The name or URL; empty if the line names no site.
    std::string site;
    /// Why it names none. Empty if it does.
    std::string why_not;
};

/// A rule of a filter list (Adblock Plus' syntax and what uBlock Origin and AdGuard add to it):
/// "||example.com^$third-party" names a site, "example.com##.banner" and "@@||example.com^" do not.
/// Absent for text that is no such rule.
std::optional<ListedSite> read_filter_rule(std::string_view line);

/// Does a list that begins with this line hold such rules?
bool begins_filter_list(std::string_view line);

/// A line of a hosts file that sinks a name ("0.0.0.0 example.com"). Absent for other text, also
/// for a name at an address of its own.
std::optional<ListedSite> read_hosts_line(std::string_view line);

}  // namespace scanner::input
