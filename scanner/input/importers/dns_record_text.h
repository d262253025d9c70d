// Resource records as other tools print them, brought to the form of resolvers::DnsRecord.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "resolvers/facts.h"

namespace scanner::input {

/// A name as facts hold it: lower case, without final dot ("." stays).
std::string record_name(std::string_view name);

/// A record out of presentation format: names in the data lower case and without final dot,
/// addresses in their usual text, TYPE64 and TYPE65 by their mnemonics. Data of types that are not
/// understood stay as they stand.
resolvers::DnsRecord read_record(std::string_view name, std::string_view type, std::uint32_t ttl,
                                 std::string_view data);

/// The status that a word of another tool means: response codes in any case ("NXDOMAIN",
/// "NoError"), and what zdns, massdns and OONI write for answers that never came. `other_rcode` for
/// "RCODE23" and "YXDOMAIN" and the like, `local_error` for words that say nothing of the name.
resolvers::DnsStatus read_dns_status(std::string_view word);

}  // namespace scanner::input
