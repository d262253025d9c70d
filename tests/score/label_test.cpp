#include "scanner/score/label.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using scanner::score::Label;
using scanner::score::read_label;

TEST_CASE("a label of ours says only what it names")
{
    const auto label = read_label(
        R"({"host":"a.example","front":["Fastly","fastly-cdn"],"host_provider":null,"kind":"cdn_proxy",)"
        R"("id":"x1","more":{"z":[1]}})");
    REQUIRE(label.has_value());
    CHECK(label->host == "a.example");
    CHECK(label->id == "x1");
    CHECK(label->group == "labels");
    CHECK(label->kind == "cdn_proxy");
    REQUIRE(label->front.has_value());
    CHECK(label->front->names == std::vector<std::string>{"Fastly", "fastly-cdn"});
    CHECK_FALSE(label->front->or_nobody);
    REQUIRE(label->host_provider.has_value());
    CHECK(label->host_provider->names.empty());
    CHECK_FALSE(label->platform.has_value());
    CHECK_FALSE(label->dns.has_value());
}

TEST_CASE("nested labels count what they say is to be counted")
{
    struct Case {
        const char* why;
        const char* expected;
        bool front;
        bool host;
        bool hidden;
        bool platform;
        bool unscored;
    };
    const Case cases[] = {
        {"both counted", R"({"front":"A","front_role":"cdn_proxy","host_provider":"B"})", true,
         true, false, false, false},
        {"front alone, the host is not known",
         R"({"front":"A","front_role":"cdn_proxy","host_provider":null,"host_scored":false})", true,
         false, false, false, true},
        {"the zone's file alone knows the host",
         R"({"front":"A","front_role":"cdn_proxy","host_provider":"B","declared_origin":"b.example"})",
         true, true, true, false, false},
        {"hidden even if nobody knows who it is",
         R"({"front":"A","host_provider":null,"host_scored":false,"declared_origin":"9.9.9.9"})",
         true, true, true, false, false},
        {"a platform is labelled by its front",
         R"({"front":"A","front_role":"platform","host_provider":"A"})", true, true, false, true,
         false},
        {"a platform behind an unknown edge",
         R"({"front":null,"front_role":"platform","front_scored":false,"host_provider":"A"})",
         false, true, false, false, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto label = read_label(R"({"case":"c1","host":"h","tags":["x"],"expected":)" +
                                      std::string(c.expected) + "}");
        REQUIRE(label.has_value());
        CHECK(label->group == "rule_derived");
        CHECK(label->front.has_value() == c.front);
        REQUIRE(label->host_provider.has_value() == c.host);
        CHECK((c.host && label->host_provider->hidden) == c.hidden);
        CHECK(label->platform.has_value() == c.platform);
        CHECK(label->host_unscored == c.unscored);
    }
}

TEST_CASE("declared zones are a group of their own, and addresses are noticed")
{
    const auto label = read_label(
        R"({"case":"z","host":"h","observed":{"a":["192.0.2.1"],"ns":[]},"tags":["declared_zone"],)"
        R"("expected":{"front":"A","front_accept":["A","B",null]}})");
    REQUIRE(label.has_value());
    CHECK(label->group == "zone_declared");
    CHECK(label->has_address);
    CHECK(label->front->names == std::vector<std::string>{"A", "A", "B"});
    CHECK(label->front->or_nobody);
    const auto none = read_label(R"({"host":"h","observed":{"a":[],"cname":["c"]},"expected":{}})");
    REQUIRE(none.has_value());
    CHECK_FALSE(none->has_address);
}

TEST_CASE("labels that cannot be read say where")
{
    struct Case {
        const char* why;
        const char* line;
        const char* part;
    };
    const Case cases[] = {
        {"not JSON", "front: Cloudflare", "expected an object"},
        {"no host", R"({"front":"A"})", "a label names its \"host\""},
        {"a number for a name", R"({"host":"h","front":7})", "front: expected a string"},
        {"deep inside", R"({"host":"h","expected":{"front_scored":"yes"}})",
         "expected.front_scored"},
        {"something behind", R"({"host":"h"} x)", "byte"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const auto label = read_label(c.line);
        REQUIRE_FALSE(label.has_value());
        CHECK(label.error().detail.find(c.part) != std::string::npos);
    }
}
