// The opt-outs and the block list of a run, out of files that may be read again while it goes on.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/observe/refusal_list.h"
#include "scanner/observe/surroundings.h"

namespace scanner::pipeline {

/// Read and replaced as a whole: nobody ever sees one list without the other, or half of one. For
/// all threads; asking costs a lock for a moment.
class RefusalLists final : public observe::Refusals {
public:
    /// Failures name the flag, the file and the line; then there is nothing of use.
    static resolvers::Outcome<std::shared_ptr<RefusalLists>> read(
        std::vector<std::string> opt_outs, std::vector<std::string> block_lists);

    /// Reads the files again. After a failure, also for one that can be read only once (a pipe),
    /// the old lists stay. Else says how much there is now, for people.
    resolvers::Outcome<std::string> read_again();

    /// Were any files named at all?
    bool any() const { return !opt_outs_.empty() || !block_lists_.empty(); }

    /// An owner's wish is told before the user's.
    std::optional<Refusal> refusal_of(const std::string& host) const override { return find(host); }
    std::optional<Refusal> refusal_of(const resolvers::IpAddress& address) const override
    {
        return find(address);
    }

private:
    struct Both {
        observe::RefusalList opted_out;
        observe::RefusalList blocked;
    };

    template <typename HostOrAddress>
    std::optional<Refusal> find(const HostOrAddress& what) const
    {
        const std::shared_ptr<const Both> now = current();
        if (now->opted_out.covers(what))
            return Refusal::opt_out;
        if (now->blocked.covers(what))
            return Refusal::blocked;
        return std::nullopt;
    }

    RefusalLists(std::vector<std::string> opt_outs, std::vector<std::string> block_lists)
        : opt_outs_(std::move(opt_outs)), block_lists_(std::move(block_lists))
    {
    }
    resolvers::Outcome<std::shared_ptr<const Both>> read_files() const;
    std::shared_ptr<const Both> current() const;

    const std::vector<std::string> opt_outs_;
    const std::vector<std::string> block_lists_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Both> both_;
};

}  // namespace scanner::pipeline
