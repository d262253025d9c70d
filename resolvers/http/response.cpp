#include "resolvers/http/response.h"

#include <algorithm>

#include "resolvers/base/ascii.h"
#include "resolvers/base/digest.h"

namespace resolvers::http {
namespace {

bool may_be_html(std::string_view content_type)
{
    const std::string type = to_lower(content_type);
    return type.empty() || type.find("html") != type.npos;
}

// A script or an image may hold "<title>" and mean nothing by it.
bool may_have_title(std::string_view content_type)
{
    const std::string type = to_lower(content_type);
    return type.empty() || type.starts_with("text/") || type.find("html") != type.npos ||
           type.find("xml") != type.npos;
}

}  // namespace

bool ResponseReader::add_content(std::string_view bytes)
{
    const std::size_t room = body_cap_ - body_.size();
    body_.append(bytes.substr(0, room));
    if (bytes.size() <= room)
        return true;
    truncated_ = true;
    return false;
}

HttpFacts ResponseReader::take_facts(std::string url, const MarkerSearch* markers)
{
    HttpFacts facts;
    facts.url = std::move(url);
    facts.status = head_.status();
    facts.version = head_.version();
    facts.headers_truncated = !head_.complete();
    if (head_.complete()) {
        facts.body_length = body_.size();
        facts.body_truncated = truncated_;
    }
    if (head_.complete() && !body_.empty()) {
        facts.body_sha256 = sha256_hex(body_);
        const std::string content_type(head_.first("content-type"));
        const std::string text = decoded_body(std::move(body_), content_type);
        if (may_have_title(content_type))
            facts.title = page_title(text);
        if (may_be_html(content_type))
            facts.meta_refresh = page_refresh(text);
        if (markers != nullptr)
            facts.markers = markers->found_in(text);
    }
    facts.headers = head_.take_fields();
    return facts;
}

}  // namespace resolvers::http
