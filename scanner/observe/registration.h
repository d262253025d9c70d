// What the registries are asked about a subject, once everything else has been seen of it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "scanner/observe/observe.h"

namespace scanner::observe {

/// Fills seen.registry as far as the plan asks for it and the deadline lets it. Arguments must
/// outlive the coroutine.
boost::asio::awaitable<void> look_up_registration(Observation& seen, World& world, const Plan& plan,
                                                  resolvers::Deadline deadline);

/// The addresses whose networks are asked for, those that were talked to first, at most
/// plan.registry_networks. Why others are not goes to `gaps`; refused ones are not mentioned.
std::vector<resolvers::IpAddress> choose_registered(const Observation& seen, const World& world,
                                                    const Plan& plan,
                                                    std::vector<resolvers::RegistryGap>& gaps);

}  // namespace scanner::observe
