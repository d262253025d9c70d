// What changed between two runs, told subject by subject, with a summary at the end: as text for
// people, or as JSON lines.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/history/changes.h"

namespace scanner::history {

inline constexpr std::string_view change_format = "servedby.change/1";
inline constexpr std::string_view change_summary_format = "servedby.change_summary/1";

class ChangeReport {
public:
    explicit ChangeReport(bool json) : json_(json) {}

    /// What is to be said of two records of one subject, "" if nothing. A change of the evidence
    /// alone is counted, and told only in JSON.
    std::string compared(const RunVerdict& before, const RunVerdict& after);
    /// A subject that only one of the runs has.
    std::string only_before(const RunVerdict& verdict);
    std::string only_after(const RunVerdict& verdict);

    std::string summary() const;

    /// Does any subject differ, or is it in one run alone? Evidence alone does not count.
    bool found_changes() const { return changed_ + gone_ + added_ > 0; }

private:
    std::string one_sided(const RunVerdict& verdict, const char* what);

    bool json_;
    std::uint64_t compared_ = 0;
    std::uint64_t changed_ = 0;
    std::uint64_t evidence_only_ = 0;
    std::uint64_t gone_ = 0;
    std::uint64_t added_ = 0;
    /// What differs, and how (see Difference).
    std::map<std::pair<std::string, std::string>, std::uint64_t> differences_;
    std::map<std::string_view, std::uint64_t> causes_;
    /// (tool, catalogue date, sha256) before and after.
    std::map<std::array<std::string, 6>, std::uint64_t> knowledge_;
};

}  // namespace scanner::history
