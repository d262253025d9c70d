// Hands the subjects of one input to several shards: read by its own thread (input may block),
// bounded, and permuted within a window so that a sorted list does not hammer one operator.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "scanner/model/subject.h"

namespace scanner::pipeline {

/// A subject and its place in the input: 0, 1, 2... without gaps.
struct Work {
    std::uint64_t number = 0;
    Subject subject;
};

class Intake {
public:
    struct Options {
        /// Subjects read ahead.
        std::size_t capacity = 4096;
        /// Subjects shuffled among each other; 1 keeps the input's order.
        std::size_t window = 1;
        std::uint64_t seed = 0;
        /// Lowest number not yet written: reading stays within `span` of it, so that holding
        /// records back for order stays bounded. May be empty; called on the reading thread.
        std::function<std::uint64_t()> written;
        std::uint64_t span = 0;
    };

    /// `next` fills the subject and returns true, or returns false at the end; it is called on
    /// the intake's own thread, and owns what it reads from: a read that blocks for ever (a silent
    /// terminal) outlives the intake.
    Intake(std::function<bool(Subject&)> next, Options options);
    ~Intake();
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    /// The next piece of work; absent at the end, or once stopped. Callable from any shard; the
    /// intake must outlive the coroutine.
    boost::asio::awaitable<std::optional<Work>> take();

    /// Gives out nothing more. Input already read is dropped.
    void stop();

    /// Subjects given out so far.
    std::uint64_t given() const;
    /// Has all of the input been given out?
    bool at_end() const;

private:
    // Shared with the reading thread, which may be stuck in a read when the intake goes.
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace scanner::pipeline
