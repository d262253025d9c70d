// The zone's own name servers as one more view: what do they say, asked directly?
#pragma once

#include <boost/asio/awaitable.hpp>

#include "scanner/observe/observe.h"

namespace scanner::observe {

/// Does any view, the reference among them, say it was made to forge or deny, or deny what another
/// has an address for? Views that are merely steered to other addresses agree.
bool views_disagree(const Observation& seen);

/// Finds addresses of up to two of the zone's name servers and asks them for A and AAAA of the
/// subject, with RD clear. The answers join `seen.views` as "authority". At most seven queries:
/// NS, addresses of two servers in one family, and two answers with one more try each. Servers at
/// addresses that nobody may be sent to are left out.
boost::asio::awaitable<void> ask_authority(Observation& seen, World& world, const Plan& plan,
                                           resolvers::Deadline deadline);

}  // namespace scanner::observe
