// Flags that hold a run back: who must not be looked at, and how fast everybody else may be.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "resolvers/pace/peer_limiter.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/pipeline/refusal_lists.h"

namespace scanner {

struct PoliteFlags {
    std::vector<std::string> block_lists;
    std::vector<std::string> opt_outs;
    std::string per_address = "2:2";
    std::string per_prefix = "10:10";
    std::string per_edge = "50:50";
    std::string rate;
    std::string dns_rate;
    std::string longest_wait = "30m";
    std::string certificates;
};

void add_polite_flags(CLI::App& app, PoliteFlags& flags);

/// What the flags come to, shared by all threads of a run.
struct Polite {
    std::shared_ptr<RefusalLists> refusals;
    std::shared_ptr<resolvers::Politeness> limits;
    /// Null if questions are not held back.
    std::shared_ptr<resolvers::Politeness> dns_pace;
    std::chrono::milliseconds longest_wait{};
};

/// `catalogue` tells which addresses are made to be shared, and must outlive the result.
resolvers::Outcome<Polite> make_polite(const PoliteFlags& flags, const Catalogue& catalogue);

/// "2" connections; "2:0.5" with one new in two seconds; "unlimited". Absent if it is none.
std::optional<resolvers::PoliteLimit> parse_limit(std::string_view text);

/// "50" or "50/s". Absent if it is no such number.
std::optional<double> parse_rate(std::string_view text);

/// Raises the limit of open files as far as it goes, and says how many sockets that leaves for
/// probes beside `others`.
std::size_t sockets_left(std::size_t others);

}  // namespace scanner
