#include "tests/support/dns_builder.h"

#include "resolvers/base/ip_address.h"
#include "resolvers/dnswire/name.h"

namespace tests {

Octets wire_name(std::string_view name)
{
    return resolvers::dnswire::name_octets(name).value();
}

Octets wire_ipv4(std::string_view address)
{
    return wire_u32(resolvers::IpAddress::parse(address).value().v4_bits());
}

Octets operator+(Octets left, const Octets& right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Octets wire_u16(unsigned value)
{
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

Octets wire_u32(std::uint32_t value)
{
    return wire_u16(value >> 16) + wire_u16(value & 0xFFFF);
}

Octets wire_option(unsigned code, const Octets& value)
{
    return wire_u16(code) + wire_u16(static_cast<unsigned>(value.size())) + value;
}

MessageBuilder::MessageBuilder(unsigned id, unsigned flags)
    : octets_(wire_u16(id) + wire_u16(flags) + Octets(8, 0))
{
}

MessageBuilder& MessageBuilder::question(std::string_view name, unsigned type,
                                         unsigned record_class)
{
    raise_count(0);
    return raw(wire_name(name) + wire_u16(type) + wire_u16(record_class));
}

MessageBuilder& MessageBuilder::record(Section section, std::string_view name, unsigned type,
                                       std::uint32_t ttl, const Octets& rdata,
                                       unsigned record_class)
{
    raise_count(static_cast<unsigned>(section) + 1);
    return raw(wire_name(name) + wire_u16(type) + wire_u16(record_class) + wire_u32(ttl) +
               wire_u16(static_cast<unsigned>(rdata.size())) + rdata);
}

MessageBuilder& MessageBuilder::opt(const Octets& options, std::uint32_t ttl)
{
    return record(Section::additional, ".", 41, ttl, options, 1232);
}

MessageBuilder& MessageBuilder::raw(const Octets& octets)
{
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    return *this;
}

MessageBuilder& MessageBuilder::count(unsigned which, unsigned value)
{
    octets_[4 + 2 * which] = static_cast<std::uint8_t>(value >> 8);
    octets_[5 + 2 * which] = static_cast<std::uint8_t>(value);
    return *this;
}

void MessageBuilder::raise_count(unsigned which)
{
    count(which, (octets_[4 + 2 * which] << 8 | octets_[5 + 2 * which]) + 1U);
}

}  // namespace tests
