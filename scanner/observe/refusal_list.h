// Names and prefixes that must not be looked at, because their owners asked for it or because the
// user says so. Pure. Does not read files (scanner/pipeline/refusal_file.h does).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/domain_name.h"
#include "resolvers/base/ip_address.h"

namespace scanner::observe {

/// Made for millions of entries: filled once, then only asked, from any thread. About 32 octets a
/// prefix, and a name's length plus 16 octets a name.
class RefusalList {
public:
    enum class Reach {
        at_and_below,  ///< "example.org": the name itself too
        below,         ///< "*.example.org": what stands under it alone
    };

    void add(const resolvers::DomainName& name, Reach reach);
    void add(const resolvers::Prefix& prefix);

    /// To be called once, after the last add() and before the first question.
    void finish();

    /// Is the name on the list, or under one that is? Lower case, no final dot.
    bool covers(std::string_view host) const;
    /// Is the address in a prefix of the list? An IPv4 address inside an IPv6 one counts as well.
    bool covers(const resolvers::IpAddress& address) const;

    std::size_t names() const { return names_; }
    /// Prefixes that do not overlap.
    std::size_t prefixes() const { return ranges_.size(); }

private:
    struct Range {
        resolvers::IpAddress first;
        resolvers::IpAddress last;
    };

    const char* find(std::string_view name) const;
    void grow(std::size_t slots);
    bool in_ranges(const resolvers::IpAddress& address) const;

    // Each name as one octet of Reach, one of length, and its text; the slots hold where, plus 1.
    std::string text_;
    std::vector<std::uint32_t> slots_;
    std::size_t names_ = 0;
    std::vector<Range> ranges_;
};

}  // namespace scanner::observe
