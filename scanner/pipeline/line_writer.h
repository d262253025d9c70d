// Writes whole lines to a file descriptor from its own thread, so that a slow disk or reader never
// holds up the network. Bounded: producers ask for room first. Every write ends at a line's end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace scanner {

class LineWriter {
public:
    /// Order::sequence holds lines back until those of all lower numbers have come.
    enum class Order { as_they_come, sequence };

    /// Does not own `descriptor`.
    LineWriter(int descriptor, Order order);
    ~LineWriter();
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    /// Takes text of any number of whole lines, each with its "\n". Numbers start at 0 and have no
    /// gaps; they do not matter for as_they_come. Empty text only closes a gap.
    void write(std::uint64_t number, std::string lines);

    /// Is so much waiting that producers should pause?
    bool is_full() const;

    /// Numbers below this have been taken in order: what is admitted beyond should stay near it.
    std::uint64_t next_number() const;

    /// Waits until everything taken is written, as far as its order lets it.
    void flush();

    /// Gives up waiting for numbers that will not come (an interrupted run) and writes what is
    /// held.
    void close_gaps();

    /// errno of the write that failed; 0 if none did. After a failure everything is dropped.
    int failure() const;

private:
    void run();

    const int descriptor_;
    const Order order_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, std::string> held_;
    std::uint64_t next_ = 0;
    std::string ready_;
    std::size_t waiting_bytes_ = 0;
    bool writing_ = false;
    bool stop_ = false;
    int failure_ = 0;
    std::thread thread_;
};

}  // namespace scanner
