// How an answer sends its visitors on, as browsers obey it: Location, the Refresh header, <meta
// http-equiv=refresh>. Pure. Misses what scripts do: nothing here runs any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/base/url.h"
#include "resolvers/facts.h"

namespace resolvers::http {

/// A refresh that waits longer lets people read the page first, and is no move.
inline constexpr unsigned longest_refresh_seconds = 5;

/// Is it a status whose Location is followed (Fetch Standard, "redirect status")?
bool is_redirect_status(unsigned status);

/// What a Refresh header or the content of such a <meta> says (HTML Standard, "shared declarative
/// refresh steps"): the URL reference in it. Absent if it cannot be read, waits for longer than
/// longest_refresh_seconds, or names no other page than itself.
std::optional<std::string> refresh_reference(std::string_view value);

/// The reference that the answer sends visitors to: of a Location, which may be empty, else of a
/// Refresh header, else of a <meta>. Absent if it sends nobody on.
std::optional<std::string> move_of(const HttpFacts& facts);

/// Where a reference leads from the page at `base`, the host without final dot. Failures are
/// parse_url()'s.
Outcome<Url> move_target(const Url& base, std::string_view reference);

/// Where the answer leads from the page at `base`. Absent where move_of() is, and where a refresh
/// names its own page: that is a reload. Failures are parse_url()'s, and "several" for Location
/// headers that differ.
std::optional<Outcome<Url>> move_from(const Url& base, const HttpFacts& facts);

/// Is there something to see but the way to elsewhere? What browsers show: any final answer but a
/// redirect; of one without Location the content, if it has some.
bool shows_content(const HttpFacts& facts);

/// Ports that no browser connects to by http or https (Fetch Standard, "bad port"): mail, chat,
/// file sharing and others that could be made to obey a request.
bool is_bad_port(std::uint16_t port);

}  // namespace resolvers::http
