// What one subject may still cost the world: queries, requests, time. Internal to scanner/observe.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "resolvers/resolvers.h"
#include "scanner/observe/observe.h"

namespace scanner::observe {

struct Budget {
    unsigned dns = 0;
    unsigned requests = 0;
    resolvers::Deadline deadline;
};

/// Adds a question for each type as long as the budget lasts; none for what is no name.
void add_questions(std::vector<resolvers::Question>& questions, const std::string& name,
                   const std::vector<std::string>& types, Budget& budget);

/// The same, but what the budget does not allow is written down as skipped.
void add_questions(std::vector<resolvers::Question>& questions, const std::string& name,
                   const std::vector<std::string>& types, Budget& budget,
                   std::vector<resolvers::DnsAnswer>& skipped);

/// Asks until the deadline; retries are charged to the budget as questions are. Without questions
/// there are no answers. Both references must outlive the coroutine.
boost::asio::awaitable<std::vector<resolvers::DnsAnswer>> ask(
    std::vector<resolvers::Question> questions, World& world, Budget& budget);

/// Makes one request, and charges it. What it was held back for comes off nobody's time. Both
/// references must outlive the coroutine.
boost::asio::awaitable<resolvers::Probe> send(resolvers::ProbeRequest request, World& world,
                                              Budget& budget);

/// Appends to what was asked for the subject.
void keep(Observation& seen, std::vector<resolvers::DnsAnswer> answers);

}  // namespace scanner::observe
