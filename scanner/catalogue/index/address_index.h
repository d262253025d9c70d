// Which listed prefixes hold an address: sorted, flattened intervals and a binary search, a few
// dozen nanoseconds over tens of thousands of prefixes.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "scanner/catalogue/catalogue.h"

namespace scanner::catalogue {

/// A prefix as a rule lists it.
struct ListedPrefix {
    resolvers::Prefix prefix;
    const Rule* rule = nullptr;
};

/// Addresses as whole numbers: 32 bits, or twice 64.
struct WideBits {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const WideBits&, const WideBits&) = default;
};

/// In the order of addresses of one family; an IPv4 address fills the first 32 bits.
WideBits wide(const resolvers::IpAddress& address);

/// One family. Prefixes nest and never cross, so each address has one innermost prefix, and each
/// prefix one around it.
template <typename Bits>
class IntervalIndex {
public:
    /// In rising order of address, then of length; of the same prefix twice, the one that wins
    /// last.
    void add(Bits first, std::uint8_t length, const Rule* rule);

    /// To be called once, after the last add().
    void finish();

    /// Innermost first.
    void find(Bits address, std::vector<RangeHit>& hits) const;

    /// Longer prefixes that begin in [first, last], in order.
    void inside(Bits first, Bits last, std::uint8_t length, std::size_t limit,
                std::vector<RangeHit>& hits) const;

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    struct Node {
        Bits first;
        const Rule* rule = nullptr;
        /// The next prefix around this one.
        std::uint32_t parent = none;
        std::uint8_t length = 0;
    };

    static RangeHit hit(const Node& node);
    void begin_interval(Bits first, std::uint32_t node);
    void close_until(std::vector<std::uint32_t>& open, const Node* next);

    std::vector<Node> nodes_;
    /// Where a new innermost prefix begins, and which (or none).
    std::vector<Bits> starts_;
    std::vector<std::uint32_t> innermost_;
};

class AddressIndex {
public:
    /// `listed` is sorted as IntervalIndex::add wants it, IPv4 before IPv6.
    void build(const std::vector<ListedPrefix>& listed);

    /// Longest prefix first.
    std::vector<RangeHit> find(const resolvers::IpAddress& address) const;

    std::vector<RangeHit> inside(const resolvers::Prefix& prefix, std::size_t limit) const;

private:
    IntervalIndex<std::uint32_t> v4_;
    IntervalIndex<WideBits> v6_;
};

}  // namespace scanner::catalogue
