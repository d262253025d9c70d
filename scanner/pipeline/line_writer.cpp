#include "scanner/pipeline/line_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace scanner::pipeline {

namespace {

// Beyond this producers pause; lines are a few KiB each.
constexpr std::size_t full_at = 8U << 20;

// Writes it all, or returns errno. A disk that fills in the middle of a line would leave half of
// it: a regular file is cut back to its last whole line, or, packed, to where it stood.
int write_all(int descriptor, std::string_view text, bool packed)
{
    const char* const begin = text.data();
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t wrote = ::write(descriptor, begin + done, text.size() - done);
        if (wrote >= 0) {
            done += static_cast<std::size_t>(wrote);
            continue;
        }
        if (errno == EINTR)
            continue;
        const int error = errno;
        const std::size_t line_end =
            packed ? std::string_view::npos : text.substr(0, done).rfind('\n');
        const std::size_t whole = line_end == std::string_view::npos ? 0 : line_end + 1;
        struct stat status {};
        if (done > whole && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
            const off_t end = lseek(descriptor, 0, SEEK_END);
            if (end >= 0 && ftruncate(descriptor, end - static_cast<off_t>(done - whole)) != 0)
                return error;  // nothing more can be done about it
        }
        return error;
    }
    return 0;
}

}  // namespace

LineWriter::LineWriter(int descriptor, Order order, Packing packing)
    : descriptor_(descriptor),
      order_(order),
      encoder_(packing == Packing::zstd ? std::make_unique<ZstdEncoder>() : nullptr),
      thread_([this] { run(); })
{
}

LineWriter::~LineWriter()
{
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void LineWriter::write(std::uint64_t number, std::string lines)
{
    {
        const std::lock_guard lock(mutex_);
        if (failure_ != 0)
            return;
        waiting_bytes_ += lines.size();
        if (order_ == Order::as_they_come) {
            ready_ += lines;
            ++next_;
        } else {
            held_.emplace(number, std::move(lines));
            while (!held_.empty() && held_.begin()->first == next_) {
                ready_ += held_.begin()->second;
                held_.erase(held_.begin());
                ++next_;
            }
        }
        if (ready_.empty())
            return;
    }
    changed_.notify_all();
}

void LineWriter::write_frame(std::string lines)
{
    {
        const std::lock_guard lock(mutex_);
        if (failure_ != 0 || lines.empty())
            return;
        waiting_bytes_ += lines.size();
        ready_ += lines;
    }
    changed_.notify_all();
}

void LineWriter::write_when_room(std::string lines)
{
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_bytes_ <= full_at || failure_ != 0; });
    }
    write_frame(std::move(lines));
}

bool LineWriter::is_full() const
{
    const std::lock_guard lock(mutex_);
    return waiting_bytes_ > full_at;
}

std::uint64_t LineWriter::next_number() const
{
    const std::lock_guard lock(mutex_);
    return next_;
}

void LineWriter::flush()
{
    std::unique_lock lock(mutex_);
    end_wanted_ = encoder_ != nullptr;
    changed_.notify_all();
    changed_.wait(
        lock, [this] { return (ready_.empty() && !writing_ && !end_wanted_) || failure_ != 0; });
}

void LineWriter::close_gaps()
{
    {
        const std::lock_guard lock(mutex_);
        for (auto& [number, lines] : held_) {
            ready_ += lines;
            next_ = number + 1;
        }
        held_.clear();
    }
    changed_.notify_all();
}

int LineWriter::failure() const
{
    const std::lock_guard lock(mutex_);
    return failure_;
}

void LineWriter::run()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return !ready_.empty() || end_wanted_ || stop_; });
        const bool ending = end_wanted_ || stop_;
        const bool end_packing = ending && encoder_ && encoder_->wants_end() && failure_ == 0;
        if (ready_.empty() && !end_packing) {
            end_wanted_ = false;
            changed_.notify_all();
            if (stop_)
                return;
            continue;
        }
        std::string batch;
        batch.swap(ready_);
        writing_ = true;
        end_wanted_ = false;
        lock.unlock();
        const int error = write_batch(batch, ending);
        lock.lock();
        writing_ = false;
        waiting_bytes_ -= batch.size();
        if (error != 0) {
            failure_ = error;
            ready_.clear();
            held_.clear();
            waiting_bytes_ = 0;
        }
        changed_.notify_all();
    }
}

int LineWriter::write_batch(std::string_view lines, bool last)
{
    if (!encoder_)
        return write_all(descriptor_, lines, false);
    std::string packed;
    encoder_->pack(lines, last, packed);
    return write_all(descriptor_, packed, true);
}

}  // namespace scanner::pipeline
