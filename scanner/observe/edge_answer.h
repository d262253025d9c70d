// One more request: does the edge itself answer at the address, where a page told too little?
#pragma once

#include <boost/asio/awaitable.hpp>

#include "scanner/observe/budget.h"
#include "scanner/observe/observe.h"

namespace scanner::observe {

/// If the policy names a path for an address that answered the subject's root (see
/// ProbePolicy::edge_probe), the subject's host is asked for it there, over https where that
/// worked. The probe joins `seen.probes` with purpose "edge". It is a request of the budget; little
/// of its body is read, and its redirects are not followed. Nothing is sent to who has just asked
/// to be left alone (429).
boost::asio::awaitable<void> probe_edge_answer(Observation& seen, World& world, Budget& budget);

}  // namespace scanner::observe
