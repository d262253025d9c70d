#include "resolvers/dnswire/message.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "resolvers/base/hex.h"
#include "resolvers/resolvers.h"
#include "tests/support/dns_builder.h"
#include "tests/support/vector_file.h"

using namespace resolvers;
using namespace tests;

namespace {

Question ask(std::string_view name, std::string_view type)
{
    return Question{DomainName::parse(name).value(), std::string(type)};
}

dnswire::DnsMessage parsed(const Octets& octets)
{
    Outcome<dnswire::DnsMessage> message = resolvers::dnswire::parse_message(octets);
    REQUIRE(message.has_value());
    return *message;
}

dnswire::DnsMessage vector_message(const char* id)
{
    const boost::json::object file = vector_file("svcb_ech.json");
    for (const boost::json::value& value : file.at("messages").as_array())
        if (text_of(value.as_object(), "id") == id)
            return parsed(octets_of(value.as_object()));
    throw std::runtime_error("no such message");
}

// One answer record of some type, as text.
std::string data_text(unsigned type, const Octets& rdata)
{
    const Octets octets = MessageBuilder(1, 0x8180)
                              .question("a.example", type)
                              .record(Section::answer, "a.example", type, 300, rdata)
                              .octets();
    const Outcome<dnswire::DnsMessage> message = resolvers::dnswire::parse_message(octets);
    return message.has_value() ? message->answer.at(0).data : message.error().detail;
}

}  // namespace

// ---- Queries ------------------------------------------------------------------------------------

TEST_CASE("a query is written as RFC 1035 and RFC 6891 have it")
{
    struct Case {
        const char* why;
        Question question;
        dnswire::EdnsOptions edns;
        const char* expected;
    };
    const Case cases[] = {
        {"plain, with an OPT record of 1232 octets",
         ask("www.example", "A"),
         {},
         "12340120000100000000000103777777076578616d706c65000001000100002904d0000000000000"},
        {"without EDNS",
         ask("example", "HTTPS"),
         {.enabled = false},
         "123401200001000000000000076578616d706c650000410001"},
        {"with the DO bit",
         ask("a", "TXT"),
         {.dnssec_ok = true},
         "1234012000010000000000010161000010000100002904d0000080000000"},
        {"to a zone's own server: RD clear",
         ask("a", "A"),
         {.enabled = false, .recursion_desired = false},
         "12340020000100000000000001610000010001"},
        {"with a client subnet of 24 bits",
         ask("a", "TYPE99"),
         {.client_subnet = Prefix::parse("192.0.2.0/24")},
         "1234012000010000000000010161000063000100002904d000000000000b0008000700011800c00002"},
        {"with a client subnet of 56 bits, IPv6",
         ask("a", "A"),
         {.client_subnet = Prefix::parse("2001:db8:1::/56")},
         "1234012000010000000000010161000001000100002904d000000000000f0008000b0002380020010db800010"
         "0"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<Octets> query = resolvers::dnswire::encode_query(c.question, 0x1234, c.edns);
        REQUIRE(query.has_value());
        CHECK(resolvers::hex_of(*query) == c.expected);
    }
}

TEST_CASE("a query for a type that is none is refused")
{
    const Outcome<Octets> query = resolvers::dnswire::encode_query(ask("example", "BOGUS"), 1, {});
    REQUIRE_FALSE(query.has_value());
    CHECK(query.error().code == "unknown_type");
}

TEST_CASE("the longest query fits its buffer")
{
    const std::string label(63, 'a');
    const std::string name = label + "." + label + "." + label + "." + std::string(61, 'a');
    dnswire::EdnsOptions edns;
    edns.client_subnet = Prefix::parse("2001:db8::1/128");
    const Outcome<Octets> query = resolvers::dnswire::encode_query(ask(name, "AAAA"), 1, edns);
    REQUIRE(query.has_value());
    CHECK(query->size() == 306);
    edns.padding_block = 128;
    CHECK(resolvers::dnswire::encode_query(ask(name, "AAAA"), 1, edns)->size() ==
          dnswire::max_query);
}

TEST_CASE("a query is padded to whole blocks, by an option that holds nothing")
{
    dnswire::EdnsOptions edns;
    edns.padding_block = 128;
    for (std::size_t length = 1; length <= 63; ++length)
        for (const char* subnet : {"", "192.0.2.0/24", "2001:db8::/56"}) {
            CAPTURE(length);
            CAPTURE(subnet);
            const std::string name = std::string(length, 'a') + "." + std::string(40, 'b');
            edns.client_subnet = Prefix::parse(subnet);
            const Octets query = resolvers::dnswire::encode_query(ask(name, "A"), 1, edns).value();
            CHECK(query.size() % 128 == 0);
            dnswire::EdnsOptions bare = edns;
            bare.padding_block = 0;
            const Octets plain = resolvers::dnswire::encode_query(ask(name, "A"), 1, bare).value();
            CHECK(query.size() >= plain.size() + 4);
            CHECK(query.size() < plain.size() + 4 + 128);
            REQUIRE(resolvers::dnswire::parse_message(query).has_value());
            CHECK(resolvers::dnswire::parse_message(query)->edns);
            const Octets rest(query.begin() + static_cast<long>(plain.size()) + 4, query.end());
            CHECK(rest == Octets(rest.size(), 0));
            CHECK(query[plain.size()] == 0);
            CHECK(query[plain.size() + 1] == 12);
        }
    edns.enabled = false;
    CHECK(resolvers::dnswire::encode_query(ask("a.example", "A"), 1, edns)->size() == 12 + 11 + 4);
}

TEST_CASE("types are known by mnemonic and by number")
{
    for (const char* type : {"A", "AAAA", "CNAME", "NS", "SOA", "PTR", "MX", "TXT", "CAA", "HTTPS",
                             "SVCB", "DNAME", "TYPE123"}) {
        CAPTURE(type);
        REQUIRE(resolvers::dnswire::type_number(type));
        CHECK(resolvers::dnswire::type_text(*resolvers::dnswire::type_number(type)) == type);
    }
    CHECK(resolvers::dnswire::type_number("TYPE65") == 65);
    CHECK(resolvers::dnswire::type_text(65) == "HTTPS");
    for (const char* text : {"", "a", "TYPE", "TYPE-1", "TYPE65536", "TYPE1 ", "ANYTHING"}) {
        CAPTURE(text);
        CHECK_FALSE(resolvers::dnswire::type_number(text));
    }
}

// ---- The vectors --------------------------------------------------------------------------------

TEST_CASE("message M01 has one HTTPS record whose owner is a pointer")
{
    const dnswire::DnsMessage message = vector_message("M01");
    const Question question = ask("example.com", "HTTPS");
    CHECK(message.header.id == 0x1234);
    CHECK(message.header.response);
    CHECK(message.header.recursion_desired);
    CHECK(message.header.recursion_available);
    CHECK_FALSE(message.header.authoritative);
    CHECK_FALSE(message.header.truncated);
    CHECK_FALSE(message.edns);
    CHECK(resolvers::dnswire::answers_question(message, question, 0x1234));
    CHECK(resolvers::dnswire::classify(message, question) == DnsStatus::noerror);
    REQUIRE(message.answer.size() == 1);
    const DnsRecord& record = message.answer[0];
    CHECK(record.name == "example.com");
    CHECK(record.type == "HTTPS");
    CHECK(record.ttl == 300);
    CHECK(record.data.starts_with("1 . alpn=\"h3,h2\" ipv4hint=104.21.16.1,172.67.128.1 ech="));
    REQUIRE(record.service);
    REQUIRE(record.service->ech.size() == 1);
    CHECK(record.service->ech[0].public_name == "cloudflare-ech.com");
}

TEST_CASE("messages M02 to M06 say why there is no answer, or whose it is")
{
    struct Case {
        const char* id;
        Question question;
        DnsStatus status;
        std::vector<ExtendedError> errors;
    };
    const Case cases[] = {
        {"M02", ask("example.com", "HTTPS"), DnsStatus::nodata, {}},
        {"M03", ask("pirate.example", "HTTPS"), DnsStatus::nxdomain, {{16, "court order"}}},
        {"M04", ask("pirate.example", "HTTPS"), DnsStatus::refused, {{15, ""}}},
        {"M05", ask("pirate.example", "A"), DnsStatus::noerror, {{17, ""}, {4, ""}}},
        {"M06", ask("dead.example", "HTTPS"), DnsStatus::servfail, {{22, ""}}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.id);
        const dnswire::DnsMessage message = vector_message(c.id);
        CHECK(resolvers::dnswire::answers_question(message, c.question, 0x1234));
        CHECK(resolvers::dnswire::classify(message, c.question) == c.status);
        CHECK(message.errors == c.errors);
        CHECK(message.edns.has_value() == !c.errors.empty());
    }
    CHECK(vector_message("M05").answer.at(0).data == "127.0.0.1");
}

TEST_CASE("no proper prefix of a message is a message")
{
    const boost::json::object file = vector_file("svcb_ech.json");
    unsigned seen = 0;
    for (const boost::json::value& value : file.at("messages").as_array()) {
        const Octets octets = octets_of(value.as_object());
        for (std::size_t size = 0; size < octets.size(); ++size) {
            const Octets prefix(octets.begin(), octets.begin() + static_cast<long>(size));
            CAPTURE(size);
            CHECK_FALSE(resolvers::dnswire::parse_message(prefix).has_value());
            CHECK_FALSE(
                resolvers::dnswire::parse_message(prefix, dnswire::Sections::answer).has_value());
        }
        ++seen;
    }
    CHECK(seen == 6);
}

// ---- Records ------------------------------------------------------------------------------------

TEST_CASE("record data is written in presentation format")
{
    struct Case {
        const char* why;
        unsigned type;
        Octets rdata;
        const char* expected;
    };
    const Octets name = wire_name("Mail.Example.NET.");
    const Case cases[] = {
        {"A", 1, wire_ipv4("192.0.2.255"), "192.0.2.255"},
        {"A with small numbers", 1, wire_ipv4("1.20.0.3"), "1.20.0.3"},
        {"AAAA", 28, wire_u32(0x20010db8) + Octets(11, 0) + Octets{1}, "2001:db8::1"},
        {"CNAME, lower case, no final dot", 5, name, "mail.example.net"},
        {"NS", 2, name, "mail.example.net"},
        {"NS of the root", 2, wire_name("."), "."},
        {"PTR", 12, name, "mail.example.net"},
        {"DNAME", 39, name, "mail.example.net"},
        {"MX", 15, wire_u16(10) + name, "10 mail.example.net"},
        {"the null MX of RFC 7505", 15, wire_u16(0) + wire_name("."), "0 ."},
        {"SOA", 6,
         wire_name("ns.example") + wire_name("a\\.b.example") + wire_u32(4294967295U) +
             wire_u32(7200) + wire_u32(3600) + wire_u32(1209600) + wire_u32(300),
         "ns.example a\\.b.example 4294967295 7200 3600 1209600 300"},
        {"TXT of two strings", 16, Octets{2, 'H', 'i', 0}, "\"Hi\" \"\""},
        {"TXT that would break out of a terminal or a CSV", 16,
         Octets{7, 0x1B, '[', '"', '\\', '\n', ',', 0xE9}, "\"\\027[\\\"\\\\\\010,\\233\""},
        {"TXT without any string", 16, Octets{}, ""},
        {"CAA", 257, Octets{0, 5, 'i', 's', 's', 'u', 'e', 'c', 'a', '.', 'n', 'e', 't'},
         "0 issue \"ca.net\""},
        {"CAA, critical, of nobody", 257, Octets{128, 5, 'i', 's', 's', 'u', 'e', ';'},
         "128 issue \";\""},
        {"a type that we do not read", 99, Octets{1, 2, 0xFF}, "\\# 3 0102ff"},
        {"HTTPS that is malformed keeps its octets", 65, Octets{0, 1, 0, 0}, "\\# 4 00010000"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(data_text(c.type, c.rdata) == c.expected);
    }
}

TEST_CASE("record data that is not of its type's format makes the message malformed")
{
    struct Case {
        const char* why;
        unsigned type;
        Octets rdata;
    };
    const Case cases[] = {
        {"A of 3 octets", 1, Octets(3, 1)},
        {"A of 5 octets", 1, Octets(5, 1)},
        {"A of nothing", 1, {}},
        {"AAAA of 4 octets", 28, Octets(4, 1)},
        {"CNAME of nothing", 5, {}},
        {"CNAME with an octet behind it", 5, wire_name("a") + Octets{0}},
        {"CNAME that runs out of its data", 5, Octets{3, 'a', 'b'}},
        {"MX without a name", 15, wire_u16(10)},
        {"MX of one octet", 15, Octets{0}},
        {"SOA without numbers", 6, wire_name("a") + wire_name("b")},
        {"SOA of one name", 6, wire_name("a")},
        {"SOA with an octet behind it", 6, wire_name("a") + wire_name("b") + Octets(21, 0)},
        {"TXT string longer than its data", 16, Octets{5, 'a'}},
        {"CAA without a tag", 257, Octets{0, 0, 'x'}},
        {"CAA tag longer than its data", 257, Octets{0, 9, 'x'}},
        {"CAA tag of strange characters", 257, Octets{0, 2, 'x', ' '}},
        {"CAA of one octet", 257, Octets{0}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const std::string text = data_text(c.type, c.rdata);
        CHECK(text == "unreadable answer section: bad data of " +
                          resolvers::dnswire::type_text(static_cast<std::uint16_t>(c.type)));
    }
}

TEST_CASE("names in data may point back into the message, but never out of it")
{
    // The question stands at 12, the record's data at 12 + 15 + 2 + 10 = 39.
    const auto message_with = [](const Octets& rdata) {
        return MessageBuilder(1, 0x8180)
            .question("www.example", 5)
            .raw(Octets{0xC0, 12} + wire_u16(5) + wire_u16(1) + wire_u32(60) +
                 wire_u16(static_cast<unsigned>(rdata.size())) + rdata)
            .count(1, 1)
            .octets();
    };
    const dnswire::DnsMessage message = parsed(message_with(Octets{1, 'a', 0xC0, 16}));
    REQUIRE(message.answer.size() == 1);
    CHECK(message.answer[0].name == "www.example");
    CHECK(message.answer[0].data == "a.example");
    CHECK_FALSE(resolvers::dnswire::parse_message(message_with(Octets{0xC0, 41})).has_value());
    CHECK_FALSE(resolvers::dnswire::parse_message(message_with(Octets{0xC0, 42})).has_value());
    CHECK_FALSE(resolvers::dnswire::parse_message(message_with(Octets{0xFF, 0xFF})).has_value());
    CHECK_FALSE(resolvers::dnswire::parse_message(message_with(Octets{0xC0})).has_value());
}

TEST_CASE("all sections are read, or only the answer")
{
    const Octets soa = wire_name("ns.example") + wire_name("root.example") + Octets(20, 0);
    const Octets octets =
        MessageBuilder(1, 0x8580)
            .question("a.example", 1)
            .record(Section::answer, "a.example", 1, 60, wire_ipv4("192.0.2.1"))
            .record(Section::authority, "example", 6, 60, soa)
            .record(Section::additional, "ns.example", 1, 60, wire_ipv4("192.0.2.53"))
            .opt(wire_option(8, Octets{0, 1, 24, 20, 192, 0, 2}), 0x8000)
            .octets();
    const dnswire::DnsMessage all = parsed(octets);
    CHECK(all.answer.size() == 1);
    REQUIRE(all.authority.size() == 1);
    CHECK(all.authority[0].type == "SOA");
    REQUIRE(all.additional.size() == 1);
    CHECK(all.additional[0].data == "192.0.2.53");
    CHECK(all.header.authoritative);
    REQUIRE(all.edns);
    CHECK(all.edns->udp_size == 1232);
    CHECK(all.edns->dnssec_ok);
    CHECK(all.edns->client_subnet_scope == 20);

    const Outcome<dnswire::DnsMessage> answer =
        resolvers::dnswire::parse_message(octets, dnswire::Sections::answer);
    REQUIRE(answer.has_value());
    CHECK(answer->answer == all.answer);
    CHECK(answer->authority.empty());
    CHECK(answer->additional.empty());
    CHECK(answer->authority_has_soa);
    CHECK_FALSE(answer->authority_has_ns);
    CHECK(answer->edns.has_value());
}

TEST_CASE("oddities that do not spoil a message")
{
    SUBCASE("a TTL with the highest bit set counts as 0 (RFC 2181 section 8)")
    {
        const dnswire::DnsMessage message =
            parsed(MessageBuilder(1, 0x8180)
                       .record(Section::answer, "a", 1, 0x80000001U, wire_ipv4("192.0.2.1"))
                       .octets());
        CHECK(message.answer.at(0).ttl == 0);
    }
    SUBCASE("records of another class are not kept")
    {
        const dnswire::DnsMessage message =
            parsed(MessageBuilder(1, 0x8180)
                       .record(Section::answer, "a", 1, 1, wire_ipv4("192.0.2.1"), 3)
                       .octets());
        CHECK(message.answer.empty());
    }
    SUBCASE("octets after the end are ignored")
    {
        const dnswire::DnsMessage message =
            parsed(MessageBuilder(1, 0x8180).question("a", 1).raw({1, 2, 3}).octets());
        CHECK(message.question.has_value());
    }
    SUBCASE("two questions are none")
    {
        const dnswire::DnsMessage message =
            parsed(MessageBuilder(1, 0x8180).question("a", 1).question("b", 1).octets());
        CHECK_FALSE(message.question.has_value());
    }
    SUBCASE("EDE text that is not UTF-8 is read as ISO-8859-1")
    {
        const dnswire::DnsMessage message = parsed(
            MessageBuilder(1, 0x8180).opt(wire_option(15, Octets{0, 15, 'b', 0xE9})).octets());
        CHECK(message.errors == std::vector<ExtendedError>{{15, "b\xC3\xA9"}});
    }
    SUBCASE("EDE text may end with a zero octet, which is no part of it (RFC 8914 section 2)")
    {
        const dnswire::DnsMessage message = parsed(
            MessageBuilder(1, 0x8180).opt(wire_option(15, Octets{0, 15, 'n', 'o', 0})).octets());
        CHECK(message.errors == std::vector<ExtendedError>{{15, "no"}});
    }
    SUBCASE("an EDE option too short for a code says nothing")
    {
        const dnswire::DnsMessage message =
            parsed(MessageBuilder(1, 0x8180).opt(wire_option(15, Octets{0})).octets());
        CHECK(message.errors.empty());
    }
    SUBCASE("an OPT record carries the upper bits of the rcode")
    {
        const dnswire::DnsMessage message =
            parsed(MessageBuilder(1, 0x8180).opt({}, 0x01000000).octets());
        CHECK(message.header.rcode == 16);  // BADVERS
        CHECK(resolvers::dnswire::classify(message, ask("a", "A")) == DnsStatus::other_rcode);
    }
}

TEST_CASE("what is no message is refused")
{
    const Octets address = {0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1};  // from its type on
    struct Case {
        const char* why;
        Octets octets;
    };
    const Case cases[] = {
        {"nothing", {}},
        {"half a header", Octets(11, 0)},
        {"longer than a message can be", Octets(65536, 0)},
        {"a question that is not there", MessageBuilder(1, 0x8180).count(0, 1).octets()},
        {"a question cut behind the name",
         MessageBuilder(1, 0x8180).raw(wire_name("a")).count(0, 1).octets()},
        {"an answer that is not there",
         MessageBuilder(1, 0x8180).question("a", 1).count(1, 1).octets()},
        {"65,535 answers in no octets", MessageBuilder(1, 0x8180).count(1, 65535).octets()},
        {"65,535 additional records in few octets",
         MessageBuilder(1, 0x8180).raw(Octets(22, 0)).count(3, 65535).octets()},
        {"an owner that points to itself",
         MessageBuilder(1, 0x8180).raw(Octets{0xC0, 12} + address).count(1, 1).octets()},
        {"an owner that points forwards",
         MessageBuilder(1, 0x8180).raw(Octets{0xC0, 24} + address).count(1, 1).octets()},
        {"an owner of an unknown label kind",
         MessageBuilder(1, 0x8180).raw(Octets{0x80, 0} + address).count(1, 1).octets()},
        {"data longer than the message",
         MessageBuilder(1, 0x8180)
             .raw(Octets{0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4})
             .count(1, 1)
             .octets()},
        {"two OPT records (RFC 6891 section 6.1.1)",
         MessageBuilder(1, 0x8180).opt().opt().octets()},
        {"an OPT record with an owner",
         MessageBuilder(1, 0x8180).record(Section::additional, "a", 41, 0, {}).octets()},
        {"an option longer than its record",
         MessageBuilder(1, 0x8180).opt(wire_u16(15) + wire_u16(9) + Octets{1}).octets()},
        {"half an option", MessageBuilder(1, 0x8180).opt(Octets{0}).octets()},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<dnswire::DnsMessage> message = resolvers::dnswire::parse_message(c.octets);
        REQUIRE_FALSE(message.has_value());
        CHECK(message.error().code == "malformed");
        CHECK_FALSE(
            resolvers::dnswire::parse_message(c.octets, dnswire::Sections::answer).has_value());
    }
}

TEST_CASE("a message that unfolds into megabytes of names is refused")
{
    std::string long_name;
    for (int i = 0; i < 3; ++i)
        long_name += std::string(62, '\x01') + ".";
    std::string escaped;
    for (const char c : long_name)
        escaped += c == '.' ? "." : "\\001";
    MessageBuilder builder(1, 0x8180);
    builder.question(escaped, 2);
    unsigned records = 0;
    for (; records < 4000; ++records)
        builder.raw(Octets{0xC0, 12, 0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0xC0, 12});
    builder.count(1, records);
    const Outcome<dnswire::DnsMessage> message =
        resolvers::dnswire::parse_message(builder.octets());
    REQUIRE_FALSE(message.has_value());
    CHECK(message.error().detail == "unreadable answer section: more text than we keep");
}

// ---- What it means ------------------------------------------------------------------------------

TEST_CASE("a response is told by its id, its QR bit and its question")
{
    const Question question = ask("www.example", "A");
    struct Case {
        const char* why;
        MessageBuilder message;
        bool expected;
    };
    const Case cases[] = {
        {"the response", MessageBuilder(7, 0x8180).question("www.example", 1), true},
        {"letters in another case", MessageBuilder(7, 0x8180).question("WwW.eXample", 1), true},
        {"another id", MessageBuilder(8, 0x8180).question("www.example", 1), false},
        {"our own query, sent back", MessageBuilder(7, 0x0120).question("www.example", 1), false},
        {"another opcode", MessageBuilder(7, 0xA180).question("www.example", 1), false},
        {"another name", MessageBuilder(7, 0x8180).question("ww.example", 1), false},
        {"a name that only looks the same", MessageBuilder(7, 0x8180).question("www\\.example", 1),
         false},
        {"another type", MessageBuilder(7, 0x8180).question("www.example", 28), false},
        {"another class", MessageBuilder(7, 0x8180).question("www.example", 1, 3), false},
        {"no question", MessageBuilder(7, 0x8180), false},
        {"two questions",
         MessageBuilder(7, 0x8180).question("www.example", 1).question("www.example", 1), false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::dnswire::answers_question(parsed(c.message.octets()), question, 7) ==
              c.expected);
    }
}

TEST_CASE("a response means what its rcode and its records say together")
{
    const Question question = ask("www.example", "A");
    const Octets address = wire_ipv4("192.0.2.1");
    const Octets soa = wire_name("ns.example") + wire_name("root.example") + Octets(20, 0);
    const Octets target = wire_name("edge.example.net");
    const auto base = [](unsigned flags) {
        return MessageBuilder(7, flags).question("www.example", 1);
    };
    struct Case {
        const char* why;
        MessageBuilder message;
        DnsStatus expected;
    };
    const Case cases[] = {
        {"the address", base(0x8180).record(Section::answer, "www.example", 1, 60, address),
         DnsStatus::noerror},
        {"an alias and the address",
         base(0x8180)
             .record(Section::answer, "www.example", 5, 60, target)
             .record(Section::answer, "edge.example.net", 1, 60, address),
         DnsStatus::noerror},
        {"an alias whose target has no address",
         base(0x8180).record(Section::answer, "www.example", 5, 60, target), DnsStatus::noerror},
        {"an alias whose target does not exist",
         base(0x8183).record(Section::answer, "www.example", 5, 60, target), DnsStatus::nxdomain},
        {"only a signature",
         base(0x8180).record(Section::answer, "www.example", 46, 60, Octets(20, 1)),
         DnsStatus::nodata},
        {"nothing", base(0x8180), DnsStatus::nodata},
        {"nothing, and the zone's SOA",
         base(0x8180).record(Section::authority, "example", 6, 60, soa), DnsStatus::nodata},
        {"nothing, SOA and NS (RFC 2308 2.2 type 1)",
         base(0x8180)
             .record(Section::authority, "example", 6, 60, soa)
             .record(Section::authority, "example", 2, 60, wire_name("ns.example")),
         DnsStatus::nodata},
        {"a referral: that server did not look",
         base(0x8100).record(Section::authority, "example", 2, 60, wire_name("ns.example")),
         DnsStatus::bad_response},
        {"somebody else's address",
         base(0x8180).record(Section::answer, "other.example", 1, 60, address),
         DnsStatus::bad_response},
        {"no such name", base(0x8183), DnsStatus::nxdomain},
        {"FORMERR", base(0x8181), DnsStatus::formerr},
        {"SERVFAIL", base(0x8182), DnsStatus::servfail},
        {"NOTIMP", base(0x8184), DnsStatus::notimp},
        {"REFUSED", base(0x8185), DnsStatus::refused},
        {"YXDOMAIN", base(0x8186), DnsStatus::other_rcode},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::dnswire::classify(parsed(c.message.octets()), question) == c.expected);
        const Outcome<dnswire::DnsMessage> short_form =
            resolvers::dnswire::parse_message(c.message.octets(), dnswire::Sections::answer);
        REQUIRE(short_form.has_value());
        CHECK(resolvers::dnswire::classify(*short_form, question) == c.expected);
    }
}
