#include "scanner/catalogue/index/address_index.h"

#include <algorithm>

namespace scanner::catalogue {

namespace {

using resolvers::IpAddress;
using resolvers::Prefix;

IpAddress address_of(std::uint32_t bits)
{
    return IpAddress::from_v4(bits);
}

IpAddress address_of(WideBits bits)
{
    std::array<std::uint8_t, 16> bytes{};
    for (unsigned i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(bits.high >> (56 - 8 * i));
        bytes[i + 8] = static_cast<std::uint8_t>(bits.low >> (56 - 8 * i));
    }
    return IpAddress::from_v6(bytes);
}

// The last address of a prefix.
std::uint32_t last_of(std::uint32_t first, std::uint8_t length)
{
    return length == 0 ? 0xFFFFFFFF : first | static_cast<std::uint32_t>(0xFFFFFFFFULL >> length);
}

WideBits last_of(WideBits first, std::uint8_t length)
{
    constexpr std::uint64_t all = ~std::uint64_t{0};
    if (length == 0)
        return {all, all};
    if (length < 64)
        return {first.high | all >> length, all};
    if (length == 64)
        return {first.high, all};
    return {first.high, length == 128 ? first.low : first.low | all >> (length - 64)};
}

bool is_last(std::uint32_t bits)
{
    return bits == 0xFFFFFFFF;
}
bool is_last(WideBits bits)
{
    return bits.high == ~std::uint64_t{0} && bits.low == bits.high;
}

std::uint32_t after(std::uint32_t bits)
{
    return bits + 1;
}

WideBits after(WideBits bits)
{
    ++bits.low;
    if (bits.low == 0)
        ++bits.high;
    return bits;
}

}  // namespace

WideBits wide(const IpAddress& address)
{
    WideBits bits;
    for (unsigned i = 0; i < 8; ++i) {
        bits.high = bits.high << 8 | address.bytes()[i];
        bits.low = bits.low << 8 | address.bytes()[i + 8];
    }
    return bits;
}

template <typename Bits>
void IntervalIndex<Bits>::add(Bits first, std::uint8_t length, const Rule* rule)
{
    nodes_.push_back({first, rule, none, length});
}

template <typename Bits>
void IntervalIndex<Bits>::begin_interval(Bits first, std::uint32_t node)
{
    if (!starts_.empty() && starts_.back() == first) {
        innermost_.back() = node;
        return;
    }
    starts_.push_back(first);
    innermost_.push_back(node);
}

// Leaves every open prefix that ends before `next` begins (null: all of them).
template <typename Bits>
void IntervalIndex<Bits>::close_until(std::vector<std::uint32_t>& open, const Node* next)
{
    while (!open.empty()) {
        const Node& innermost = nodes_[open.back()];
        const Bits last = last_of(innermost.first, innermost.length);
        if (next != nullptr && next->first <= last)
            return;
        open.pop_back();
        if (!is_last(last))
            begin_interval(after(last), open.empty() ? none : open.back());
    }
}

template <typename Bits>
void IntervalIndex<Bits>::finish()
{
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        close_until(open, &nodes_[i]);
        nodes_[i].parent = open.empty() ? none : open.back();
        open.push_back(i);
        begin_interval(nodes_[i].first, i);
    }
    close_until(open, nullptr);
    nodes_.shrink_to_fit();
    starts_.shrink_to_fit();
    innermost_.shrink_to_fit();
}

template <typename Bits>
RangeHit IntervalIndex<Bits>::hit(const Node& node)
{
    return {node.rule, Prefix{address_of(node.first), node.length}};
}

template <typename Bits>
void IntervalIndex<Bits>::find(Bits address, std::vector<RangeHit>& hits) const
{
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), address);
    if (next == starts_.begin())
        return;
    const std::uint32_t innermost =
        innermost_[static_cast<std::size_t>(next - starts_.begin()) - 1];
    std::size_t count = 0;
    for (std::uint32_t node = innermost; node != none; node = nodes_[node].parent)
        ++count;
    hits.reserve(count);
    for (std::uint32_t node = innermost; node != none; node = nodes_[node].parent)
        hits.push_back(hit(nodes_[node]));
}

template <typename Bits>
void IntervalIndex<Bits>::inside(Bits first, Bits last, std::uint8_t length, std::size_t limit,
                                 std::vector<RangeHit>& hits) const
{
    auto node = std::lower_bound(nodes_.begin(), nodes_.end(), first,
                                 [](const Node& a, const Bits& b) { return a.first < b; });
    for (; node != nodes_.end() && node->first <= last && hits.size() < limit; ++node)
        if (node->length > length)
            hits.push_back(hit(*node));
}

template class IntervalIndex<std::uint32_t>;
template class IntervalIndex<WideBits>;

void AddressIndex::build(const std::vector<ListedPrefix>& listed)
{
    for (const ListedPrefix& one : listed) {
        if (one.prefix.address.is_v4())
            v4_.add(one.prefix.address.v4_bits(), one.prefix.length, one.rule);
        else
            v6_.add(wide(one.prefix.address), one.prefix.length, one.rule);
    }
    v4_.finish();
    v6_.finish();
}

std::vector<RangeHit> AddressIndex::find(const IpAddress& address) const
{
    std::vector<RangeHit> hits;
    if (address.is_v4())
        v4_.find(address.v4_bits(), hits);
    else
        v6_.find(wide(address), hits);
    return hits;
}

std::vector<RangeHit> AddressIndex::inside(const Prefix& prefix, std::size_t limit) const
{
    std::vector<RangeHit> hits;
    if (prefix.address.is_v4()) {
        const std::uint32_t first = prefix.address.v4_bits();
        v4_.inside(first, last_of(first, prefix.length), prefix.length, limit, hits);
    } else {
        const WideBits first = wide(prefix.address);
        v6_.inside(first, last_of(first, prefix.length), prefix.length, limit, hits);
    }
    return hits;
}

}  // namespace scanner::catalogue
