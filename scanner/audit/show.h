// What the catalogue says of one thing and from where, for people: `servedby data show QUERY`.
#pragma once

#include <string>
#include <string_view>

#include "scanner/catalogue/catalogue.h"

namespace scanner::audit {

/// `query` is an address, a prefix, an AS number ("AS64500"), a host name or suffix, a header
/// ("server: cloudflare"), the name of a header or cookie, a company's or product's name, or a
/// mailbox. Lines of text, each ended; a query that nothing is known of gets one that says so.
std::string describe(const catalogue::Catalogue& catalogue, std::string_view query);

/// Does the catalogue know anything of it? (`data show` ends with 1 if not.)
bool knows(const catalogue::Catalogue& catalogue, std::string_view query);

}  // namespace scanner::audit
