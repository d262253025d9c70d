#include "scanner/observe/chain.h"

#include <doctest/doctest.h>

using resolvers::DnsAnswer;
using resolvers::DnsStatus;
using scanner::ChainEnd;
using scanner::observe::walk_chain;

namespace {

DnsAnswer answer(std::string name, std::string type, DnsStatus status,
                 std::vector<resolvers::DnsRecord> records = {})
{
    DnsAnswer made;
    made.name = std::move(name);
    made.type = std::move(type);
    made.status = status;
    made.records = std::move(records);
    return made;
}

resolvers::DnsRecord cname(std::string name, std::string target)
{
    return {std::move(name), "CNAME", 60, std::move(target), {}};
}

resolvers::DnsRecord a(std::string name, std::string address)
{
    return {std::move(name), "A", 60, std::move(address), {}};
}

}  // namespace

TEST_CASE("the walk follows aliases to their addresses")
{
    const auto walk = walk_chain(
        "www.example.org",
        {answer("www.example.org", "A", DnsStatus::noerror,
                {cname("www.example.org", "a.cdn.example"), cname("a.cdn.example", "b.cdn.example"),
                 a("b.cdn.example", "192.0.2.2"), a("b.cdn.example", "192.0.2.1")}),
         answer("www.example.org", "AAAA", DnsStatus::noerror,
                {cname("www.example.org", "a.cdn.example"),
                 cname("a.cdn.example", "b.cdn.example")})});
    CHECK(walk.chain ==
          std::vector<std::string>{"www.example.org", "a.cdn.example", "b.cdn.example"});
    CHECK(walk.end == ChainEnd::address);
    REQUIRE(walk.addresses.size() == 2);
    CHECK(walk.addresses[0].text() == "192.0.2.1");
    CHECK_FALSE(walk.unanswered.has_value());
}

TEST_CASE("the end of the walk tells absence from failure")
{
    struct Case {
        const char* why;
        std::vector<DnsAnswer> answers;
        ChainEnd end;
    };
    const Case cases[] = {
        {"the name does not exist",
         {answer("x.example", "A", DnsStatus::nxdomain),
          answer("x.example", "AAAA", DnsStatus::nxdomain)},
         ChainEnd::nxdomain},
        {"its alias points to a name that does not exist",
         {answer("x.example", "A", DnsStatus::nxdomain, {cname("x.example", "gone.example")}),
          answer("x.example", "AAAA", DnsStatus::nxdomain, {cname("x.example", "gone.example")})},
         ChainEnd::dangling},
        {"it exists without addresses",
         {answer("x.example", "A", DnsStatus::nodata),
          answer("x.example", "AAAA", DnsStatus::nodata)},
         ChainEnd::nodata},
        {"one half failed: perhaps that is where the addresses are",
         {answer("x.example", "A", DnsStatus::servfail),
          answer("x.example", "AAAA", DnsStatus::nodata)},
         ChainEnd::failed},
        {"nothing answered",
         {answer("x.example", "A", DnsStatus::timeout),
          answer("x.example", "AAAA", DnsStatus::timeout)},
         ChainEnd::failed},
        {"other types do not count",
         {answer("x.example", "A", DnsStatus::nodata),
          answer("x.example", "AAAA", DnsStatus::nodata),
          answer("x.example", "HTTPS", DnsStatus::servfail)},
         ChainEnd::nodata},
        {"an alias of itself",
         {answer("x.example", "A", DnsStatus::noerror, {cname("x.example", "x.example")})},
         ChainEnd::loop},
        {"records beside a failure are no answer",
         {answer("x.example", "A", DnsStatus::servfail, {a("x.example", "192.0.2.1")}),
          answer("x.example", "AAAA", DnsStatus::nodata)},
         ChainEnd::failed},
        {"nor beside a refusal, aliases among them",
         {answer("x.example", "A", DnsStatus::refused,
                 {cname("x.example", "y.example"), a("y.example", "192.0.2.1")})},
         ChainEnd::failed},
        {"an address beside word that the name does not exist",
         {answer("x.example", "A", DnsStatus::nxdomain, {a("x.example", "192.0.2.1")})},
         ChainEnd::nxdomain},
        {"an address at the end of aliases of which the end does not exist",
         {answer("x.example", "A", DnsStatus::nxdomain,
                 {cname("x.example", "y.example"), a("y.example", "192.0.2.1")})},
         ChainEnd::dangling},
        {"an address of a name that nobody asked for",
         {answer("x.example", "A", DnsStatus::bad_response, {a("z.example", "192.0.2.1")})},
         ChainEnd::failed},
        {"an address that came with another question",
         {answer("x.example", "A", DnsStatus::nodata),
          answer("x.example", "NS", DnsStatus::noerror, {a("x.example", "192.0.2.1")})},
         ChainEnd::nodata},
        {"a longer loop",
         {answer("x.example", "A", DnsStatus::noerror,
                 {cname("x.example", "y.example"), cname("y.example", "x.example")})},
         ChainEnd::loop},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto walk = walk_chain("x.example", c.answers);
        CHECK(walk.end == c.end);
        CHECK(walk.addresses.empty());
    }
}

TEST_CASE("a resolver that stops at an alias is asked again")
{
    const auto half = walk_chain("x.example", {answer("x.example", "A", DnsStatus::noerror,
                                                      {cname("x.example", "y.example")})});
    REQUIRE(half.unanswered.has_value());
    CHECK(*half.unanswered == "y.example");

    const auto whole =
        walk_chain("x.example",
                   {answer("x.example", "A", DnsStatus::noerror, {cname("x.example", "y.example")}),
                    answer("y.example", "A", DnsStatus::nodata),
                    answer("y.example", "AAAA", DnsStatus::nodata)});
    CHECK_FALSE(whole.unanswered.has_value());
    CHECK(whole.end == ChainEnd::nodata);
}

TEST_CASE("an endless chain is cut")
{
    std::vector<resolvers::DnsRecord> records;
    for (int i = 0; i < 40; ++i)
        records.push_back(
            cname("n" + std::to_string(i) + ".example", "n" + std::to_string(i + 1) + ".example"));
    const auto walk =
        walk_chain("n0.example", {answer("n0.example", "A", DnsStatus::noerror, records)});
    CHECK(walk.end == ChainEnd::too_long);
    CHECK(walk.chain.size() == scanner::observe::chain_limit + 1);
}
