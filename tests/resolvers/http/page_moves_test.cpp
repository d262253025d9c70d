#include "resolvers/http/page_moves.h"

#include <doctest/doctest.h>

#include "resolvers/http/page_text.h"

using namespace resolvers;

namespace {

HttpFacts answer(unsigned status, std::vector<std::pair<std::string, std::string>> headers,
                 std::string meta_refresh = "")
{
    HttpFacts facts;
    facts.url = "https://site.example/a/b?c";
    facts.status = status;
    facts.headers = std::move(headers);
    facts.meta_refresh = std::move(meta_refresh);
    return facts;
}

// "stays", the code of a failure, or where it leads.
std::string way_of(const HttpFacts& facts)
{
    const Outcome<Url> page = parse_url(facts.url);
    const auto move = resolvers::http::move_from(*page, facts);
    if (!move)
        return "stays";
    return move->has_value() ? (*move)->text() : move->error().code;
}

}  // namespace

TEST_CASE("a Location leads where browsers go")
{
    struct Case {
        std::string why;
        std::string location;
        std::string expected;
    };
    const Case cases[] = {
        {"absolute", "http://other.org/x", "http://other.org/x"},
        {"a path", "/login", "https://site.example/login"},
        {"relative", "d", "https://site.example/a/d"},
        {"only a query", "?p=2", "https://site.example/a/b?p=2"},
        {"a fragment: the page itself", "#top", "https://site.example/a/b?c"},
        {"empty: the page itself", "", "https://site.example/a/b?c"},
        {"scheme-relative", "//other.org/", "https://other.org/"},
        {"backslashes", "http:\\\\other.org\\x", "http://other.org/x"},
        {"backslashes without a scheme", "\\\\other.org", "https://other.org/"},
        {"one slash under another scheme", "http:/other.org", "http://other.org/"},
        {"one slash under the page's scheme is a path", "https:/other.org",
         "https://site.example/other.org"},
        {"no slash under another scheme", "http:other.org/", "http://other.org/"},
        {"no slash under the page's scheme is relative", "https:d", "https://site.example/a/d"},
        {"three slashes", "///other.org", "https://other.org/"},
        {"four", "https:////other.org/", "https://other.org/"},
        {"an encoded host", "http://oth%65r.org/", "http://other.org/"},
        {"a backslash ends the host", "http://site.example\\@127.0.0.1/",
         "http://site.example/@127.0.0.1/"},
        {"user information that looks like a host", "http://site.example@other.org/",
         "http://other.org/"},
        {"a short address", "http://127.1/", "http://127.0.0.1/"},
        {"a number", "http://2130706433/", "http://127.0.0.1/"},
        {"octal", "http://0177.0.0.1/", "http://127.0.0.1/"},
        {"blanks around and inside", " \t\x01ht\ttp://oth\ner.org/ \x1f", "http://other.org/"},
        {"IDN",
         "http://b\xc3\xbc"
         "cher.site.example/",
         "http://xn--bcher-kva.site.example/"},
        {"fullwidth letters", "http://\xef\xbd\x8fther.org/", "http://other.org/"},
        {"the final dot names the same host", "https://site.example./x", "https://site.example/x"},
        {"two final dots are no name, and stay", "http://77../", "http://77../"},
        {"capitals", "HTTP://OTHER.org/", "http://other.org/"},
        {"another scheme", "intent://site.example/#Intent;end", "other_scheme"},
        {"javascript", "JavaScript:alert(1)", "other_scheme"},
        {"no host", "https://", "bad_host"},
        {"a host that cannot be", "http://a b/", "bad_host"},
        {"an impossible port", "http://site.example:99999/", "bad_port"},
        {"too long", "/" + std::string(longest_url, 'a'), "too_long"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(way_of(answer(302, {{"location", c.location}})) == c.expected);
    }
}

TEST_CASE("which answers send their visitors on")
{
    struct Case {
        std::string why;
        HttpFacts facts;
        std::string expected;
    };
    const Case cases[] = {
        {"a page", answer(200, {}), "stays"},
        {"a Location of a page is none", answer(200, {{"location", "/x"}}), "stays"},
        {"nor one of 201", answer(201, {{"location", "/x"}}), "stays"},
        {"nor one of 304", answer(304, {{"location", "/x"}}), "stays"},
        {"permanently", answer(308, {{"location", "/x"}}), "https://site.example/x"},
        {"a redirect without a Location", answer(302, {}), "stays"},
        {"the same Location twice", answer(302, {{"location", "/x"}, {"location", "/x"}}),
         "https://site.example/x"},
        {"two that differ", answer(302, {{"location", "/x"}, {"location", "/y"}}), "several"},
        {"a Refresh header", answer(200, {{"refresh", "0; url=//other.org/"}}),
         "https://other.org/"},
        {"on an error page too", answer(503, {{"refresh", "1;/x"}}), "https://site.example/x"},
        {"a Location goes first", answer(302, {{"refresh", "0; url=/r"}, {"location", "/l"}}),
         "https://site.example/l"},
        {"a meta refresh", answer(200, {}, "0;URL='http://other.org/'"), "http://other.org/"},
        {"the header goes first", answer(200, {{"refresh", "0; url=/h"}}, "0; url=/m"),
         "https://site.example/h"},
        {"a reload of the page by its URL", answer(200, {}, "5; url=https://site.example/a/b?c"),
         "stays"},
        {"a reload by an empty query", answer(200, {}, "0; url=#x"), "stays"},
        {"a scheme of programs", answer(200, {}, "0; url=intent://x"), "other_scheme"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(way_of(c.facts) == c.expected);
    }
}

TEST_CASE("a refresh is read as the HTML Standard says, and counts when it does not wait")
{
    struct Case {
        std::string value;
        std::optional<std::string> expected;
    };
    const Case cases[] = {
        {"0; url=/x", "/x"},
        {"0;url=/x", "/x"},
        {"0,/x", "/x"},
        {"0 /x", "/x"},
        {" 0 ; URL = \"/x\" y", "/x"},
        {"0; url='/x", "/x"},
        {"0; URL=http://other.org/?a=1;b", "http://other.org/?a=1;b"},
        {"0; urlx", "urlx"},
        {"0; url", "url"},
        {"0.5; url=/x", "/x"},
        {".; url=/x", "/x"},
        {"5; url=/x", "/x"},
        {"6; url=/x", std::nullopt},
        {"99999999999; url=/x", std::nullopt},
        {"0", std::nullopt},
        {"0;", std::nullopt},
        {"0; url=", std::nullopt},
        {"0; url=''", std::nullopt},
        {"0x; url=/x", std::nullopt},
        {"-1; url=/x", std::nullopt},
        {"url=/x", std::nullopt},
        {"", std::nullopt},
    };
    for (const Case& c : cases) {
        CAPTURE(c.value);
        CHECK(resolvers::http::refresh_reference(c.value) == c.expected);
    }
}

TEST_CASE("a meta refresh is found where browsers obey it")
{
    struct Case {
        std::string why;
        std::string html;
        std::string expected;
    };
    const Case cases[] = {
        {"plain", "<meta http-equiv=\"refresh\" content=\"0; url=/x\">", "0; url=/x"},
        {"in any order and case", "<META CONTENT='1;URL=/x' HTTP-EQUIV='Refresh' />", "1;URL=/x"},
        {"without quotes", "<meta http-equiv=refresh content=0;url=/x>", "0;url=/x"},
        {"character references", "<meta http-equiv=refresh content=\"0;url=/x?a&amp;b\">",
         "0;url=/x?a&b"},
        {"in the body", "<title>x</title><body><p><meta http-equiv=refresh content='0;/x'>",
         "0;/x"},
        {"another meta before it", "<meta charset=utf-8><meta http-equiv=refresh content='0;/x'>",
         "0;/x"},
        {"a greater-than sign in a value",
         "<meta data-x='>' http-equiv=refresh content='0;url=/x'>", "0;url=/x"},
        {"in a comment", "<!-- <meta http-equiv=refresh content='0;/x'> -->", ""},
        {"in a script", "<script>'<meta http-equiv=refresh content=\"0;/x\">'</script>", ""},
        {"for those without scripts",
         "<noscript><meta http-equiv=refresh content='0;/x'></noscript>", ""},
        {"in a title", "<title><meta http-equiv=refresh content='0;/x'></title>", ""},
        {"another header", "<meta http-equiv=content-language content='0;/x'>", ""},
        {"without content", "<meta http-equiv=refresh>", ""},
        {"another element", "<metadata http-equiv=refresh content='0;/x'>", ""},
        {"cut in the middle", "<meta http-equiv=refresh content='0;url=/x", "0;url=/x"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::http::page_refresh(c.html) == c.expected);
    }
    const std::string letters(5000, 'a');
    CHECK(resolvers::http::page_refresh("<meta http-equiv=refresh content='0;url=" + letters + "'>")
              .size() == 2048);
}

TEST_CASE("what browsers show of an answer")
{
    struct Case {
        std::string why;
        unsigned status;
        std::string location;
        std::uint64_t body;
        bool expected;
    };
    const Case cases[] = {
        {"a page", 200, "", 10, true},
        {"an empty one", 200, "", 0, true},
        {"an error", 404, "", 0, true},
        {"a redirect", 302, "/x", 10, false},
        {"a redirect without a Location shows its content", 302, "", 10, true},
        {"and nothing if it has none", 302, "", 0, false},
        {"not modified", 304, "", 0, false},
        {"choices to be made", 300, "", 10, true},
        {"no final answer", 0, "", 0, false},
        {"an interim answer", 103, "", 0, false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        HttpFacts facts = answer(c.status, {});
        if (!c.location.empty())
            facts.headers.emplace_back("location", c.location);
        facts.body_length = c.body;
        CHECK(resolvers::http::shows_content(facts) == c.expected);
    }
}

TEST_CASE("no browser connects to the ports of other protocols")
{
    for (const int port : {0, 1, 22, 25, 110, 6000, 6667, 10080}) {
        CAPTURE(port);
        CHECK(resolvers::http::is_bad_port(static_cast<std::uint16_t>(port)));
    }
    for (const int port : {80, 443, 8080, 8443, 2082, 65535}) {
        CAPTURE(port);
        CHECK_FALSE(resolvers::http::is_bad_port(static_cast<std::uint16_t>(port)));
    }
}
