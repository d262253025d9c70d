#include "scanner/pipeline/resolver_watch.h"

#include <doctest/doctest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

using namespace scanner;
using namespace resolvers;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// One address for every name, or NXDOMAIN; it may change its mind from outside.
struct Mood {
    std::atomic<bool> lies{false};
    std::atomic<bool> validates{false};
    std::atomic<bool> filters{false};
    std::atomic<unsigned> rounds{0};
};

class Moody : public DnsResolver {
public:
    explicit Moody(Mood& mood) : mood_(mood) {}

    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions, Deadline) override
    {
        ++mood_.rounds;
        std::vector<DnsAnswer> answers;
        for (const Question& question : questions) {
            DnsAnswer& answer = answers.emplace_back();
            answer.name = question.name.text();
            answer.type = question.type;
            answer.status = mood_.lies ? DnsStatus::noerror : DnsStatus::nxdomain;
            if (answer.name == "bogus.example")
                answer.status = mood_.validates ? DnsStatus::servfail : DnsStatus::noerror;
            if (answer.name == "policy.example")
                answer.status = mood_.filters ? DnsStatus::nxdomain : DnsStatus::noerror;
            if (mood_.lies)
                answer.records = {{answer.name, "A", 60, "203.0.113.9", {}}};
        }
        co_return answers;
    }

private:
    Mood& mood_;
};

class Silent : public DnsResolver {
public:
    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question>, Deadline deadline) override
    {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor, deadline);
        co_await timer.async_wait(asio::use_awaitable);
        co_return std::vector<DnsAnswer>{};
    }
};

pipeline::WatchedResolver watched(const std::string& view, const std::string& resolver, Mood& mood)
{
    return {view, resolver, [&mood](asio::io_context&) { return std::make_unique<Moody>(mood); }};
}

pipeline::ResolverWatch::Options options()
{
    pipeline::ResolverWatch::Options made;
    made.canaries.nonexistent = {"never.invalid"};
    return made;
}

}  // namespace

TEST_CASE("who makes answers up is caught before the run begins")
{
    Mood honest;
    Mood liar;
    liar.lies = true;
    std::vector<std::string> told;
    pipeline::ResolverWatch::Options asked = options();
    asked.tell = [&](const std::string& line) { told.push_back(line); };
    pipeline::ResolverWatch watch(
        {watched("reference", "192.0.2.1:53", honest), watched("reference", "192.0.2.2:53", liar),
         watched("isp", "192.0.2.3:53", liar)},
        asked);
    watch.start(10s);
    CHECK_FALSE(watch.caught(0));
    CHECK(watch.caught(1));
    CHECK(watch.caught(2));
    CHECK(watch.answers(0));
    CHECK(watch.answers(2));
    // The reference view has another resolver to ask; the view has none.
    CHECK(watch.health_of("reference") == View{});
    const View isp = watch.health_of("isp");
    CHECK(isp.signs == std::vector<std::string>{"rewrites_nxdomain"});
    REQUIRE(isp.nxdomain_addresses.size() == 1);
    CHECK(isp.nxdomain_addresses[0].text() == "203.0.113.9");
    CHECK(isp.resolver == "192.0.2.3:53");
    CHECK(watch.health_of("nobody") == View{});
    watch.stop();
    CHECK(watch.summary() == told);
    REQUIRE(told.size() == 2);
    CHECK(told[0] ==
          "resolver 192.0.2.2:53 has addresses for names that do not exist (203.0.113.9); the "
          "others are asked instead");
    CHECK(told[1] ==
          "resolver 192.0.2.3:53 (view isp) has addresses for names that do not exist "
          "(203.0.113.9); records are marked, since there is no other");
}

TEST_CASE("one that begins to lie is caught in the next round, and forgiven in the one after")
{
    Mood mood;
    pipeline::ResolverWatch::Options asked = options();
    asked.period = 1ms;
    pipeline::ResolverWatch watch({watched("reference", "192.0.2.1:53", mood)}, asked);
    watch.start(10s);
    const auto wait_until = [&](bool caught) {
        for (int i = 0; i < 10'000 && watch.caught(0) != caught; ++i)
            std::this_thread::sleep_for(1ms);
        return watch.caught(0) == caught;
    };
    CHECK(wait_until(false));
    mood.lies = true;
    CHECK(wait_until(true));
    CHECK(watch.health_of("reference").signs.size() == 1);
    mood.lies = false;
    CHECK(wait_until(false));
    CHECK(watch.health_of("reference").signs.empty());
    CHECK(watch.summary().size() == 1);
}

TEST_CASE("a resolver that answers no canary holds nothing up, and a watch ends when told to")
{
    pipeline::ResolverWatch watch({{"reference", "192.0.2.1:53",
                                    [](asio::io_context&) { return std::make_unique<Silent>(); }},
                                   {"none", "", [](asio::io_context&) { return nullptr; }}},
                                  options());
    watch.start(1ms);
    CHECK_FALSE(watch.caught(0));
    CHECK_FALSE(watch.caught(1));
    watch.stop();  // five seconds of silence are left
    CHECK(watch.summary().empty());
    CHECK_FALSE(watch.answers(0));
    CHECK(watch.findings() ==
          std::vector<std::string>{"resolver 192.0.2.1:53: has answered no canary",
                                   "resolver  (view none): has answered no canary"});
}

TEST_CASE("what canaries show of a resolver is told, a line for each")
{
    Mood plain;
    Mood careful;
    careful.validates = true;
    careful.filters = true;
    Mood liar;
    liar.lies = true;
    pipeline::ResolverWatch::Options asked = options();
    asked.canaries.bogus = {"bogus.example"};
    asked.canaries.policy = {"policy.example"};
    pipeline::ResolverWatch watch(
        {watched("reference", "192.0.2.1:53", plain), watched("far", "192.0.2.2:53", careful),
         watched("isp", "192.0.2.3:53", liar)},
        asked);
    watch.start(10s);
    watch.stop();
    CHECK(watch.findings() ==
          std::vector<std::string>{
              "resolver 192.0.2.1:53: does not validate DNSSEC",
              "resolver 192.0.2.2:53 (view far): validates DNSSEC; says that it filters",
              "resolver 192.0.2.3:53 (view isp): does not validate DNSSEC; makes answers up"});
    pipeline::ResolverWatch unknown({watched("reference", "192.0.2.1:53", plain)}, options());
    unknown.start(10s);
    unknown.stop();
    CHECK(unknown.findings().at(0) ==
          "resolver 192.0.2.1:53: not known whether it validates DNSSEC");
}
