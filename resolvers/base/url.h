// URLs as browsers read them: the URL Standard (https://url.spec.whatwg.org/) for its schemes http
// and https. For what strangers write where a browser would follow. Pure, total and bounded. Judges
// neither whether the place may be visited nor whether it exists; reads no other scheme.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"

namespace resolvers {

/// An http or https URL. User information and fragment are read and dropped: neither is part of a
/// request of ours.
struct Url {
    /// "http" or "https".
    std::string scheme;
    /// Lower-case A-labels, as the Standard leaves them (a final dot stays; not every such host is
    /// a name that the DNS can be asked for), or an address, IPv6 without brackets.
    std::string host;
    /// 80 or 443 unless the URL says otherwise. May be 0, which nobody can connect to.
    std::uint16_t port = 0;
    /// Path and query: "/" at least, dot segments resolved, visible ASCII.
    std::string target;
    friend bool operator==(const Url&, const Url&) = default;

    /// The URL again, the default port left out.
    std::string text() const;
};

/// Longest text read, in octets.
inline constexpr std::size_t longest_url = 8192;

/// Reads a URL, or with a base a reference to one. Text is UTF-8.
/// Failure codes: "other_scheme" (it may well be a URL), "no_scheme" (relative, and there is no
/// base), "bad_host", "bad_port", "too_long".
Outcome<Url> parse_url(std::string_view text, const Url* base = nullptr);

}  // namespace resolvers
