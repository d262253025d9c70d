#include "resolvers/dnswire/svcb.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <chrono>

#include "resolvers/base/hex.h"
#include "tests/support/vector_file.h"

using namespace resolvers;
namespace json = boost::json;

namespace {

std::vector<IpAddress> addresses_of(const json::value& list)
{
    std::vector<IpAddress> addresses;
    for (const json::value& address : list.as_array())
        addresses.push_back(IpAddress::parse(std::string(address.as_string())).value());
    return addresses;
}

ServiceBinding expected_service(const json::object& wanted)
{
    ServiceBinding service;
    service.priority = wanted.at("priority").to_number<std::uint16_t>();
    service.target = tests::text_of(wanted, "target");
    for (const json::value& id : wanted.at("alpn").as_array())
        service.alpn.emplace_back(id.as_string());
    service.no_default_alpn = wanted.at("no_default_alpn").as_bool();
    if (!wanted.at("port").is_null())
        service.port = wanted.at("port").to_number<std::uint16_t>();
    service.ipv4_hints = addresses_of(wanted.at("ipv4_hints"));
    service.ipv6_hints = addresses_of(wanted.at("ipv6_hints"));
    service.has_ech = wanted.at("has_ech").as_bool();
    for (const json::value& value : wanted.at("ech").as_array()) {
        const json::object& config = value.as_object();
        EchConfig ech;
        ech.version = 0xfe0d;
        ech.config_id = config.at("config_id").to_number<std::uint8_t>();
        ech.kem = config.at("kem").to_number<std::uint16_t>();
        for (const json::value& suite : config.at("suites").as_array())
            ech.suites.emplace_back(suite.at(0).to_number<std::uint16_t>(),
                                    suite.at(1).to_number<std::uint16_t>());
        ech.public_name = tests::text_of(config, "public_name");
        ech.public_name_valid = config.at("public_name_valid").as_bool();
        service.ech.push_back(ech);
    }
    service.ech_unknown_versions = wanted.at("ech_unknown_versions").to_number<unsigned>();
    for (const json::value& pair : wanted.at("other").as_array())
        service.other.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
    for (const json::value& flag : wanted.at("flags").as_array())
        service.flags.emplace_back(flag.as_string());
    return service;
}

// The vectors know that a list is malformed, not our words for why.
void cut_reasons(ServiceBinding& service)
{
    for (std::string& flag : service.flags)
        flag.resize(std::min(flag.find(':'), flag.size()));
}

std::vector<json::object> service_vectors()
{
    std::vector<json::object> vectors;
    const json::object file = tests::vector_file("svcb_ech.json");
    for (const json::value& value : file.at("vectors").as_array())
        if (tests::text_of(value.as_object(), "kind") == "svcb_rdata")
            vectors.push_back(value.as_object());
    return vectors;
}

}  // namespace

// Among the vectors are those where dnspython (commit fdbbf4b) decides otherwise: it refuses O04
// (RFC 9460 2.4.2: parameters of AliasMode are to be ignored, so the record stands) and O07 (7.1.1:
// not self-consistent is not malformed), and takes X02 (2.2: keys strictly increasing), X07, X13
// and X22 (2.2: a value not of its key's format; 7.1.1, 7.3 and RFC 9848: at least one item).
TEST_CASE("SVCB data is read as the vectors say")
{
    const std::vector<json::object> vectors = service_vectors();
    CHECK(vectors.size() == 43);
    for (const json::object& vector : vectors) {
        const std::string id = tests::text_of(vector, "id") + " " + tests::text_of(vector, "why");
        CAPTURE(id);
        ServiceBinding service = resolvers::dnswire::decode_service(tests::octets_of(vector));
        if (!vector.at("well_formed").as_bool()) {
            REQUIRE(service.flags.size() == 1);
            CHECK(service.flags[0].starts_with("malformed:"));
            CHECK(service.flags[0].size() > 12);
            service.flags.clear();
            CHECK(service == ServiceBinding{});
            continue;
        }
        cut_reasons(service);
        CHECK(service == expected_service(vector.at("expected").as_object()));
    }
}

TEST_CASE("every vector survives the way to text and back, malformed ones too")
{
    for (const json::object& vector : service_vectors()) {
        const std::string id = tests::text_of(vector, "id");
        CAPTURE(id);
        const std::vector<std::uint8_t> octets = tests::octets_of(vector);
        const std::string text = resolvers::dnswire::service_text(octets);
        CAPTURE(text);
        const Outcome<std::vector<std::uint8_t>> again = resolvers::dnswire::service_octets(text);
        REQUIRE(again.has_value());
        CHECK(*again == octets);
        for (const char c : text)
            CHECK((c >= 0x20 && c < 0x7F));
    }
}

TEST_CASE("a proper prefix of a vector is malformed, or ends where a parameter does")
{
    for (const json::object& vector : service_vectors()) {
        if (!vector.at("well_formed").as_bool())
            continue;
        const std::string id = tests::text_of(vector, "id");
        CAPTURE(id);
        const std::vector<std::uint8_t> octets = tests::octets_of(vector);
        unsigned readable = 0;
        for (std::size_t size = 0; size < octets.size(); ++size) {
            const ServiceBinding service =
                resolvers::dnswire::decode_service(std::span(octets).first(size));
            const bool malformed =
                !service.flags.empty() && service.flags[0].starts_with("malformed:");
            readable += malformed ? 0 : 1;
        }
        const std::size_t params = static_cast<std::size_t>(std::ranges::count(
                                       resolvers::dnswire::service_text(octets), ' ')) -
                                   1;
        CHECK(readable <= params);
    }
}

TEST_CASE("16,000 unknown keys are read in time that grows with their number")
{
    std::vector<std::uint8_t> rdata = {0, 1, 0};
    for (unsigned key = 100; rdata.size() + 4 <= 65535; ++key) {
        rdata.push_back(static_cast<std::uint8_t>(key >> 8));
        rdata.push_back(static_cast<std::uint8_t>(key));
        rdata.push_back(0);
        rdata.push_back(0);
    }
    const ServiceBinding service = resolvers::dnswire::decode_service(rdata);
    CHECK(service.flags.empty());
    CHECK(service.other.size() == 16383);
    CHECK(service.other.front().first == "key100");
}

TEST_CASE("a mandatory list as long as the record does not take quadratic time")
{
    // Half of the record lists 8,000 keys, the other half holds them.
    std::vector<std::uint8_t> rdata = {0, 1, 0, 0, 0, 8000 * 2 >> 8, 8000 * 2 & 0xFF};
    for (unsigned key = 100; key < 8100; ++key) {
        rdata.push_back(static_cast<std::uint8_t>(key >> 8));
        rdata.push_back(static_cast<std::uint8_t>(key));
    }
    for (unsigned key = 100; key < 8100; ++key)
        rdata.insert(rdata.end(),
                     {static_cast<std::uint8_t>(key >> 8), static_cast<std::uint8_t>(key), 0, 0});
    CHECK(resolvers::dnswire::decode_service(rdata).flags.empty());
}

TEST_CASE("service records are written as RFC 9460 has them")
{
    struct Case {
        const char* id;
        const char* expected;
    };
    const Case cases[] = {
        {"R01", "0 foo.example.com"},
        {"R02", "1 ."},
        {"R03", "16 foo.example.com port=53"},
        {"R04", "1 foo.example.com key667=\"hello\""},
        {"R05", "1 foo.example.com key667=\"hello\\210qoo\""},
        {"R06", "1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1"},
        {"R08", "16 foo.example.org mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1"},
        {"R09", "16 foo.example.org alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
        {"O01",
         "1 . alpn=\"h3,h2\" ipv4hint=104.16.132.229,104.16.133.229 "
         "ipv6hint=2606:4700::6810:84e5,2606:4700::6810:85e5"},
        {"O02",
         "1 . alpn=\"h3,h2\" ipv4hint=104.21.16.1,172.67.128.1 "
         "ech=AEX+DQBB8gAgACDCIaU3P6vz668J2oRRZtptSEwH+1IX8/3TOArEx0tRLAAEAAEAAQASY2xvdWRmbGFy"
         "ZS1lY2guY29tAAA= ipv6hint=2606:4700:3030::6815:1001"},
        {"O04", "0 foo.example.com port=443"},
        {"O06", "1 . alpn=\"h2\" no-default-alpn port=8443"},
        {"O08", "1 dns.example.net alpn=\"h2\" dohpath=\"/dns-query{?dns}\" ohttp"},
        {"O10", "1 . key65280=\"\\222\\173\\190\\239\""},
        {"O11", "1 . ech=AAX+DQABAQ=="},
        {"O12", "1 . mandatory=ipv6hint,key65444 ipv6hint=2001:db8::1 key65444=\"ex2\""},
        {"X16", "1 foo.example.com mandatory=key123"},
        {"X21", "\\# 1 00"},
    };
    const std::vector<json::object> vectors = service_vectors();
    for (const Case& c : cases) {
        CAPTURE(c.id);
        const auto vector = std::ranges::find_if(
            vectors, [&c](const json::object& v) { return tests::text_of(v, "id") == c.id; });
        REQUIRE(vector != vectors.end());
        CHECK(resolvers::dnswire::service_text(tests::octets_of(*vector)) == c.expected);
    }
}

TEST_CASE("presentation forms of the field are read")
{
    struct Case {
        const char* why;
        const char* text;
        const char* expected;  // as we write it
    };
    const Case cases[] = {
        {"dig 9.18", "1 . alpn=\"h3,h2\" ipv4hint=104.16.132.229",
         "1 . alpn=\"h3,h2\" ipv4hint=104.16.132.229"},
        {"kdig and others write no quotes", "1 . alpn=h3,h2", "1 . alpn=\"h3,h2\""},
        {"a target with final dot, upper case", "1 Foo.Example.COM. port=53",
         "1 foo.example.com port=53"},
        {"parameters in any order", "1 . ipv6hint=::1 alpn=h2", "1 . alpn=\"h2\" ipv6hint=::1"},
        {"mandatory in any order", "1 . mandatory=ipv4hint,alpn alpn=h2 ipv4hint=192.0.2.1",
         "1 . mandatory=alpn,ipv4hint alpn=\"h2\" ipv4hint=192.0.2.1"},
        {"RFC 9460 D.2, alpn in quotes", "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
         "16 foo.example.org alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
        {"RFC 9460 D.2, alpn without quotes", "16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
         "16 foo.example.org alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
        {"RFC 9460 D.2, an IPv4 address in an IPv6 hint",
         "1 example.com. ipv6hint=\"2001:db8:122:344::192.0.2.33\"",
         "1 example.com ipv6hint=2001:db8:122:344::c000:221"},
        {"a known key by number has wire format", "1 . key1=\\002h2", "1 . alpn=\"h2\""},
        {"a key without value", "1 . alpn=h2 no-default-alpn", "1 . alpn=\"h2\" no-default-alpn"},
        {"dig before RFC 9848", "1 . echconfig=AAX+DQABAQ==", "1 . ech=AAX+DQABAQ=="},
        {"a value with a space", "1 . key700=\"a b\"", "1 . key700=\"a b\""},
        {"dig's comment", "1 . port=53 ; ech", "1 . port=53"},
        {"over several lines", "1 . (\n port=53 )", "1 . port=53"},
        {"dig that does not know the type", "\\# 10 00010000010003026832", "1 . alpn=\"h2\""},
        {"in several words", "\\# 10 0001 000001 0003026832", "1 . alpn=\"h2\""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<std::vector<std::uint8_t>> octets =
            resolvers::dnswire::service_octets(c.text);
        REQUIRE(octets.has_value());
        CHECK(resolvers::dnswire::service_text(*octets) == c.expected);
        const Outcome<ServiceBinding> service =
            resolvers::dnswire::parse_service_presentation(c.text);
        REQUIRE(service.has_value());
        CHECK(*service == resolvers::dnswire::decode_service(*octets));
        CHECK(service->flags == (std::string_view(c.text).find("DQABAQ") == std::string::npos
                                     ? std::vector<std::string>{}
                                     : std::vector<std::string>{"ech-malformed:truncated kem_id"}));
    }
}

TEST_CASE("text that is no service record is refused")
{
    struct Case {
        const char* why;
        const char* text;
    };
    const Case cases[] = {
        {"nothing", ""},
        {"no target", "1"},
        {"priority too large", "65536 ."},
        {"priority not a number", "one ."},
        {"a broken target", "1 a..b"},
        {"an unknown name", "1 . alpm=h2"},
        {"key with a leading zero (RFC 9460 2.1)", "1 . key01=a"},
        {"key too large", "1 . key65536=a"},
        {"a key twice (RFC 9460 D.3)", "1 foo.example.com. key123=abc key123=def"},
        {"the same key by name and number", "1 . port=53 key3=\\000\\053"},
        {"port too large", "1 . port=65536"},
        {"port empty", "1 . port="},
        {"IPv6 in ipv4hint", "1 . ipv4hint=::1"},
        {"IPv4 in ipv6hint", "1 . ipv6hint=192.0.2.1"},
        {"ech not base64", "1 . ech=****"},
        {"an open quote", "1 . alpn=\"h2"},
        {"a token of nothing", "1 . \"\" port=53"},
        {"a broken escape", "1 . key700=\\25"},
        {"fewer octets than said", "\\# 4 0001"},
        {"no length", "\\#"},
        {"an alpn id over 255 octets",
         "1 . alpn="
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<ServiceBinding> service =
            resolvers::dnswire::parse_service_presentation(c.text);
        REQUIRE_FALSE(service.has_value());
        CHECK(service.error().code == "malformed");
        CHECK_FALSE(service.error().detail.empty());
    }
}

TEST_CASE("text of a record that breaks its own rules is read and flagged as one")
{
    struct Case {
        const char* why;
        const char* text;
    };
    const Case cases[] = {
        {"RFC 9460 D.3: mandatory key is absent", "1 foo.example.com. mandatory=key123"},
        {"RFC 9460 D.3: mandatory lists itself", "1 foo.example.com. mandatory=mandatory"},
        {"RFC 9460 D.3: mandatory lists a key twice",
         "1 foo.example.com. mandatory=key123,key123 key123=abc"},
        {"RFC 9460 D.3: no-default-alpn has a value",
         "1 foo.example.com. alpn=h2 no-default-alpn=abc"},
        {"RFC 9460 D.3: alpn is empty", "1 foo.example.com. alpn"},
        {"an id of no octets", "1 . alpn=\"h2,,h3\""},
        {"no hints", "1 . ipv4hint"},
        {"no list", "1 . ech"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Outcome<ServiceBinding> service =
            resolvers::dnswire::parse_service_presentation(c.text);
        REQUIRE(service.has_value());
        REQUIRE(service->flags.size() == 1);
        CHECK(service->flags[0].starts_with("malformed:"));
    }
}
