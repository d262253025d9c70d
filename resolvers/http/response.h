// One response as it comes in, kept within caps, and the facts it leaves: head, length, hash, title
// and markers, never the body itself. Knows nothing of connections.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "resolvers/facts.h"
#include "resolvers/http/head.h"
#include "resolvers/http/page_text.h"

namespace resolvers::http {

class ResponseReader {
public:
    ResponseReader(HeaderLimits limits, std::size_t body_cap) : head_(limits), body_cap_(body_cap)
    {
    }

    /// A line of the head; or bytes of content, decoded. False once a cap is reached: the rest is
    /// not wanted.
    bool add_line(std::string_view line) { return head_.add(line); }
    bool add_content(std::string_view bytes);

    const HeaderReader& head() const { return head_; }

    /// Content is missing at the end: our cap, a clock, or the peer cut it.
    void mark_truncated() { truncated_ = true; }

    /// Takes everything out. `markers` may be null.
    HttpFacts take_facts(std::string url, const MarkerSearch* markers);

private:
    HeaderReader head_;
    std::size_t body_cap_;
    std::string body_;
    bool truncated_ = false;
};

}  // namespace resolvers::http
