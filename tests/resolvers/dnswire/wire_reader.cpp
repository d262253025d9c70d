// Reads what stands in each line of standard input and writes what our decoders make of it as one
// JSON line: for wire_differential_test.py, which holds that beside what others read.
//   message HEX    a DNS message        service TEXT   an HTTPS record's presentation text
#include <iostream>
#include <string>

#include "resolvers/base/hex.h"
#include "resolvers/dnswire/message.h"
#include "resolvers/dnswire/svcb.h"
#include "resolvers/json/writer.h"
#include "scanner/model/json.h"

namespace {

using namespace resolvers;
using resolvers::JsonWriter;

void put_failure(JsonWriter& out, const Failure& failure)
{
    out.key("failure");
    out.string(failure.detail);
}

void put_number(JsonWriter& out, const char* name, std::uint64_t number)
{
    out.key(name);
    out.number(number);
}

void put_header(JsonWriter& out, const dnswire::DnsMessage& message)
{
    const dnswire::DnsHeader& header = message.header;
    put_number(out, "id", header.id);
    put_number(out, "opcode", header.opcode);
    put_number(out, "rcode", header.rcode);
    out.key("flags");
    out.open_list();
    for (const auto& [set, name] :
         {std::pair{header.response, "QR"}, std::pair{header.authoritative, "AA"},
          std::pair{header.truncated, "TC"}, std::pair{header.recursion_desired, "RD"},
          std::pair{header.recursion_available, "RA"}, std::pair{header.authentic_data, "AD"},
          std::pair{header.checking_disabled, "CD"}})
        if (set)
            out.string(name);
    out.close_list();
    out.key("question");
    if (message.question) {
        out.open_list();
        out.string(message.question->name);
        out.number(message.question->type);
        out.number(message.question->record_class);
        out.close_list();
    } else {
        out.null();
    }
    out.key("edns");
    if (message.edns) {
        out.open_object();
        put_number(out, "udp_size", message.edns->udp_size);
        put_number(out, "version", message.edns->version);
        put_number(out, "dnssec_ok", message.edns->dnssec_ok ? 1 : 0);
        if (message.edns->client_subnet_scope)
            put_number(out, "scope", *message.edns->client_subnet_scope);
        out.close_object();
    } else {
        out.null();
    }
}

// The records as an observation stores them: one answer a section.
std::string sections_of(const dnswire::DnsMessage& message)
{
    scanner::Observation seen;
    for (const auto* section : {&message.answer, &message.authority, &message.additional}) {
        DnsAnswer& answer = seen.dns.emplace_back();
        answer.records = *section;
        answer.errors = message.errors;
    }
    std::string text;
    scanner::write_observation(text, seen);
    return text;
}

void read_message(JsonWriter& out, const std::vector<std::uint8_t>& octets)
{
    const Outcome<dnswire::DnsMessage> message = resolvers::dnswire::parse_message(octets);
    if (!message.has_value())
        return put_failure(out, message.error());
    put_header(out, *message);
    out.key("stored");
    out.string(sections_of(*message));
}

void read_service(JsonWriter& out, const std::string& text)
{
    const Outcome<std::vector<std::uint8_t>> octets = resolvers::dnswire::service_octets(text);
    if (!octets.has_value())
        return put_failure(out, octets.error());
    out.key("octets");
    out.string(resolvers::hex_of(*octets));
}

}  // namespace

int main()
{
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t space = line.find(' ');
        const std::string what = line.substr(0, space);
        const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
        const auto octets = octets_of_hex(rest);
        std::string text;
        {
            JsonWriter out(text);
            out.open_object();
            if (what == "message" && octets)
                read_message(out, *octets);
            else if (what == "service")
                read_service(out, rest);
            else
                put_failure(out, {"usage", "neither message HEX nor service TEXT"});
            out.close_object();
        }
        std::cout << text << '\n';
    }
    return std::cout.flush() ? 0 : 1;
}
