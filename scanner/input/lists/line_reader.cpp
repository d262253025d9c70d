#include "scanner/input/lists/line_reader.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace scanner::input {

namespace {

constexpr std::streamsize chunk = 64 * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(std::istream& in, std::size_t max_line) : in_(in), max_line_(max_line) {}

bool LineReader::failed() const
{
    return in_.bad();
}

void LineReader::put_back(std::vector<Line> lines)
{
    given_back_.insert(given_back_.begin(), std::make_move_iterator(lines.begin()),
                       std::make_move_iterator(lines.end()));
}

// Takes what is there rather than wait for a full buffer: the other end of a pipe may be slow.
bool LineReader::refill()
{
    used_ = 0;
    buffer_.clear();
    if (in_.peek() == std::istream::traits_type::eof())
        return false;
    const std::streamsize ready = in_.rdbuf()->in_avail();
    const std::streamsize wanted = std::clamp<std::streamsize>(ready, 1, chunk);
    buffer_.resize(static_cast<std::size_t>(wanted));
    in_.read(buffer_.data(), wanted);
    buffer_.resize(static_cast<std::size_t>(in_.gcount()));
    return !buffer_.empty();
}

void LineReader::append(Line& line, const char* begin, std::size_t size) const
{
    // One octet more than allowed, so that a CR before the line end does not make a line too long.
    const std::size_t room = max_line_ + 1 - std::min(line.text.size(), max_line_ + 1);
    line.text.append(begin, std::min(size, room));
    line.cut = line.cut || size > room;
}

bool LineReader::next(Line& line)
{
    if (!given_back_.empty()) {
        line = std::move(given_back_.front());
        given_back_.pop_front();
        return true;
    }
    line.text.clear();
    line.cut = false;
    bool any = false;
    bool ended = false;
    while (!ended) {
        if (used_ == buffer_.size() && !refill())
            break;
        any = true;
        const std::size_t end = std::min(buffer_.find('\n', used_), buffer_.size());
        append(line, buffer_.data() + used_, end - used_);
        ended = end < buffer_.size();
        used_ = ended ? end + 1 : end;
    }
    if (!any)
        return false;
    line.number = ++number_;
    line.broken = !ended && in_.bad();
    if (number_ == 1 && line.text.starts_with(byte_order_mark))
        line.text.erase(0, byte_order_mark.size());
    if (!line.cut && line.text.ends_with('\r'))
        line.text.pop_back();
    if (line.text.size() > max_line_) {
        line.text.resize(max_line_);
        line.cut = true;
    }
    return true;
}

}  // namespace scanner::input
