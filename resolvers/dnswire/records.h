// Which records of an answer answer its question: those that belong to the name asked, or to the
// name that its aliases lead to (RFC 1034 sections 3.6.2 and 4.3.2). Pure. What else came along is
// somebody else's, and what stands in an answer that failed is nobody's.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "resolvers/facts.h"

namespace resolvers::dnswire {

/// Does the answer tell which aliases there are: has it records, or word that there are none at the
/// end of them (RFC 2308 section 2.1, RFC 6604)?
bool tells_aliases(const DnsAnswer& answer);

/// How many aliases are followed.
inline constexpr std::size_t most_aliases = 16;

enum class AliasEnd {
    name,   ///< at a name of which no alias is told
    loop,   ///< an alias leads back to a name of the chain
    limit,  ///< there are more than most_aliases
};

/// What a walk along aliases came to.
struct AliasWalk {
    /// The name itself, then each alias target, each once.
    std::vector<std::string> names;
    AliasEnd end = AliasEnd::name;
    /// The name that an alias leads back to; empty unless it is a loop.
    std::string repeated;
    /// Further names that aliases lead to where answers contradict each other (A and AAAA may
    /// have different aliases), at most most_aliases.
    std::vector<std::string> branches;
};

/// Does the record count as an alias? CNAME records of every answer do unless a caller says
/// otherwise.
using CountsAsAlias = bool (*)(const DnsAnswer& answer, const DnsRecord& record);
bool is_cname(const DnsAnswer& answer, const DnsRecord& record);

/// Follows the aliases of a name through several answers. Where there are several for one name, the
/// first in the order of the answers leads on. Answers that tell no aliases are passed over.
AliasWalk follow_aliases(const std::string& name, std::span<const DnsAnswer> answers,
                         CountsAsAlias counts = is_cname);

/// The name asked, then each alias target that the answer itself tells, at most most_aliases. A
/// loop ends where it closes.
std::vector<std::string> aliases_in(const DnsAnswer& answer);

/// Records of the type asked that the name asked has itself. For what describes a zone or a domain
/// (NS, SOA, MX, TXT, CAA): the records of an alias's target are the target's. Point into `answer`.
std::vector<const DnsRecord*> own_records(const DnsAnswer& answer);

/// Records of the type asked at the end of the aliases. For what tells where a name leads (A, AAAA,
/// HTTPS, and PTR by RFC 2317). Point into `answer`.
std::vector<const DnsRecord*> led_records(const DnsAnswer& answer);

}  // namespace resolvers::dnswire
