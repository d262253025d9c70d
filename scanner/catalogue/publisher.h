// data/ranges/publishers.toml: where the lists of data/ranges/ are published, in which format, and
// which part of a document is meant. Knowledge alone; nothing here fetches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

enum class ListFormat {
    lines,    ///< prefixes or addresses, by white space or commas; '#' begins a remark
    json,     ///< one JSON document; `select` says what in it
    geofeed,  ///< RFC 8805: comma separated, the prefix first
};

/// One [[list]].
struct Publisher {
    /// The file in data/ranges/ that it renews.
    std::string file;
    /// All of them together are the list.
    std::vector<std::string> urls;
    ListFormat format = ListFormat::lines;
    /// For JSON: "prefixes[service=CLOUDFRONT].ip_prefix"; see json_select.h.
    std::vector<std::string> select;
    /// If not empty, the URL is a page that links to the list; this text is in the link's URL.
    std::string link;
    /// For the file's header.
    SourceKind kind = SourceKind::primary;
    std::string remark;
    /// "file:line".
    std::string where;
    /// The folder whose ranges/ holds the file, as it was named to the loader.
    std::string folder;

    // Filled by the loader, from the rules that name the file.
    /// Ids of companies, sorted.
    std::vector<std::string> companies;
    /// Of the first rule that names it.
    std::string example;

    /// The file's name without ".txt", for people.
    std::string name() const;
};

/// `name` as in errors ("ranges/publishers.toml"), `folder` as above.
std::vector<Publisher> read_publishers(const std::string& name, std::string_view text,
                                       const std::string& folder, Errors& errors);

/// "https://host/path?query" without its scheme and host, '/' at least.
std::string path_of_url(std::string_view url);
/// Empty if it is no http(s) URL.
std::string host_of_url(std::string_view url);

}  // namespace scanner::catalogue
