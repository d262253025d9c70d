// Brings the records of two runs together, subject by subject, as both are read. In the same order
// nothing is held back; out of order as much as the two are apart: at worst one run's verdicts,
// never its observations.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scanner/history/changes.h"

namespace scanner::history {

class RecordJoin {
public:
    using Pair = std::function<void(const RunVerdict& before, const RunVerdict& after)>;

    explicit RecordJoin(Pair pair) : pair_(std::move(pair)) {}

    /// Two records are of one subject when line and host agree; of several such (imports of many
    /// files number their lines anew), the one that saw the same, else the first.
    void add_before(RunVerdict&& verdict);
    void add_after(RunVerdict&& verdict);

    /// What waits for the other run. At the end: subjects that only one run has, in order.
    std::vector<RunVerdict> left_before() { return left(before_); }
    std::vector<RunVerdict> left_after() { return left(after_); }

    std::size_t waiting() const { return waiting_; }

private:
    using Key = std::pair<std::uint64_t, std::string>;
    using Side = std::map<Key, std::deque<RunVerdict>>;

    /// Finds the other run's record of the subject; without one, keeps this one until it comes.
    bool keep_or_take(Side& own, Side& other, RunVerdict& verdict, RunVerdict& partner);
    bool take(Side& side, const Key& key, const RunVerdict& partner, RunVerdict& verdict);
    std::vector<RunVerdict> left(Side& side);

    Pair pair_;
    Side before_;
    Side after_;
    std::size_t waiting_ = 0;
};

}  // namespace scanner::history
