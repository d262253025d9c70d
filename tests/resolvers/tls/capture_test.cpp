// What TlsCapture sees of whole handshakes is tested with the prober (http/prober_curl_test.cpp).
#include "resolvers/tls/capture.h"

#include <doctest/doctest.h>

using namespace resolvers;

TEST_CASE("alerts are named as IANA registered them")
{
    struct Case {
        std::uint8_t code;
        std::string name;
    };
    const Case cases[] = {
        {0, "close_notify"},
        {40, "handshake_failure"},
        {42, "bad_certificate"},
        {70, "protocol_version"},
        {80, "internal_error"},
        {112, "unrecognized_name"},
        {116, "certificate_required"},
        {120, "no_application_protocol"},
        {121, "ech_required"},
        {1, "alert_1"},
        {255, "alert_255"},
    };
    for (const Case& c : cases)
        CHECK(resolvers::tls::alert_name(c.code) == c.name);
}

TEST_CASE("a capture that was never attached has seen nothing")
{
    const tls::TlsCapture capture;
    CHECK_FALSE(capture.handshake_done());
    CHECK_FALSE(capture.received_alert().has_value());
    CHECK(capture.reason() == "");
    CHECK(capture.chain().empty());
    CHECK((capture.facts() == TlsFacts{}));
}
