#include "scanner/observe/refusal_list.h"

#include <algorithm>
#include <functional>

namespace scanner::observe {

using resolvers::IpAddress;
using resolvers::Prefix;

namespace {

constexpr std::size_t least_slots = 16;

// Bits of the octet before each name.
constexpr char covers_itself = 1;
constexpr char covers_below = 2;

std::string_view name_at(const char* entry)
{
    return {entry + 2, static_cast<unsigned char>(entry[1])};
}

IpAddress last_of(const Prefix& prefix)
{
    std::array<std::uint8_t, 16> bytes = prefix.address.bytes();
    const unsigned bits = prefix.address.is_v4() ? 32 : 128;
    for (unsigned bit = prefix.length; bit < bits; ++bit)
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | (0x80U >> bit % 8));
    if (prefix.address.is_v6())
        return IpAddress::from_v6(bytes);
    return IpAddress::from_v4(std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
                              std::uint32_t{bytes[2]} << 8 | bytes[3]);
}

}  // namespace

const char* RefusalList::find(std::string_view name) const
{
    if (slots_.empty())
        return nullptr;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = std::hash<std::string_view>{}(name)&mask;; at = (at + 1) & mask) {
        if (slots_[at] == 0)
            return nullptr;
        const char* entry = text_.data() + slots_[at] - 1;
        if (name_at(entry) == name)
            return entry;
    }
}

// Open addressing, at most half full, so that a search for what is not there ends soon.
void RefusalList::grow(std::size_t slots)
{
    slots_.assign(slots, 0);
    const std::size_t mask = slots - 1;
    for (std::size_t offset = 0; offset < text_.size();) {
        const std::string_view name = name_at(text_.data() + offset);
        std::size_t at = std::hash<std::string_view>{}(name)&mask;
        while (slots_[at] != 0)
            at = (at + 1) & mask;
        slots_[at] = static_cast<std::uint32_t>(offset + 1);
        offset += 2 + name.size();
    }
}

void RefusalList::add(const resolvers::DomainName& name, Reach reach)
{
    const char bits =
        reach == Reach::below ? covers_below : static_cast<char>(covers_below | covers_itself);
    if (const char* entry = find(name.text())) {
        char& known = text_[static_cast<std::size_t>(entry - text_.data())];
        known = static_cast<char>(known | bits);
        return;
    }
    const std::size_t offset = text_.size();
    text_ += bits;
    text_ += static_cast<char>(name.text().size());
    text_ += name.text();
    ++names_;
    if (names_ * 2 > slots_.size()) {
        grow(std::max(slots_.size() * 2, least_slots));
        return;
    }
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = std::hash<std::string_view>{}(name.text()) & mask;
    while (slots_[at] != 0)
        at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(offset + 1);
}

void RefusalList::add(const Prefix& prefix)
{
    ranges_.push_back({prefix.address, last_of(prefix)});
}

// Prefixes either nest or stand apart, so dropping what lies inside another leaves disjoint ranges.
void RefusalList::finish()
{
    std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
        return a.first != b.first ? a.first < b.first : b.last < a.last;
    });
    std::vector<Range> apart;
    for (const Range& range : ranges_)
        if (apart.empty() || apart.back().last < range.first)
            apart.push_back(range);
    ranges_ = std::move(apart);
    text_.shrink_to_fit();
}

bool RefusalList::covers(std::string_view host) const
{
    if (names_ == 0)
        return false;
    for (std::string_view name = host; !name.empty(); name = resolvers::parent_of(name)) {
        const char* entry = find(name);
        const char wanted = name.size() == host.size() ? covers_itself : covers_below;
        if (entry != nullptr && (*entry & wanted) != 0)
            return true;
    }
    return false;
}

bool RefusalList::in_ranges(const IpAddress& address) const
{
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), address,
                         [](const IpAddress& a, const Range& range) { return a < range.first; });
    return after != ranges_.begin() && address <= std::prev(after)->last;
}

bool RefusalList::covers(const IpAddress& address) const
{
    if (in_ranges(address))
        return true;
    const std::optional<IpAddress> inner = resolvers::embedded_v4(address);
    return inner && in_ranges(*inner);
}

}  // namespace scanner::observe
