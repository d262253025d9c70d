#include "resolvers/dns/response_action.h"

#include <doctest/doctest.h>

#include "resolvers/resolvers.h"
#include "tests/support/dns_builder.h"

using namespace resolvers;
using namespace tests;

TEST_CASE("a response is an answer, or tells how to ask again")
{
    using Next = dns::ResponseAction::Next;
    const Question question{DomainName::parse("a.example").value(), "A"};
    const dns::SentQuery plain{.id = 7, .edns = true, .over_tcp = false};
    const dns::SentQuery without_edns{.id = 7, .edns = false, .over_tcp = false};
    const dns::SentQuery over_tcp{.id = 7, .edns = true, .over_tcp = true};
    const auto response = [](unsigned flags) {
        return MessageBuilder(7, flags).question("a.example", 1);
    };
    struct Case {
        const char* why;
        dns::SentQuery sent;
        MessageBuilder message;
        DnsStatus status;
        Next next;
        bool responded;
    };
    const Case cases[] = {
        {"an address", plain,
         response(0x8180).record(Section::answer, "a.example", 1, 60, wire_ipv4("192.0.2.1")),
         DnsStatus::noerror, Next::finish, true},
        {"no such type is an answer", plain, response(0x8180), DnsStatus::nodata, Next::finish,
         true},
        {"no such name is an answer", plain, response(0x8183), DnsStatus::nxdomain, Next::finish,
         true},
        {"SERVFAIL is this server's trouble", plain, response(0x8182), DnsStatus::servfail,
         Next::ask_again, true},
        {"so is REFUSED", plain, response(0x8185), DnsStatus::refused, Next::ask_again, true},
        {"an unknown rcode would be the same again", plain, response(0x818B),
         DnsStatus::other_rcode, Next::finish, true},
        {"truncated", plain, response(0x8380), DnsStatus::bad_response, Next::ask_over_tcp, false},
        {"truncated SERVFAIL is truncated first", plain, response(0x8382), DnsStatus::bad_response,
         Next::ask_over_tcp, false},
        {"TC over TCP means nothing", over_tcp, response(0x8380), DnsStatus::nodata, Next::finish,
         true},
        {"FORMERR without an OPT record", plain, response(0x8181), DnsStatus::formerr,
         Next::ask_without_edns, true},
        {"NOTIMP without an OPT record", plain, response(0x8184), DnsStatus::notimp,
         Next::ask_without_edns, true},
        {"over TCP too", over_tcp, response(0x8181), DnsStatus::formerr, Next::ask_without_edns,
         true},
        {"FORMERR from one that knows EDNS", plain, response(0x8181).opt(), DnsStatus::formerr,
         Next::finish, true},
        {"FORMERR to a query without EDNS", without_edns, response(0x8181), DnsStatus::formerr,
         Next::finish, true},
        {"another name", plain, MessageBuilder(7, 0x8183).question("b.example", 1),
         DnsStatus::bad_response, Next::ask_again, false},
        {"another id", plain, MessageBuilder(8, 0x8183).question("a.example", 1),
         DnsStatus::bad_response, Next::ask_again, false},
        {"a referral", plain,
         response(0x8100).record(Section::authority, "example", 2, 60, wire_name("ns.example")),
         DnsStatus::bad_response, Next::ask_again, true},
        {"unreadable", plain, response(0x8180).count(1, 1), DnsStatus::bad_response,
         Next::ask_again, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        dnswire::DnsMessage message;
        const auto unreadable = resolvers::dnswire::parse_message_into(
            c.message.octets(), dnswire::Sections::answer, message);
        const dns::ResponseAction action =
            resolvers::dns::action_for_response(unreadable, message, question, c.sent);
        CHECK(action.status == c.status);
        CHECK(action.next == c.next);
        CHECK(action.responded == c.responded);
        CHECK(action.detail.empty() == (c.status != DnsStatus::bad_response));
    }
}
