// Puts canaries to every resolver of a run, before it and every few minutes of it, in a thread of
// its own; tells who is caught making answers up.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "resolvers/resolvers.h"
#include "scanner/observe/canary.h"
#include "scanner/observe/surroundings.h"

namespace scanner::pipeline {

/// One resolver by itself, whatever pool it belongs to.
struct WatchedResolver {
    /// "reference", or the name of a view.
    std::string view;
    /// Its address, for people and for View::resolver.
    std::string resolver;
    /// Makes something that asks this resolver alone. Called on the watch's thread.
    std::function<std::unique_ptr<resolvers::DnsResolver>(boost::asio::io_context&)> make;
};

class ResolverWatch final : public observe::ResolverHealth {
public:
    struct Options {
        Canaries canaries;
        std::chrono::milliseconds period{std::chrono::minutes{5}};
        /// For all canaries of one round.
        std::chrono::milliseconds timeout{5'000};
        /// A line for people, once for each resolver that is caught. Called on the watch's thread.
        std::function<void(const std::string& line)> tell;
    };

    ResolverWatch(std::vector<WatchedResolver> resolvers, Options options);
    /// Stops.
    ~ResolverWatch() override;
    ResolverWatch(const ResolverWatch&) = delete;
    ResolverWatch& operator=(const ResolverWatch&) = delete;

    /// Begins, and returns when the first round is over, or after `patience`.
    void start(std::chrono::milliseconds patience);
    /// Ends the thread; a round under way is given up.
    void stop();

    /// Was the resolver at this place of the list caught in its last round? From any thread.
    bool caught(std::size_t place) const { return caught_[place].load(std::memory_order_relaxed); }

    /// Did it answer any question in its last round? From any thread.
    bool answers(std::size_t place) const
    {
        return answers_[place].load(std::memory_order_relaxed);
    }

    /// Did a round end in which it answered nothing? From any thread.
    bool silent(std::size_t place) const { return silent_[place].load(std::memory_order_relaxed); }

    /// Signs and made-up addresses of a view whose resolvers were all caught; else nothing: the
    /// others are asked instead. From any thread.
    View health_of(const std::string& view) const override;

    /// A line for each resolver that was ever caught.
    std::vector<std::string> summary() const;

    /// A line for each resolver, in their order: what the last round that it answered showed. Its
    /// answers are judged neither by whether it validates nor by whether it filters.
    std::vector<std::string> findings() const;

private:
    void run();
    void take(std::size_t place, observe::CanaryReport report);

    const std::vector<WatchedResolver> resolvers_;
    const Options options_;
    std::unique_ptr<std::atomic<bool>[]> caught_;
    std::unique_ptr<std::atomic<bool>[]> answers_;
    std::unique_ptr<std::atomic<bool>[]> silent_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    boost::asio::io_context io_{1};
    std::vector<observe::CanaryReport> reports_;
    std::vector<std::string> told_;
    bool first_round_over_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace scanner::pipeline
