// The importers whose sources loaded pages: curl, urlscan, ooni.
#include <doctest/doctest.h>

#include "scanner/model/words.h"
#include "tests/input/importers/imported.h"

using namespace scanner;
using namespace scanner::test;

TEST_CASE("curl -v: addresses, certificate, response; the next host is another observation")
{
    const Imported made = import_fixture("curl", "curl_verbose.txt");
    REQUIRE(made.observations.size() == 2);
    const Observation& seen = made.observations[0];
    CHECK(seen.subject.line == 1);
    CHECK(seen.subject.url == "https://www.example.com/a?b=1");
    REQUIRE(seen.dns.size() == 2);
    CHECK(text_of(seen.dns[0]) ==
          "A noerror: www.example.com A 192.0.2.101, www.example.com A 192.0.2.102");
    CHECK(way_of(seen) ==
          "www.example.com address 192.0.2.101() 192.0.2.102(imported) 2001:db8::a1(imported)");
    REQUIRE(seen.probes.size() == 1);
    CHECK(text_of(seen.probes[0]) == "https://www.example.com:443 192.0.2.101 ok/ok/ok 301");
    CHECK(headers_of(seen.probes[0]) ==
          "server: edge | set-cookie: id=[redacted] | location: https://other.example.net/");
    CHECK(seen.probes[0].http_facts->version == "HTTP/2");
    CHECK(seen.not_observed.empty());
    const resolvers::TlsFacts& tls = seen.probes[0].tls_facts.value();
    CHECK(tls.version == "TLSv1.3");
    CHECK(tls.cipher == "TLS_AES_256_GCM_SHA384");
    CHECK(tls.alpn == "h2");
    CHECK(tls.trusted == true);
    CHECK(tls.name_matches == true);
    REQUIRE(tls.chain.size() == 1);
    CHECK(joined(tls.chain[0].names) == "*.example.com");
    CHECK(tls.chain[0].issuer_organisation == "Example Trust");
    CHECK(tls.chain[0].issuer_common_name == "E7");
    CHECK(time_of(tls.chain[0].not_after) == "1771561052000");

    const Observation& next = made.observations[1];
    CHECK(next.subject.host == "other.example.net");
    REQUIRE(next.probes.size() == 1);
    CHECK(text_of(next.probes[0]) ==
          "https://other.example.net:443 192.0.2.110 refused/not_tried/not_tried");
}

TEST_CASE("curl -v of older versions: the Host header decides, proxies hide the address")
{
    const Imported made = import_fixture("curl", "curl_old.txt");
    REQUIRE(made.observations.size() == 3);
    CHECK(text_of(made.observations[0].probes.at(0)) ==
          "http://site.example.org:80 192.0.2.120 ok/not_tried/ok 200");
    CHECK(headers_of(made.observations[0].probes[0]) == "server: nginx");

    CHECK(made.observations[1].subject.host == "nothing.example.org");
    CHECK(made.observations[1].probes.empty());
    CHECK(text_of(made.observations[1].dns.at(0)) == "A local_error");

    CHECK(text_of(made.observations[2].probes.at(0)) ==
          "https://tunnelled.example.org:443 0.0.0.0 ok/ok/ok 404");
    CHECK(headers_of(made.observations[2].probes[0]) == "server: inner");
    CHECK(joined(made.observations[2].not_observed) == "address dns tls");
}

TEST_CASE("curl -v: further turns that a transcript takes")
{
    struct Case {
        std::string why;
        std::string text;
        std::string probes;
    };
    const Case cases[] = {
        {"a refused connection",
         "*   Trying 192.0.2.1:443...\n"
         "* connect to 192.0.2.1 port 443 failed: Connection refused\n"
         "* Failed to connect to a.example port 443 after 0 ms: Couldn't connect to server\n"
         "* Closing connection 0\n"
         "curl: (7) Failed to connect to a.example port 443 after 0 ms: Couldn't connect\n",
         "https://a.example:443 192.0.2.1 refused/not_tried/not_tried; "},
        {"an error without talk",
         "curl: (7) Failed to connect to a.example port 443: Connection refused\n",
         "http://a.example:80 0.0.0.0 refused/not_tried/not_tried; "},
        {"a certificate that curl does not like",
         "*   Trying 192.0.2.1:443...\n"
         "* Connected to a.example (192.0.2.1) port 443 (#0)\n"
         "* SSL certificate problem: self-signed certificate\n"
         "* Closing connection 0\n",
         "https://a.example:443 192.0.2.1 ok/ok/not_tried; "},
        {"an alert",
         "* Connected to a.example (192.0.2.1) port 443 (#0)\n"
         "* OpenSSL/3.0.15: error:0A000410:SSL routines::sslv3 alert handshake failure\n"
         "* Closing connection 0\n",
         "https://a.example:443 192.0.2.1 ok/alert/not_tried; "},
        {"two exchanges on one connection",
         "* Connected to a.example (192.0.2.1) port 80 (#0)\n"
         "> GET / HTTP/1.1\n> Host: a.example\n> \n< HTTP/1.1 302 Found\n< Location: /x\n< \n"
         "* Connection #0 to host a.example left intact\n"
         "* Issue another request to this URL: 'http://a.example/x'\n"
         "* Re-using existing connection! (#0) with host a.example\n"
         "> GET /x HTTP/1.1\n> Host: a.example\n> \n< HTTP/1.1 200 OK\n< \n",
         "http://a.example:80 192.0.2.1 ok/not_tried/ok 302; "
         "http://a.example:80 192.0.2.1 ok/not_tried/ok 200; "},
        {"a plain proxy",
         "* Connected to proxy.example (192.0.2.9) port 3128 (#0)\n"
         "> GET http://a.example/x HTTP/1.1\n> Host: a.example\n> \n< HTTP/1.1 200 OK\n< \n",
         "http://a.example:80 0.0.0.0 ok/not_tried/ok 200; "},
        {"a proxy that refuses is no word about the site",
         "* Connected to proxy.example (192.0.2.9) port 3128 (#0)\n"
         "> CONNECT a.example:443 HTTP/1.1\n> Host: a.example:443\n> \n"
         "< HTTP/1.1 403 Forbidden\n< Server: squid\n< \n"
         "* CONNECT tunnel failed, response 403\n* Closing connection 0\n",
         "https://a.example:443 0.0.0.0 local_error/not_tried/not_tried; "},
        {"a transcript that ends before the answer",
         "* Connected to a.example (192.0.2.1) port 80 (#0)\n> GET / HTTP/1.1\n",
         "http://a.example:80 192.0.2.1 ok/not_tried/not_tried; "},
        {"newer words for the connection",
         "* Established connection to a.example (192.0.2.1 port 443) from 10.0.0.1 port 5\n"
         "* SSL connection using TLSv1.3 / X\n"
         "> GET / HTTP/2\n> Host: a.example\n> \n< HTTP/2 200 \n< \n",
         "https://a.example:443 192.0.2.1 ok/ok/ok 200; "},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Imported made = import_text("curl", c.text);
        REQUIRE(made.observations.size() == 1);
        CHECK(made.observations[0].subject.host == "a.example");
        std::string probes;
        for (const resolvers::Probe& probe : made.observations[0].probes)
            probes += text_of(probe) + "; ";
        CHECK(probes == c.probes);
    }
}

TEST_CASE("Notes of curl: the scheme is not known, a year is no date")
{
    const Imported made = import_fixture("curl", "curl_notes.jsonl");
    REQUIRE(made.observations.size() == 3);
    const Observation& first = made.observations[0];
    CHECK(text_of(first.probes.at(0)) == "://a.example.com:0 192.0.2.130 ok/not_tried/ok 200");
    CHECK(headers_of(first.probes[0]) == "server: Edge | via: 1.1 x");
    CHECK(time_of(first.observed_at) == "1729728000000");
    CHECK(first.vantage == "AS64500, DE");
    CHECK(joined(first.not_observed) == "dns tls");

    const Observation& second = made.observations[1];
    CHECK(time_of(second.observed_at) == "0");
    CHECK(headers_of(second.probes.at(0)) == "location: https://elsewhere.example.net/ | cf-ray: ");
    CHECK(second.redirects.at(0).outcome == scanner::RedirectOutcome::other_site);
    CHECK(joined(second.not_observed) == "address dns headers tls");

    const Observation& third = made.observations[2];
    CHECK(third.probes.empty());
    CHECK(way_of(third) == "not_observed 192.0.2.131(imported)");
}

TEST_CASE("urlscan: a full result has every host's response, with its certificate")
{
    const Imported made = import_fixture("urlscan", "urlscan_result.json");
    REQUIRE(made.observations.size() == 2);
    const Observation& seen = made.observations[0];
    CHECK(seen.subject.host == "start.example.com");
    CHECK(time_of(seen.observed_at) == "1749283750111");
    CHECK(text_of(seen.probes.at(0)) == "https://start.example.com:443 2001:db8::90 ok/ok/ok 200");
    CHECK(headers_of(seen.probes[0]) == "server: edge | x-served: a");
    const resolvers::TlsFacts& tls = seen.probes[0].tls_facts.value();
    CHECK(tls.version == "TLSv1.3");
    CHECK(tls.group == "X25519");
    CHECK(joined(tls.chain.at(0).names) == "start.example.com *.example.com");
    CHECK(tls.chain[0].issuer_common_name == "R11");
    CHECK(joined(seen.not_observed) == "dns");
    CHECK(text_of(made.observations[1].probes.at(0)) ==
          "https://dead.example.net:443 0.0.0.0 timeout/not_tried/not_tried");
}

TEST_CASE("urlscan: a page block knows one address and one header")
{
    const Imported page = import_fixture("urlscan", "urlscan_page.jsonl");
    REQUIRE(page.observations.size() == 1);
    const Observation& seen = page.observations[0];
    CHECK(text_of(seen.probes.at(0)) == "https://www.example.com:443 2001:db8::92 ok/ok/ok 0");
    CHECK(headers_of(seen.probes[0]) == "server: ECS (x)");
    CHECK(joined(seen.not_observed) == "dns headers tls");

    const Imported search = import_fixture("urlscan", "urlscan_search.json");
    REQUIRE(search.observations.size() == 2);
    CHECK(text_of(search.observations[0].probes.at(0)) ==
          "https://one.example.com:443 192.0.2.91 ok/ok/ok 200");
    CHECK(search.observations[0].probes[0].http_facts->title == "One");
    CHECK(search.observations[1].probes.empty());
    CHECK(joined(search.observations[1].not_observed) == "address dns headers tls");
}

TEST_CASE("ooni: what the probe saw of the input's host, and not what the control saw")
{
    const Imported made = import_fixture("ooni", "ooni.jsonl");
    REQUIRE(made.observations.size() == 2);
    const Observation& seen = made.observations[0];
    CHECK(seen.vantage == "AS64500, IT");
    CHECK(time_of(seen.observed_at) == "1709528767000");
    REQUIRE(seen.dns.size() == 2);
    CHECK(text_of(seen.dns[0]) ==
          "A noerror: edge.example.net A 192.0.2.170, blocked.example.org CNAME edge.example.net");
    CHECK(text_of(seen.dns[1]) == "AAAA nodata");
    CHECK(seen.dns[1].resolver == "192.0.2.53:53");
    CHECK(way_of(seen) == "blocked.example.org > edge.example.net address 192.0.2.170()");
    REQUIRE(seen.probes.size() == 2);
    CHECK(text_of(seen.probes[0]) ==
          "https://blocked.example.org:443 192.0.2.170 refused/not_tried/not_tried");
    CHECK(text_of(seen.probes[1]) ==
          "http://blocked.example.org:80 192.0.2.170 ok/not_tried/ok 302");
    REQUIRE(seen.redirects.size() == 1);
    CHECK(seen.redirects[0].to == "http://blockpage.example/");
    CHECK(seen.redirects[0].outcome == scanner::RedirectOutcome::other_site);

    CHECK(way_of(made.observations[1]) == "reset.example.org nxdomain");
    CHECK(text_of(made.observations[1].probes.at(0)) ==
          "https://reset.example.org:443 0.0.0.0 ok/reset/not_tried");
}

TEST_CASE("ooni: measurements cut down to dns and requests")
{
    const Imported made = import_fixture("ooni", "ooni_cut.jsonl");
    REQUIRE(made.observations.size() == 2);
    // The canonical name is the name itself here, which is no alias; one address, so that one.
    CHECK(way_of(made.observations[0]) == "www.example.com address 192.0.2.180()");
    CHECK(text_of(made.observations[0].probes.at(0)) ==
          "https://www.example.com:443 192.0.2.180 ok/ok/ok 200");
    CHECK(headers_of(made.observations[0].probes[0]) == "server: x");
    // Of two addresses, which one was asked is not said.
    CHECK(way_of(made.observations[1]) ==
          "two.example.com > e.example.net address 192.0.2.181(imported) 192.0.2.182(imported)");
    CHECK(text_of(made.observations[1].probes.at(0)) ==
          "https://two.example.com:443 0.0.0.0 local_error/not_tried/not_tried");
}

TEST_CASE("recorded redirects are read as those of our own scans are")
{
    struct Case {
        std::string location;
        std::string to;
        std::string outcome;
    };
    const Case cases[] = {
        {R"(http:\\other.org\x)", "http://other.org/x", "other_site"},
        {R"(\\other.org)", "https://other.org/", "other_site"},
        {"http:/other.org", "http://other.org/", "other_site"},
        {"///other.org", "https://other.org/", "other_site"},
        {"http://oth%65r.org/", "http://other.org/", "other_site"},
        {"http://127.1/", "http://127.0.0.1/", "other_site"},
        {"intent://x", "", "not_http"},
        {"https://a b/", "", "unreadable"},
        {"https://www.films.example:25/", "https://www.films.example:25/", "bad_port"},
        {R"(https://films.example\@127.0.0.1/)", "", ""},
        {"https:/h", "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.location);
        std::string escaped;
        for (const char letter : c.location)
            escaped += letter == '\\' ? "\\\\" : std::string(1, letter);
        const Imported made = import_text(
            "httpx",
            R"({"url":"https://films.example/","input":"films.example","host":"192.0.2.1",)"
            R"("status_code":302,"header":{"location":")" +
                escaped + "\"}}");
        REQUIRE(made.observations.size() == 1);
        const std::vector<Redirect>& redirects = made.observations[0].redirects;
        REQUIRE(redirects.size() == (c.outcome.empty() ? 0 : 1));
        if (c.outcome.empty())
            continue;
        CHECK(redirects[0].to == c.to);
        CHECK(word(redirects[0].outcome) == c.outcome);
    }
}

TEST_CASE("a recorded Refresh header to another site is a redirect")
{
    const Imported made = import_text(
        "httpx", R"({"url":"https://films.example/","input":"films.example","host":"192.0.2.1",)"
                 R"("status_code":200,"header":{"refresh":"0; url=https://other.org/"}})");
    REQUIRE(made.observations.size() == 1);
    REQUIRE(made.observations[0].redirects.size() == 1);
    CHECK(made.observations[0].redirects[0].location == "https://other.org/");
    CHECK(made.observations[0].redirects[0].outcome == scanner::RedirectOutcome::other_site);
}
