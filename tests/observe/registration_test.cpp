#include "scanner/observe/registration.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/observe/fake_policy.h"
#include "tests/observe/fake_surroundings.h"

namespace asio = boost::asio;
using namespace resolvers;
using scanner::Observation;
using scanner::observe::Plan;
using scanner::observe::World;

namespace {

using Lines = std::vector<std::string>;

// Knows everything it is asked for, and remembers it.
class FakeRegistry : public Registry {
public:
    RegistryQuestion asked;
    unsigned times = 0;

    asio::awaitable<RegistryFacts> look_up(RegistryQuestion question, Deadline) override
    {
        ++times;
        asked = question;
        RegistryFacts facts;
        if (question.domain) {
            facts.domain.emplace();
            facts.domain->name = question.domain->text();
        }
        for (const IpAddress& address : question.addresses)
            facts.networks.emplace_back().addresses = {address};
        co_return facts;
    }
};

struct Scene {
    FakeRegistry registry;
    fake::Policy policy;
    fake::Refusals refusals;
    fake::Suffixes suffixes;
    World world;
    Plan plan;
    Observation seen;

    Scene()
    {
        world.registry = &registry;
        world.policy = &policy;
        world.refusals = &refusals;
        world.suffixes = &suffixes;
        seen.subject.host = "www.example.org";
        plan.registry_domain = true;
        plan.registry_networks = 2;
    }

    void address(const char* text, std::optional<scanner::NotProbed> not_probed = {})
    {
        seen.addresses.push_back({*IpAddress::parse(text), {}, not_probed});
    }

    void look_up()
    {
        asio::io_context io(1);
        const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        asio::co_spawn(io, scanner::observe::look_up_registration(seen, world, plan, deadline),
                       [](std::exception_ptr failed) { REQUIRE_FALSE(failed); });
        io.run();
    }

    Lines networks() const
    {
        Lines list;
        for (const IpAddress& address : registry.asked.addresses)
            list.push_back(address.text());
        return list;
    }

    Lines gaps() const
    {
        Lines list;
        for (const RegistryGap& gap : seen.registry.gaps)
            list.push_back(gap.about + " " + gap.code +
                           (gap.detail.empty() ? "" : " " + gap.detail));
        return list;
    }
};

}  // namespace

TEST_CASE("registries are asked about the registered name and the addresses, probed ones first")
{
    Scene scene;
    scene.address("8.8.4.4", scanner::NotProbed::same_network);
    scene.address("8.8.8.8");
    scene.look_up();
    CHECK(scene.seen.registry.asked == Lines{"domain", "network"});
    REQUIRE(scene.registry.asked.domain.has_value());
    CHECK(scene.registry.asked.domain->text() == "example.org");
    CHECK(scene.networks() == Lines{"8.8.8.8", "8.8.4.4"});
    REQUIRE(scene.seen.registry.domain.has_value());
    CHECK(scene.seen.registry.networks.size() == 2);
    CHECK(scene.gaps() == Lines{});
}

TEST_CASE("addresses beyond the cap and listed edges are told, refused ones are nobody's business")
{
    Scene scene;
    for (const char* address : {"8.8.8.1", "8.8.8.2", "8.8.8.3", "104.16.1.1"})
        scene.address(address);
    scene.address("10.0.0.1", scanner::NotProbed::special_purpose);
    scene.address("9.9.9.9");
    scene.policy.listers["104.16.1.1"] = "cloudflare-proxy";
    scene.refusals.address = fake::refuses("9.9.9.9");
    scene.look_up();
    CHECK(scene.networks() == Lines{"8.8.8.1", "8.8.8.2"});
    CHECK(scene.gaps() == Lines{"8.8.8.3 cap", "104.16.1.1 listed cloudflare-proxy"});
}

TEST_CASE("only what the plan says is asked")
{
    struct Case {
        const char* why;
        bool domain;
        unsigned networks;
        Lines asked;
        unsigned times;
    };
    const Case cases[] = {
        {"nothing", false, 0, {}, 0},
        {"the name", true, 0, {"domain"}, 1},
        {"networks", false, 4, {"network"}, 1},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Scene scene;
        scene.address("8.8.8.8");
        scene.plan.registry_domain = c.domain;
        scene.plan.registry_networks = c.networks;
        scene.look_up();
        CHECK(scene.seen.registry.asked == c.asked);
        CHECK(scene.registry.times == c.times);
        CHECK(scene.seen.registry.domain.has_value() == c.domain);
        CHECK(scene.seen.registry.networks.size() == (c.networks > 0 ? 1 : 0));
    }
}

TEST_CASE("a subject that is an address has no domain, and one above all registries no name")
{
    Scene scene;
    scene.seen.subject.host = "8.8.8.8";
    scene.seen.subject.is_address = true;
    scene.address("8.8.8.8");
    scene.look_up();
    CHECK(scene.seen.registry.asked == Lines{"network"});
    CHECK_FALSE(scene.registry.asked.domain.has_value());

    Scene suffix;
    suffix.seen.subject.host = "github.io";
    suffix.look_up();
    CHECK(suffix.seen.registry.asked == Lines{"domain", "network"});
    CHECK(suffix.registry.times == 0);
}
