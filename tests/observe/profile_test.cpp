#include "scanner/observe/profile.h"

#include "tests/observe/fake_world.h"

using namespace fake;
using scanner::ChainEnd;
using scanner::Observation;

namespace {

scanner::observe::Plan plan(const char* name)
{
    return scanner::observe::plan_named(name).value();
}

ServiceBinding alias_to(const std::string& target)
{
    ServiceBinding service;
    service.priority = 0;
    service.target = target;
    return service;
}

}  // namespace

TEST_CASE("each profile asks more than the one before it")
{
    struct Case {
        const char* profile;
        std::vector<std::string> asked;
    };
    const Case cases[] = {
        {"quick", {"www.example.org A", "www.example.org AAAA"}},
        {"standard",
         {"www.example.org A", "www.example.org AAAA", "www.example.org HTTPS", "example.org NS",
          "example.org SOA"}},
        {"deep",
         {"www.example.org A", "www.example.org AAAA", "www.example.org HTTPS", "example.org NS",
          "example.org SOA", "example.org MX", "example.org TXT", "example.org CAA",
          "ns1.example.net A", "ns1.example.net AAAA", "8.8.8.8.in-addr.arpa PTR"}},
    };
    for (const Case& c : cases) {
        CAPTURE(std::string(c.profile));
        Scene scene;
        scene.plan = plan(c.profile);
        scene.plan.wildcard = false;  // its name is random: see below
        scene.dns.add("www.example.org", "A", "8.8.8.8");
        scene.dns.add("example.org", "NS", "ns1.example.net");
        scene.http.status_by_host["www.example.org"] = 200;
        const Observation seen = scene.look("www.example.org");
        CHECK(seen.profile == c.profile);
        CHECK(scene.dns.asked == c.asked);
        CHECK(seen.probes.size() == 1);
    }
    CHECK_FALSE(scanner::observe::plan_named("thorough").has_value());
}

TEST_CASE("no profile asks more than its budget, and what it could not ask is written down")
{
    Scene scene;
    scene.plan = plan("deep");
    scene.plan.www = true;
    for (int i = 0; i < 9; ++i) {
        scene.dns.add("example.org", "A", "8.8." + std::to_string(i) + ".8");
        scene.dns.add("example.org", "NS", "ns" + std::to_string(i) + ".example.net");
        const std::string back = "8." + std::to_string(i) + ".8.8.in-addr.arpa";
        scene.dns.add(back, "PTR", "host" + std::to_string(i) + ".example.net");
    }
    scene.dns.https("example.org", alias_to("a.example.net"));
    scene.http.status_by_host["example.org"] = 200;
    scene.look("example.org");
    // 8 of the name and zone, 3 of the alias, 2 of www, 1 wildcard, 4 of name servers, 6 reverse.
    CHECK(scene.dns.asked.size() == 24);
    CHECK(scene.dns.asked.size() <= scene.plan.dns_budget);

    scene.dns.asked.clear();
    scene.plan.dns_budget = 10;
    const Observation seen = scene.look("example.org");
    CHECK(scene.dns.asked.size() == 10);
    std::size_t skipped = 0;
    for (const DnsAnswer& answer : seen.dns)
        if (answer.status == DnsStatus::skipped) {
            ++skipped;
            CHECK(answer.detail == "budget");
        }
    CHECK(skipped > 0);
    CHECK(seen.dns.size() == scene.dns.asked.size() + skipped + 1);  // 1: the known wildcard
}

TEST_CASE("an HTTPS record in AliasMode is followed for one hop")
{
    Scene scene;
    scene.dns.https("example.org", alias_to("edge.example.net"));
    scene.dns.add("edge.example.net", "A", "8.8.8.8");
    scene.dns.https("edge.example.net", alias_to("further.example.net"));
    scene.http.status_by_host["example.org"] = 200;
    const Observation seen = scene.look("example.org");
    CHECK(seen.chain == std::vector<std::string>{"example.org", "edge.example.net"});
    CHECK(seen.chain_end == ChainEnd::address);
    REQUIRE(seen.addresses.size() == 1);
    CHECK(seen.addresses[0].address.text() == "8.8.8.8");
    CHECK(seen.probes.size() == 1);
    const DnsAnswer* kept = answer_in(seen.dns, "edge.example.net", "A");
    REQUIRE(kept != nullptr);
    CHECK(kept->records.at(0).ttl == 60);
    CHECK_FALSE(scene.dns.was_asked("further.example.net A"));
}

TEST_CASE("an alias of a service takes the place of missing addresses only, and \".\" of nothing")
{
    struct Case {
        const char* why;
        const char* own_address;
        const char* target;
        std::vector<std::string> chain;
        ChainEnd end;
    };
    const Case cases[] = {
        {"the name's own address wins",
         "9.9.9.9",
         "edge.example.net",
         {"example.org"},
         ChainEnd::address},
        {"\".\": there is no such service", "", ".", {"example.org"}, ChainEnd::nodata},
        {"an alias of itself", "", "example.org", {"example.org"}, ChainEnd::nodata},
        {"an alias that does not exist",
         "",
         "gone.example.net",
         {"example.org", "gone.example.net"},
         ChainEnd::dangling},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        if (*c.own_address != '\0')
            scene.dns.add("example.org", "A", c.own_address);
        scene.dns.https("example.org", alias_to(c.target));
        scene.dns.add("edge.example.net", "A", "8.8.8.8");
        scene.dns.missing = {"gone.example.net"};
        const Observation seen = scene.look("example.org");
        CHECK(seen.chain == c.chain);
        CHECK(seen.chain_end == c.end);
        for (const scanner::SeenAddress& address : seen.addresses)
            CHECK(address.address.text() == c.own_address);
    }
    // A malformed record says nothing, whatever it seems to say.
    Scene scene;
    ServiceBinding broken = alias_to("edge.example.net");
    broken.flags = {"malformed:truncated"};
    scene.dns.https("example.org", broken);
    scene.look("example.org");
    CHECK_FALSE(scene.dns.was_asked("edge.example.net A"));
}

TEST_CASE("of TXT records only SPF is kept")
{
    Scene scene;
    scene.plan = plan("deep");
    scene.dns.add("example.org", "TXT", "\"google-site-verification=secret\"");
    scene.dns.add("example.org", "TXT", "\"v=spf1 mx -all\"");
    scene.dns.add("example.org", "TXT", "\"v=spf10 no\"");
    const Observation seen = scene.look("example.org");
    const DnsAnswer* txt = answer_in(seen.dns, "example.org", "TXT");
    REQUIRE(txt != nullptr);
    REQUIRE(txt->records.size() == 1);
    CHECK(txt->records[0].data == "\"v=spf1 mx -all\"");
    CHECK(txt->status == DnsStatus::noerror);
}

TEST_CASE("reverse names are asked for the addresses talked to, and where they lead")
{
    Scene scene;
    scene.plan = plan("deep");
    scene.dns.add("example.org", "A", "8.8.8.8");
    scene.dns.add("example.org", "A", "10.0.0.1");
    scene.dns.add("example.org", "AAAA", "2001:4860::8");
    scene.dns.add("8.8.8.8.in-addr.arpa", "PTR", "host.example.net");
    const std::string reverse6 =
        "8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.8.4.1.0.0.2.ip6.arpa";
    scene.dns.add(reverse6, "PTR", "host6.example.net");
    scene.dns.add("host.example.net", "A", "8.8.8.8");
    scene.http.status_by_host["example.org"] = 200;
    const Observation seen = scene.look("example.org");
    CHECK(scene.dns.was_asked(reverse6 + " PTR"));
    CHECK(scene.dns.was_asked("host.example.net A"));
    CHECK_FALSE(scene.dns.was_asked("host.example.net AAAA"));
    CHECK(scene.dns.was_asked("host6.example.net AAAA"));
    CHECK_FALSE(scene.dns.was_asked("1.0.0.10.in-addr.arpa PTR"));
    CHECK(answer_in(seen.dns, "8.8.8.8.in-addr.arpa", "PTR") != nullptr);
}

TEST_CASE("a zone's wildcard is asked for once, and all its names know")
{
    Scene scene;
    scene.plan = plan("deep");
    scene.dns.add("a.example.org", "A", "8.8.8.8");
    const Observation first = scene.look("a.example.org");
    const Observation second = scene.look("b.example.org");
    const Observation other = scene.look("a.example.net");
    CHECK(first.wildcard_name.ends_with(".example.org"));
    CHECK(first.wildcard_name.size() == 16 + std::string(".example.org").size());
    CHECK(second.wildcard_name == first.wildcard_name);
    CHECK(other.wildcard_name.ends_with(".example.net"));
    std::size_t asked = 0;
    for (const std::string& what : scene.dns.asked)
        asked += what == first.wildcard_name + " A" ? 1 : 0;
    CHECK(asked == 1);
    const DnsAnswer* known = answer_in(second.dns, first.wildcard_name, "A");
    REQUIRE(known != nullptr);
    CHECK(known->attempts == 0);
    CHECK(known->status == DnsStatus::nodata);
}

TEST_CASE("the addresses of www are asked for when the subject is its zone's apex")
{
    Scene scene;
    scene.plan.www = true;
    scene.dns.add("example.org", "A", "8.8.8.8");
    scene.dns.add("www.example.org", "A", "9.9.9.9");
    scene.http.status_by_host["example.org"] = 200;
    Observation seen = scene.look("example.org");
    CHECK(answer_in(seen.dns, "www.example.org", "A") != nullptr);
    CHECK(seen.addresses.size() == 1);  // it is no address of the subject's
    for (const ProbeRequest& request : scene.http.requests)
        CHECK(request.address.text() == "8.8.8.8");
    scene.dns.asked.clear();
    seen = scene.look("blog.example.org");
    CHECK_FALSE(scene.dns.was_asked("www.blog.example.org A"));
}
