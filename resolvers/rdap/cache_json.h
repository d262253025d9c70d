// The kept facts of RDAP answers as JSON text and back, for the cache. Holds nothing that the
// parser did not keep: no people.
#pragma once

#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/rdap/answers.h"

namespace resolvers {

std::string rdap_facts_text(const RdapDomain& domain);
std::string rdap_facts_text(const RdapNetwork& network);
std::string rdap_facts_text(const RdapRegistrar& registrar);

/// Failure "malformed" if the text is not what rdap_facts_text() writes.
Outcome<RdapDomain> rdap_domain_of(std::string_view text);
Outcome<RdapNetwork> rdap_network_of(std::string_view text);
Outcome<RdapRegistrar> rdap_registrar_of(std::string_view text);

}  // namespace resolvers
