#include <doctest/doctest.h>

#include "tests/input/importers/imported.h"

using namespace scanner;
using namespace scanner::test;

namespace {

const Observation& on_line(const Imported& made, std::uint64_t line)
{
    for (const Observation& seen : made.observations)
        if (seen.subject.line == line)
            return seen;
    throw std::runtime_error("nothing on line " + std::to_string(line));
}

}  // namespace

TEST_CASE("A line of httpx gives answers, addresses and the one address that was dialled")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& seen = on_line(made, 1);
    CHECK(seen.subject.host == "www.example.com");
    CHECK(seen.subject.url == "https://www.example.com/");
    CHECK(time_of(seen.observed_at) == "1742679148889");
    REQUIRE(seen.dns.size() == 2);
    CHECK(text_of(seen.dns[0]) ==
          "A noerror: www.example.com CNAME www.example.com.cdn.example.net, "
          "www.example.com.cdn.example.net CNAME e1.cdn.example.net, "
          "e1.cdn.example.net A 192.0.2.21, e1.cdn.example.net A 192.0.2.20");
    CHECK(seen.dns[0].records[0].ttl == 0);
    CHECK(way_of(seen) ==
          "www.example.com > www.example.com.cdn.example.net > e1.cdn.example.net address "
          "192.0.2.20() 192.0.2.21(imported) 2001:db8::20(imported)");
    REQUIRE(seen.probes.size() == 1);
    CHECK(text_of(seen.probes[0]) == "https://www.example.com:443 192.0.2.20 ok/ok/ok 302");
    CHECK(seen.probes[0].http_facts->title == "Example");
}

TEST_CASE("The few headers that httpx has keys for do not stand for all")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& seen = on_line(made, 1);
    CHECK(headers_of(seen.probes[0]) ==
          "server: edge/1.0 | content-type: text/html | location: https://login.example.net/");
    CHECK(joined(seen.not_observed) == "headers tls");
    REQUIRE(seen.redirects.size() == 1);
    CHECK(seen.redirects[0].outcome == scanner::RedirectOutcome::other_site);
}

TEST_CASE("The opinion of httpx about CDNs goes nowhere")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    for (const Observation& seen : made.observations) {
        for (const resolvers::Probe& probe : seen.probes)
            CHECK(headers_of(probe).find("somecdn") == std::string::npos);
        for (const auto& [title, value] : seen.subject.extra)
            CHECK(value != "somecdn");
    }
}

TEST_CASE("A newer line: host is a name, host_ip the address, the port its own")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& seen = on_line(made, 2);
    CHECK(time_of(seen.observed_at) == "1776222167449");
    CHECK(text_of(seen.probes[0]) == "http://b.example.com:8080 2001:db8::31 ok/not_tried/ok 200");
    CHECK(way_of(seen) == "b.example.com address 192.0.2.31(imported) 2001:db8::31()");
}

TEST_CASE("An older line: keys with hyphens, cnames, tls-grab")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& seen = on_line(made, 3);
    CHECK(way_of(seen) == "old.example.com > lb.example.net address 192.0.2.40()");
    CHECK(text_of(seen.probes[0]) == "https://old.example.com:443 192.0.2.40 ok/ok/ok 404");
    CHECK(headers_of(seen.probes[0]) == "server: nginx | content-type: text/html");
    REQUIRE(seen.probes[0].tls_facts.has_value());
    const resolvers::TlsFacts& tls = *seen.probes[0].tls_facts;
    CHECK(tls.version == "TLSv1.2");
    REQUIRE(tls.chain.size() == 1);
    CHECK(tls.chain[0].subject_common_name == "old.example.com");
    CHECK(tls.chain[0].issuer_common_name == "Example CA");
    CHECK(tls.chain[0].issuer_organisation == "Example Trust");
    CHECK(joined(tls.chain[0].names) == "old.example.com *.old.example.com");
    CHECK(tls.chain[0].sha256 == "ab12");
    CHECK(joined(seen.not_observed) == "headers");
}

TEST_CASE("A header map and raw headers are all headers")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& map = on_line(made, 4);
    CHECK(headers_of(map.probes[0]) == "server: x | x-cache: HIT | set-cookie: a=[redacted]");
    CHECK(joined(map.not_observed) == "dns");
    const resolvers::TlsFacts& tls = map.probes[0].tls_facts.value();
    CHECK(tls.version == "TLSv1.3");
    CHECK(tls.cipher == "TLS_AES_128_GCM_SHA256");
    CHECK(tls.sni == "map.example.com");
    CHECK(time_of(tls.chain.at(0).not_before) == "1735689600000");

    const Observation& raw = on_line(made, 5);
    CHECK(headers_of(raw.probes[0]) == "server: raw | x-one: 1");
    CHECK(raw.probes[0].http_facts->version == "HTTP/2");
    CHECK(joined(raw.not_observed) == "dns tls");
}

TEST_CASE("A failed line has failed steps")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& refused = on_line(made, 6);
    REQUIRE(refused.probes.size() == 1);
    CHECK(text_of(refused.probes[0]) ==
          "https://down.example.com:443 192.0.2.60 refused/not_tried/not_tried");
    CHECK(way_of(refused) == "down.example.com address 192.0.2.60()");

    const Observation& unresolved = on_line(made, 7);
    CHECK(unresolved.probes.empty());
    REQUIRE(unresolved.dns.size() == 1);
    CHECK(text_of(unresolved.dns[0]) == "A local_error");
    CHECK(unresolved.dns[0].detail == "no address found for host");
    CHECK(way_of(unresolved) == "failed");
}

TEST_CASE("A followed redirect to another site does not colour the input")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    const Observation& hop = on_line(made, 8);
    CHECK(hop.subject.host == "hop.example.com");
    REQUIRE(hop.probes.size() == 1);
    CHECK(hop.probes[0].purpose == resolvers::ProbePurpose::redirect);
    CHECK(text_of(hop.probes[0]) == "https://shop.example.net:443 0.0.0.0 ok/ok/ok 200");
    CHECK(way_of(hop) == "hop.example.com address 192.0.2.70(imported)");
    REQUIRE(hop.redirects.size() == 1);
    CHECK(hop.redirects[0].to == "https://shop.example.net/home");
    CHECK(hop.redirects[0].outcome == scanner::RedirectOutcome::followed);
    CHECK(joined(hop.not_observed) == "headers tls");
}

TEST_CASE("A broken line costs itself alone")
{
    const Imported made = import_fixture("httpx", "httpx.jsonl");
    CHECK(made.summary.observations == 13);
    CHECK(made.summary.invalid == 5);
    CHECK(on_line(made, 9).subject.invalid == "is not JSON: incomplete JSON");
    CHECK(on_line(made, 11).subject.invalid == "the line names no url, input or host");
    CHECK(on_line(made, 12).subject.invalid == "is JSON, but no object");
    CHECK(on_line(made, 13).subject.invalid == "is JSON, but no object");
    CHECK(on_line(made, 14).subject.invalid == "contains a space");
    CHECK(on_line(made, 14).subject.text == "https://bad name/");
}

TEST_CASE("Words about failures become the step that failed")
{
    struct Case {
        std::string words;
        std::string expected;
    };
    const Case cases[] = {
        {"dial tcp 192.0.2.1:443: connect: connection refused", "refused/not_tried/not_tried"},
        {"dial tcp 192.0.2.1:443: i/o timeout", "timeout/not_tried/not_tried"},
        {"context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
         "ok/ok/timeout"},
        {"dial tcp: connect: no route to host", "unreachable/not_tried/not_tried"},
        {"read tcp 10.0.0.1:5->192.0.2.1:443: read: connection reset by peer",
         "ok/reset/not_tried"},
        {"remote error: tls: handshake failure", "ok/alert/not_tried"},
        {"tls: first record does not look like a TLS handshake", "ok/protocol_error/not_tried"},
        {"net/http: TLS handshake timeout", "ok/timeout/not_tried"},
        {"x509: certificate has expired", "ok/ok/not_tried"},
        {"Get \"https://a.example\": EOF", "ok/closed/not_tried"},
        {"malformed HTTP response", "ok/ok/protocol_error"},
        {"socket: too many open files", "local_error/not_tried/not_tried"},
        {"something never heard of", "local_error/not_tried/not_tried"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.words);
        std::string words;
        for (const char letter : c.words)
            words += letter == '"' ? std::string("\\\"") : std::string(1, letter);
        const Imported made = import_text(
            "httpx", R"({"url":"https://a.example","input":"a.example","host":"192.0.2.1",)"
                     R"("failed":true,"error":")" +
                         words + "\"}");
        REQUIRE(made.observations.size() == 1);
        REQUIRE(made.observations[0].probes.size() == 1);
        CHECK(text_of(made.observations[0].probes[0]) ==
              std::string("https://a.example:443 192.0.2.1 ") + c.expected);
        CHECK_FALSE(made.observations[0].probes[0].http_facts.has_value());
    }
}
