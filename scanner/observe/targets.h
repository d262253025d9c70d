// Which addresses are talked to, and which never: politeness and our own safety, as pure choices.
#pragma once

#include <string>
#include <vector>

#include "scanner/observe/observe.h"

namespace scanner::observe {

/// An address with what the routing data say about it.
SeenAddress seen_address(const resolvers::IpAddress& address, const World& world);

/// Why no request may go to an address: special-purpose, or on a list. Absent if
/// one may.
std::optional<NotProbed> refusal_of(const resolvers::IpAddress& address, const World& world,
                                    const Plan& plan);

/// The same for a host and where it leads: refused as soon as one of its addresses is, because the
/// next answer may give that one first.
std::optional<NotProbed> refusal_of(const std::string& host,
                                    const std::vector<SeenAddress>& addresses, const World& world,
                                    const Plan& plan);

/// Why nothing may be sent to any name of a CNAME chain: absent if one may.
std::optional<Refusal> refusal_of_chain(const std::vector<std::string>& chain, const World& world);

/// Why none of the addresses that a name leads to may be talked to, if a list refuses them all.
/// Absent if it does not, or if there are none.
std::optional<Refusal> refusal_of_all(const std::vector<SeenAddress>& addresses);

/// One address for each holder and family, in order, at most `limit`; refused ones are marked in
/// `addresses` (not_probed) and left out.
std::vector<resolvers::IpAddress> choose_targets(std::vector<SeenAddress>& addresses,
                                                 const World& world, const Plan& plan,
                                                 unsigned limit);

/// Says of each address left, once the probes are made, why it was not talked to.
void mark_unprobed(Observation& seen, const std::vector<resolvers::IpAddress>& targets);

}  // namespace scanner::observe
