#include <doctest/doctest.h>

#include "tests/input/importers/imported.h"

using namespace scanner;
using namespace scanner::test;

namespace {

const Observation& of_host(const Imported& made, std::string_view host)
{
    for (const Observation& seen : made.observations)
        if (seen.subject.host == host)
            return seen;
    throw std::runtime_error("no observation of " + std::string(host));
}

// A recording of entries "url status address header-value", headers named "x".
std::string har_of(std::string_view entries)
{
    return R"({"log":{"version":"1.2","entries":[)" + std::string(entries) + "]}}";
}

std::string entry(std::string_view url, int status, std::string_view address, std::string_view mark)
{
    return R"({"startedDateTime":"2025-01-01T00:00:00Z","request":{"method":"GET","url":")" +
           std::string(url) + R"("},"response":{"status":)" + std::to_string(status) +
           R"(,"headers":[{"name":"X","value":")" + std::string(mark) + R"("}]})" +
           (address.empty() ? "" : R"(,"serverIPAddress":")" + std::string(address) + "\"") + "}";
}

}  // namespace

TEST_CASE("A recording makes one observation for each host, in order of first appearance")
{
    const Imported made = import_fixture("har", "browser.har");
    std::string hosts;
    for (const Observation& seen : made.observations)
        if (seen.subject.invalid.empty())
            hosts += std::to_string(seen.subject.line) + " " + seen.subject.host + " | ";
    CHECK(hosts ==
          "1 shop.example.com | 4 img.example.net | 7 gone.example.org | 8 live.example.org | "
          "9 cached.example.org | 10 nx.example.org | 11 away.example.org | ");
    CHECK(made.summary.passed_over == 1);  // the data: URL
    CHECK(made.summary.invalid == 2);      // what is no entry, and a URL with a space
}

TEST_CASE("A recorded host has the first response from each address by each scheme")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& shop = of_host(made, "shop.example.com");
    CHECK(shop.subject.text == "http://shop.example.com/?page=1#top");
    CHECK(shop.subject.url == "http://shop.example.com/?page=1");
    CHECK(time_of(shop.observed_at) == "1740823200125");
    CHECK(way_of(shop) == "not_observed 192.0.2.10() 2001:db8::10()");
    REQUIRE(shop.probes.size() == 3);
    CHECK(text_of(shop.probes[0]) == "http://shop.example.com:80 192.0.2.10 ok/not_tried/ok 301");
    CHECK(text_of(shop.probes[1]) == "https://shop.example.com:443 192.0.2.10 ok/ok/ok 200");
    CHECK(text_of(shop.probes[2]) == "https://shop.example.com:443 2001:db8::10 ok/ok/ok 200");
    CHECK(shop.probes[0].http_facts->version == "HTTP/1.1");
    CHECK(shop.probes[1].http_facts->version == "HTTP/2");
    CHECK(time_of(shop.probes[1].started_at) == "1740823200500");
    CHECK(joined(shop.not_observed) == "dns tls");
    REQUIRE(shop.redirects.size() == 1);
    CHECK(shop.redirects[0].to == "https://shop.example.com/");
    CHECK(shop.redirects[0].outcome == scanner::RedirectOutcome::followed);
}

TEST_CASE("Headers are kept in order, lower case, without cookie values and pseudo headers")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& shop = of_host(made, "shop.example.com");
    CHECK(headers_of(shop.probes[0]) == "location: https://shop.example.com/ | server: nginx");
    CHECK(headers_of(shop.probes[1]) ==
          "set-cookie: sid=[redacted] | set-cookie: theme=[redacted] | via: 1.1 edge.example.net");
}

TEST_CASE("A host without recorded address keeps its first response, and says so")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& image = of_host(made, "img.example.net");
    REQUIRE(image.probes.size() == 1);
    CHECK(text_of(image.probes[0]) == "https://img.example.net:443 0.0.0.0 ok/ok/ok 200");
    CHECK(headers_of(image.probes[0]) == "server: edge");
    CHECK(image.addresses.empty());
    CHECK(joined(image.not_observed) == "address dns tls");
}

TEST_CASE("Responses with an address count for more than those without, whichever came first")
{
    const std::string bare = entry("https://a.example/1", 200, "", "bare");
    const std::string addressed = entry("https://a.example/2", 200, "192.0.2.1", "addressed");
    for (const std::string& entries : {bare + "," + addressed, addressed + "," + bare}) {
        const Imported made = import_text("har", har_of(entries));
        REQUIRE(made.observations.size() == 1);
        REQUIRE(made.observations[0].probes.size() == 1);
        CHECK(headers_of(made.observations[0].probes[0]) == "x: addressed");
    }
}

TEST_CASE("A failed request is a failed step, unless the host answered another")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& gone = of_host(made, "gone.example.org");
    REQUIRE(gone.probes.size() == 1);
    CHECK(text_of(gone.probes[0]) ==
          "https://gone.example.org:443 198.51.100.7 refused/not_tried/not_tried");
    CHECK(gone.probes[0].tcp.detail == "net::ERR_CONNECTION_REFUSED");
    CHECK(joined(gone.not_observed) == "dns tls");

    const Observation& nx = of_host(made, "nx.example.org");
    CHECK(nx.probes.empty());
    REQUIRE(nx.dns.size() == 1);
    CHECK(text_of(nx.dns[0]) == "A local_error");
    CHECK(nx.chain_end == ChainEnd::failed);

    const std::string failed = entry("https://a.example/1", 0, "", "");
    const std::string answered = entry("https://a.example/2", 200, "", "answered");
    for (const std::string& entries : {failed + "," + answered, answered + "," + failed}) {
        const Imported both = import_text("har", har_of(entries));
        REQUIRE(both.observations.size() == 1);
        REQUIRE(both.observations[0].probes.size() == 1);
        CHECK(headers_of(both.observations[0].probes[0]) == "x: answered");
    }
}

TEST_CASE("What came out of the browser's cache is nobody's answer")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& cached = of_host(made, "cached.example.org");
    CHECK(cached.probes.empty());
    CHECK(joined(cached.not_observed) == "address dns headers tls");
}

TEST_CASE("A redirect to another site is kept apart")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& away = of_host(made, "away.example.org");
    REQUIRE(away.redirects.size() == 1);
    CHECK(away.redirects[0].from == "https://away.example.org/");
    CHECK(away.redirects[0].status == 302);
    CHECK(away.redirects[0].location == "//other.example.com/next");
    CHECK(away.redirects[0].to == "https://other.example.com/next");
    CHECK(away.redirects[0].outcome == scanner::RedirectOutcome::other_site);
}

TEST_CASE("A web socket is asked for by HTTP")
{
    const Imported made = import_fixture("har", "browser.har");
    const Observation& live = of_host(made, "live.example.org");
    REQUIRE(live.probes.size() == 1);
    CHECK(text_of(live.probes[0]) == "https://live.example.org:443 198.51.100.8 ok/ok/ok 101");
}

TEST_CASE("Entry by entry, each has its own observation in its place")
{
    input::ImportOptions options;
    options.per_entry = true;
    const Imported made = import_fixture("har", "browser.har", options);
    REQUIRE(made.observations.size() == 13);
    for (std::size_t i = 0; i < made.observations.size(); ++i)
        CHECK(made.observations[i].subject.line == i + 1);
    CHECK(made.observations[4].subject.host == "img.example.net");
    CHECK(headers_of(made.observations[4].probes[0]) == "server: second");
    CHECK(made.observations[5].subject.invalid == "data: is not a web address");
    CHECK(made.observations[11].subject.invalid == "the entry is no object");
    CHECK(made.observations[12].subject.invalid == "contains a space");
    CHECK(made.summary.passed_over == 0);
}

TEST_CASE("A very long URL still names its host")
{
    const Imported made = import_text(
        "har", har_of(entry("https://a.example/x?" + std::string(20000, 'q'), 200, "", "long")));
    REQUIRE(made.observations.size() == 1);
    CHECK(made.observations[0].subject.host == "a.example");
    CHECK(made.observations[0].subject.url == "https://a.example/x");
    CHECK(made.observations[0].subject.text.size() == 2048);
}

TEST_CASE("Headers are capped in number and size")
{
    std::string headers;
    for (int i = 0; i < 300; ++i)
        headers += std::string(i == 0 ? "" : ",") + R"({"name":"x","value":"y"})";
    const std::string many = R"({"request":{"url":"https://a.example/"},"response":{"status":200,)"
                             R"("headers":[)" +
                             headers + "]}}";
    const std::string large = R"({"request":{"url":"https://b.example/"},"response":{"status":200,)"
                              R"("headers":[{"name":"x","value":")" +
                              std::string(70000, 'y') + R"("},{"name":"z","value":"1"}]}})";
    const Imported made = import_text("har", har_of(many + "," + large));
    REQUIRE(made.observations.size() == 2);
    CHECK(made.observations[0].probes[0].http_facts->headers.size() == 200);
    CHECK(made.observations[0].probes[0].http_facts->headers_truncated);
    CHECK(headers_of(made.observations[1].probes[0]) == "z: 1");
    CHECK(made.observations[1].probes[0].http_facts->headers_truncated);
}

TEST_CASE("A file that is no recording makes one observation that says so")
{
    struct Case {
        std::string text;
        std::string why;
    };
    const Case cases[] = {
        {"", "is not a HAR recording: incomplete JSON"},
        {"{\"log\":{\"entries\":[", "is not a HAR recording: incomplete JSON"},
        {"{\"log\":{}}", "is not a HAR recording: there is no log with entries"},
        {"[]", "is not a HAR recording: there is no log with entries"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const Imported made = import_text("har", c.text);
        REQUIRE(made.observations.size() == 1);
        CHECK(made.observations[0].subject.invalid == c.why);
    }
}
