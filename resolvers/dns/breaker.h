// Leaves resolvers alone that have long not answered: for a pause that grows, after which one
// question at a time finds out whether they are back. What is not asked meanwhile is skipped, and
// says so: it is never an answer.
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

namespace resolvers {

struct PatienceOptions {
    /// Questions in a row without a response after which a resolver is left alone.
    unsigned silent_questions = 20;
    /// The first pause; each further one without an answer between them is twice as long.
    std::chrono::milliseconds first_pause{5'000};
    std::chrono::milliseconds longest_pause{5 * 60'000};
    /// When a trial question has no outcome by then, there is another.
    std::chrono::milliseconds trial_time{30'000};
    /// Does this one answer questions that any resolver answers? Then its silence is about the
    /// names, which is worth knowing, and it is not left alone. Empty: not known.
    std::function<bool(std::size_t server)> answers_others{};
    /// A line for people, when a resolver is first left alone. From any thread; may be empty.
    std::function<void(const std::string& line)> tell{};
    /// The monotonic clock.
    std::function<Deadline()> now = [] { return std::chrono::steady_clock::now(); };
};

/// What is known about the resolvers of one view, which are taken to be equals. For all threads.
class Patience {
public:
    /// `servers` as in DnsAnswer::resolver.
    Patience(std::string view, std::vector<std::string> servers, PatienceOptions options);

    /// May one more question be put to the view? If all its resolvers are left alone, only every
    /// now and then: a trial.
    bool admit();

    /// Is this one to be passed over? For DnsOptions::out_of_use, for the question at hand: a trial
    /// is let through once.
    bool passes_over(std::size_t server);

    /// Learns from an answer.
    void note(const DnsAnswer& answer);

    /// For the detail of what is skipped; counts it.
    std::string skip();

    /// A line for each resolver that was ever left alone.
    std::vector<std::string> summary() const;

private:
    struct Server {
        std::string text;
        unsigned silent = 0;
        bool left_alone = false;
        Deadline until{};
        std::chrono::milliseconds pause{0};
        std::optional<Deadline> trial;
        /// A trial was admitted that has not been sent yet.
        bool trial_to_send = false;
        unsigned pauses = 0;
    };

    bool due(Server& server);
    bool is_back(std::size_t place);
    void leave_alone(Server& server, std::unique_lock<std::mutex>& lock);
    void take_back(Server& server);

    const std::string view_;
    const PatienceOptions options_;
    // So that nobody waits for the others while all is well.
    std::atomic<unsigned> left_alone_{0};
    mutable std::mutex mutex_;
    std::vector<Server> servers_;
    std::uint64_t skipped_ = 0;
};

/// Asks through another resolver what Patience admits. One for each io_context and thread.
class PatientResolver final : public DnsResolver {
public:
    PatientResolver(std::unique_ptr<DnsResolver> resolver, std::shared_ptr<Patience> patience);

    boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                       Deadline deadline) override;

private:
    std::unique_ptr<DnsResolver> resolver_;
    std::shared_ptr<Patience> patience_;
};

}  // namespace resolvers
