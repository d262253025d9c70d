// What a page says, out of the first bytes of its body: text as UTF-8, title, marker texts. Pure,
// total and bounded. Renders nothing, runs no script, follows no reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace resolvers::http {

/// A body as UTF-8 where it says it is something else: by byte order mark, else `content_type`,
/// else a <meta> in its first KiB. Text that is or may be UTF-8 or ASCII comes back unchanged, so
/// it is not checked; impossible bytes in other charsets become U+FFFD.
std::string decoded_body(std::string body, std::string_view content_type);

/// Text of the first <title> of an HTML document that is not in a comment, script or style:
/// character references decoded, white space folded, at most 200 characters. Empty if none.
std::string page_title(std::string_view html);

/// What the first <meta http-equiv=refresh> of an HTML document says, where browsers that run
/// scripts obey it: not in comments, scripts, <noscript> or <template>. Its `content` with
/// character references decoded, at most 2,048 octets. Empty if there is none.
std::string page_refresh(std::string_view html);

/// Which of many texts occur in a page, in one pass however many there are.
class MarkerSearch {
public:
    using Markers = std::vector<std::pair<std::string, std::string>>;

    /// (id, lower-case text). An empty text is never found.
    explicit MarkerSearch(Markers markers);
    MarkerSearch() : MarkerSearch(Markers{}) {}

    const Markers& markers() const { return markers_; }

    /// Ids found, sorted, each once. The page is compared with ASCII letters lowered.
    std::vector<std::string> found_in(std::string_view page) const;

private:
    Markers markers_;
    // Bit n is set when some marker's first four bytes hash to n: nearly every position of a page
    // is dismissed by this alone.
    std::vector<std::uint64_t> prefixes_;
    // Markers of four bytes and more by that hash, sorted; shorter ones.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_prefix_;
    std::vector<std::uint32_t> short_;
};

}  // namespace resolvers::http
