// Where `servedby data update` gets published lists from: the publishers themselves, a mirror of
// them, or a folder that somebody filled by hand. One document at a time, each fetched once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/catalogue/publisher.h"
#include "scanner/cli/flags/source_flags.h"

namespace scanner::cli {

/// No list is larger; Azure's, the largest, has 5 MB. The routing data have 10.
constexpr std::size_t largest_document = std::size_t{64} << 20;

class ListSource {
public:
    virtual ~ListSource() = default;

    /// The documents of a list, one for each of its URLs; where the URL is a page that links to the
    /// list, what it links to. Failure codes: those of HttpFetcher, "status", "moved", "too_large",
    /// "no_link", "not_found", "unreadable".
    virtual resolvers::Outcome<std::vector<std::string>> documents(
        const catalogue::Publisher& list) = 0;

    /// One document by its URL, as it is.
    virtual resolvers::Outcome<std::string> get(const std::string& url) = 0;
};

/// Failure if the flags make no sense, or if there is no such folder.
resolvers::Outcome<std::unique_ptr<ListSource>> make_source(const SourceFlags& flags);

/// A whole file, at most largest_document. Failure codes: "not_found", "unreadable", "too_large".
resolvers::Outcome<std::string> read_whole_file(const std::string& path);

}  // namespace scanner::cli
