#include "resolvers/rdap/values.h"

#include <doctest/doctest.h>
#include "resolvers/base/time_text.h"

using namespace resolvers;

namespace {

std::string printed(const std::vector<Prefix>& prefixes)
{
    std::string text;
    for (const Prefix& prefix : prefixes)
        text += (text.empty() ? "" : " ") + prefix.text();
    return text;
}

std::string printed(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& item : list)
        text += (text.empty() ? "" : " ") + item;
    return text;
}

}  // namespace

TEST_CASE("a range of addresses becomes the fewest prefixes that cover exactly it")
{
    struct Case {
        const char* why;
        const char* first;
        const char* last;
        const char* expected;
    };
    const Case cases[] = {
        {"one address", "192.0.2.1", "192.0.2.1", "192.0.2.1/32"},
        {"one prefix", "198.51.100.0", "198.51.103.255", "198.51.100.0/22"},
        {"several, largest possible each", "13.64.0.0", "13.107.255.255",
         "13.64.0.0/11 13.96.0.0/13 13.104.0.0/14"},
        {"ends that fit no boundary", "192.0.2.3", "192.0.2.8",
         "192.0.2.3/32 192.0.2.4/30 192.0.2.8/32"},
        {"all of IPv4", "0.0.0.0", "255.255.255.255", "0.0.0.0/0"},
        {"up to the last address", "255.255.255.254", "255.255.255.255", "255.255.255.254/31"},
        {"IPv6", "2001:db8:4000::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", "2001:db8:4000::/34"},
        {"all of IPv6", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"},
        {"backwards", "192.0.2.2", "192.0.2.1", ""},
        {"two families", "192.0.2.2", "2001:db8::", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(printed(resolvers::rdap::prefixes_between(*IpAddress::parse(c.first),
                                                        *IpAddress::parse(c.last))) == c.expected);
    }
    // The worst there is: from the second address to the last but one.
    CHECK(
        resolvers::rdap::prefixes_between(
            *IpAddress::parse("::1"), *IpAddress::parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"))
            .size() == 254);
}

TEST_CASE("dates are read in all the forms that registries send")
{
    const std::int64_t base = 1'626'268'394'000;  // 2021-07-14T13:13:14Z
    struct Case {
        const char* text;
        std::optional<std::int64_t> expected;
    };
    const Case cases[] = {
        {"2021-07-14T13:13:14Z", base},
        {"2021-07-14t13:13:14z", base},
        {"2021-07-14T13:13:14", base},
        {"2021-07-14 13:13:14", base},
        {"2021-07-14T13:13:14.5Z", base + 500},
        {"2021-07-14T13:13:14.123456789Z", base + 123},
        {"2021-07-14T13:13:14.000+0000", base},
        {"2021-07-14T08:13:14-05:00", base},
        {"2021-07-14T16:13:14+03", base},
        {"2021-07-14", base - (13 * 3600 + 13 * 60 + 14) * 1000},
        {"1969-12-31T23:59:59Z", -1000},
        {"", std::nullopt},
        {"2021-02-29T00:00:00Z", std::nullopt},
        {"2021-13-01", std::nullopt},
        {"2021-07-14T24:00:00Z", std::nullopt},
        {"2021-07-14T13:13:14.Z", std::nullopt},
        {"2021-07-14T13:13:14+", std::nullopt},
        {"2021-07-14T13:13:14Zulu", std::nullopt},
        {"14.07.2021", std::nullopt},
        {"before Aug-1996", std::nullopt},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const std::optional<Timestamp> date = resolvers::parse_loose_time(c.text);
        REQUIRE(date.has_value() == c.expected.has_value());
        if (date)
            CHECK(date->time_since_epoch().count() == *c.expected);
    }
}

TEST_CASE("addresses are read with their leading zeros, as decimal")
{
    struct Case {
        const char* text;
        const char* expected;
    };
    const Case cases[] = {
        {"074.125.000.000", "74.125.0.0"},
        {"010.0.0.08", "10.0.0.8"},
        {" 192.0.2.1 ", "192.0.2.1"},
        {"2801:10:c000:0:0:0:0:0", "2801:10:c000::"},
        {"0.0.0.0", "0.0.0.0"},
        {"300.1.1.1", ""},
        {"192.0.2", ""},
        {"", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const std::optional<IpAddress> address = resolvers::rdap::parse_rdap_address(c.text);
        CHECK((address ? address->text() : "") == c.expected);
    }
}

TEST_CASE("what stands in for something withheld is told from something")
{
    for (const char* nothing :
         {"", " ", "-", "N/A", "REDACTED", "REDACTED FOR PRIVACY", "DATA REDACTED", "NOT DISCLOSED",
          "Not Disclosed! Visit www.registry.example", "not applicable", "GDPR Masked",
          "Please query the RDDS service of the Registrar of Record identified in this output",
          "redacted@redacted.invalid", "abuse@example.com"}) {
        CAPTURE(nothing);
        CHECK(resolvers::rdap::is_placeholder(nothing));
    }
    for (const char* something : {"abuse@host.example", "https://forms.registrar.example/abuse",
                                  "+31.205550100", "Example Host, Inc.", "Nanking Hosting",
                                  "k1@withheldforprivacy.com", "Privacy First B.V."}) {
        CAPTURE(something);
        CHECK(!resolvers::rdap::is_placeholder(something));
    }
}

TEST_CASE("mail addresses are found where only they should be, and nothing else is taken for one")
{
    struct Case {
        const char* why;
        const char* text;
        const char* expected;
    };
    const Case cases[] = {
        {"plain", "abuse@host.example", "abuse@host.example"},
        {"the domain is lowered, the mailbox not", "Abuse@HOST.Example", "Abuse@host.example"},
        {"mailto", "mailto:abuse@host.example", "abuse@host.example"},
        {"two in one field", "a@host.example, b@host.example;a@host.example",
         "a@host.example b@host.example"},
        {"in a sentence", "please send reports to <abuse@host.example>.", "abuse@host.example"},
        {"a plus tag", "abuse+net@host.example", "abuse+net@host.example"},
        {"no dot in the domain", "root@localhost", ""},
        {"two signs", "a@b@host.example", ""},
        {"a link is none", "https://host.example/@user", ""},
        {"a placeholder is none", "redacted@host.example", ""},
        {"obfuscated ones are not guessed", "abuse (at) host.example", ""},
        {"not ASCII", "büro@host.example", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(printed(resolvers::rdap::mail_addresses_in(c.text)) == c.expected);
    }
}

TEST_CASE("links are found without the punctuation around them")
{
    struct Case {
        const char* why;
        const char* text;
        const char* expected;
    };
    const Case cases[] = {
        {"end of a sentence", "done via https://www.host.example/abuse.",
         "https://www.host.example/abuse"},
        {"in brackets", "(see http://host.example/a?b=c)", "http://host.example/a?b=c"},
        {"upper case", "HTTPS://Host.example/Abuse", "HTTPS://Host.example/Abuse"},
        {"several, each once", "https://a.example https://b.example https://a.example",
         "https://a.example https://b.example"},
        {"a scheme alone", "https:// and http", ""},
        {"other schemes", "ftp://host.example httpx://host.example", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(printed(resolvers::rdap::links_in(c.text)) == c.expected);
    }
}
