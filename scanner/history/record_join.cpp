#include "scanner/history/record_join.h"

#include <algorithm>

namespace scanner {

bool RecordJoin::take(Side& side, const Key& key, const RunVerdict& partner, RunVerdict& verdict)
{
    const auto found = side.find(key);
    if (found == side.end())
        return false;
    std::deque<RunVerdict>& waiting = found->second;
    auto best =
        std::ranges::find(waiting, partner.observation_sha256, &RunVerdict::observation_sha256);
    if (best == waiting.end())
        best = waiting.begin();
    verdict = std::move(*best);
    waiting.erase(best);
    if (found->second.empty())
        side.erase(found);
    --waiting_;
    return true;
}

void RecordJoin::add_before(RunVerdict&& verdict)
{
    Key key{verdict.line, verdict.host};
    RunVerdict other;
    if (take(after_, key, verdict, other)) {
        pair_(verdict, other);
        return;
    }
    before_[std::move(key)].push_back(std::move(verdict));
    ++waiting_;
}

void RecordJoin::add_after(RunVerdict&& verdict)
{
    Key key{verdict.line, verdict.host};
    RunVerdict other;
    if (take(before_, key, verdict, other)) {
        pair_(other, verdict);
        return;
    }
    after_[std::move(key)].push_back(std::move(verdict));
    ++waiting_;
}

std::vector<RunVerdict> RecordJoin::left(Side& side)
{
    std::vector<RunVerdict> left;
    for (auto& [key, verdicts] : side)
        for (RunVerdict& verdict : verdicts)
            left.push_back(std::move(verdict));
    side.clear();
    waiting_ -= left.size();
    return left;
}

}  // namespace scanner
