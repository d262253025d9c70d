// Holds probes back until Politeness lets them go. What a subject waits here does not come off its
// deadline: the probe says how long it was. Reads Retry-After out of what comes back.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "resolvers/pace/peer_limiter.h"
#include "resolvers/resolvers.h"

namespace resolvers::pace {

struct PoliteProberOptions {
    /// A probe that has waited for so long, or would have to because its peer asked to be left
    /// alone, is not made: local_error, detail "rate".
    std::chrono::milliseconds longest_wait = std::chrono::minutes(30);
    std::function<Timestamp()> now;
};

/// One for each io_context and thread, all of them over one Politeness.
class PoliteProber : public HttpProber {
public:
    PoliteProber(std::unique_ptr<HttpProber> prober, std::shared_ptr<Politeness> politeness,
                 PoliteProberOptions options);

    boost::asio::awaitable<Probe> probe(ProbeRequest request, Deadline deadline) override;

    /// Calls the function with 1 when a probe begins to wait for its peer's sake and with -1 when
    /// that ends. None is called once it is empty.
    void tell_of_waits(std::function<void(int change)> tell) { *tell_ = std::move(tell); }

private:
    std::unique_ptr<HttpProber> prober_;
    // Shared, since the visits of all threads wake each other.
    std::shared_ptr<Politeness> politeness_;
    PoliteProberOptions options_;
    // Shared, since a coroutine that waits may be destroyed after us.
    std::shared_ptr<std::function<void(int)>> tell_;
};

/// Holds questions back to so many a second, over all threads that share one. The answers say how
/// long that was; it does not come off their deadline.
class PoliteResolver : public DnsResolver {
public:
    /// The rate is that of `pace` over all: its other limits do not matter here.
    PoliteResolver(std::unique_ptr<DnsResolver> resolver, std::shared_ptr<Politeness> pace);

    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

private:
    std::unique_ptr<DnsResolver> resolver_;
    std::shared_ptr<Politeness> pace_;
};

}  // namespace resolvers::pace
