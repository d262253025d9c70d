// Writes whole lines to a file descriptor from its own thread, so that a slow disk or reader never
// holds up the network. Bounded: producers ask for room first. Every write ends at a line's end; of
// packed output every write ends where what was written unpacks to whole lines.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "scanner/pipeline/zstd_stream.h"

namespace scanner::pipeline {

class LineWriter {
public:
    /// Order::sequence holds lines back until those of all lower numbers have come.
    enum class Order { as_they_come, sequence };

    /// Packing::zstd writes frames of zstd.
    enum class Packing { none, zstd };

    /// Does not own `descriptor`.
    LineWriter(int descriptor, Order order, Packing packing = Packing::none);
    ~LineWriter();
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    /// Takes text of any number of whole lines, each with its "\n". Numbers start at 0 and have no
    /// gaps; they do not matter for as_they_come. Empty text only closes a gap.
    void write(std::uint64_t number, std::string lines);

    /// Whole lines outside all numbers: before the first numbered write, or after the last flush.
    void write_frame(std::string lines);

    /// The same, waiting for room first: for a producer that has nothing else to do.
    void write_when_room(std::string lines);

    /// Is so much waiting that producers should pause?
    bool is_full() const;

    /// Numbers below this have been taken in order: what is admitted beyond should stay near it.
    std::uint64_t next_number() const;

    /// Waits until everything taken is written, as far as its order lets it. Packed output is whole
    /// then; writing may go on.
    void flush();

    /// Gives up waiting for numbers that will not come (an interrupted run) and writes what is
    /// held.
    void close_gaps();

    /// errno of the write that failed; 0 if none did. After a failure everything is dropped.
    int failure() const;

private:
    void run();
    /// errno, or 0.
    int write_batch(std::string_view lines, bool last);

    const int descriptor_;
    const Order order_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, std::string> held_;
    std::uint64_t next_ = 0;
    std::string ready_;
    std::size_t waiting_bytes_ = 0;
    bool writing_ = false;
    bool end_wanted_ = false;
    bool stop_ = false;
    const std::unique_ptr<ZstdEncoder> encoder_;
    int failure_ = 0;
    std::thread thread_;
};

}  // namespace scanner::pipeline
