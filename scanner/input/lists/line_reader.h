// Lines out of a stream of any length, in bounded memory: no line is kept beyond a limit.
// For std::cin, call std::ios::sync_with_stdio(false) first, or it is read octet by octet.
#pragma once

#include <cstdint>
#include <deque>
#include <istream>
#include <string>
#include <vector>

namespace scanner::input {

/// Longest line of stored observations and records that is read, in octets; of a longer one the
/// beginning, which is no JSON.
inline constexpr std::size_t max_stored_line = std::size_t{8} * 1024 * 1024;

struct Line {
    /// 1 for the first line of the stream.
    std::uint64_t number = 0;
    /// Without LF, CRLF or, on the first line, the byte order mark of UTF-8.
    std::string text;
    /// True when the line was longer than the limit: `text` is its beginning.
    bool cut = false;
    /// True when the stream failed within the line: `text` is what came before.
    bool broken = false;
};

class LineReader {
public:
    /// The stream must outlive the reader. `max_line` counts octets.
    LineReader(std::istream& in, std::size_t max_line);

    /// The next line; false at the end. A last line without line end counts.
    bool next(Line& line);

    /// Gives lines back, to be read again before the rest; the first of them comes first.
    void put_back(std::vector<Line> lines);

    /// Lines read off the stream so far.
    std::uint64_t number() const { return number_; }

    /// Is there more at hand, so that next() need not wait for a slow writer?
    bool has_more() const { return used_ < buffer_.size() || in_.rdbuf()->in_avail() > 0; }

    /// Did the stream fail (a read error), rather than end?
    bool failed() const;

private:
    bool refill();
    void append(Line& line, const char* begin, std::size_t size) const;

    std::istream& in_;
    std::size_t max_line_;
    std::uint64_t number_ = 0;
    std::string buffer_;
    std::size_t used_ = 0;
    std::deque<Line> given_back_;
};

}  // namespace scanner::input
