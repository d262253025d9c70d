#include "resolvers/http/probe_clocks.h"

#include <doctest/doctest.h>

using namespace resolvers;
using namespace std::chrono_literals;

namespace {

const Deadline start = Deadline{} + 1h;

const http::ProbeTimeouts timeouts{.connect = 5s,
                                   .handshake = 8s,
                                   .first_byte = 10s,
                                   .total = 20s,
                                   .low_speed_bytes = 100,
                                   .low_speed_window = 4s};

}  // namespace

TEST_CASE("each phase is ended by its own clock")
{
    struct Case {
        http::ProbePhase phase;
        std::chrono::seconds limit;
        std::string clock;
    };
    const Case cases[] = {
        {http::ProbePhase::connecting, 5s, "connect"},
        {http::ProbePhase::handshaking, 8s, "handshake"},
        {http::ProbePhase::asking, 10s, "first_byte"},
        {http::ProbePhase::reading, 4s, "low_speed"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.clock);
        http::ProbeClocks clocks(timeouts, start + 1h);
        clocks.enter(c.phase, start);
        CHECK((clocks.limit() == start + c.limit));
        CHECK_FALSE(clocks.expired(start + c.limit - 1ms).has_value());
        CHECK((clocks.expired(start + c.limit) == Step{StepStatus::timeout, c.clock}));
    }
}

TEST_CASE("the total clock runs from the first phase on")
{
    http::ProbeClocks clocks(timeouts, start + 1h);
    clocks.enter(http::ProbePhase::connecting, start);
    clocks.enter(http::ProbePhase::handshaking, start + 5s);
    clocks.enter(http::ProbePhase::asking, start + 13s);
    CHECK((clocks.limit() == start + 20s));
    CHECK((clocks.expired(start + 20s) == Step{StepStatus::timeout, "total"}));
}

TEST_CASE("the subject's deadline counts before our own clocks")
{
    http::ProbeClocks clocks(timeouts, start + 3s);
    CHECK((clocks.limit() == start + 3s));
    CHECK((clocks.expired(start + 3s) == Step{StepStatus::deadline, "queued"}));
    clocks.enter(http::ProbePhase::connecting, start);
    CHECK((clocks.limit() == start + 3s));
    CHECK((clocks.expired(start + 30s) == Step{StepStatus::deadline, ""}));
}

TEST_CASE("where a queue has a limit of its own, the deadline does not run in it")
{
    http::ProbeTimeouts queueing = timeouts;
    queueing.queue = 60s;
    http::ProbeClocks clocks(queueing, start + 3s);
    clocks.enter(http::ProbePhase::queued, start);
    CHECK((clocks.limit() == start + 60s));
    CHECK_FALSE(clocks.expired(start + 59s));
    CHECK((clocks.expired(start + 60s) == Step{StepStatus::local_error, "queued"}));
    clocks.enter(http::ProbePhase::connecting, start + 50s);
    CHECK((clocks.limit() == start + 53s));
    // Put back for want of a socket: it goes on from there.
    clocks.enter(http::ProbePhase::queued, start + 51s);
    clocks.enter(http::ProbePhase::connecting, start + 58s);
    CHECK((clocks.limit() == start + 60s));
    CHECK((clocks.expired(start + 60s) == Step{StepStatus::deadline, ""}));
}

TEST_CASE("a response that keeps to the minimum rate goes on window by window")
{
    http::ProbeClocks clocks(timeouts, start + 1h);
    clocks.enter(http::ProbePhase::connecting, start);
    clocks.enter(http::ProbePhase::reading, start);
    clocks.count(60);
    clocks.count(40);
    CHECK_FALSE(clocks.expired(start + 4s).has_value());
    CHECK((clocks.limit() == start + 8s));
    clocks.count(99);
    CHECK((clocks.expired(start + 8s) == Step{StepStatus::timeout, "low_speed"}));
}

TEST_CASE("without a window there is no minimum rate")
{
    http::ProbeTimeouts loose = timeouts;
    loose.low_speed_window = 0s;
    http::ProbeClocks clocks(loose, start + 1h);
    clocks.enter(http::ProbePhase::connecting, start);
    clocks.enter(http::ProbePhase::reading, start);
    CHECK((clocks.limit() == start + 20s));
    CHECK_FALSE(clocks.expired(start + 19s).has_value());
}

TEST_CASE("what has ended does not end again")
{
    http::ProbeClocks clocks(timeouts, start);
    clocks.enter(http::ProbePhase::finished, start);
    CHECK_FALSE(clocks.expired(start + 1h).has_value());
}
