#include "scanner/catalogue/catalogue.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "resolvers/base/digest.h"
#include "scanner/catalogue/words.h"
#include "tests/support/catalogue_files.h"

namespace {

using resolvers::IpAddress;
using scanner::ChannelScope;
using scanner::ChannelType;
using scanner::Role;
using scanner::State;
using scanner::Strength;
using scanner::catalogue::Catalogue;
using scanner::catalogue::Product;
using scanner::catalogue::RangeHit;
using scanner::catalogue::Rule;
using scanner::catalogue::RuleKind;
using scanner::catalogue::Storage;
using test::fixture_catalogue;

using Texts = std::vector<std::string>;

Texts ids(const std::vector<const Rule*>& rules)
{
    Texts texts;
    for (const Rule* rule : rules)
        texts.push_back(rule->id);
    return texts;
}

const Rule* rule_called(const std::string& id)
{
    for (const Rule* rule : fixture_catalogue().rules())
        if (rule->id == id)
            return rule;
    return nullptr;
}

}  // namespace

TEST_CASE("an address belongs to the longest prefix, whoever lists it")
{
    struct Case {
        const char* why;
        const char* address;
        Texts expected;
    };
    const Case cases[] = {
        {"an edge out of a range file", "25.10.1.1", {"25.10.0.0/16 examplecdn-proxy"}},
        {"a service inside the edges wins",
         "25.10.53.53",
         {"25.10.53.0/24 examplecdn-resolver", "25.10.0.0/16 examplecdn-proxy"}},
        {"in IPv6 as well",
         "2d00:10:53::53",
         {"2d00:10:53::53/128 examplecdn-resolver", "2d00:10::/32 examplecdn-proxy"}},
        {"its neighbour is an edge", "2d00:10:53::54", {"2d00:10::/32 examplecdn-proxy"}},
        {"one prefix of two products: who yields comes second, then the wider",
         "25.30.44.7",
         {"25.30.44.0/24 exampleplatform-pages", "25.30.44.0/24 examplehost-cloud",
          "25.30.0.0/16 examplehost-cloud"}},
        {"an address that calls origins classifies nothing", "25.11.0.9", {}},
        {"nobody's", "25.99.0.1", {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        Texts got;
        for (const RangeHit& hit : fixture_catalogue().ranges_of(*IpAddress::parse(c.address)))
            got.push_back(hit.prefix.text() + " " + hit.rule->product->id);
        CHECK(got == c.expected);
    }
}

TEST_CASE("origin-facing ranges are there for whoever asks for them by name")
{
    const auto hits = fixture_catalogue().origin_facing_of(*IpAddress::parse("25.11.0.9"));
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].rule->id == "examplecdn-proxy/range/origin_facing");
    CHECK(fixture_catalogue().origin_facing_of(*IpAddress::parse("25.10.1.1")).empty());
}

TEST_CASE("a range that was given up holds nothing today, and its addresses up to its last day")
{
    using namespace std::chrono_literals;
    const auto address = *IpAddress::parse("25.13.0.7");
    CHECK(fixture_catalogue().ranges_of(address).empty());
    const auto on = [&](std::chrono::sys_days day) {
        return fixture_catalogue().former_ranges_of(address, day).size();
    };
    CHECK(on(2020y / 1 / 1) == 1);
    CHECK(on(2024y / 6 / 30) == 1);
    CHECK(on(2024y / 7 / 1) == 0);
}

TEST_CASE("names are matched at label boundaries, the longest suffix first")
{
    struct Case {
        const char* why;
        RuleKind kind;
        const char* name;
        Texts expected;
    };
    const Case cases[] = {
        {"below the suffix",
         RuleKind::cname,
         "www.example.org.cdn.examplecdn.example",
         {"examplecdn-proxy/cname/cdn.examplecdn.example"}},
        {"the suffix itself",
         RuleKind::cname,
         "cdn.examplecdn.example",
         {"examplecdn-proxy/cname/cdn.examplecdn.example"}},
        {"in any case and with a final dot",
         RuleKind::cname,
         "X.CDN.ExampleCDN.example.",
         {"examplecdn-proxy/cname/cdn.examplecdn.example"}},
        {"the same letters are not the same label",
         RuleKind::cname,
         "evilcdn.examplecdn.example",
         {}},
        {"in the middle of a stranger's name",
         RuleKind::cname,
         "cdn.examplecdn.example.attacker.test",
         {}},
        {"the suffix's own parent", RuleKind::cname, "examplecdn.example", {}},
        {"longer before shorter",
         RuleKind::native,
         "x.custom.examplepages.example",
         {"exampleplatform-pages/native/examplepages.example"}},
        {"a suffix counts for its kind only", RuleKind::ns, "x.cdn.examplecdn.example", {}},
        {"a pattern narrows its suffix",
         RuleKind::cname,
         "a.lb.us-1.examplehost.example",
         {"examplehost-balancer/cname/examplehost.example"}},
        {"what the pattern refuses is not the suffix's",
         RuleKind::cname,
         "www.examplehost.example",
         {}},
        {"name servers",
         RuleKind::ns,
         "ada.ns.examplecdn.example",
         {"examplecdn-dns/ns/ns.examplecdn.example"}},
        {"PTR",
         RuleKind::ptr,
         "fra1.edge.examplecdn.example",
         {"examplecdn-proxy/ptr/edge.examplecdn.example"}},
        {"kinds without suffixes have none", RuleKind::header, "cdn.examplecdn.example", {}},
        {"nothing", RuleKind::cname, "", {}},
        {"a dot", RuleKind::cname, ".", {}},
        {"dots",
         RuleKind::cname,
         "...cdn.examplecdn.example",
         {"examplecdn-proxy/cname/cdn.examplecdn.example"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(ids(fixture_catalogue().name_rules(c.kind, c.name)) == c.expected);
    }
}

TEST_CASE("of two suffixes the longer comes first, and of one suffix the pattern")
{
    test::CatalogueFiles files;
    files
        .write("providers/acme.toml",
               std::string(test::acme) +
                   "[[product.cname]]\nsuffix = \"other.example\"\nsource = \"page\"\n"
                   "example = \"y.other.example\"\n")
        .write("providers/other.toml", test::other);
    const auto loaded = files.load();
    REQUIRE(loaded.has_value());
    CHECK(ids(loaded->name_rules(RuleKind::cname, "x.cname.other.example")) ==
          Texts{"other-host/cname/cname.other.example", "acme-front/cname/other.example"});
    CHECK(ids(loaded->name_rules(RuleKind::cname, "x.p1.other.example")) ==
          Texts{"other-host/cname/other.example", "acme-front/cname/other.example"});
    CHECK(ids(loaded->name_rules(RuleKind::cname, "x.p22.other.example")) ==
          Texts{"acme-front/cname/other.example"});
}

TEST_CASE("headers are matched by name and value without regard to case")
{
    struct Case {
        const char* why;
        const char* name;
        const char* value;
        Texts expected;
    };
    const Case cases[] = {
        {"equals", "server", "examplecdn", {"examplecdn-proxy/header/server=examplecdn"}},
        {"in any case", "Server", "EXAMPLECDN", {"examplecdn-proxy/header/server=examplecdn"}},
        {"equals is no beginning", "server", "examplecdn-nginx", {}},
        {"present, whatever it says", "x-excdn-ray", "", {"examplecdn-proxy/header/x-excdn-ray"}},
        {"contains",
         "via",
         "1.1 x, 1.1 y (examplecdn)",
         {"examplecdn-proxy/header/via*=(examplecdn)"}},
        {"does not contain", "via", "1.1 examplecdn", {}},
        {"prefix", "x-edge", "ExCDN-fra", {"examplecdn-proxy/header/x-edge^=excdn-"}},
        {"not at the beginning", "x-edge", "my-excdn-fra", {}},
        {"regex",
         "x-cache",
         "hit FROM fra.excdn",
         {"examplecdn-proxy/header/x-cache~^(HIT|MISS) from [a-z]+\\.excdn$"}},
        {"regex with its anchors", "x-cache", "HIT from fra.excdn.example", {}},
        {"the beginning of a name",
         "X-ExCDN-Debug-TTL",
         "7",
         {"examplecdn-proxy/header/x-excdn-debug-*"}},
        {"another name", "x-excdn", "1", {}},
        {"an origin's header",
         "x-explatform-id",
         "abc",
         {"exampleplatform-pages/header/x-explatform-id"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(ids(fixture_catalogue().header_rules(c.name, c.value)) == c.expected);
    }
}

TEST_CASE("cookies, certificates and ECH names are matched")
{
    const Catalogue& catalogue = fixture_catalogue();
    CHECK(ids(catalogue.cookie_rules("__excdn")) == Texts{"examplecdn-proxy/cookie/__excdn"});
    CHECK(ids(catalogue.cookie_rules("__EXCDN")) == Texts{"examplecdn-proxy/cookie/__excdn"});
    CHECK(ids(catalogue.cookie_rules("__excdn2")) == Texts{});
    CHECK(ids(catalogue.cookie_rules("__exddg9_")) == Texts{"examplecdn-proxy/cookie/__exddg*"});
    CHECK(ids(catalogue.cookie_rules("excdn_7")) ==
          Texts{"examplecdn-proxy/cookie/~^excdn_[0-9]+$"});
    CHECK(ids(catalogue.cookie_rules("excdn_x")) == Texts{});

    const Texts shared = {"examplecdn-proxy/certificate/san_suffix=shared.examplecdn.example"};
    CHECK(ids(catalogue.certificate_rules("san_suffix", "a.shared.examplecdn.example")) == shared);
    CHECK(ids(catalogue.certificate_rules("san_suffix", "*.shared.examplecdn.example")) == shared);
    CHECK(ids(catalogue.certificate_rules("san_suffix", "*.Shared.ExampleCDN.example")) == shared);
    // A wildcard one label higher covers others' names as well.
    CHECK(ids(catalogue.certificate_rules("san_suffix", "*.examplecdn.example")) == Texts{});
    CHECK(ids(catalogue.certificate_rules("san_suffix", "evilshared.examplecdn.example")) ==
          Texts{});
    CHECK(ids(catalogue.certificate_rules("subject_cn", "sni.examplecdn.example")) ==
          Texts{"examplecdn-proxy/certificate/subject_cn=sni.examplecdn.example"});
    CHECK(ids(catalogue.certificate_rules("subject_o", "example cdn, INC.")) ==
          Texts{"examplecdn-proxy/certificate/subject_o=example cdn, inc."});
    CHECK(ids(catalogue.certificate_rules("issuer_o", "Example Trust Services")) ==
          Texts{"examplecdn-proxy/certificate/issuer_o=example trust services"});
    CHECK(ids(catalogue.certificate_rules("issuer_cn", "Example Trust Services")) == Texts{});
    CHECK(ids(catalogue.certificate_rules("colour", "red")) == Texts{});

    CHECK(ids(catalogue.ech_rules("ECH.examplecdn.example")) ==
          Texts{"examplecdn-proxy/ech/ech.examplecdn.example"});
    CHECK(ids(catalogue.ech_rules("x.ech.examplecdn.example")) == Texts{});
}

TEST_CASE("an AS number names its rules, the surest first")
{
    const Catalogue& catalogue = fixture_catalogue();
    CHECK(ids(catalogue.asn_rules(64520)) == Texts{"examplescrub-transit/asn/64520"});
    CHECK(catalogue.asn_rules(64520)[0]->precision == scanner::catalogue::AsnPrecision::product);
    CHECK(catalogue.asn_rules(64510)[0]->precision == scanner::catalogue::AsnPrecision::shared);
    CHECK(catalogue.asn_rules(1).empty());
}

TEST_CASE("answers of the edge carry their state, status and text")
{
    const Catalogue& catalogue = fixture_catalogue();
    CHECK(ids(catalogue.answer_rules()) == Texts{"examplecdn-proxy/answer/edge-made",
                                                 "examplecdn-proxy/answer/origin-dns-error",
                                                 "examplecdn-proxy/answer/unknown-host"});
    const Rule& made = *catalogue.answer_rules()[0];
    const Rule& dead = *catalogue.answer_rules()[1];
    const Rule& unknown = *catalogue.answer_rules()[2];
    CHECK(dead.state == State::origin_dead);
    CHECK(dead.http_status == 530);
    CHECK(dead.key == "x-excdn-error");
    CHECK(catalogue.answer_matches(dead, "1016"));
    CHECK_FALSE(catalogue.answer_matches(dead, "1033"));
    CHECK(catalogue.answer_matches(made, "1033"));
    CHECK_FALSE(catalogue.answer_matches(made, "530"));
    CHECK(unknown.http_status == 0);
    CHECK(unknown.body == "examplecdn: no such host");
    CHECK_FALSE(catalogue.answer_matches(unknown, "examplecdn: no such host"));
    CHECK_FALSE(catalogue.answer_matches(*rule_called("examplecdn-proxy/header/server=examplecdn"),
                                         "examplecdn"));
}

TEST_CASE("texts to look for in bodies come from answers and from states")
{
    using Marker = std::pair<std::string, std::string>;
    CHECK(fixture_catalogue().body_markers() ==
          std::vector<Marker>{{"examplecdn-proxy/answer/unknown-host", "examplecdn: no such host"},
                              {"examplepark-body", "this domain is parked by examplepark"}});
}

TEST_CASE("strength is what the README says unless the rule says otherwise")
{
    struct Case {
        const char* why;
        const char* id;
        Strength strength;
    };
    const Case cases[] = {
        {"an edge range", "examplecdn-proxy/range/examplecdn", Strength::strong},
        {"a customers' range", "examplehost-cloud/range/customer", Strength::strong},
        {"a service range", "examplecdn-resolver/range/service", Strength::strong},
        {"a range out of routing", "examplecdn-proxy/range/from_routing", Strength::partial},
        {"somebody else's collection", "examplehost-cloud/range/third_party", Strength::partial},
        {"a product's own AS", "examplescrub-transit/asn/64520", Strength::partial},
        {"a company's AS", "examplecdn-proxy/asn/64500", Strength::weak},
        {"a shared AS", "examplehost-cloud/asn/64510", Strength::weak},
        {"a CNAME", "examplecdn-proxy/cname/cdn.examplecdn.example", Strength::strong},
        {"a native name", "exampleplatform-pages/native/examplepages.example", Strength::strong},
        {"a name server", "examplecdn-dns/ns/ns.examplecdn.example", Strength::strong},
        {"a PTR", "examplecdn-proxy/ptr/edge.examplecdn.example", Strength::partial},
        {"ECH", "examplecdn-proxy/ech/ech.examplecdn.example", Strength::partial},
        {"a header", "examplecdn-proxy/header/server=examplecdn", Strength::strong},
        {"a header that only a third party vouches for", "examplecdn-proxy/header/x-excdn-debug-*",
         Strength::weak},
        {"a name from no source that can be opened",
         "examplecdn-proxy/ns/legacy-ns.examplecdn.example", Strength::weak},
        {"a certificate's subject",
         "examplecdn-proxy/certificate/subject_cn=sni.examplecdn.example", Strength::strong},
        {"a certificate's issuer", "examplecdn-proxy/certificate/issuer_o=example trust services",
         Strength::weak},
        {"an answer", "examplecdn-proxy/answer/edge-made", Strength::strong},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Rule* rule = rule_called(c.id);
        REQUIRE(rule != nullptr);
        CHECK(rule->strength == c.strength);
    }
}

TEST_CASE("a rule may say its strength, but never more than weak on hearsay")
{
    struct Case {
        const char* why;
        const char* fields;
        Strength strength;
    };
    const Case cases[] = {
        {"more than usual", "strength = \"conclusive\"\nsource = \"page\"\n", Strength::conclusive},
        {"less than usual", "strength = \"partial\"\nsource = \"page\"\n", Strength::partial},
        {"an unverified source", "strength = \"strong\"\nsource = \"rumour\"\n", Strength::weak},
        {"a rule not verified", "strength = \"strong\"\nsource = \"page\"\nverified = false\n",
         Strength::weak},
        {"a rule verified", "source = \"page\"\nverified = true\n", Strength::strong},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        test::CatalogueFiles files;
        files.write("providers/acme.toml", std::string(test::acme) +
                                               "[[product.cname]]\nsuffix = \"a.acme.example\"\n"
                                               "example = \"x.a.acme.example\"\n" +
                                               c.fields);
        const auto loaded = files.load();
        REQUIRE(loaded.has_value());
        CHECK(loaded->rules().at(0)->strength == c.strength);
    }
}

TEST_CASE("a rule knows where it stands and where it is from")
{
    const Rule* range = rule_called("examplecdn-proxy/range/examplecdn");
    REQUIRE(range != nullptr);
    CHECK(range->where == "providers/examplecdn.toml:43");
    CHECK(range->prefix_count == 3);
    // The file's own day, which `data update` renews, not that of the provider's page.
    CHECK(range->source->checked == "2026-08-22");
    CHECK(range->source->text() == "https://www.examplecdn.example/ips.txt");

    const Rule* cname = rule_called("examplecdn-proxy/cname/cdn.examplecdn.example");
    REQUIRE(cname != nullptr);
    CHECK(cname->source->text() ==
          "https://github.com/somebody/cdn-list@6fbcc53 sources/list.yaml");
    CHECK(cname->example == "customer.cdn.examplecdn.example");
    CHECK(rule_called("examplecdn-proxy/ns/legacy-ns.examplecdn.example")->source->text() ==
          "general knowledge, no page on record");
}

TEST_CASE("ranges of one kind are numbered in the order of the file")
{
    test::CatalogueFiles files;
    std::string text(test::acme);
    for (const char* octet : {"2", "3", "4"})
        text += "[[product.range]]\nprefixes = [\"25." + std::string(octet) +
                ".0.0/16\"]\nkind = \"edge\"\nsource = \"page\"\nexample = \"25." + octet +
                ".0.1\"\n";
    files.write("providers/acme.toml", text);
    const auto loaded = files.load();
    REQUIRE(loaded.has_value());
    CHECK(ids(loaded->rules()) ==
          Texts{"acme-front/range/edge", "acme-front/range/edge-2", "acme-front/range/edge-3"});
    CHECK(loaded->rules()[2]->example == "25.4.0.1");
}

TEST_CASE("a product says what it is, whose it is and how to reach it")
{
    const Product* proxy = fixture_catalogue().product("examplecdn-proxy");
    REQUIRE(proxy != nullptr);
    CHECK(proxy->name == "ExampleCDN");
    CHECK(proxy->provider == fixture_catalogue().provider("examplecdn"));
    CHECK(proxy->provider->id == "examplecdn");
    CHECK(proxy->provider->name == "ExampleCDN");
    CHECK(proxy->legal_entity == "Example CDN, Inc.");
    CHECK(proxy->aliases == Texts{"Example Edge", "EXAMPLECDN-NET"});
    CHECK(proxy->has(Role::front));
    CHECK_FALSE(proxy->has(Role::host));
    CHECK_FALSE(proxy->service);
    CHECK(proxy->undetermined_with == Texts{"examplecdn-storage"});
    REQUIRE(proxy->channels.size() == 2);
    CHECK(proxy->channels[0].type == ChannelType::form);
    CHECK(proxy->channels[0].scope == ChannelScope::copyright);
    CHECK(proxy->channels[0].practice ==
          Texts{"forwards_to_operator", "forwards_to_host", "discloses_host"});
    CHECK(proxy->channels[0].verified);
    CHECK(proxy->channels[0].checked == "2026-08-18");
    CHECK(proxy->channels[0].source == "https://docs.examplecdn.example/headers");
    CHECK_FALSE(proxy->channels[1].verified);
    CHECK(proxy->channel_where.size() == 2);

    const Product* resolver = fixture_catalogue().product("examplecdn-resolver");
    REQUIRE(resolver != nullptr);
    CHECK(resolver->service);
    CHECK(resolver->roles.empty());
    CHECK(fixture_catalogue().product("exampledead-cdn")->status ==
          scanner::catalogue::ProductStatus::defunct);
    CHECK(fixture_catalogue().product("examplecdn-storage")->storage == Storage::object_storage);
    CHECK(fixture_catalogue().product("nobody") == nullptr);
}

TEST_CASE("a channel's word is taken when the provider itself gives it, unless the file says more")
{
    const Product* storage = fixture_catalogue().product("examplecdn-storage");
    REQUIRE(storage->channels.size() == 1);
    CHECK(storage->channels[0].verified);
    const Product* registrar = fixture_catalogue().registrar(999001);
    REQUIRE(registrar != nullptr);
    CHECK_FALSE(registrar->channels[0].verified);
}

TEST_CASE("a company's product is found by role")
{
    const Catalogue& catalogue = fixture_catalogue();
    CHECK(catalogue.provider("examplecdn")->best(Role::front)->id == "examplecdn-proxy");
    CHECK(catalogue.provider("examplecdn")->best(Role::dns)->id == "examplecdn-dns");
    // The one that can be reached before the one that cannot.
    CHECK(catalogue.provider("examplehost")->best(Role::host)->id == "examplehost-cloud");
    CHECK(catalogue.provider("examplecdn")->best(Role::registry) == nullptr);
    CHECK(catalogue.provider("nobody") == nullptr);
    CHECK(catalogue.provider("registrar-999001")->best(Role::registrar)->id == "registrar-999001");
    CHECK(catalogue.provider("registrar-999001")->best(Role::dns) == nullptr);
}

TEST_CASE("registrars are products, by IANA id")
{
    const Catalogue& catalogue = fixture_catalogue();
    const Product* first = catalogue.registrar(999001);
    REQUIRE(first != nullptr);
    CHECK(first->id == "registrar-999001");
    CHECK(first->name == "Example Registrar, LLC");
    CHECK(first->provider->id == "registrar-999001");
    CHECK(first->has(Role::registrar));
    CHECK(first->aliases == Texts{"ExReg"});
    REQUIRE(first->channels.size() == 2);
    CHECK(first->channels[0].address == "abuse@exampleregistrar.example");
    CHECK(catalogue.product("registrar-999001") == first);
    // One that is also a company of ours keeps that company's id.
    CHECK(catalogue.registrar(999002)->provider == catalogue.provider("examplenet"));
    CHECK(catalogue.registrar(999003)->channels.empty());
    CHECK(catalogue.registrar(4) == nullptr);
}

TEST_CASE("a mailbox that must never be written to is known in every dress")
{
    const Catalogue& catalogue = fixture_catalogue();
    struct Case {
        const char* why;
        const char* mailbox;
        bool denied;
    };
    const Case cases[] = {
        {"listed", "hostmaster@exampleregistry.example", true},
        {"in upper case", "HostMaster@ExampleRegistry.Example", true},
        {"as a link", "mailto:hostmaster@exampleregistry.example", true},
        {"with a tag", "hostmaster+case7@exampleregistry.example", true},
        {"with spaces around it", "  hostmaster@exampleregistry.example ", true},
        {"another mailbox there", "abuse@exampleregistry.example", false},
        {"any mailbox at a denied domain", "abuse@examplerir.example", true},
        {"and below it", "abuse@mail.examplerir.example", true},
        {"the same letters are not the same domain", "abuse@notexamplerir.example", false},
        {"a provider's", "abuse@examplehost.example", false},
        {"no mailbox", "REDACTED FOR PRIVACY", true},
        {"two mailboxes", "a@b.example, c@d.example", true},
        {"a header smuggled in", "a@b.example\r\nBcc: x@y.example", true},
        {"nothing", "", true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(catalogue.is_denied(c.mailbox) == c.denied);
    }
}

TEST_CASE("markers of states are read with their keys made comparable")
{
    const auto& rules = fixture_catalogue().state_rules();
    Texts seen;
    for (const scanner::catalogue::StateRule& rule : rules)
        seen.push_back(rule.id + " " + std::string(scanner::word(rule.kind)) + " " + rule.key +
                       (rule.sufficient ? " !" : ""));
    CHECK(seen == Texts{"exampleauthority-ns ns seized.exampleauthority.example !",
                        "exampleblock-sinkhole address 127.66.6.0/24 !",
                        "examplepark-address address 25.66.0.1/32",
                        "examplepark-body body this domain is parked by examplepark",
                        "examplepark-cname cname park.examplepark.example",
                        "examplepark-ns ns ns.examplepark.example",
                        "examplepark-redirect redirect sale.examplepark.example",
                        "examplepark-title title domain for sale"});
    CHECK(rules[0].state == scanner::State::seized);
    CHECK(rules[1].state == scanner::State::tampered);
    CHECK(rules[2].state == scanner::State::parked);
    CHECK(rules[2].operator_name == "examplepark");
    CHECK(rules[2].where == "states/parking.toml:19");
    CHECK(rules[2].source->checked == "2026-08-20");
}

TEST_CASE("the date is the newest reading of any source")
{
    CHECK(fixture_catalogue().date() == "2026-08-22");
}

TEST_CASE("the digest names the data and nothing else")
{
    const auto digest = [](const test::CatalogueFiles& files,
                           const std::vector<std::string>& overlays = {}) {
        const auto loaded = files.load(overlays);
        REQUIRE(loaded.has_value());
        return loaded->sha256();
    };
    test::CatalogueFiles one;
    one.write("providers/acme.toml", test::acme);
    resolvers::Sha256 by_hand;
    by_hand.update("providers/acme.toml");
    by_hand.update(std::string_view("\0", 1));
    by_hand.update(test::acme);
    CHECK(digest(one) == by_hand.hex());
    test::CatalogueFiles same;
    same.write("providers/acme.toml", test::acme).write("notes.md", "not part of it");
    CHECK(digest(one) == digest(one));
    CHECK(digest(one) == digest(same));

    test::CatalogueFiles commented;
    commented.write("providers/acme.toml", std::string(test::acme) + "# a remark\n");
    CHECK(digest(one) != digest(commented));
    test::CatalogueFiles denying;
    denying.write("providers/acme.toml", test::acme).write("deny.toml", "domains = []\n");
    CHECK(digest(one) != digest(denying));

    test::CatalogueFiles overlay;
    overlay.write("providers/other.toml", test::other);
    test::CatalogueFiles overlay_elsewhere;
    overlay_elsewhere.write("providers/other.toml", test::other);
    CHECK(digest(one, {overlay.dir()}) != digest(one));
    CHECK(digest(one, {overlay.dir()}) == digest(one, {overlay_elsewhere.dir()}));
}

TEST_CASE("a catalogue can be moved, and pointers into it stay")
{
    auto loaded = Catalogue::load(test::fixture_catalogue_dir());
    REQUIRE(loaded.has_value());
    const Product* before = loaded->product("examplecdn-proxy");
    const Catalogue moved = std::move(*loaded);
    CHECK(moved.product("examplecdn-proxy") == before);
    CHECK(moved.rules().front()->product->id == "examplecdn-dns");
}
