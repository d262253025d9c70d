// What a registry's word does to a verdict: it names the registrar, it holds names back, and it
// says nothing about who serves the site.
#include "scanner/attribute/registration.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "tests/support/observed.h"

using namespace scanner;
using support::Observed;

namespace {

Observed registered(std::vector<std::string> statuses, const char* registrar_id = "",
                    const char* registrar = "")
{
    Observed observed("example.org");
    observed.seen.registry.asked = {"domain"};
    auto& domain = observed.seen.registry.domain.emplace();
    domain.name = "example.org";
    domain.registrar_id = registrar_id;
    domain.registrar = registrar;
    domain.statuses = std::move(statuses);
    domain.source = "https://rdap.example/domain/example.org";
    return observed;
}

Attribution judged(const Observed& observed)
{
    return scanner::attribute::attribute(observed.seen, support::shipped_catalogue());
}

const Finding* registrar_in(const Attribution& verdict)
{
    for (const Finding& finding : verdict.others)
        if (finding.role == Role::registrar)
            return &finding;
    return nullptr;
}

bool has_flag(const Attribution& verdict, Flag flag)
{
    return std::find(verdict.flags.begin(), verdict.flags.end(), flag) != verdict.flags.end();
}

}  // namespace

TEST_CASE("a name that its registry holds back is on hold, locks are not")
{
    struct Case {
        const char* why;
        std::vector<std::string> statuses;
        bool on_hold;
    };
    const Case cases[] = {
        {"the registrar's hold", {"client transfer prohibited", "client hold"}, true},
        {"the registry's hold", {"server hold"}, true},
        {"expired", {"redemption period"}, true},
        {"about to go", {"pending delete"}, true},
        {"locked against transfer",
         {"client transfer prohibited", "server update prohibited"},
         false},
        {"as usual", {"active"}, false},
        {"nothing said", {}, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Attribution verdict = judged(registered(c.statuses));
        CHECK((verdict.state == State::on_hold) == c.on_hold);
        if (c.on_hold)
            CHECK_FALSE(verdict.notice_ready);
    }
}

TEST_CASE("a held name is on hold rather than without a name in the DNS")
{
    Observed observed = registered({"client hold"});
    observed.seen.chain_end = ChainEnd::nxdomain;
    const Attribution verdict = judged(observed);
    CHECK(verdict.state == State::on_hold);
    CHECK(verdict.state_reason == "example.org: client hold at its registry");
    CHECK_FALSE(has_flag(verdict, Flag::hold_still_answers));
}

TEST_CASE("a held name that still answers says so")
{
    Observed observed = registered({"client hold"});
    observed.address("5.9.1.1", 24940, "Hetzner Online GmbH").https("5.9.1.1");
    const Attribution verdict = judged(observed);
    CHECK(verdict.state == State::on_hold);
    CHECK(has_flag(verdict, Flag::hold_still_answers));
}

TEST_CASE("the registrar is named by IANA's id, or by the registry's words")
{
    const Attribution known = judged(registered({}, "48", "eNom, LLC"));
    REQUIRE(registrar_in(known) != nullptr);
    CHECK(registrar_in(known)->product == "registrar-48");
    CHECK(registrar_in(known)->provider == "tucows");
    CHECK(registrar_in(known)->grade == Grade::confirmed);
    REQUIRE(registrar_in(known)->evidence.size() == 1);
    CHECK(known.evidence.front().id == registrar_in(known)->evidence.front());
    CHECK(known.evidence.front().signal == "registry");
    CHECK(known.evidence.front().channel == Channel::registry);
    CHECK(known.evidence.front().role == Role::registrar);
    CHECK_FALSE(known.evidence.front().forgeable);

    const Attribution unknown = judged(registered({}, "99123456", "Registrar Nobody Lists"));
    REQUIRE(registrar_in(unknown) != nullptr);
    CHECK(registrar_in(unknown)->status == FindingStatus::identified);
    CHECK(registrar_in(unknown)->name == "Registrar Nobody Lists");
    CHECK(registrar_in(unknown)->product == "");
}

TEST_CASE("a registry that could not be asked is no registrar, and no absence of one")
{
    struct Case {
        const char* why;
        const char* code;
        UnknownReason reason;
    };
    const Case cases[] = {
        {"asked too often", "rate_limited", UnknownReason::rdap_unavailable},
        {"a page instead of an answer", "not_json", UnknownReason::rdap_unavailable},
        {"no time left", "timeout", UnknownReason::rdap_unavailable},
        {"no server for this suffix", "no_server", UnknownReason::rdap_unavailable},
        {"the registry does not know the name", "not_found", UnknownReason::no_evidence},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Observed observed("example.org");
        observed.seen.registry.asked = {"domain"};
        observed.seen.registry.gaps = {{"network", "8.8.8.8", "cap", ""},
                                       {"domain", "example.org", c.code, ""}};
        const Attribution verdict = judged(observed);
        REQUIRE(registrar_in(verdict) != nullptr);
        CHECK(registrar_in(verdict)->status == FindingStatus::unknown);
        CHECK(registrar_in(verdict)->reason == c.reason);
        CHECK(verdict.state != State::on_hold);
        CHECK(verdict.state != State::not_registered);
    }
    CHECK(registrar_in(judged(Observed("example.org"))) == nullptr);
}

TEST_CASE("a registrar that also hosts and fronts does neither here for being the registrar")
{
    for (const catalogue::Product* product : support::shipped_catalogue().products()) {
        if (!product->id.starts_with("registrar-"))
            continue;
        CAPTURE(product->id);
        const std::string id = product->id.substr(product->id.find('-') + 1);
        Observed with = registered({}, id.c_str(), "R");
        with.address("5.9.1.1", 24940, "Hetzner Online GmbH").https("5.9.1.1");
        Observed without("example.org");
        without.address("5.9.1.1", 24940, "Hetzner Online GmbH").https("5.9.1.1");
        const Attribution a = judged(with);
        const Attribution b = judged(without);
        CHECK(a.front == b.front);
        CHECK(a.host.product == b.host.product);
        CHECK(a.host.grade == b.host.grade);
        CHECK(a.state == b.state);
        CHECK(a.claims == b.claims);
    }
}
