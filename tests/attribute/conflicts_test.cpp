// The worked conflicts: what to say when signals disagree.
#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "scanner/route/route.h"
#include "tests/support/corpus.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Certificate;
using support::Observed;

namespace {

const support::Headers cloudflare_marks = {{"server", "cloudflare"},
                                           {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}};

Attribution judged(const Observed& observed)
{
    return scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
}

bool has_flag(const Attribution& verdict, Flag flag)
{
    return std::find(verdict.flags.begin(), verdict.flags.end(), flag) != verdict.flags.end();
}

}  // namespace

TEST_CASE("every worked conflict gets the verdict that its case expects")
{
    for (const support::CorpusCase& one : support::corpus("conflicts.toml").cases) {
        CAPTURE(one.where);
        CAPTURE(one.why);
        CAPTURE(one.id);
        CHECK(support::differences(one) == "");
    }
}

TEST_CASE("a proxied site: the front is confirmed, the host is not observable")
{
    const Attribution verdict = judged(Observed("example.org")
                                           .address("104.16.1.1", 13335, "Cloudflare, Inc.")
                                           .https("104.16.1.1", cloudflare_marks));
    CHECK(verdict.front.product == "cloudflare-proxy");
    CHECK(verdict.front.grade == Grade::confirmed);
    CHECK(verdict.host.status == FindingStatus::unknown);
    CHECK(verdict.host.reason == UnknownReason::behind_front);
    CHECK(has_flag(verdict, Flag::product_undetermined));
    CHECK_FALSE(verdict.notice_ready);  // nobody has looked for an addressee yet
    Record record;
    record.attribution = verdict;
    scanner::route::route_record(record, support::shipped_catalogue());
    CHECK(record.attribution.notice_ready);
    const auto& to = record.addressees;
    REQUIRE_FALSE(to.empty());
    CHECK(to.front().product == "cloudflare-proxy");
    CHECK(to.front().role == Role::front);
    CHECK(to.front().kind == AddresseeKind::primary);
    REQUIRE_FALSE(to.front().channels.empty());
    CHECK(to.front().channels.front().type == ChannelType::form);
}

TEST_CASE("the edge without its headers is still the edge when its certificate is valid")
{
    const Attribution verdict = judged(Observed("example.org")
                                           .address("104.16.1.1", 13335, "Cloudflare, Inc.")
                                           .https("104.16.1.1"));
    CHECK(verdict.front.product == "cloudflare-proxy");
    CHECK(verdict.front.grade == Grade::confirmed);
}

TEST_CASE("two fronted addresses and one bare one: shares, and the bare one is no origin")
{
    const Attribution verdict = judged(Observed("example.org")
                                           .address("104.16.1.1", 13335, "Cloudflare, Inc.")
                                           .address("104.16.2.1", 13335, "Cloudflare, Inc.")
                                           .address("51.83.1.2", 16276, "OVH SAS")
                                           .https("104.16.1.1", cloudflare_marks)
                                           .https("104.16.2.1", cloudflare_marks)
                                           .https("51.83.1.2", {{"server", "nginx"}}));
    CHECK(verdict.front.product == "cloudflare-proxy");
    CHECK(verdict.front.share == doctest::Approx(2.0 / 3));
    CHECK(verdict.host.provider == "ovh");
    CHECK(verdict.host.share == doctest::Approx(1.0 / 3));
    CHECK(has_flag(verdict, Flag::multi_cdn));
}

TEST_CASE("an edge that does not know the name: no notice")
{
    const Attribution verdict = judged(
        Observed("example.org")
            .address("104.16.1.1", 13335, "Cloudflare, Inc.")
            .https(
                "104.16.1.1",
                {{"server", "cloudflare"}, {"cf-error-type", "1001"}, {"cf-error-origin", "edge"}},
                530));
    CHECK(verdict.front.provider == "cloudflare");
    CHECK_FALSE(verdict.notice_ready);
}

TEST_CASE("a platform's marks behind a front: both are named, the front first")
{
    const Attribution verdict = judged(
        Observed("example.org")
            .address("104.16.1.1", 13335, "Cloudflare, Inc.")
            .https("104.16.1.1", {{"server", "cloudflare"},
                                  {"cf-ray", "8f3c2a1b4d5e6f70-FRA"},
                                  {"x-vercel-id", "fra1::abcde-1795315200000-0123456789ab"}}));
    CHECK(verdict.front.product == "cloudflare-proxy");
    CHECK(verdict.front.grade == Grade::confirmed);
    const Finding* vercel = nullptr;
    for (const Finding& one : verdict.chain)
        if (one.provider == "vercel")
            vercel = &one;
    REQUIRE(vercel != nullptr);
    CHECK(vercel->grade == Grade::probable);
    CHECK(vercel->role == Role::platform);
    const auto to = scanner::route::route(verdict, support::shipped_catalogue());
    REQUIRE(to.size() >= 2);
    CHECK(to[0].provider == "cloudflare");
    CHECK(to[1].provider == "vercel");
}

TEST_CASE("the resolver's address is no site's address")
{
    const Attribution verdict =
        judged(Observed("example.org").address("1.1.1.1", 13335, "Cloudflare, Inc."));
    CHECK(verdict.state == State::reserved);
    CHECK(verdict.front.status != FindingStatus::identified);
    CHECK(verdict.host.status != FindingStatus::identified);
    CHECK(scanner::route::route(verdict, support::shipped_catalogue()).empty());
}

TEST_CASE("the zone's name servers say who runs the DNS, and no more")
{
    const Attribution verdict = judged(Observed("example.org")
                                           .name_server("ada.ns.cloudflare.com")
                                           .address("88.198.1.2", 24940, "Hetzner Online GmbH")
                                           .https("88.198.1.2", {{"server", "nginx"}}));
    CHECK(verdict.front.status == FindingStatus::none);
    CHECK(verdict.host.provider == "hetzner");
    bool dns = false;
    for (const Finding& other : verdict.others)
        dns = dns || (other.role == Role::dns && other.provider == "cloudflare");
    CHECK(dns);
    CHECK(verdict.claims.empty());
}

TEST_CASE("Linode's machines are not Akamai's edge")
{
    const Attribution verdict = judged(Observed("example.org")
                                           .address("172.104.1.1", 63949, "Akamai Connected Cloud")
                                           .https("172.104.1.1", {{"server", "nginx"}}));
    CHECK(verdict.front.status == FindingStatus::none);
    CHECK(verdict.host.product == "akamai-linode");
}

TEST_CASE("an address declared behind the proxy is not what visitors reach")
{
    Observed observed("example.org");
    observed.address("88.198.1.2", 24940, "Hetzner Online GmbH");
    observed.seen.declared = "proxied";
    observed.seen.declared_by = "Cloudflare";
    observed.seen.source = "zone";
    const Attribution verdict = judged(observed);
    CHECK(verdict.front.provider == "cloudflare");
    CHECK(verdict.front.grade == Grade::probable);
    CHECK(verdict.host.status == FindingStatus::unknown);
    CHECK(verdict.host.reason == UnknownReason::behind_front);
}

TEST_CASE("headers without any address stay possible")
{
    const Attribution verdict = judged(Observed("example.org").https("", cloudflare_marks));
    CHECK(verdict.front.provider == "cloudflare");
    CHECK(verdict.front.grade == Grade::possible);
    CHECK_FALSE(verdict.notice_ready);
}

TEST_CASE("an address in the edge's range is probable without a connection, confirmed with one")
{
    const Attribution unseen =
        judged(Observed("example.org").address("104.16.1.1", 13335, "Cloudflare, Inc."));
    CHECK(unseen.front.provider == "cloudflare");
    CHECK(unseen.front.grade == Grade::probable);
}

TEST_CASE("a certificate for other names lowers the edge to probable")
{
    const Attribution verdict =
        judged(Observed("example.org")
                   .address("104.16.1.1", 13335, "Cloudflare, Inc.")
                   .https("104.16.1.1", cloudflare_marks, 200, Certificate::untrusted));
    CHECK(verdict.front.grade == Grade::probable);
}
