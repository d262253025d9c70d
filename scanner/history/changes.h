// What two records of one subject say differently, and which evidence came or went. Decides nothing
// about which of them is right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/model/record.h"

namespace scanner::history {

/// What is kept of a record to compare it with another: all but the observation.
struct RunVerdict {
    std::uint64_t line = 0;
    std::string host;
    std::optional<resolvers::Timestamp> observed_at;
    /// SHA-256 of the observation as it is written.
    std::string observation_sha256;
    Attribution attribution;
    Provenance provenance;
};

RunVerdict verdict_of(Record&& record);

/// One thing that is said differently.
struct Difference {
    /// "state", "front", "host", "chain", another role's word, "claims", "flags" or "notice".
    std::string what;
    /// "cloudflare-proxy, probable", "unknown: conflict", "none"; empty for a role that is absent.
    std::string before;
    std::string after;
    /// For roles: was a name gained, lost, exchanged for another, or only its grade or reason
    /// changed? "named", "lost", "renamed", "regraded", "reasoned". Empty for what is no role.
    std::string kind;
};

/// Why a verdict is another. In the order in which they are asked.
enum class Cause {
    observation,  ///< something else was seen
    catalogue,    ///< the same was seen, and other things are known
    program,      ///< the same was seen and is known: servedby itself decides otherwise
};

std::string_view word(Cause cause);

struct Change {
    std::vector<Difference> differences;
    /// Evidence that only one of the two has; what is renumbered alone is neither.
    std::vector<Evidence> appeared;
    std::vector<Evidence> disappeared;
    Cause cause = Cause::catalogue;
};

/// Absent if the verdicts say the same by the same evidence. With differences empty only the
/// evidence changed.
std::optional<Change> change_between(const RunVerdict& before, const RunVerdict& after);

}  // namespace scanner::history
