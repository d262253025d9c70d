#include "scanner/history/record_join.h"

#include <algorithm>

namespace scanner::history {

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
    RunVerdict after;
    if (!keep_or_take(before_, after_, verdict, after))
        return;
    pair_(verdict, after);
}

void RecordJoin::add_after(RunVerdict&& verdict)
{
    RunVerdict before;
    if (!keep_or_take(after_, before_, verdict, before))
        return;
    pair_(before, verdict);
}

bool RecordJoin::keep_or_take(Side& own, Side& other, RunVerdict& verdict, RunVerdict& partner)
{
    Key key{verdict.line, verdict.host};
    if (take(other, key, verdict, partner))
        return true;
    own[std::move(key)].push_back(std::move(verdict));
    ++waiting_;
    return false;
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

}  // namespace scanner::history
