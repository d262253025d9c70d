#include "resolvers/rdap/answers.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "resolvers/base/time_text.h"

using namespace resolvers;

namespace {

std::string text_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    REQUIRE_MESSAGE(in.good(), path.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string fixture(const std::string& name)
{
    return text_of(std::filesystem::path(SERVEDBY_SOURCE_DIR) / "tests/fixtures/rdap" / name);
}

std::string printed(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& item : list)
        text += (text.empty() ? "" : ", ") + item;
    return text;
}

Timestamp date(const char* text)
{
    return *resolvers::parse_loose_time(text);
}

// An object with these entities, for the cases that one line shows best.
std::string network_with(const std::string& entities)
{
    return R"({"objectClassName":"ip network","startAddress":"192.0.2.0","endAddress":"192.0.2.255",)"
           R"("entities":[)" +
           entities + "]}";
}

std::string abuse_entity(const std::string& handle, const std::string& roles,
                         const std::string& properties)
{
    return R"({"handle":")" + handle + R"(","roles":)" + roles + R"(,"vcardArray":["vcard",[)" +
           properties + "]]}";
}

}  // namespace

TEST_CASE("each registry's shape of a network gives holder and abuse desk")
{
    struct Case {
        const char* why;
        const char* file;
        const char* holder;
        const char* holder_handle;
        const char* emails;
        bool named;
    };
    const Case cases[] = {
        {"ARIN repeats the desk at two depths; the desk for abuse alone comes first",
         "arin_network.json", "Example Host, Inc.", "EXHOST",
         "abuse@host.example, arin-contact@host.example", true},
        {"RIPE: type abuse before the role's own mail; a maintainer is no holder",
         "ripe_network.json", "Example Net B.V.", "ORG-EX1-RIPE",
         "abuse@example-net.example, noc@example-net.example", true},
        {"APNIC: pref decides, not the order", "apnic_network.json", "Example AP Pty Ltd",
         "ORG-EX1-AP", "abuse@ap.example, helpdesk@ap.example", true},
        {"LACNIC: the desk is a person", "lacnic_network.json", "Universidad de Ejemplo",
         "CO-UEEJ-LACNIC", "", true},
        {"AFRINIC: no roles, no desk, and the name is only the handle again",
         "afrinic_network.json", "", "ORG-EX1-AFRINIC", "", false},
        {"registro.br: a desk without an address", "registro_br_network.json",
         "Provedor Exemplo LTDA", "12345678000195", "", true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<RegisteredNetwork> network =
            resolvers::rdap::parse_rdap_network(fixture(c.file));
        REQUIRE(network.has_value());
        CHECK(network->holder == c.holder);
        CHECK(network->holder_handle == c.holder_handle);
        CHECK(!network->holder_is_person);
        CHECK(printed(network->abuse.emails) == c.emails);
        CHECK(network->abuse.named == c.named);
        CHECK(!network->abuse.redacted);
        CHECK(network->abuse.personal == (std::string(c.file) == "lacnic_network.json"));
    }
}

TEST_CASE("a network's own facts are read")
{
    const Outcome<RegisteredNetwork> network =
        resolvers::rdap::parse_rdap_network(fixture("arin_network.json"));
    REQUIRE(network.has_value());
    CHECK(network->handle == "NET-198-51-100-0-1");
    CHECK(network->name == "EXAMPLE-HOST");
    CHECK(network->type == "DIRECT ALLOCATION");
    CHECK(network->parent_handle == "NET-198-0-0-0-0");
    CHECK(network->country == "");
    CHECK(network->first.text() == "198.51.100.0");
    CHECK(network->last.text() == "198.51.103.255");
    CHECK(network->registered == date("2015-03-26T17:58:18Z"));
    CHECK(network->changed == date("2021-12-15T01:28:53Z"));
    CHECK(resolvers::rdap::parse_rdap_network(fixture("lacnic_network.json"))->country == "CO");
}

TEST_CASE("of remarks only those that speak of reports count, and only what they point to")
{
    const Outcome<RegisteredNetwork> arin =
        resolvers::rdap::parse_rdap_network(fixture("arin_network.json"));
    REQUIRE(arin.has_value());
    CHECK(printed(arin->remark_urls) == "https://www.host.example/abuse");
    for (const char* file : {"apnic_network.json", "afrinic_network.json"}) {
        CAPTURE(file);
        const Outcome<RegisteredNetwork> network =
            resolvers::rdap::parse_rdap_network(fixture(file));
        REQUIRE(network.has_value());
        CHECK(network->remark_urls.empty());
    }
}

TEST_CASE("a registry's answer gives registrar, its desk, dates and where to ask further")
{
    const Outcome<rdap::RdapDomain> domain =
        resolvers::rdap::parse_rdap_domain(fixture("verisign_domain.json"));
    REQUIRE(domain.has_value());
    CHECK(domain->name == "example-site.com");
    CHECK(domain->registrar == "Example Registrar B.V. d/b/a Example");
    CHECK(domain->registrar_id == "9001");
    CHECK(printed(domain->registrar_abuse.emails) == "abuse@registrar.example");
    CHECK(domain->statuses == std::vector<std::string>{"client transfer prohibited"});
    CHECK(domain->registered == date("2021-03-16T17:07:37Z"));
    CHECK(domain->changed == date("2026-03-01T00:00:00Z"));
    CHECK(domain->expires == date("2027-03-16T17:07:37Z"));
    CHECK(domain->related == "https://rdap.registrar.example/v1/domain/EXAMPLE-SITE.COM");
}

TEST_CASE("a registry may leave the desk to the registrar, and write statuses as in EPP")
{
    const Outcome<rdap::RdapDomain> registry =
        resolvers::rdap::parse_rdap_domain(fixture("registry_without_desk.json"));
    REQUIRE(registry.has_value());
    CHECK(!registry->registrar_abuse.named);
    CHECK(registry->registrar_id == "9001");
    CHECK(printed(registry->statuses) == "client hold, server transfer prohibited");
    CHECK(registry->related == "https://rdap.registrar.example/domain/example-site.net");
    CHECK(registry->registered == date("2020-07-01T14:05:58Z"));

    const Outcome<rdap::RdapDomain> registrar =
        resolvers::rdap::parse_rdap_domain(fixture("registrar_domain.json"));
    REQUIRE(registrar.has_value());
    CHECK(registrar->registrar == "EXAMPLE REGISTRAR");
    CHECK(registrar->registrar_id == "");
    CHECK(registrar->registrar_url == "https://www.registrar.example");
    CHECK(printed(registrar->registrar_abuse.emails) == "abuse@registrar.example");
    CHECK(registrar->changed == date("2026-01-02T03:04:05.678Z"));
}

TEST_CASE("what is withheld is known to be withheld, and forms in place of addresses are kept")
{
    const Outcome<rdap::RdapDomain> domain =
        resolvers::rdap::parse_rdap_domain(fixture("redacted_domain.json"));
    REQUIRE(domain.has_value());
    CHECK(domain->registrar == "Form Registrar Ltd");
    const AbuseDesk& abuse = domain->registrar_abuse;
    CHECK(abuse.named);
    CHECK(abuse.redacted);
    CHECK(abuse.emails.empty());
    CHECK(printed(abuse.urls) ==
          "https://forms.registrar.example/abuse, https://forms.registrar.example/contact");
    REQUIRE(domain->redacted.size() == 3);
    CHECK(domain->redacted[0] == "Registrant Email");
    CHECK(domain->redacted[1] == "Registrant Name");
}

TEST_CASE("names and mailboxes of people are never kept, and that is told")
{
    const std::string person =
        R"(["kind",{},"text","individual"],["fn",{},"text","Jane Roe"],)"
        R"(["org",{},"text","Jane Roe"],["tel",{},"text","+1 555 555 0101"])";
    const Outcome<RegisteredNetwork> network = resolvers::rdap::parse_rdap_network(
        network_with(abuse_entity("JR1", R"(["registrant","abuse"])",
                                  person + R"(,["email",{},"text","jane@roe.example"])")));
    REQUIRE(network.has_value());
    CHECK(network->holder == "");
    CHECK(network->holder_is_person);
    CHECK(network->holder_handle == "JR1");
    CHECK(network->abuse.emails.empty());
    CHECK(network->abuse.personal);
}

TEST_CASE("a person's mailbox is kept where it is named for the task, and a role's always")
{
    struct Case {
        const char* why;
        const char* kind;
        const char* address;
        const char* expected;
        bool personal;
    };
    const Case cases[] = {
        {"a person's own", "individual", "jane@host.example", "", true},
        {"a person's, for the task", "individual", "abuse-desk@host.example",
         "abuse-desk@host.example", false},
        {"a role's", "group", "noc@host.example", "noc@host.example", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<RegisteredNetwork> network = resolvers::rdap::parse_rdap_network(
            network_with(abuse_entity("A", R"(["abuse"])",
                                      std::string(R"(["kind",{},"text",")") + c.kind +
                                          R"("],["tel",{},"text","+49.30123"],)" +
                                          R"(["email",{},"text",")" + c.address + "\"]")));
        REQUIRE(network.has_value());
        CHECK(printed(network->abuse.emails) == c.expected);
        CHECK(network->abuse.personal == c.personal);
        CHECK(!network->abuse.redacted);
    }
}

TEST_CASE("the best address of a desk comes first")
{
    struct Case {
        const char* why;
        std::string entities;
        const char* expected;
    };
    const auto mail = [](const char* address, const char* parameters) {
        return std::string(R"(["email",)") + parameters + R"(,"text",")" + address + "\"]";
    };
    const Case cases[] = {
        {"pref as text or number, 1 before 2 before none",
         abuse_entity("A", R"(["abuse"])",
                      mail("none@a.example", "{}") + "," +
                          mail("two@a.example", R"({"pref":"2"})") + "," +
                          mail("one@a.example", R"({"pref":1})")),
         "one@a.example, two@a.example, none@a.example"},
        {"a pref out of range is none",
         abuse_entity("A", R"(["abuse"])",
                      mail("zero@a.example", R"({"pref":"0"})") + "," +
                          mail("one@a.example", R"({"pref":"1"})")),
         "one@a.example, zero@a.example"},
        {"roles in capitals", abuse_entity("A", R"(["Abuse"])", mail("abuse@a.example", "{}")),
         "abuse@a.example"},
        {"the same box in two spellings",
         abuse_entity("A", R"(["abuse"])",
                      mail("Abuse@a.example", "{}") + "," + mail("abuse@A.EXAMPLE", "{}")),
         "Abuse@a.example"},
        {"an abuse desk before one that does abuse among other things",
         abuse_entity("A", R"(["noc","abuse"])", mail("noc@a.example", R"({"pref":"1"})")) + "," +
             abuse_entity("B", R"(["abuse"])", mail("abuse@a.example", "{}")),
         "abuse@a.example, noc@a.example"},
        {"another role's address is not the desk's",
         abuse_entity("A", R"(["technical"])", mail("tech@a.example", "{}")), ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<RegisteredNetwork> network =
            resolvers::rdap::parse_rdap_network(network_with(c.entities));
        REQUIRE(network.has_value());
        CHECK(printed(network->abuse.emails) == c.expected);
    }
}

TEST_CASE("a registrant's abuse desk is not the registrar's")
{
    const Outcome<rdap::RdapDomain> domain = resolvers::rdap::parse_rdap_domain(
        R"({"objectClassName":"domain","ldhName":"a.example","entities":[{"roles":["registrant"],)"
        R"("entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","a@b.example"]]]}]}]})");
    REQUIRE(domain.has_value());
    CHECK(!domain->registrar_abuse.named);
    CHECK(domain->registrar_abuse.emails.empty());
}

TEST_CASE("what is not the object asked for is a failure, never an empty object")
{
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "[";
    struct Case {
        const char* why;
        std::string text;
        const char* code;
    };
    const Case cases[] = {
        {"nothing", "", "not_json"},
        {"HTML with status 200", "<!DOCTYPE html><html><body>Too many requests</body></html>",
         "not_json"},
        {"cut off", fixture("arin_network.json").substr(0, 900), "not_json"},
        {"nested without end", deep, "not_json"},
        {"bytes that are no UTF-8", "{\"objectClassName\":\"ip network\",\"name\":\"\xFF\"}",
         "not_json"},
        {"an array", "[]", "not_rdap"},
        {"some other JSON", R"({"message":"hello"})", "not_rdap"},
        {"another class", fixture("verisign_domain.json"), "not_rdap"},
        {"an error object", fixture("error.json"), "rdap_error"},
        {"no addresses", R"({"objectClassName":"ip network"})", "malformed"},
        {"addresses backwards",
         R"({"objectClassName":"ip network","startAddress":"192.0.2.9","endAddress":"192.0.2.1"})",
         "malformed"},
        {"too long", std::string(rdap::rdap_size_limit + 1, ' '), "too_large"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<RegisteredNetwork> network = resolvers::rdap::parse_rdap_network(c.text);
        REQUIRE(!network.has_value());
        CHECK(network.error().code == c.code);
    }
    CHECK(resolvers::rdap::parse_rdap_network(fixture("error.json")).error().detail ==
          "404 Not Found");
    CHECK(resolvers::rdap::parse_rdap_domain(R"({"objectClassName":"domain"})").error().code ==
          "malformed");
}

TEST_CASE("members of unexpected types are passed over")
{
    const Outcome<RegisteredNetwork> network = resolvers::rdap::parse_rdap_network(
        R"({"objectClassName":"IP network","startAddress":"192.0.2.0","endAddress":"192.0.2.255",)"
        R"("handle":7,"name":null,"country":"Netherlands","status":"active","events":[1,{"eventAction":3}],)"
        R"("entities":[null,{"roles":"abuse","vcardArray":["vcard",[[],["email"],["email",0,"text",)"
        R"(["a@b.example",5]],["tel",{"type":["fax"]},"text","+31 20 555 0102"]]]},{"vcardArray":{}}],)"
        R"("remarks":{"description":"abuse"},"redacted":[[],{"name":4}],"links":false})");
    REQUIRE(network.has_value());
    CHECK(network->handle == "");
    CHECK(network->country == "");
    CHECK(printed(network->abuse.emails) == "a@b.example");
    CHECK(network->remark_urls.empty());
}

TEST_CASE("long lists are cut, not kept")
{
    std::string entities;
    for (int i = 0; i < 1000; ++i)
        entities += (i ? "," : "") + abuse_entity("A", R"(["abuse"])",
                                                  R"(["email",{},"text","abuse)" +
                                                      std::to_string(i) + "@a.example\"]");
    const Outcome<RegisteredNetwork> network =
        resolvers::rdap::parse_rdap_network(network_with(entities));
    REQUIRE(network.has_value());
    CHECK(network->abuse.emails.size() == 64);
}

// Real answers, where they are at hand: what they must not do is fail, or name people.
TEST_CASE("recorded answers of many registries are all read")
{
    const char* set = std::getenv("SERVEDBY_SHARED");
    const std::filesystem::path shared =
        set ? std::filesystem::path(set) : std::filesystem::path(SERVEDBY_SOURCE_DIR) / "../shared";
    const std::filesystem::path cases = shared / "cases/rdap";
    if (!std::filesystem::is_directory(cases)) {
        MESSAGE("skipped: no ", cases.string());
        return;
    }
    unsigned domains = 0;
    unsigned with_registrar = 0;
    unsigned with_desk = 0;
    unsigned networks = 0;
    unsigned with_holder = 0;
    unsigned with_mail = 0;
    for (const std::filesystem::directory_entry& entry :
         std::filesystem::directory_iterator(cases)) {
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        if (name.starts_with("domain__")) {
            const Outcome<rdap::RdapDomain> domain =
                resolvers::rdap::parse_rdap_domain(text_of(entry.path()));
            REQUIRE(domain.has_value());
            ++domains;
            with_registrar += !domain->registrar.empty();
            with_desk += !domain->registrar_abuse.emails.empty();
        } else if (name.starts_with("ip_network__")) {
            const Outcome<RegisteredNetwork> network =
                resolvers::rdap::parse_rdap_network(text_of(entry.path()));
            REQUIRE(network.has_value());
            ++networks;
            with_holder += !network->holder.empty();
            with_mail += !network->abuse.emails.empty() || network->abuse.personal;
        }
    }
    MESSAGE(domains, " domains: ", with_registrar, " with a registrar, ", with_desk,
            " with its abuse mail; ", networks, " networks: ", with_holder, " with a holder, ",
            with_mail, " with abuse mail, kept or a person's");
    CHECK(with_registrar * 10 >= domains * 8);
    CHECK(with_mail * 10 >= networks * 5);
}
