// Getting one document over https, as an interface: for questions to registries and publishers, not
// for probing sites (that is HttpProber's). The live one uses libcurl; the tests' one answers from
// a table.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>

#include "resolvers/base/outcome.h"
#include "resolvers/resolvers.h"

namespace resolvers::http {

struct FetchRequest {
    /// An https URL.
    std::string url;
    /// For the Accept header.
    std::string accept;
    /// Octets of content, after decoding, to read at most.
    std::size_t body_limit = 1 << 20;
    /// Not empty: a POST of `content`, of this type.
    std::string content_type{};
    std::string content{};
};

struct FetchResponse {
    unsigned status = 0;
    /// These three as sent; empty if the header was not there.
    std::string content_type;
    std::string location;
    std::string retry_after;
    std::string body;
    /// There was more than body_limit.
    bool body_truncated = false;
};

class HttpFetcher {
public:
    virtual ~HttpFetcher() = default;

    /// One GET, or one POST where the request has content. Checks the certificate, follows no
    /// redirect, refuses addresses that special_purpose() names, and is done by the deadline. A
    /// response of any status is an answer; a Failure means that none came ("timeout", "refused",
    /// "unreachable", "tls", "blocked", "local_error"...). The fetcher must outlive the coroutine.
    virtual boost::asio::awaitable<Outcome<FetchResponse>> get(FetchRequest request,
                                                               Deadline deadline) = 0;
};

}  // namespace resolvers::http
