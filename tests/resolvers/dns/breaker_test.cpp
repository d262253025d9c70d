#include "resolvers/dns/breaker.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

using namespace resolvers;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// A clock that stands still until it is told otherwise.
struct Hands {
    Deadline at = Deadline(std::chrono::hours(1));

    dns::BreakerOptions options()
    {
        dns::BreakerOptions made;
        made.failures_to_open = 3;
        made.first_open_time = 5s;
        made.longest_open_time = 15s;
        made.half_open_time = 30s;
        made.now = [this] { return at; };
        return made;
    }
};

DnsAnswer answer_of(const std::string& resolver, DnsStatus status)
{
    DnsAnswer answer;
    answer.resolver = resolver;
    answer.status = status;
    return answer;
}

void record(dns::CircuitBreaker& breaker, const std::string& resolver, DnsStatus status,
            int times = 1)
{
    for (int i = 0; i < times; ++i)
        breaker.record(answer_of(resolver, status));
}

const std::string first = "192.0.2.1:53";
const std::string second = "192.0.2.2:53";

}  // namespace

TEST_CASE("a breaker opens after silence in a row, and for longer each time")
{
    Hands hands;
    dns::CircuitBreaker breaker("isp", {first}, hands.options());
    record(breaker, first, DnsStatus::timeout, 2);
    CHECK(breaker.admits());
    CHECK(breaker.summary().empty());
    record(breaker, first, DnsStatus::network_error);
    CHECK_FALSE(breaker.admits());

    struct Step {
        std::chrono::seconds pause;
        const char* told;
    };
    for (const Step& step :
         {Step{5s, "once"}, Step{10s, "2 times"}, Step{15s, "3 times"}, Step{15s, "4 times"}}) {
        CAPTURE(step.told);
        CHECK(breaker.summary().at(0).find(step.told) != std::string::npos);
        hands.at += step.pause - 1ms;
        CHECK_FALSE(breaker.admits());
        hands.at += 1ms;
        CHECK(breaker.admits());
        CHECK_FALSE(breaker.admits());  // one at a time
        record(breaker, first, DnsStatus::timeout);
    }
    hands.at += 15s;
    CHECK(breaker.admits());
    record(breaker, first, DnsStatus::nxdomain);
    for (int i = 0; i < 10; ++i)
        CHECK(breaker.admits());
    record(breaker, first, DnsStatus::timeout, 3);
    hands.at += 5s;  // short again
    CHECK(breaker.admits());
}

TEST_CASE("only silence counts, and only in a row")
{
    struct Case {
        const char* why;
        DnsStatus status;
        bool opens;
    };
    const Case cases[] = {
        {"silence", DnsStatus::timeout, true},
        {"nobody there", DnsStatus::network_error, true},
        {"SERVFAIL is an answer", DnsStatus::servfail, false},
        {"REFUSED is one", DnsStatus::refused, false},
        {"nonsense is a outcome of life", DnsStatus::bad_response, false},
        {"our own trouble says nothing", DnsStatus::local_error, false},
        {"what was not asked says nothing", DnsStatus::skipped, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Hands hands;
        dns::CircuitBreaker breaker("isp", {first}, hands.options());
        record(breaker, first, DnsStatus::timeout, 2);
        record(breaker, first, c.status);
        CHECK(breaker.admits() != c.opens);
    }
    Hands hands;
    dns::CircuitBreaker breaker("isp", {first}, hands.options());
    for (int i = 0; i < 10; ++i) {
        record(breaker, first, DnsStatus::timeout, 2);
        record(breaker, first, DnsStatus::noerror);
    }
    CHECK(breaker.admits());
    DnsAnswer servfail_before = answer_of(first, DnsStatus::timeout);
    servfail_before.rcode = 2;
    for (int i = 0; i < 10; ++i)
        breaker.record(servfail_before);
    record(breaker, "203.0.113.9:53", DnsStatus::timeout, 10);
    CHECK(breaker.admits());
}

TEST_CASE(
    "answers to questions from before it opened neither close a breaker nor keep it open longer")
{
    Hands hands;
    dns::CircuitBreaker breaker("isp", {first}, hands.options());
    record(breaker, first, DnsStatus::timeout, 3 + 50);
    hands.at += 5s;
    CHECK(breaker.admits());
    CHECK(breaker.summary().at(0).find("once") != std::string::npos);
}

TEST_CASE("a trial that never ends is followed by another")
{
    Hands hands;
    dns::CircuitBreaker breaker("isp", {first}, hands.options());
    record(breaker, first, DnsStatus::timeout, 3);
    hands.at += 5s;
    CHECK(breaker.admits());
    hands.at += 29s;
    CHECK_FALSE(breaker.admits());
    hands.at += 1s;
    CHECK(breaker.admits());
}

TEST_CASE("of several resolvers the silent one is rejected, and tried beside the others")
{
    Hands hands;
    dns::CircuitBreaker breaker("isp", {first, second}, hands.options());
    record(breaker, first, DnsStatus::timeout, 3);
    CHECK(breaker.admits());
    CHECK(breaker.rejects(0));
    CHECK_FALSE(breaker.rejects(1));
    hands.at += 5s;
    CHECK_FALSE(breaker.rejects(0));
    CHECK(breaker.rejects(0));
    record(breaker, first, DnsStatus::noerror);
    CHECK_FALSE(breaker.rejects(0));

    // Both: then only what is admitted goes out, to the one it was admitted for.
    record(breaker, first, DnsStatus::timeout, 3);
    record(breaker, second, DnsStatus::timeout, 3);
    CHECK_FALSE(breaker.admits());
    hands.at += 5s;
    CHECK(breaker.rejects(0));
    CHECK(breaker.rejects(1));
    CHECK(breaker.admits());
    CHECK_FALSE(breaker.rejects(0));
    CHECK(breaker.rejects(0));
    CHECK(breaker.rejects(1));
    CHECK(breaker.summary().size() == 2);
}

TEST_CASE("silence of one that answers other questions is about the names: it goes on being asked")
{
    Hands hands;
    bool answers = true;
    dns::BreakerOptions options = hands.options();
    options.answers_others = [&](std::size_t) { return answers; };
    dns::CircuitBreaker breaker("isp", {first}, options);
    record(breaker, first, DnsStatus::timeout, 100);
    CHECK(breaker.admits());
    answers = false;
    record(breaker, first, DnsStatus::timeout);
    CHECK_FALSE(breaker.admits());
    answers = true;
    CHECK(breaker.admits());
    CHECK(breaker.admits());
}

namespace {

/// Answers nothing, and counts.
class Mute final : public DnsResolver {
public:
    explicit Mute(std::size_t& asked) : asked_(asked) {}

    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions, Deadline) override
    {
        std::vector<DnsAnswer> answers;
        for (const Question& question : questions) {
            ++asked_;
            DnsAnswer& answer = answers.emplace_back(answer_of(first, DnsStatus::timeout));
            answer.name = question.name.text();
            answer.type = question.type;
            answer.attempts = 1;
        }
        co_return answers;
    }

private:
    std::size_t& asked_;
};

}  // namespace

TEST_CASE("what is not asked is skipped and says why; the summary says how much that was")
{
    Hands hands;
    std::vector<std::string> told;
    dns::BreakerOptions options = hands.options();
    options.tell = [&](const std::string& line) { told.push_back(line); };
    const auto breaker =
        std::make_shared<dns::CircuitBreaker>("isp", std::vector<std::string>{first}, options);
    std::size_t asked = 0;
    dns::BreakingResolver resolver(std::make_unique<Mute>(asked), breaker);
    const auto ask = [&] {
        std::vector<Question> pair = {{DomainName::parse("a.example").value(), "A"},
                                      {DomainName::parse("a.example").value(), "AAAA"}};
        std::vector<DnsAnswer> answers;
        asio::io_context io;
        asio::co_spawn(
            io, resolver.ask(std::move(pair), Deadline::max()),
            [&](std::exception_ptr, std::vector<DnsAnswer> got) { answers = std::move(got); });
        io.run();
        REQUIRE(answers.size() == 2);
        CHECK(answers[0].type == "A");
        CHECK(answers[1].type == "AAAA");
        return answers;
    };
    for (int i = 0; i < 2; ++i)
        for (const DnsAnswer& answer : ask())
            CHECK(answer.status == DnsStatus::timeout);
    CHECK(asked == 4);
    for (const DnsAnswer& answer : ask()) {
        CHECK(answer.name == "a.example");
        CHECK(answer.status == DnsStatus::skipped);
        CHECK(answer.attempts == 0);
        CHECK(answer.detail ==
              "left alone for now: 192.0.2.1:53 has not answered 3 questions in a row");
    }
    CHECK(asked == 4);
    hands.at += 5s;
    const auto trial = ask();
    CHECK(trial[0].status == DnsStatus::timeout);
    CHECK(trial[1].status == DnsStatus::skipped);
    CHECK(asked == 5);
    REQUIRE(told.size() == 1);
    CHECK(told[0] ==
          "resolver 192.0.2.1:53 (view isp) has not answered 3 questions in a row: it is left "
          "alone for 5 s and more, then tried again");
    CHECK(breaker->summary() ==
          std::vector<std::string>{"resolver 192.0.2.1:53 (view isp) did not answer and was left "
                                   "alone 2 times; 3 questions to view isp were not asked"});
}
