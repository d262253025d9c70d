// What a registry says in RDAP (RFC 9083) of a domain or a network: whose it is and where its abuse
// desk is reached. Pure: takes the text of an answer, asks nobody. People's names and mailboxes,
// and all telephone numbers, are dropped as they are read, so that nothing behind this can store
// them. Misses: whether a mailbox is read, and whether it belongs on the deny list (a registry's
// own mailbox is reported as it stands).
#pragma once

#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/registry_facts.h"

namespace resolvers::rdap {

/// A longer answer is refused; real ones stay under 100 KB.
inline constexpr std::size_t rdap_size_limit = 1 << 20;

/// What a registry says of a domain, and where its registrar says more.
struct RdapDomain : RegisteredDomain {
    /// Where the registrar answers for this domain (link "related" to an https RDAP server). May be
    /// empty.
    std::string related;
};

/// Read an answer. `source`, `fetched_at` and a network's `addresses` are left to the caller.
/// Total: any text gives facts or a Failure, whose code is
///   not_json    this is something else, HTML for one
///   not_rdap    JSON, but not an object of the class asked for
///   rdap_error  an error object (RFC 9083 section 6); `detail` has its code and title
///   malformed   of the right class, without what makes it one (a network without addresses)
///   too_large   over rdap_size_limit
Outcome<RdapDomain> parse_rdap_domain(std::string_view text);
Outcome<RegisteredNetwork> parse_rdap_network(std::string_view text);

}  // namespace resolvers::rdap
