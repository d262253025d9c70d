#include "resolvers/http/response.h"

#include <doctest/doctest.h>

#include "resolvers/base/digest.h"

using namespace resolvers;

namespace {

http::ResponseReader answered(const std::string& content_type, std::size_t body_cap = 1000)
{
    http::ResponseReader reader(http::HeaderLimits{}, body_cap);
    reader.add_line("HTTP/1.1 200 OK");
    if (!content_type.empty())
        reader.add_line("Content-Type: " + content_type);
    reader.add_line("");
    return reader;
}

}  // namespace

TEST_CASE("content is kept up to the cap, and the cap is told from the end")
{
    http::ResponseReader exact = answered("", 10);
    CHECK(exact.add_content("12345"));
    CHECK(exact.add_content("67890"));
    const HttpFacts whole = exact.take_facts("http://a/", nullptr);
    CHECK(whole.body_length == 10);
    CHECK_FALSE(whole.body_truncated);
    CHECK(whole.body_sha256 == sha256_hex("1234567890"));

    http::ResponseReader more = answered("", 10);
    CHECK_FALSE(more.add_content("12345678901"));
    const HttpFacts cut = more.take_facts("http://a/", nullptr);
    CHECK(cut.body_length == 10);
    CHECK(cut.body_truncated);
    CHECK(cut.body_sha256 == whole.body_sha256);
}

TEST_CASE("an answer without content has length 0 and no hash")
{
    const HttpFacts facts = answered("").take_facts("http://a/", nullptr);
    CHECK(facts.body_length == 0);
    CHECK(facts.body_sha256 == "");
    CHECK_FALSE(facts.body_truncated);
}

TEST_CASE("without a whole head there is no content to speak of")
{
    http::ResponseReader reader(http::HeaderLimits{}, 10);
    reader.add_line("HTTP/1.1 200 OK");
    reader.add_line("Server: x");
    const HttpFacts facts = reader.take_facts("http://a/", nullptr);
    CHECK(facts.headers_truncated);
    CHECK_FALSE(facts.body_length.has_value());
    CHECK(facts.headers.size() == 1);
    CHECK(facts.url == "http://a/");
}

TEST_CASE("only what may be a page has a title; markers are looked for in anything")
{
    struct Case {
        std::string content_type;
        std::string title;
    };
    const Case cases[] = {
        {"", "x"},
        {"text/html", "x"},
        {"TEXT/HTML; charset=utf-8", "x"},
        {"application/xhtml+xml", "x"},
        {"text/plain", "x"},
        {"application/json", ""},
        {"application/javascript", ""},
        {"image/png", ""},
    };
    const http::MarkerSearch::Markers one = {{"found", "<title>x"}};
    const http::MarkerSearch markers(one);
    for (const Case& c : cases) {
        CAPTURE(c.content_type);
        http::ResponseReader reader = answered(c.content_type);
        reader.add_content("<TITLE>x</TITLE>");
        const HttpFacts facts = reader.take_facts("http://a/", &markers);
        CHECK(facts.title == c.title);
        CHECK(facts.markers == std::vector<std::string>{"found"});
    }
}
