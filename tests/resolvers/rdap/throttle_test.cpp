#include "resolvers/rdap/throttle.h"

#include <doctest/doctest.h>

using namespace resolvers;
using namespace std::chrono_literals;

namespace {

const rdap::RdapThrottle::Time start = rdap::RdapThrottle::Time(1000h);
const rdap::RdapThrottle::Time never = rdap::RdapThrottle::Time::max();

// Milliseconds after `start`, or -1 for rate_limited.
long when(rdap::RdapThrottle& throttle, std::string_view host, rdap::RdapThrottle::Time now,
          rdap::RdapThrottle::Time latest = never)
{
    const Outcome<rdap::RdapThrottle::Time> reserved = throttle.reserve(host, now, latest);
    if (!reserved.has_value()) {
        CHECK(reserved.error().code == "rate_limited");
        return -1;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(*reserved - start).count();
}

}  // namespace

TEST_CASE("a burst goes out at once, then one question an interval")
{
    rdap::RdapThrottle throttle({.interval = 1000ms, .burst = 3}, {});
    CHECK(when(throttle, "a.example", start) == 0);
    CHECK(when(throttle, "a.example", start) == 0);
    CHECK(when(throttle, "a.example", start) == 0);
    CHECK(when(throttle, "a.example", start) == 1000);
    CHECK(when(throttle, "a.example", start) == 2000);
    CHECK(when(throttle, "b.example", start) == 0);
    // A pause fills the burst again, and no more than it.
    CHECK(when(throttle, "a.example", start + 60s) == 60000);
    CHECK(when(throttle, "a.example", start + 60s) == 60000);
    CHECK(when(throttle, "a.example", start + 60s) == 60000);
    CHECK(when(throttle, "a.example", start + 60s) == 61000);
}

TEST_CASE("a question that would come too late is refused and takes no place")
{
    rdap::RdapThrottle throttle({.interval = 1000ms, .burst = 1}, {});
    CHECK(when(throttle, "a.example", start) == 0);
    CHECK(when(throttle, "a.example", start, start + 500ms) == -1);
    CHECK(when(throttle, "a.example", start, start + 1000ms) == 1000);
}

TEST_CASE("a server that asked for a pause is not asked before its end")
{
    rdap::RdapThrottle throttle({.interval = 10ms, .burst = 1}, {});
    throttle.close("a.example", start + 30s);
    throttle.close("a.example", start + 10s);
    CHECK(when(throttle, "a.example", start) == -1);
    CHECK(when(throttle, "a.example", start + 29s) == -1);
    CHECK(when(throttle, "a.example", start + 30s) == 30000);
    CHECK(when(throttle, "b.example", start) == 0);
}

TEST_CASE("LACNIC is never asked more than ten times in any minute")
{
    rdap::RdapThrottle throttle;
    std::vector<long> sent;
    for (int i = 0; i < 40; ++i)
        sent.push_back(when(throttle, "rdap.lacnic.net", start));
    for (std::size_t i = 10; i < sent.size(); ++i)
        CHECK(sent[i] - sent[i - 10] >= 60000);
}
