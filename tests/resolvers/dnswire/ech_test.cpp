#include "resolvers/dnswire/ech.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/vector_file.h"

using namespace resolvers;
namespace json = boost::json;

namespace {

EchConfig expected_config(const json::object& wanted)
{
    EchConfig config;
    config.version = 0xfe0d;
    config.config_id = wanted.at("config_id").to_number<std::uint8_t>();
    config.kem = wanted.at("kem").to_number<std::uint16_t>();
    for (const json::value& suite : wanted.at("suites").as_array())
        config.suites.emplace_back(suite.at(0).to_number<std::uint16_t>(),
                                   suite.at(1).to_number<std::uint16_t>());
    config.public_name = tests::text_of(wanted, "public_name");
    config.public_name_valid = wanted.at("public_name_valid").as_bool();
    return config;
}

}  // namespace

TEST_CASE("an ECHConfigList is read as the vectors say")
{
    const json::object file = tests::vector_file("svcb_ech.json");
    unsigned seen = 0;
    for (const json::value& value : file.at("vectors").as_array()) {
        const json::object& vector = value.as_object();
        if (tests::text_of(vector, "kind") != "ech_config_list")
            continue;
        ++seen;
        const std::string id = tests::text_of(vector, "id") + " " + tests::text_of(vector, "why");
        CAPTURE(id);
        const Outcome<dnswire::EchConfigList> list =
            resolvers::dnswire::decode_ech_config_list(tests::octets_of(vector));
        if (!vector.at("well_formed").as_bool()) {
            REQUIRE_FALSE(list.has_value());
            CHECK(list.error().code == "malformed");
            CHECK_FALSE(list.error().detail.empty());
            continue;
        }
        REQUIRE(list.has_value());
        const json::object& wanted = vector.at("expected").as_object();
        std::vector<EchConfig> configs;
        for (const json::value& config : wanted.at("ech").as_array())
            configs.push_back(expected_config(config.as_object()));
        CHECK(list->configs == configs);
        CHECK(list->unknown_versions == wanted.at("ech_unknown_versions").to_number<unsigned>());
    }
    CHECK(seen == 33);
}

TEST_CASE("no proper prefix of an ECHConfigList is one")
{
    const json::object file = tests::vector_file("svcb_ech.json");
    for (const json::value& value : file.at("vectors").as_array()) {
        const json::object& vector = value.as_object();
        if (tests::text_of(vector, "kind") != "ech_config_list")
            continue;
        const std::string id = tests::text_of(vector, "id");
        CAPTURE(id);
        const std::vector<std::uint8_t> octets = tests::octets_of(vector);
        for (std::size_t size = 0; size < octets.size(); ++size)
            if (vector.at("well_formed").as_bool())
                CHECK_FALSE(
                    resolvers::dnswire::decode_ech_config_list(std::span(octets).first(size))
                        .has_value());
    }
}

TEST_CASE("a public name that no client may take is told from one that it may")
{
    struct Case {
        const char* why;
        std::string name;
        bool valid;
    };
    const Case cases[] = {
        {"a host name", "cloudflare-ech.com", true},
        {"upper case is a letter too", "Example.COM", true},
        {"one label", "localhost", true},
        {"digits in the last label, with a letter", "example.c0m", true},
        {"empty", "", false},
        {"final dot", "example.com.", false},
        {"leading dot", ".example.com", false},
        {"empty label", "example..com", false},
        {"underscore", "_ech.example", false},
        {"leading hyphen", "-a.example", false},
        {"final hyphen", "a-.example", false},
        {"space", "exam ple.com", false},
        {"an IPv4 address", "192.0.2.1", false},
        {"a hexadecimal last label reads as an IPv4 address", "1.0x7f", false},
        {"so does a bare 0x", "a.0x", false},
        {"hexadecimal, upper case", "a.0X1F", false},
        {"0x and then more than digits is a name", "a.0xyz", true},
        {"an octal last label", "example.077", false},
        {"label of 63", std::string(63, 'a') + ".example", true},
        {"label of 64", std::string(64, 'a') + ".example", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::dnswire::is_ech_public_name(c.name) == c.valid);
    }
}
