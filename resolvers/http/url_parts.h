// URLs of ours and of registries, by RFC 3986 and strictly, taken apart into what a request needs.
// Pure. Judges neither whether the place may be visited nor whether it exists. What pages refer to
// is read as browsers do: resolvers/url.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace resolvers::http {

/// An http or https URL as a probe needs it.
struct HttpUrl {
    /// "http" or "https".
    std::string scheme;
    /// ASCII letters lowered, no final dot, IPv6 without brackets. May hold bytes beyond ASCII: the
    /// caller turns IDN into A-labels.
    std::string host;
    /// 80 or 443 unless the URL says otherwise.
    std::uint16_t port = 0;
    /// Origin form (RFC 9112 section 3.2.1): path and query, "/" at least, no fragment; bytes that
    /// may not stand in a request are percent-encoded.
    std::string target;
    friend bool operator==(const HttpUrl&, const HttpUrl&) = default;

    /// The URL again, the default port left out.
    std::string text() const;
};

/// Longest URL looked at, in bytes; longer ones are refused.
inline constexpr std::size_t url_limit = 8192;

/// Reads an absolute http or https URL. User information is dropped: we never send any.
/// Absent for other schemes, an empty or impossible host, port 0 or one above 65535.
std::optional<HttpUrl> parse_http_url(std::string_view text);

/// The same from its parts: a host, an address literal with or without brackets, and an origin-form
/// target. Absent where the text of such a URL would be read differently than it was meant.
std::optional<HttpUrl> make_http_url(std::string_view scheme, std::string_view host,
                                     std::uint16_t port, std::string_view target);

}  // namespace resolvers::http
