// What HTTP peers write ahead of a body, read without trust: status line, header lines, cookies
// without their values. Pure, total and bounded; everything that leaves is valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace resolvers::http {

/// A Set-Cookie value with the cookie's value replaced by "[redacted]", name and attributes kept
/// (RFC 6265 section 4.1.1). A cookie without a name is all value.
std::string redact_cookie(std::string_view value);

struct HeaderLimits {
    /// Of all header blocks of a response together, interim ones too.
    std::size_t bytes = std::size_t{64} * 1024;
    /// Fields of one block.
    unsigned count = 100;
};

/// Collects the lines of a response's head, one at a time, as they come: RFC 9112 status line, then
/// fields. Interim responses (1xx) are dropped, folded lines joined, set-cookie redacted.
class HeaderReader {
public:
    explicit HeaderReader(HeaderLimits limits) : limits_(limits) {}

    /// Takes one line, its line end included or not; the empty line ends a block.
    /// False once a limit is reached: no more lines are taken then.
    bool add(std::string_view line);

    /// Has a status line come (an interim one counts)?
    bool started() const { return started_; }
    /// Has the head of the final response come as a whole?
    bool complete() const { return complete_; }
    bool too_large() const { return too_large_; }

    /// Three digits; 0 when only interim responses came.
    unsigned status() const { return status_ >= 100 && status_ < 200 ? 0 : status_; }
    /// "HTTP/1.1", "HTTP/2".
    const std::string& version() const { return version_; }
    /// Names lower case, values without surrounding white space, both UTF-8. Takes them out.
    std::vector<std::pair<std::string, std::string>> take_fields();
    /// Value of the first field of that lower-case name; empty if there is none.
    std::string_view first(std::string_view name) const;

private:
    void finish_field();

    HeaderLimits limits_;
    std::size_t bytes_ = 0;
    bool started_ = false;
    bool complete_ = false;
    bool too_large_ = false;
    bool in_block_ = false;
    unsigned status_ = 0;
    std::string version_;
    std::vector<std::pair<std::string, std::string>> fields_;
    // The field being read; folded lines may still follow.
    std::string name_;
    std::string value_;
    bool has_field_ = false;
};

}  // namespace resolvers::http
