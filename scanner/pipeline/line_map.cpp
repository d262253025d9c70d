#include "scanner/pipeline/line_map.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "scanner/input/lists/line_reader.h"

namespace scanner::pipeline {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;
constexpr std::size_t chunks_ahead_per_thread = 4;

struct Chunk {
    std::uint64_t number = 0;
    std::uint64_t first_line = 0;
    std::string text;
};

// A bounded queue between the reading thread and the workers.
class ChunkQueue {
public:
    explicit ChunkQueue(std::size_t limit) : limit_(limit) {}

    void push(Chunk chunk)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return chunks_.size() < limit_ || closed_; });
        if (!closed_)
            chunks_.push_back(std::move(chunk));
        changed_.notify_all();
    }

    bool pop(Chunk& chunk)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !chunks_.empty() || closed_; });
        if (chunks_.empty())
            return false;
        chunk = std::move(chunks_.front());
        chunks_.pop_front();
        changed_.notify_all();
        return true;
    }

    void close()
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

private:
    const std::size_t limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Chunk> chunks_;
    bool closed_ = false;
};

std::string work_through(const Chunk& chunk, const LineFunction& function)
{
    std::string out;
    out.reserve(chunk.text.size() * 2);
    std::string_view rest = chunk.text;
    for (std::uint64_t number = chunk.first_line; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (!line.empty())
            function(line, number, out);
    }
    return out;
}

}  // namespace

void map_lines(std::istream& in, LineWriter& writer, unsigned threads, const LineFunction& function)
{
    ChunkQueue queue(chunks_ahead_per_thread * threads);
    std::exception_ptr failure;
    std::mutex failure_mutex;
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i)
        workers.emplace_back([&] {
            try {
                for (Chunk chunk; queue.pop(chunk);)
                    writer.write(chunk.number, work_through(chunk, function));
            } catch (...) {
                const std::lock_guard lock(failure_mutex);
                failure = std::current_exception();
                queue.close();
            }
        });

    std::uint64_t line_number = 1;
    std::uint64_t lines = 0;
    Chunk chunk;
    input::LineReader reader(in, input::max_stored_line);
    input::Line line;
    const auto send = [&] {
        chunk.first_line = line_number;
        line_number += lines;
        lines = 0;
        const std::uint64_t next = chunk.number + 1;
        queue.push(std::move(chunk));
        chunk = Chunk{};
        chunk.number = next;
    };
    while (writer.failure() == 0 && reader.next(line)) {
        // Of a line that the input broke off in nothing is known to be whole.
        if (line.broken)
            break;
        chunk.text += line.text;
        chunk.text += '\n';
        ++lines;
        // Interactive input should not wait for a full chunk.
        if (chunk.text.size() >= chunk_bytes || !reader.has_more()) {
            while (writer.is_full() && writer.failure() == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            send();
        }
    }
    if (lines > 0)
        send();
    queue.close();
    for (std::thread& worker : workers)
        worker.join();
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace scanner::pipeline
