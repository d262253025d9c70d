// Puts DNS messages together, octet by octet, for tests: well-formed ones and others.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tests {

using Octets = std::vector<std::uint8_t>;

/// Wire form of a name in presentation format; throws if it is none.
Octets wire_name(std::string_view name);

/// Four octets of a dotted quad.
Octets wire_ipv4(std::string_view address);

/// A preference, number or code, then whatever follows.
Octets operator+(Octets left, const Octets& right);
Octets wire_u16(unsigned value);
Octets wire_u32(std::uint32_t value);

enum class Section { answer, authority, additional };

class MessageBuilder {
public:
    /// `flags` as in the third and fourth octet of the header: 0x8180 is an ordinary response.
    MessageBuilder(unsigned id, unsigned flags);

    MessageBuilder& question(std::string_view name, unsigned type, unsigned record_class = 1);
    /// Sections must be filled in their order.
    MessageBuilder& record(Section section, std::string_view name, unsigned type, std::uint32_t ttl,
                           const Octets& rdata, unsigned record_class = 1);
    /// An OPT record; `ttl` holds the upper bits of the rcode, version and flags.
    MessageBuilder& opt(const Octets& options = {}, std::uint32_t ttl = 0);
    /// Anything at all.
    MessageBuilder& raw(const Octets& octets);
    /// Overwrites a header count: 0 questions, 1 answers, 2 authority, 3 additional.
    MessageBuilder& count(unsigned which, unsigned value);

    const Octets& octets() const { return octets_; }

private:
    void raise_count(unsigned which);

    Octets octets_;
};

/// An EDNS option.
Octets wire_option(unsigned code, const Octets& value);

}  // namespace tests
