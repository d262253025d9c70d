// Lines out of a stream of any length, in bounded memory: no line is kept beyond a limit.
// For std::cin, call std::ios::sync_with_stdio(false) first, or it is read octet by octet.
#pragma once

#include <cstdint>
#include <deque>
#include <istream>
#include <string>
#include <vector>

namespace scanner {

struct Line {
    /// 1 for the first line of the stream.
    std::uint64_t number = 0;
    /// Without LF, CRLF or, on the first line, the byte order mark of UTF-8.
    std::string text;
    /// True when the line was longer than the limit: `text` is its beginning.
    bool cut = false;
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

}  // namespace scanner
