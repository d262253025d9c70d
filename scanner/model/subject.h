// One line of the input, and the host name or address that it is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scanner {

/// What a line of input asks about. Made by scanner/input; a line that cannot be read makes a
/// Subject too, with `invalid` set, so that every line gets its record.
struct Subject {
    /// 1 for the first line of the input (of the importing file); comments and blanks count, so
    /// that it can be found again.
    std::uint64_t line = 0;
    /// The list's file as the user named it. Empty for stdin and for imports.
    std::string file;
    /// The line as it stood (the name's cell, for CSV), invalid UTF-8 replaced, at most 2,048
    /// octets.
    std::string text;

    /// Lower-case A-label form without final dot, or an address literal. Empty if invalid.
    std::string host;
    /// The same in Unicode (RFC 5891 U-labels); empty when it does not differ from `host`.
    std::string unicode;
    /// True when `host` is an IP address.
    bool is_address = false;
    /// The URL asked about, normalised, if the line was one ("https://example.com/x"). Empty else.
    std::string url;
    /// Registrable domain by the Public Suffix List (ICANN and private sections). Empty for
    /// addresses, for public suffixes themselves and for invalid lines.
    std::string registrable_domain;
    std::string public_suffix;
    /// The line said "*.": the name below stands for all of it.
    bool wildcard = false;
    /// Why the line cannot be read, for people. Empty when it can.
    std::string invalid;

    /// Relative weight (visits...) from the input. Absent is not zero.
    std::optional<double> weight;
    std::string category;
    /// Other CSV columns, in order, as they stood.
    std::vector<std::pair<std::string, std::string>> extra;

    friend bool operator==(const Subject&, const Subject&) = default;
};

}  // namespace scanner
