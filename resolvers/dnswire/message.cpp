#include "resolvers/dnswire/message.h"

#include <algorithm>
#include <charconv>

#include "resolvers/base/byte_reader.h"
#include "resolvers/base/hex.h"
#include "resolvers/base/utf8.h"
#include "resolvers/dnswire/name.h"
#include "resolvers/dnswire/rdata.h"

namespace resolvers::dnswire {

namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t max_message = 65535;
// Compression lets 14 octets stand for two names of a thousand characters; nobody who means well
// sends such a message.
constexpr std::size_t max_text = std::size_t{1} << 20;
constexpr std::size_t header_size = 12;
constexpr std::size_t min_record = 11;
constexpr std::uint16_t class_in = 1;
constexpr std::size_t option_header = 4;
constexpr std::size_t max_padding_block = 128;

constexpr std::uint16_t option_client_subnet = 8;    // RFC 7871
constexpr std::uint16_t option_padding = 12;         // RFC 7830
constexpr std::uint16_t option_extended_error = 15;  // RFC 8914

struct TypeName {
    std::string_view text;
    std::uint16_t number;
};

constexpr TypeName type_names[] = {
    {"A", record_type::a},         {"AAAA", record_type::aaaa}, {"CNAME", record_type::cname},
    {"HTTPS", record_type::https}, {"NS", record_type::ns},     {"SOA", record_type::soa},
    {"MX", record_type::mx},       {"TXT", record_type::txt},   {"CAA", record_type::caa},
    {"PTR", record_type::ptr},     {"SVCB", record_type::svcb}, {"DNAME", record_type::dname},
    {"OPT", record_type::opt},
};

Failure malformed(std::string detail)
{
    return Failure{"malformed", std::move(detail)};
}

// ---- Writing ------------------------------------------------------------------------------------

// Writes into a buffer that is known to be large enough (max_query).
class QueryWriter {
public:
    explicit QueryWriter(std::span<std::uint8_t, max_query> buffer) : buffer_(buffer) {}

    void u8(std::uint8_t value) { buffer_[size_++] = value; }

    void u16(std::size_t value)
    {
        u8(static_cast<std::uint8_t>(value >> 8));
        u8(static_cast<std::uint8_t>(value));
    }

    void name(std::string_view text)
    {
        while (!text.empty()) {
            const std::string_view label = text.substr(0, text.find('.'));
            u8(static_cast<std::uint8_t>(label.size()));
            std::ranges::copy(label, buffer_.begin() + static_cast<long>(size_));
            size_ += label.size();
            text.remove_prefix(std::min(text.size(), label.size() + 1));
        }
        u8(0);
    }

    std::size_t size() const { return size_; }

private:
    std::span<std::uint8_t, max_query> buffer_;
    std::size_t size_ = 0;
};

void write_client_subnet(QueryWriter& writer, const Prefix& subnet)
{
    const std::size_t address_size = (subnet.length + 7U) / 8;
    writer.u16(option_client_subnet);
    writer.u16(4 + address_size);
    writer.u16(subnet.address.is_v4() ? 1 : 2);  // address family numbers of IANA
    writer.u8(subnet.length);
    writer.u8(0);
    for (std::size_t i = 0; i < address_size; ++i)
        writer.u8(subnet.address.bytes()[i]);
}

void write_opt(QueryWriter& writer, const EdnsOptions& edns)
{
    writer.u8(0);
    writer.u16(record_type::opt);
    writer.u16(edns.udp_size);
    writer.u16(0);  // upper bits of the rcode, version
    writer.u16(edns.dnssec_ok ? 0x8000 : 0);
    const std::size_t subnet =
        edns.client_subnet ? 8 + (edns.client_subnet->length + 7U) / 8 : std::size_t{0};
    const std::size_t bare = writer.size() + 2 + subnet + option_header;
    const std::size_t block = std::min<std::size_t>(edns.padding_block, max_padding_block);
    const std::size_t padding = block == 0 ? 0 : (block - bare % block) % block;
    writer.u16(subnet + (block == 0 ? 0 : option_header + padding));
    if (edns.client_subnet)
        write_client_subnet(writer, *edns.client_subnet);
    if (block == 0)
        return;
    writer.u16(option_padding);
    writer.u16(padding);
    for (std::size_t i = 0; i < padding; ++i)
        writer.u8(0);
}

// ---- Reading ------------------------------------------------------------------------------------

DnsHeader header_of(std::uint16_t id, std::uint16_t flags)
{
    DnsHeader header;
    header.id = id;
    header.response = (flags & 0x8000) != 0;
    header.opcode = static_cast<std::uint8_t>(flags >> 11 & 0x0F);
    header.authoritative = (flags & 0x0400) != 0;
    header.truncated = (flags & 0x0200) != 0;
    header.recursion_desired = (flags & 0x0100) != 0;
    header.recursion_available = (flags & 0x0080) != 0;
    header.authentic_data = (flags & 0x0020) != 0;
    header.checking_disabled = (flags & 0x0010) != 0;
    header.rcode = flags & 0x000F;
    return header;
}

// Moves over a name without reading it. False if it is cut.
bool skip_name(Octets message, std::size_t& position)
{
    while (position < message.size()) {
        const std::uint8_t lead = message[position];
        if (lead == 0 || lead >= 0xC0) {
            position += lead == 0 ? 1 : 2;
            return position <= message.size();
        }
        if (lead >= 0x40)
            return false;  // label kinds that nobody uses (RFC 6891 section 5)
        position += lead + 1U;
    }
    return false;
}

// The fixed fields between a record's owner and its data.
struct RecordFrame {
    std::uint16_t type = 0;
    std::uint16_t record_class = 0;
    std::uint32_t ttl = 0;
    std::size_t data_position = 0;
    std::size_t data_size = 0;
};

// EXTRA-TEXT may end with a zero octet (RFC 8914 section 2), which is no part of what it says.
std::string extra_text(Octets octets)
{
    if (!octets.empty() && octets.back() == 0)
        octets = octets.first(octets.size() - 1);
    return utf8_or_latin1(octets);
}

class MessageReader {
public:
    MessageReader(Octets octets, Sections sections, DnsMessage& message)
        : octets_(octets), sections_(sections), message_(message)
    {
    }

    std::optional<Failure> read()
    {
        if (octets_.size() > max_message)
            return malformed("longer than a message can be");
        ByteReader reader(octets_);
        const std::uint16_t id = reader.u16();
        message_.header = header_of(id, reader.u16());
        const std::uint16_t questions = reader.u16();
        const std::uint16_t answers = reader.u16();
        const std::uint16_t authorities = reader.u16();
        const std::uint16_t additionals = reader.u16();
        if (!reader.ok())
            return malformed("shorter than a header");
        position_ = header_size;

        if (!read_questions(questions))
            return malformed("unreadable question section");
        if (!read_section(answers, message_.answer))
            return malformed("unreadable answer section" + complaint_);
        if (!read_section(authorities, message_.authority))
            return malformed("unreadable authority section" + complaint_);
        if (!read_section(additionals, message_.additional))
            return malformed("unreadable additional section" + complaint_);
        return std::nullopt;
    }

private:
    bool read_questions(unsigned count)
    {
        if (!message_.question)
            message_.question.emplace();
        for (unsigned i = 0; i < count; ++i) {
            AskedQuestion& asked = *message_.question;
            asked.name.clear();
            if (!read_name(octets_, position_, Compression::allowed, asked.name))
                return false;
            ByteReader reader(octets_.subspan(position_));
            asked.type = reader.u16();
            asked.record_class = reader.u16();
            if (!reader.ok())
                return false;
            position_ += reader.position();
        }
        if (count != 1)
            message_.question.reset();
        return true;
    }

    bool read_section(std::size_t count, std::vector<DnsRecord>& records)
    {
        // What the counts promise need not be there.
        if (count * min_record > octets_.size() - position_)
            return false;
        const bool wanted = sections_ == Sections::all || &records == &message_.answer;
        if (wanted)
            records.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            if (!read_record(records, wanted))
                return false;
        return true;
    }

    bool read_record(std::vector<DnsRecord>& records, bool wanted)
    {
        const std::size_t owner = position_;
        RecordFrame frame;
        if (!skip_name(octets_, position_) || !read_frame(frame))
            return false;
        const bool additional = &records == &message_.additional;
        if (frame.type == record_type::opt && additional)
            return octets_[owner] == 0 && read_opt(frame);
        if (&records == &message_.authority) {
            message_.authority_has_soa |= frame.type == record_type::soa;
            message_.authority_has_ns |= frame.type == record_type::ns;
        }
        if (!wanted || frame.record_class != class_in)
            return true;

        DnsRecord& record = records.emplace_back();
        record.type = type_text(frame.type);
        record.ttl = (frame.ttl & 0x80000000U) != 0 ? 0 : frame.ttl;  // RFC 2181 section 8
        if (!read_owner(owner, record.name))
            return false;
        if (!read_rdata(octets_, frame.data_position, frame.data_size, frame.type, record)) {
            complaint_ = ": bad data of " + record.type;
            return false;
        }
        text_size_ += record.name.size() + record.data.size();
        if (text_size_ > max_text) {
            complaint_ = ": more text than we keep";
            return false;
        }
        return true;
    }

    // Most owners are a pointer to the question's name, which has been read.
    bool read_owner(std::size_t position, std::string& name)
    {
        if (message_.question && octets_[position] == 0xC0 &&
            octets_[position + 1] == header_size) {
            name = message_.question->name;
            return true;
        }
        return read_name(octets_, position, Compression::allowed, name);
    }

    bool read_frame(RecordFrame& frame)
    {
        ByteReader reader(octets_.subspan(position_));
        frame.type = reader.u16();
        frame.record_class = reader.u16();
        frame.ttl = reader.u32();
        frame.data_size = reader.u16();
        frame.data_position = position_ + reader.position();
        reader.take(frame.data_size);
        position_ += reader.position();
        return reader.ok();
    }

    // RFC 6891 section 6.1: class and TTL carry other things here; a second OPT is an error.
    bool read_opt(const RecordFrame& frame)
    {
        if (message_.edns)
            return false;
        Edns& edns = message_.edns.emplace();
        edns.udp_size = frame.record_class;
        edns.version = static_cast<std::uint8_t>(frame.ttl >> 16);
        edns.dnssec_ok = (frame.ttl & 0x8000) != 0;
        message_.header.rcode =
            static_cast<std::uint16_t>(message_.header.rcode | (frame.ttl >> 24) << 4);

        ByteReader reader(octets_.subspan(frame.data_position, frame.data_size));
        while (reader.left() > 0) {
            const std::uint16_t code = reader.u16();
            const Octets value = reader.take_after_u16();
            if (!reader.ok())
                return false;
            if (code == option_extended_error && value.size() >= 2)
                message_.errors.push_back({static_cast<std::uint16_t>(value[0] << 8 | value[1]),
                                           extra_text(value.subspan(2))});
            if (code == option_client_subnet && value.size() >= 4)
                edns.client_subnet_scope = value[3];
        }
        return true;
    }

    Octets octets_;
    Sections sections_;
    DnsMessage& message_;
    std::size_t position_ = 0;
    std::size_t text_size_ = 0;
    std::string complaint_;
};

}  // namespace

std::optional<std::uint16_t> type_number(std::string_view text)
{
    for (const TypeName& known : type_names)
        if (known.text == text)
            return known.number;
    if (!text.starts_with("TYPE"))
        return std::nullopt;
    text.remove_prefix(4);
    std::uint16_t number = 0;
    const char* end = text.data() + text.size();
    const std::from_chars_result read = std::from_chars(text.data(), end, number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end)
        return std::nullopt;
    return number;
}

std::string type_text(std::uint16_t number)
{
    for (const TypeName& known : type_names)
        if (known.number == number)
            return std::string(known.text);
    return "TYPE" + std::to_string(number);
}

std::size_t encode_query_into(std::span<std::uint8_t, max_query> buffer, const Question& question,
                              std::uint16_t id, const EdnsOptions& edns)
{
    const std::optional<std::uint16_t> type = type_number(question.type);
    if (!type)
        return 0;
    QueryWriter writer(buffer);
    writer.u16(id);
    writer.u16(edns.recursion_desired ? 0x0120 : 0x0020);  // RD, AD
    writer.u16(1);
    writer.u16(0);
    writer.u16(0);
    writer.u16(edns.enabled ? 1 : 0);
    writer.name(question.name.text());
    writer.u16(*type);
    writer.u16(class_in);
    if (edns.enabled)
        write_opt(writer, edns);
    return writer.size();
}

Outcome<std::vector<std::uint8_t>> encode_query(const Question& question, std::uint16_t id,
                                                const EdnsOptions& edns)
{
    std::array<std::uint8_t, max_query> buffer{};
    const std::size_t size = encode_query_into(buffer, question, id, edns);
    if (size == 0)
        return Failure{"unknown_type", "no record type is called '" + question.type + "'"};
    return std::vector<std::uint8_t>(buffer.begin(), buffer.begin() + static_cast<long>(size));
}

std::optional<Failure> parse_message_into(Octets octets, Sections sections, DnsMessage& message)
{
    message.answer.clear();
    message.authority.clear();
    message.additional.clear();
    message.authority_has_soa = false;
    message.authority_has_ns = false;
    message.edns.reset();
    message.errors.clear();
    return MessageReader(octets, sections, message).read();
}

Outcome<DnsMessage> parse_message(Octets octets, Sections sections)
{
    DnsMessage message;
    if (std::optional<Failure> failure = parse_message_into(octets, sections, message))
        return std::move(*failure);
    return message;
}

bool answers_question(const DnsMessage& message, const Question& question, std::uint16_t id)
{
    return message.header.id == id && message.header.response && message.header.opcode == 0 &&
           message.question && message.question->record_class == class_in &&
           message.question->type == type_number(question.type) &&
           message.question->name == question.name.text();
}

DnsStatus classify(const DnsMessage& message, const Question& question)
{
    switch (message.header.rcode) {
        case 0:
            break;
        case 1:
            return DnsStatus::formerr;
        case 2:
            return DnsStatus::servfail;
        case 3:
            return DnsStatus::nxdomain;
        case 4:
            return DnsStatus::notimp;
        case 5:
            return DnsStatus::refused;
        default:
            return DnsStatus::other_rcode;
    }
    const std::optional<std::uint16_t> number = type_number(question.type);
    const std::string asked = number ? type_text(*number) : question.type;
    bool someone_elses = false;
    for (const DnsRecord& record : message.answer) {
        if (record.type != asked && record.type != "CNAME")
            continue;
        if (record.name == question.name.text())
            return DnsStatus::noerror;
        someone_elses = true;
    }
    if (someone_elses)
        return DnsStatus::bad_response;
    const bool referral = message.answer.empty() && message.authority_has_ns &&
                          !message.authority_has_soa && !message.header.authoritative;
    return referral ? DnsStatus::bad_response : DnsStatus::nodata;
}

}  // namespace resolvers::dnswire
