// Which records of an answer answer its question: those that belong to the name asked, or to the
// name that its aliases lead to (RFC 1034 sections 3.6.2 and 4.3.2). Pure. What else came along is
// somebody else's, and what stands in an answer that failed is nobody's.
#pragma once

#include <string>
#include <vector>

#include "resolvers/facts.h"

namespace resolvers {

/// Does the answer tell which aliases there are: has it records, or word that there are none at the
/// end of them (RFC 2308 section 2.1, RFC 6604)?
bool tells_aliases(const DnsAnswer& answer);

/// The name asked, then each alias target that the answer itself tells, at most 16. A loop ends
/// where it closes.
std::vector<std::string> aliases_in(const DnsAnswer& answer);

/// Records of the type asked that the name asked has itself. For what describes a zone or a domain
/// (NS, SOA, MX, TXT, CAA): the records of an alias's target are the target's. Point into `answer`.
std::vector<const DnsRecord*> own_records(const DnsAnswer& answer);

/// Records of the type asked at the end of the aliases. For what tells where a name leads (A, AAAA,
/// HTTPS, and PTR by RFC 2317). Point into `answer`.
std::vector<const DnsRecord*> led_records(const DnsAnswer& answer);

}  // namespace resolvers
