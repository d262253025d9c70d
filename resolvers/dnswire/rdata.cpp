#include "resolvers/dnswire/rdata.h"

#include <algorithm>
#include <array>
#include <string>

#include "resolvers/base/byte_reader.h"
#include "resolvers/dnswire/name.h"
#include "resolvers/dnswire/svcb.h"

namespace resolvers::dnswire {

namespace {

using Octets = std::span<const std::uint8_t>;

// By hand: this is the record that we read most, and inet_ntop formats it with printf.
bool append_ipv4(Octets rdata, std::string& text)
{
    if (rdata.size() != 4)
        return false;
    std::array<char, 16> digits;
    std::size_t size = 0;
    for (const std::uint8_t octet : rdata) {
        if (octet >= 100)
            digits[size++] = static_cast<char>('0' + octet / 100);
        if (octet >= 10)
            digits[size++] = static_cast<char>('0' + octet / 10 % 10);
        digits[size++] = static_cast<char>('0' + octet % 10);
        digits[size++] = '.';
    }
    text.append(digits.data(), size - 1);
    return true;
}

bool append_ipv6(Octets rdata, std::string& text)
{
    std::array<std::uint8_t, 16> bytes{};
    if (rdata.size() != bytes.size())
        return false;
    std::ranges::copy(rdata, bytes.begin());
    text += IpAddress::from_v6(bytes).text();
    return true;
}

// A name that ends exactly where the data does. Compression is taken everywhere that a sender may
// have used it in good faith.
bool append_last_name(Octets up_to_end, std::size_t position, std::string& text)
{
    return read_name(up_to_end, position, Compression::allowed, text) &&
           position == up_to_end.size();
}

bool append_mx(Octets up_to_end, std::size_t position, std::string& text)
{
    ByteReader reader(up_to_end.subspan(position));
    text += std::to_string(reader.u16());
    text.push_back(' ');
    return reader.ok() && append_last_name(up_to_end, position + 2, text);
}

bool append_soa(Octets up_to_end, std::size_t position, std::string& text)
{
    if (!read_name(up_to_end, position, Compression::allowed, text))
        return false;
    text.push_back(' ');
    if (!read_name(up_to_end, position, Compression::allowed, text))
        return false;
    ByteReader reader(up_to_end.subspan(position));
    for (int field = 0; field < 5; ++field) {
        text.push_back(' ');
        text += std::to_string(reader.u32());
    }
    return reader.ok() && reader.left() == 0;
}

// At least one string is due (RFC 1035 section 3.3.14); servers that send none are taken to say
// nothing rather than nonsense.
bool append_txt(Octets rdata, std::string& text)
{
    ByteReader reader(rdata);
    while (reader.left() > 0) {
        if (!text.empty())
            text.push_back(' ');
        text.push_back('"');
        append_escaped(reader.take_after_u8(), text);
        text.push_back('"');
    }
    return reader.ok();
}

bool append_caa(Octets rdata, std::string& text)
{
    ByteReader reader(rdata);
    text += std::to_string(reader.u8());
    text.push_back(' ');
    const Octets tag = reader.take_after_u8();
    const bool readable = std::ranges::all_of(tag, [](std::uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    if (!reader.ok() || tag.empty() || !readable)
        return false;
    text.append(tag.begin(), tag.end());
    text += " \"";
    append_escaped(reader.rest(), text);
    text.push_back('"');
    return true;
}

}  // namespace

bool read_rdata(Octets message, std::size_t position, std::size_t length, std::uint16_t type,
                DnsRecord& record)
{
    const Octets up_to_end = message.first(position + length);
    const Octets rdata = up_to_end.subspan(position);
    switch (type) {
        case record_type::a:
            return append_ipv4(rdata, record.data);
        case record_type::aaaa:
            return append_ipv6(rdata, record.data);
        case record_type::ns:
        case record_type::cname:
        case record_type::ptr:
        case record_type::dname:
            return append_last_name(up_to_end, position, record.data);
        case record_type::mx:
            return append_mx(up_to_end, position, record.data);
        case record_type::soa:
            return append_soa(up_to_end, position, record.data);
        case record_type::txt:
            return append_txt(rdata, record.data);
        case record_type::caa:
            return append_caa(rdata, record.data);
        case record_type::svcb:
        case record_type::https:
            record.service = decode_service(rdata);
            record.data = service_text(rdata);
            return true;
        default:
            record.data = unknown_rdata_text(rdata);
            return true;
    }
}

}  // namespace resolvers::dnswire
