#include "scanner/observe/authority.h"

#include "tests/observe/fake_world.h"

using namespace fake;
using scanner::Observation;
using scanner::View;
using scanner::observe::AuthorityPlan;

namespace {

/// Passes on to a resolver that outlives it.
class Borrowed : public DnsResolver {
public:
    explicit Borrowed(Dns& dns) : dns_(dns) {}
    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                Deadline deadline) override
    {
        return dns_.ask(std::move(questions), deadline);
    }

private:
    Dns& dns_;
};

struct Zone : Scene {
    Dns own;
    Dns isp;
    /// Whom ask_servers was asked for, space separated.
    std::string servers;

    Zone()
    {
        dns.add("www.example.org", "A", "8.8.8.8");
        dns.add("example.org", "NS", "ns1.example.net");
        dns.add("ns1.example.net", "A", "9.9.9.1");
        own.add("www.example.org", "A", "8.8.8.8");
        isp.add("www.example.org", "A", "8.8.8.8");
        world.views = {{"isp", "192.0.2.1:53", &isp}};
        world.ask_servers = [this](const std::vector<IpAddress>& asked) {
            for (const IpAddress& address : asked)
                servers += address.text() + " ";
            return std::make_unique<Borrowed>(own);
        };
    }
};

}  // namespace

TEST_CASE("the zone's own servers are asked when the plan says so")
{
    struct Case {
        const char* why;
        AuthorityPlan plan;
        void (*change)(Zone&);
        bool asked;
    };
    const Case cases[] = {
        {"never", AuthorityPlan::never, [](Zone& z) { z.isp.records.clear(); }, false},
        {"always", AuthorityPlan::always, [](Zone&) {}, true},
        {"views agree", AuthorityPlan::automatic, [](Zone&) {}, false},
        {"a view is steered elsewhere", AuthorityPlan::automatic,
         [](Zone& z) {
             z.isp.records[{"www.example.org", "A"}][0].data = "8.8.4.4";
         },
         false},
        {"a view denies", AuthorityPlan::automatic, [](Zone& z) { z.isp.records.clear(); }, true},
        {"the reference denies", AuthorityPlan::automatic,
         [](Zone& z) {
             z.dns.records.erase({"www.example.org", "A"});
         },
         true},
        {"a view leads inside", AuthorityPlan::automatic,
         [](Zone& z) {
             z.isp.records[{"www.example.org", "A"}][0].data = "127.0.0.1";
         },
         true},
        {"its resolver is caught", AuthorityPlan::automatic,
         [](Zone& z) {
             z.health.of = [](const std::string& view) {
                 View health;
                 if (view == "isp")
                     health.signs = {"rewrites_nxdomain"};
                 return health;
             };
         },
         true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Zone zone;
        c.change(zone);
        zone.plan.authority = c.plan;
        const Observation seen = zone.look("www.example.org");
        CHECK(seen.views.size() == (c.asked ? 2 : 1));
        CHECK(zone.servers == (c.asked ? "9.9.9.1 " : ""));
        if (!c.asked)
            continue;
        CHECK(seen.views.back().name == "authority");
        CHECK(seen.views.back().resolver == "9.9.9.1:53");
        CHECK(zone.own.asked ==
              std::vector<std::string>{"www.example.org A", "www.example.org AAAA"});
    }
}

TEST_CASE("name servers at addresses that nobody may be sent to are left out")
{
    Zone zone;
    zone.plan.authority = AuthorityPlan::always;
    zone.dns.records[{"ns1.example.net", "A"}][0].data = "127.0.0.1";
    Observation seen = zone.look("www.example.org");
    CHECK(zone.servers.empty());
    CHECK(seen.views.size() == 1);
    zone.dns.add("example.org", "NS", "ns2.example.net");
    zone.dns.add("ns2.example.net", "A", "9.9.9.2");
    zone.refusals.address = fake::refuses("9.9.9.3");
    zone.dns.add("ns2.example.net", "A", "9.9.9.3");
    seen = zone.look("www.example.org");
    CHECK(zone.servers == "9.9.9.2 ");
}

TEST_CASE("a profile without NS asks for them first")
{
    Zone zone;
    zone.plan.authority = AuthorityPlan::always;
    zone.plan.zone_types.clear();
    zone.look("www.example.org");
    CHECK(zone.dns.was_asked("example.org NS"));
    CHECK(zone.servers == "9.9.9.1 ");
    // However many there are, two are enough.
    for (int i = 2; i < 9; ++i) {
        zone.dns.add("example.org", "NS", "ns" + std::to_string(i) + ".example.net");
        zone.dns.add("ns" + std::to_string(i) + ".example.net", "A", "9.9.9." + std::to_string(i));
    }
    zone.servers.clear();
    zone.look("www.example.org");
    CHECK(zone.servers == "9.9.9.1 9.9.9.2 ");
}

TEST_CASE("the name servers of an alias's target are strangers to the zone")
{
    Zone zone;
    zone.plan.authority = AuthorityPlan::always;
    zone.dns.records[{"example.org", "NS"}] = {
        {"example.org", "CNAME", 60, "landing.example.com", {}},
        {"landing.example.com", "NS", 60, "ns1.example.net", {}}};
    const Observation seen = zone.look("www.example.org");
    CHECK(zone.servers == "");
    CHECK(zone.own.asked.empty());
    CHECK_FALSE(zone.dns.was_asked("ns1.example.net A"));
}
