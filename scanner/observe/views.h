// Other resolvers' testimony about a subject: each view is asked for its addresses, all at once.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "scanner/observe/observe.h"

namespace scanner::observe {

/// Asks A and AAAA of every view of the world, and once more where a view stops half-way along an
/// alias or an answer was lost, within Plan::view_budget each: its resolvers should not retry. The
/// answers go to `seen.views`; what canaries showed of a view's resolvers goes with them. All
/// arguments must outlive the coroutine.
boost::asio::awaitable<void> ask_views(Observation& seen, World& world, const Plan& plan,
                                       resolvers::Deadline deadline);

}  // namespace scanner::observe
