// The importers whose sources know the DNS alone: massdns, dnsx, zdns, dig, zone.
#include <doctest/doctest.h>

#include "tests/input/importers/imported.h"

using namespace scanner;
using namespace scanner::test;

namespace {

struct Expected {
    std::uint64_t line;
    std::string host;
    std::vector<std::string> answers;
    std::string way;
    std::string not_observed;
};

void check(const Imported& made, const std::vector<Expected>& expected)
{
    REQUIRE(made.observations.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Observation& seen = made.observations[i];
        CAPTURE(expected[i].line);
        CHECK(seen.subject.line == expected[i].line);
        CHECK(seen.subject.host == expected[i].host);
        CHECK(seen.probes.empty());
        std::vector<std::string> answers;
        for (const resolvers::DnsAnswer& answer : seen.dns)
            answers.push_back(text_of(answer));
        CHECK(answers == expected[i].answers);
        CHECK(way_of(seen) == expected[i].way);
        CHECK(joined(seen.not_observed) == expected[i].not_observed);
    }
}

}  // namespace

TEST_CASE("massdns: a line is a question, with its status, resolver and time")
{
    Imported made = import_fixture("massdns", "massdns.ndjson");
    CHECK(made.summary.invalid == 1);
    REQUIRE(made.observations.size() == 7);
    CHECK(made.observations.back().subject.invalid == "the line names no question");
    made.observations.pop_back();
    check(made,
          {{1,
            "www.example.com",
            {"A noerror: www.example.com CNAME edge.example.net, edge.example.net A 192.0.2.80"},
            "www.example.com > edge.example.net address 192.0.2.80(imported)",
            "headers tls"},
           {2,
            "gone.example.com",
            {"A nxdomain: gone.example.com CNAME dead.example.net"},
            "gone.example.com > dead.example.net dangling",
            "headers tls"},
           {3,
            "six.example.com",
            {"AAAA nodata"},
            "six.example.com not_observed",
            "address headers tls"},
           {4, "slow.example.com", {"A timeout"}, "failed", "headers tls"},
           {5, "broken.example.com", {"A servfail"}, "failed", "headers tls"},
           {6,
            "h.example.com",
            {"HTTPS noerror: h.example.com HTTPS 1 . alpn=h2"},
            "h.example.com not_observed",
            "address headers tls"}});
    const resolvers::DnsAnswer& first = made.observations[0].dns[0];
    CHECK(first.resolver == "192.0.2.53:53");
    CHECK(first.authentic_data);
    CHECK_FALSE(first.over_tcp);
    CHECK(first.records[0].ttl == 300);
    CHECK(time_of(first.asked_at) == "1740000000123");
    CHECK(made.observations[1].dns[0].over_tcp);
}

TEST_CASE("dnsx: lists under one response code; what is not listed may not have been asked")
{
    const Imported made = import_fixture("dnsx", "dnsx.jsonl");
    check(made,
          {{1,
            "www.example.com",
            {"A noerror: www.example.com CNAME edge.example.net, edge.example.net A 192.0.2.81",
             "NS noerror: www.example.com CNAME edge.example.net, edge.example.net NS "
             "ns1.example.net",
             "MX noerror: www.example.com CNAME edge.example.net, edge.example.net MX 0 "
             "mail.example.com"},
            "www.example.com > edge.example.net address 192.0.2.81(imported)",
            "headers tls"},
           {2,
            "dangling.example.com",
            {"CNAME nxdomain: dangling.example.com CNAME dead.example.net"},
            "dangling.example.com > dead.example.net dangling",
            "headers tls"},
           {3, "nx.example.com", {"A nxdomain"}, "nx.example.com nxdomain", "headers tls"},
           {4, "fail.example.com", {"A servfail"}, "failed", "headers tls"},
           {5, "quiet.example.com", {}, "not_observed", "address dns headers tls"}});
    CHECK(made.observations[0].dns[0].resolver == "192.0.2.53:53");
    CHECK(made.observations[1].dns[0].resolver == "");  // two were asked, one answered
    CHECK(time_of(made.observations[0].observed_at) == "1738555506700");
}

TEST_CASE("zdns version 1: one result a line")
{
    const Imported made = import_fixture("zdns", "zdns_v1.jsonl");
    check(made,
          {{1,
            "www.example.com",
            {"A noerror: www.example.com CNAME edge.example.net, edge.example.net A 192.0.2.82"},
            "www.example.com > edge.example.net address 192.0.2.82(imported)",
            "headers tls"},
           {2, "late.example.com", {"A timeout"}, "failed", "headers tls"},
           {3, "nx.example.com", {"A nxdomain"}, "nx.example.com nxdomain", "headers tls"}});
    CHECK(made.observations[0].dns[0].authentic_data);
    CHECK(made.observations[1].dns[0].detail == "i/o timeout");
    CHECK(time_of(made.observations[0].observed_at) == "1651835289000");
}

TEST_CASE("zdns version 2: one result for each module, look-ups among them")
{
    check(import_fixture("zdns", "zdns_v2.jsonl"),
          {{1,
            "www.example.com",
            {"A noerror: www.example.com A 192.0.2.83", "AAAA nodata",
             "HTTPS noerror: www.example.com HTTPS 1 . alpn=h3,h2 ipv4hint=192.0.2.83"},
            "www.example.com address 192.0.2.83(imported)",
            "headers tls"},
           {2,
            "look.example.com",
            {"A noerror: look.example.com A 192.0.2.84",
             "AAAA noerror: look.example.com AAAA 2001:db8::84"},
            "look.example.com address 192.0.2.84(imported) 2001:db8::84(imported)",
            "headers tls"},
           {3,
            "zone.example.com",
            {"NS noerror: zone.example.com NS ns1.example.net"},
            "zone.example.com not_observed",
            "address headers tls"}});
}

TEST_CASE("dig: a run of answers about one name is one observation")
{
    const Imported made = import_fixture("dig", "dig.txt");
    check(
        made,
        {{11,
          "www.example.com",
          {"A noerror: www.example.com CNAME edge.example.net, edge.example.net A 192.0.2.140",
           "AAAA noerror: www.example.com CNAME edge.example.net"},
          "www.example.com > edge.example.net address 192.0.2.140(imported)",
          "headers tls"},
         {44, "blocked.example.org", {"A nxdomain"}, "blocked.example.org nxdomain", "headers tls"},
         {49, "silent.example.org", {"HTTPS timeout"}, "not_observed", "address headers tls"},
         {58,
          "example.org",
          {"SOA noerror: example.org SOA ns.example.org admin.example.org 2024010101 7200 3600 "
           "1209600 60"},
          "example.org not_observed",
          "address headers tls"}});
    const resolvers::DnsAnswer& first = made.observations[0].dns[0];
    CHECK(first.resolver == "192.0.2.53:53");
    CHECK(first.authentic_data);
    CHECK(first.took.count() == 12);
    CHECK(time_of(first.asked_at) == "1704452400000");
    const resolvers::DnsAnswer& second = made.observations[0].dns[1];
    CHECK(second.resolver == "[2001:db8::53]:53");
    CHECK(second.over_tcp);
    CHECK_FALSE(second.authentic_data);
    const resolvers::DnsAnswer& blocked = made.observations[1].dns[0];
    REQUIRE(blocked.errors.size() == 1);
    CHECK(blocked.errors[0].code == 15);
    CHECK(blocked.errors[0].text == "by order");
    CHECK(made.observations[2].dns[0].detail == "communications error to 192.0.2.99#53: timed out");
}

TEST_CASE("kdig says the same in other words")
{
    const Imported made = import_fixture("dig", "kdig.txt");
    check(made, {{8,
                  "h.example.com",
                  {"HTTPS noerror: h.example.com HTTPS 1 svc.example.net alpn=h2,h3"},
                  "h.example.com not_observed",
                  "address headers tls"}});
    CHECK(made.observations[0].dns[0].resolver == "192.0.2.53:53");
    CHECK(time_of(made.observations[0].dns[0].asked_at) == "1704452400000");

    const Imported failed = import_text("dig",
                                        ";; WARNING: response timeout for 192.0.2.9@53(UDP)\n"
                                        ";; ERROR: failed to query server 192.0.2.9@53(UDP)\n");
    REQUIRE(failed.observations.size() == 1);
    CHECK(failed.observations[0].subject.invalid.starts_with("the server did not answer"));
}

TEST_CASE("Answer lines alone are split where the name changes")
{
    check(import_fixture("dig", "dig_answers.txt"),
          {{1,
            "www.example.com",
            {"A noerror: www.example.com CNAME edge.example.net, edge.example.net A 192.0.2.141, "
             "edge.example.net A 192.0.2.142"},
            "www.example.com > edge.example.net address 192.0.2.141(imported) "
            "192.0.2.142(imported)",
            "headers tls"},
           {4,
            "other.example.com",
            {"A noerror: other.example.com A 192.0.2.143",
             "AAAA noerror: other.example.com AAAA 2001:db8::143"},
            "other.example.com address 192.0.2.143(imported) 2001:db8::143(imported)",
            "headers tls"}});
}

TEST_CASE("Notes of dig: lists, or a type with its data")
{
    const Imported made = import_fixture("dig", "dig_notes.jsonl");
    check(made, {{1,
                  "store.example.com",
                  {"A noerror: store.example.com CNAME shops.example.net, shops.example.net A "
                   "192.0.2.150"},
                  "store.example.com > shops.example.net address 192.0.2.150(imported)",
                  "headers tls"},
                 {2,
                  "api.example.com",
                  {"A nodata"},
                  "api.example.com not_observed",
                  "address headers tls"},
                 {3,
                  "svc.example.com",
                  {"HTTPS noerror: svc.example.com HTTPS 1 . alpn=\"h3,h2\" ipv4hint=192.0.2.151"},
                  "svc.example.com not_observed",
                  "address headers tls"},
                 {4,
                  "ns.example.com",
                  {"NS noerror: ns.example.com NS ns1.parking.example"},
                  "ns.example.com not_observed",
                  "address headers tls"}});
    CHECK(time_of(made.observations[0].observed_at) == "1704412800000");
    CHECK(time_of(made.observations[2].observed_at) == "0");
}

TEST_CASE("zone: what is declared is marked as declared")
{
    const Imported made = import_fixture("zone", "zone.jsonl");
    check(made, {{1,
                  "www.example.com",
                  {"CNAME noerror: www.example.com CNAME pages.example.net"},
                  "www.example.com > pages.example.net not_observed",
                  "address headers tls"},
                 {2,
                  "raw.example.com",
                  {"A noerror: raw.example.com A 192.0.2.160",
                   "AAAA noerror: raw.example.com AAAA 2001:db8::160"},
                  "raw.example.com address 192.0.2.160(imported) 2001:db8::160(imported)",
                  "headers tls"},
                 {3,
                  "alias.example.com",
                  {"CNAME noerror: alias.example.com ALIAS d1.edge.example.net"},
                  "alias.example.com > d1.edge.example.net not_observed",
                  "address headers tls"},
                 {4,
                  "example.org",
                  {"A nodata", "AAAA nodata", "NS noerror: example.org NS ns1.example.net"},
                  "example.org nodata",
                  "headers tls"},
                 {5,
                  "plain.example.org",
                  {"CNAME noerror: plain.example.org CNAME x.example.net"},
                  "plain.example.org > x.example.net not_observed",
                  "address headers tls"}});
    CHECK(made.observations[0].declared == "proxied");
    CHECK(made.observations[1].declared == "dns_only");
    CHECK(made.observations[4].declared == "");
    REQUIRE(made.observations[0].subject.extra.size() == 2);
    CHECK(made.observations[0].subject.extra[1].second == "SomeDNS");
}

TEST_CASE("A chain that never ends is given up")
{
    const auto answers = [](const std::string& records) {
        return import_text("massdns", R"({"name":"a0.example.","type":"A","class":"IN",)"
                                      R"("status":"NOERROR","data":{"answers":[)" +
                                          records + "]}}");
    };
    const auto cname = [](const std::string& from, const std::string& to) {
        return R"({"ttl":1,"type":"CNAME","class":"IN","name":")" + from + R"(","data":")" + to +
               "\"}";
    };
    const Imported loop =
        answers(cname("a0.example.", "a1.example.") + "," + cname("a1.example.", "A0.example."));
    CHECK(way_of(loop.observations.at(0)) == "a0.example > a1.example loop");

    std::string hops;
    for (int i = 0; i < 30; ++i)
        hops += (i == 0 ? "" : ",") + cname("a" + std::to_string(i) + ".example.",
                                            "a" + std::to_string(i + 1) + ".example.");
    const Imported longer = answers(hops);
    CHECK(longer.observations.at(0).chain_end == ChainEnd::too_long);
    CHECK(longer.observations.at(0).chain.size() == 17);
}

TEST_CASE("records beside a failure are no answer, whichever tool kept them")
{
    struct Case {
        std::string importer;
        std::string text;
        std::string way;
    };
    const std::string massdns = R"({"name":"a.example.","type":"A","class":"IN","status":)";
    const std::string record =
        R"(,"data":{"answers":[{"ttl":1,"type":"A","class":"IN","name":"a.example.","data":"192.0.2.1"}]}})";
    const Case cases[] = {
        {"massdns", massdns + "\"NOERROR\"" + record, "a.example address 192.0.2.1(imported)"},
        {"massdns", massdns + "\"SERVFAIL\"" + record, "failed"},
        {"massdns", massdns + "\"NXDOMAIN\"" + record, "a.example nxdomain"},
        {"dnsx",
         R"({"host":"a.example","resolver":["192.0.2.53:53"],"a":["192.0.2.1"],"status_code":"NXDOMAIN"})",
         "a.example nxdomain"},
        {"dnsx",
         R"({"host":"a.example","resolver":["192.0.2.53:53"],"a":["192.0.2.1"],"status_code":"SERVFAIL"})",
         "failed"},
        {"zdns",
         R"({"name":"a.example","results":{"A":{"status":"REFUSED","data":{"answers":[{"type":"A","name":"a.example","answer":"192.0.2.1"}]}}}})",
         "failed"},
        {"dig",
         ";; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 1\n;; QUESTION SECTION:\n"
         ";a.example.\t\tIN\tA\n\n;; ANSWER SECTION:\na.example.\t300\tIN\tA\t192.0.2.1\n",
         "failed"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const Imported made = import_text(c.importer, c.text);
        REQUIRE(made.observations.size() == 1);
        CHECK(way_of(made.observations[0]) == c.way);
    }
}

TEST_CASE("an answer about other names alone is none")
{
    const Imported made = import_text(
        "massdns",
        R"({"name":"a.example.","type":"A","class":"IN","status":"NOERROR","data":{"answers":[)"
        R"({"ttl":1,"type":"A","class":"IN","name":"b.example.","data":"192.0.2.1"}]}})");
    REQUIRE(made.observations.size() == 1);
    CHECK(text_of(made.observations[0].dns.at(0)) == "A bad_response: b.example A 192.0.2.1");
    CHECK(way_of(made.observations[0]) == "failed");
}

TEST_CASE("lists without owners beside an alias are its target's, but those of a zone's own file")
{
    const auto name_servers = [](const std::string& importer, const std::string& line) {
        const Imported made = import_text(importer, line);
        REQUIRE(made.observations.size() == 1);
        return text_of(made.observations[0].dns.back());
    };
    CHECK(name_servers("dig", R"({"host":"a.example","date":"2026-01-01","cname":["b.example"],)"
                              R"("ns":["ns.example.net"]})") ==
          "NS noerror: a.example CNAME b.example, b.example NS ns.example.net");
    CHECK(name_servers("dig", R"({"host":"a.example","date":"2026-01-01","cname":["b.example"],)"
                              R"("type":"MX","rdata":["10 mx.example.net."]})") ==
          "MX noerror: a.example CNAME b.example, b.example MX 10 mx.example.net");
    CHECK(name_servers("dig",
                       R"({"host":"a.example","date":"2026-01-01","ns":["ns.example.net"]})") ==
          "NS noerror: a.example NS ns.example.net");
    CHECK(name_servers("zone", R"({"zone":"example","host":"a.example","cname":["b.example"],)"
                               R"("ns":["ns.example.net"],"proxied":false})") ==
          "NS noerror: a.example NS ns.example.net");
}
