// What holds a run back: who must not be looked at, and how fast everybody else may be.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/pace/peer_limiter.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/cli/flags/polite_flags.h"
#include "scanner/observe/observe.h"
#include "scanner/pipeline/refusal_lists.h"

namespace scanner::cli {

/// What the flags come to, shared by all threads of a run.
struct Polite {
    std::shared_ptr<pipeline::RefusalLists> refusals;
    std::shared_ptr<resolvers::pace::Politeness> limits;
    /// Null if questions are not held back.
    std::shared_ptr<resolvers::pace::Politeness> dns_pace;
    std::chrono::milliseconds longest_wait{};
};

/// `catalogue` tells which addresses are made to be shared, and must outlive the result.
resolvers::Outcome<Polite> make_polite(const PoliteFlags& flags,
                                       const catalogue::Catalogue& catalogue);

/// "2" connections; "2:0.5" with one new in two seconds; "unlimited". Absent if it is none.
std::optional<resolvers::pace::PoliteLimit> parse_limit(std::string_view text);

/// "50" or "50/s". Absent if it is no such number.
std::optional<double> parse_rate(std::string_view text);

/// Raises the limit of open files as far as it goes, and says how many sockets that leaves for
/// probes beside `others`.
std::size_t sockets_left(std::size_t others);

}  // namespace scanner::cli
