// Connections that another tool made and wrote down, as resolvers::Probe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/base/url.h"
#include "scanner/model/observation.h"

namespace scanner::input {

/// Most headers, and octets of headers, kept of one response.
inline constexpr std::size_t max_recorded_headers = 200;
inline constexpr std::size_t max_recorded_header_octets = 64 * 1024;

/// A probe towards the URL's host, nothing tried yet, purpose "root". Without a URL the scheme is
/// empty and the port 0: the source does not say. Without an address it is 0.0.0.0, which stands
/// for "the source does not say which address answered" throughout the importers.
resolvers::Probe recorded_probe(std::string_view normalised_url, std::string_view host,
                                const std::optional<resolvers::IpAddress>& address);

/// The host of a normalised URL (Subject::url); empty for an empty text.
std::string url_host(std::string_view normalised_url);

/// A response came: marks the steps up to HTTP as done (TLS for https alone) and adds the facts.
/// A status outside 100 to 599 is kept as 0.
resolvers::HttpFacts& add_response(resolvers::Probe& probe, std::string_view url, unsigned status);

/// Adds one header in the form that facts have: name lower case, cookies as "name=[redacted]",
/// several cookies in one value apart, pseudo headers left out, caps kept.
void add_header(resolvers::HttpFacts& facts, std::string_view name, std::string_view value);

/// "HTTP/1.1", "HTTP/2", "HTTP/3" for the ways that tools write them ("h2", "http/2.0"); empty for
/// what is none of them.
std::string http_version(std::string_view text);

/// A tool's words about a connection that failed ("net::ERR_CONNECTION_REFUSED", "dial tcp: i/o
/// timeout", OONI's "connection_reset") become failed steps of the probe; or, when they are about
/// the name, a DNS answer of the observation, and false is returned: there was no probe.
bool add_failure(Observation& seen, resolvers::Probe& probe, std::string_view words);

/// Where the response sends its visitors (resolvers::move_from).
std::optional<resolvers::Outcome<resolvers::Url>> moved_to(const Observation& seen,
                                                           const resolvers::HttpFacts& facts);

/// Where a redirecting response sends another site's visitors ("other_site"), or one that the
/// source itself followed ("followed"). Other redirects are not added: nobody went there.
void add_redirect(Observation& seen, const resolvers::HttpFacts& facts, bool followed);

/// A text address, also in brackets. Absent for other text.
std::optional<resolvers::IpAddress> read_address(std::string_view text);

}  // namespace scanner::input
