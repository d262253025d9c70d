// The whole way, for a list: shards take subjects, observe, decide, and hand lines to the writer.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"
#include "scanner/observe/observe.h"
#include "scanner/pipeline/intake.h"
#include "scanner/pipeline/line_writer.h"

namespace scanner {

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
    std::vector<ViewSource> views;
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
    Plan plan;
};

/// Counted while scanning; read by whoever shows progress. Relaxed: a moment's view.
struct ScanCounters {
    std::atomic<std::uint64_t> started{0};
    std::atomic<std::uint64_t> done{0};
    /// Of those started and not done: waiting for the sake of a peer.
    std::atomic<std::int64_t> parked{0};
    /// By State, in the order of the enumeration.
    std::atomic<std::uint64_t> states[17]{};
};

/// What does not depend on the shard. All of it must outlive the scan; the functions are called
/// from every shard's thread.
struct ScanParts {
    /// Makes a shard's resolvers on its io_context.
    std::function<ShardResolvers(boost::asio::io_context&)> make_resolvers;
    /// Everything of World but dns, views, ask_servers, http, registry and now is taken from here.
    World world;
    /// The lines to print for an observation, each with "\n", and the state it came to.
    std::function<State(Observation&&, std::string& lines)> finish;
};

/// Runs until the intake is at its end, is stopped, or the writer fails. Blocks. Every subject that
/// the intake gave out has its line with the writer on return.
void scan(Intake& intake, LineWriter& writer, const ScanParts& parts, const ScanOptions& options,
          ScanCounters& counters);

}  // namespace scanner
