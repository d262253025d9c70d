// One more handshake: does the address answer for the outer name of a provider's ECH?
#pragma once

#include <boost/asio/awaitable.hpp>

#include "scanner/observe/budget.h"
#include "scanner/observe/observe.h"

namespace scanner::observe {

/// If an HTTPS record of the subject names an ECH outer name, that name is put to the first address
/// that took a connection; else the one that the policy suggests for an address (see
/// ProbePolicy::public_name_probe): a handshake alone, no request. The probe joins `seen.probes`
/// with purpose "public_name" and that name as its host. It is a request of the budget.
boost::asio::awaitable<void> probe_public_name(Observation& seen, World& world, Budget& budget);

}  // namespace scanner::observe
