// What one subject may still cost the world: queries, requests, time. Internal to scanner/observe.
#pragma once

#include <string>
#include <vector>

#include "resolvers/resolvers.h"

namespace scanner {

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

/// Retries cost the world as much as questions do.
void charge_retries(const std::vector<resolvers::DnsAnswer>& answers, Budget& budget);

}  // namespace scanner
