// Everything that a site's operator can make up, alone, in pairs and all together, at addresses
// that are not the claimed provider's. Nothing of it may lift the provider above `possible`, and
// the first addressee is never the forged one.
#include <doctest/doctest.h>

#include <functional>

#include "scanner/attribute/attribute.h"
#include "scanner/model/words.h"
#include "scanner/route/route.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Observed;

namespace {

struct Forgery {
    const char* what;
    std::function<void(Observed&, support::Headers&)> apply;
};

struct Provider {
    const char* id;
    std::vector<Forgery> forgeries;
};

Forgery header(const char* name, const char* value)
{
    return {name, [=](Observed&, support::Headers& headers) { headers.emplace_back(name, value); }};
}

Forgery cookie(const char* name)
{
    return {name, [=](Observed&, support::Headers& headers) {
                headers.emplace_back("set-cookie", std::string(name) + "=[redacted]; path=/");
            }};
}

Forgery alias(const char* target)
{
    return {target, [=](Observed& observed, support::Headers&) { observed.alias(target); }};
}

const std::vector<Provider>& providers()
{
    static const std::vector<Provider> all = {
        {"cloudflare",
         {header("server", "cloudflare"),
          header("cf-ray", "8f3c2a1b4d5e6f70-FRA"),
          header("cf-cache-status", "HIT"),
          header("cf-mitigated", "challenge"),
          cookie("__cf_bm"),
          {"ns",
           [](Observed& o, support::Headers&) {
               o.name_server("ada.ns.cloudflare.com").name_server("bob.ns.cloudflare.com");
           }},
          {"ech", [](Observed& o, support::Headers&) { o.ech("cloudflare-ech.com"); }},
          alias("www.example.org.cdn.cloudflare.net")}},
        {"aws",
         {header("x-amz-cf-id", "Zy3xQ1w2E4r5T6y7U8i9O0pAsDfGhJkLzXcVbNm1Qw2Er3Ty4Ui5Op=="),
          header("via", "1.1 0a1b2c3d4e5f60718293a4b5c6d7e8f9.cloudfront.net (CloudFront)"),
          header("x-cache", "Hit from cloudfront"), header("x-amz-cf-pop", "FRA56-P4"),
          alias("d111111abcdef8.cloudfront.net")}},
        {"fastly",
         {header("x-served-by", "cache-fra-eddf8230045-FRA"),
          header("x-timer", "S1795315200.123456,VS0,VE1"), header("x-fastly-request-id", "abc"),
          alias("x.map.fastly.net")}},
        {"ddos-guard", {header("server", "ddos-guard"), cookie("__ddg1_"), cookie("__ddg2_")}},
        {"github",
         {header("server", "GitHub.com"), header("x-github-request-id", "ABCD:1234"),
          alias("someone.github.io")}},
    };
    return all;
}

struct Place {
    const char* what;
    const char* address;
    unsigned asn;
    const char* organisation;
};

constexpr Place places[] = {
    {"a known host", "51.83.1.2", 16276, "OVH SAS"},
    {"another known host", "88.198.1.2", 24940, "Hetzner Online GmbH"},
    {"an AS that is in no list", "62.210.9.9", 64496, "Some Hosting Ltd"},
    {"an address that nobody announces", "62.210.9.9", 0, ""},
    {"another front's address", "186.2.163.7", 59692, "IQWeb FZ-LLC"},
};

bool is_at(const Place& place, const std::string& provider)
{
    return std::string_view(place.what) == "another front's address" && provider == "ddos-guard";
}

void check_forged(const Provider& provider, const Place& place, const std::vector<size_t>& which)
{
    Observed observed("www.example.org", "example.org");
    support::Headers headers = {{"content-type", "text/html"}};
    std::string forged;
    for (const size_t i : which) {
        forged += std::string(provider.forgeries[i].what) + " ";
        provider.forgeries[i].apply(observed, headers);
    }
    observed.address(place.address, place.asn, place.organisation).https(place.address, headers);
    CAPTURE(std::string(provider.id));
    CAPTURE(forged);
    CAPTURE(std::string(place.what));

    const Attribution verdict = attribute(observed.seen, support::shipped_catalogue());
    const auto judge = [&](const Finding& finding) {
        // The name servers are what they are; a front in front passes inner marks through.
        if (finding.provider != provider.id || finding.role == Role::dns)
            return;
        const bool inner = std::string_view(place.what) == "another front's address";
        CHECK(finding.grade <= (inner ? Grade::probable : Grade::possible));
    };
    judge(verdict.front);
    judge(verdict.host);
    for (const Finding& other : verdict.others)
        judge(other);
    const std::vector<Addressee> to = route(verdict, support::shipped_catalogue());
    if (!to.empty()) {
        const bool forged_first =
            to.front().provider == provider.id && to.front().role != Role::dns;
        CHECK_FALSE(forged_first);
    }
}

}  // namespace

TEST_CASE("no forged signal, alone or with others, makes a provider probable or first")
{
    for (const Provider& provider : providers())
        for (const Place& place : places) {
            if (is_at(place, provider.id))
                continue;
            const size_t count = provider.forgeries.size();
            std::vector<size_t> all;
            for (size_t i = 0; i < count; ++i) {
                check_forged(provider, place, {i});
                for (size_t j = i + 1; j < count; ++j)
                    check_forged(provider, place, {i, j});
                all.push_back(i);
            }
            check_forged(provider, place, all);
        }
}

TEST_CASE("forged marks on a known host's address are kept as claims, and the host stays the host")
{
    const Attribution verdict = attribute(
        Observed("example.org")
            .address("51.83.1.2", 16276, "OVH SAS")
            .https("51.83.1.2", {{"server", "cloudflare"}, {"cf-ray", "8f3c2a1b4d5e6f70-FRA"}})
            .seen,
        support::shipped_catalogue());
    CHECK(verdict.front.status == "none");
    CHECK(verdict.claims == std::vector<std::string>{"cloudflare"});
    CHECK(verdict.host.provider == "ovh");
    CHECK(verdict.host.grade >= Grade::probable);
}

TEST_CASE("a header never adds an addressee")
{
    const Catalogue& catalogue = support::shipped_catalogue();
    const auto addressees = [&](const support::Headers& headers) {
        std::vector<std::string> list;
        const Attribution verdict = attribute(Observed("example.org")
                                                  .address("51.83.1.2", 16276, "OVH SAS")
                                                  .https("51.83.1.2", headers)
                                                  .seen,
                                              catalogue);
        for (const Addressee& to : route(verdict, catalogue))
            list.push_back(to.product + " " + std::string(word(to.role)));
        return list;
    };
    const std::vector<std::string> plain = addressees({});
    for (const Provider& provider : providers()) {
        CAPTURE(std::string(provider.id));
        support::Headers headers;
        Observed unused("example.org");
        for (const Forgery& forgery : provider.forgeries)
            forgery.apply(unused, headers);
        CHECK(addressees(headers) == plain);
    }
}
