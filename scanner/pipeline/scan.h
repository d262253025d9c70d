// The whole way, for a list: shards take subjects, observe, decide, and hand lines to the writer.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"
#include "scanner/observe/observe.h"
#include "scanner/pipeline/intake.h"
#include "scanner/pipeline/line_writer.h"

namespace scanner::pipeline {

/// The concrete resolvers of one shard, made on its thread and used there alone.
struct ShardResolvers {
    std::unique_ptr<resolvers::DnsResolver> dns;
    /// May be null: then only the DNS is asked.
    std::unique_ptr<resolvers::HttpProber> http;
    /// Takes the function that `http` is to call with 1 when a probe begins to wait for its peer's
    /// sake (rate, connections), and with -1 when that ends. Empty if it never does.
    std::function<void(std::function<void(int change)>)> tell_of_waits;
    /// The resolvers of `views`, which point at them.
    std::vector<std::unique_ptr<resolvers::DnsResolver>> view_resolvers;
    std::vector<observe::ViewSource> views;
    /// See World::ask_servers.
    std::function<std::unique_ptr<resolvers::DnsResolver>(
        const std::vector<resolvers::IpAddress>& servers)>
        ask_servers;
    /// May be null: then no registry is asked. Goes before the others, which it may use.
    std::unique_ptr<resolvers::Registry> registry;
};

struct ScanOptions {
    /// Threads; each with its own io_context and resolvers.
    unsigned shards = 1;
    /// Subjects at work at once, over all shards.
    unsigned in_flight = 1000;
    /// Subjects that may wait for the sake of a peer besides, so that one that many names lead to
    /// does not hold up the rest of the list.
    unsigned parked = 2000;
    observe::Plan plan;
};

/// Counted while scanning; read by whoever shows progress. Relaxed: a moment's view.
struct ScanCounters {
    std::atomic<std::uint64_t> started{0};
    std::atomic<std::uint64_t> done{0};
    /// Of those started and not done: waiting for the sake of a peer.
    std::atomic<std::int64_t> parked{0};
    /// Names that the reference resolvers were asked about, those of them about which a response
    /// came, and how many there were without one since the last one with.
    std::atomic<std::uint64_t> asked{0};
    std::atomic<std::uint64_t> answered{0};
    std::atomic<std::uint64_t> unanswered_in_row{0};
    /// No resolver answers any more: the run ended before its input did.
    std::atomic<bool> blind{false};
    /// By State, in the order of the enumeration.
    std::atomic<std::uint64_t> states[17]{};

    /// Why a resolver did not answer, as of the last name without a response.
    std::string silence() const
    {
        const std::lock_guard lock(mutex_);
        return silence_;
    }
    void set_silence(std::string why)
    {
        const std::lock_guard lock(mutex_);
        silence_ = std::move(why);
    }

private:
    mutable std::mutex mutex_;
    std::string silence_;
};

/// What does not depend on the shard. All of it must outlive the scan; the functions are called
/// from every shard's thread.
struct ScanParts {
    /// Makes a shard's resolvers on its io_context.
    std::function<ShardResolvers(boost::asio::io_context&)> make_resolvers;
    /// May be null, as in World.
    std::unique_ptr<const observe::ProbePolicy> policy;
    /// May be null, as in World. Shared with the probers, and with who reads the lists again.
    std::shared_ptr<const observe::Refusals> refusals;
    /// Everything of World but dns, views, ask_servers, http, registry, policy, refusals and clock
    /// is taken from here.
    observe::World world;
    /// The lines to print for an observation, each with "\n", and the state it came to.
    std::function<State(Observation&&, std::string& lines)> finish;
};

/// So many names in a row without any response from a reference resolver end the run, unless the
/// resolvers answer a plain question.
inline constexpr std::uint64_t blind_after = 200;

/// Did a reference resolver respond to anything that was asked about the name? Absent if it was not
/// asked.
std::optional<bool> was_answered(const Observation& seen);

/// What a resolver said about the last name that it did not answer: "127.0.0.9:53: connection
/// refused". Empty if it answered everything.
std::string silence_of(const Observation& seen);

/// Runs until the intake is at its end, is stopped, or the writer fails, or until no resolver
/// answers (ScanCounters::blind). Blocks. Every subject that the intake gave out has its line with
/// the writer on return.
void scan(Intake& intake, LineWriter& writer, const ScanParts& parts, const ScanOptions& options,
          ScanCounters& counters);

}  // namespace scanner::pipeline
