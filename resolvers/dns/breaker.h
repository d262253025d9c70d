// A circuit breaker for each resolver of a view. What is not asked meanwhile is skipped, and says
// so: it is never an answer.
//
//               failures_to_open questions in a row without a response
//     +--------+ ----------------------------------------------------> +------+
//     | closed |                                                       | open | <---+
//     +--------+                                                       +------+     |
//         ^                                                                |        | no response:
//         | a response, or the resolver                      the open time |        | open for
//         | answers others                                         is over v        | twice as long
//         |                                                        +-----------+    |
//         +------------------------------------------------------- | half-open | ---+
//                                                                  +-----------+
//                                        one trial question; another after half_open_time
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/resolvers.h"

namespace resolvers::dns {

struct BreakerOptions {
    /// Questions in a row without a response that open the breaker.
    unsigned failures_to_open = 20;
    /// How long it is open at first; each further time without an answer between them is twice as
    /// long.
    std::chrono::milliseconds first_open_time{5'000};
    std::chrono::milliseconds longest_open_time{5 * 60'000};
    /// When a trial question has no outcome by then, there is another.
    std::chrono::milliseconds half_open_time{30'000};
    /// Does this one answer questions that any resolver answers? Then its silence is about the
    /// names, which is worth knowing, and its breaker stays closed. Empty: not known.
    std::function<bool(std::size_t server)> answers_others{};
    /// A line for people, when a resolver's breaker first opens. From any thread; may be empty.
    std::function<void(const std::string& line)> tell{};
    /// The monotonic clock.
    std::function<Deadline()> now = [] { return std::chrono::steady_clock::now(); };
};

/// The breakers of one view's resolvers, which are taken to be equals. For all threads.
class CircuitBreaker {
public:
    /// `servers` as in DnsAnswer::resolver.
    CircuitBreaker(std::string view, std::vector<std::string> servers, BreakerOptions options);

    /// May one more question be put to the view? If all breakers are open, only every now and
    /// then: a trial.
    bool admits();

    /// Is this server's breaker open? For DnsOptions::out_of_use, for the question at hand: a
    /// trial is let through once.
    bool rejects(std::size_t server);

    /// Learns from an answer.
    void record(const DnsAnswer& answer);

    /// For the detail of a question that was not admitted; counts it.
    std::string rejection();

    /// A line for each resolver whose breaker was ever open.
    std::vector<std::string> summary() const;

private:
    struct Server {
        std::string text;
        /// Questions in a row without a response.
        unsigned failures = 0;
        bool is_open = false;
        Deadline open_until{};
        std::chrono::milliseconds open_time{0};
        /// When the trial was let through that is under way.
        std::optional<Deadline> half_open_since;
        /// A trial was admitted that has not been sent yet.
        bool trial_to_send = false;
        unsigned times_opened = 0;
    };

    bool goes_half_open(Server& server);
    bool is_closed(std::size_t place);
    void open(Server& server, std::unique_lock<std::mutex>& lock);
    void close(Server& server);

    const std::string view_;
    const BreakerOptions options_;
    // So that nobody waits for the others while all is well.
    std::atomic<unsigned> open_count_{0};
    mutable std::mutex mutex_;
    std::vector<Server> servers_;
    std::uint64_t rejected_ = 0;
};

/// Asks another resolver what the breaker admits. One for each io_context and thread.
class BreakingResolver final : public DnsResolver {
public:
    BreakingResolver(std::unique_ptr<DnsResolver> resolver,
                     std::shared_ptr<CircuitBreaker> breaker);

    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

private:
    std::unique_ptr<DnsResolver> resolver_;
    std::shared_ptr<CircuitBreaker> breaker_;
};

}  // namespace resolvers::dns
