// What one response, or the lack of one, means for a question: is that the answer, and if not, how
// to ask again? Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "resolvers/base/outcome.h"
#include "resolvers/dnswire/message.h"
#include "resolvers/facts.h"

namespace resolvers::dns {

/// Records kept of one answer. Honest ones have a few dozen; 64 KiB can hold four thousand, which
/// would be megabytes for each name.
inline constexpr std::size_t records_limit = 200;

struct ResponseAction {
    enum class Next {
        finish,
        ask_again,         ///< another server, or the same one later, as long as retries are left
        ask_over_tcp,      ///< the same server, at once; the response was truncated
        ask_without_edns,  ///< the same server, at once; it seems to know no EDNS
    };
    DnsStatus status = DnsStatus::bad_response;
    Next next = Next::finish;
    /// For people; empty when all is well.
    std::string detail;
    /// Is the message the response to the query at all? If not, nothing in it counts.
    bool responded = false;
};

/// How a query was sent.
struct SentQuery {
    std::uint16_t id = 0;
    bool edns = false;
    bool over_tcp = false;
};

/// Never asks again about NXDOMAIN or NODATA: they are answers. SERVFAIL, REFUSED and nonsense are
/// one server's trouble; FORMERR and NOTIMP without an OPT record may be about EDNS (RFC 6891
/// section 7), and are final otherwise.
ResponseAction action_for_response(const std::optional<Failure>& unreadable,
                                   const dnswire::DnsMessage& message, const Question& question,
                                   const SentQuery& sent);

}  // namespace resolvers::dns
