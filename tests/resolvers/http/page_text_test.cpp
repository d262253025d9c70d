#include "resolvers/http/page_text.h"

#include <doctest/doctest.h>

#include "resolvers/base/utf8.h"
#include "resolvers/http/head.h"

using namespace resolvers;

TEST_CASE("the title of a page is its first title that counts")
{
    struct Case {
        std::string why;
        std::string html;
        std::string expected;
    };
    const Case cases[] = {
        {"plain", "<html><head><title>Hello</title>", "Hello"},
        {"odd case, attributes, line breaks", "<TiTlE lang=en>\n  A \t B\r\n</tItLe>", "A B"},
        {"none", "<html><body>title</body>", ""},
        {"empty", "<title></title>", ""},
        {"never closed", "<title>Open <p>end", "Open <p>end"},
        {"never begun properly", "<title", ""},
        {"another element's name", "<titlebar>x</titlebar><title>y</title>", "y"},
        {"in a comment", "<!-- <title>old</title> --><title>new</title>", "new"},
        {"in a script", "<script>var s='<title>no</title>'</script><title>yes</title>", "yes"},
        {"a comment never closed", "<!-- <title>x</title>", ""},
        {"named references", "<title>Tom &amp; Jerry &lt;3&gt; &quot;x&quot;&nbsp;&mdash;</title>",
         "Tom & Jerry <3> \"x\" \xe2\x80\x94"},
        {"numbered references", "<title>&#65;&#x42;&#X43;&#8364;</title>", "ABC\xe2\x82\xac"},
        {"references that are none", "<title>a & b &; &#; &#x; &bogus; &#xzz; &amp</title>",
         "a & b &; &#; &#x; &bogus; &#xzz; &amp"},
        {"impossible code points", "<title>&#0;&#xd800;&#x110000;</title>",
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"ISO-8859-1 bytes that nobody declared", "<title>caf\xe9</title>", "caf\xc3\xa9"},
        {"cut within a character at the end", "<title>caf\xc3", "caf"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::http::page_title(c.html) == c.expected);
    }
}

TEST_CASE("a title is cut after 200 characters, not bytes")
{
    std::string euros;
    for (int i = 0; i < 300; ++i)
        euros += "\xe2\x82\xac";
    CHECK(resolvers::http::page_title("<title>" + euros + "</title>") == euros.substr(0, 600));
    const std::string huge(100'000, 'a');
    CHECK(resolvers::http::page_title("<title>" + huge) == huge.substr(0, 200));
    CHECK(resolvers::is_utf8(
        resolvers::http::page_title("<title>" + std::string(6399, 'a') + "\xe2\x82\xac")));
}

TEST_CASE("a body is decoded by what it says it is")
{
    struct Case {
        std::string why;
        std::string body;
        std::string content_type;
        std::string expected;
    };
    const std::string russian = "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82";
    const Case cases[] = {
        {"nothing said", "caf\xe9", "", "caf\xe9"},
        {"UTF-8 said", "caf\xc3\xa9", "text/html; charset=UTF-8", "caf\xc3\xa9"},
        {"windows-1251 by header", "\xcf\xf0\xe8\xe2\xe5\xf2", "text/html; charset=windows-1251",
         russian},
        {"quoted, upper case", "\xcf\xf0\xe8\xe2\xe5\xf2", "text/html;CharSet=\"Windows-1251\"",
         russian},
        {"by <meta charset>", "<META charset=koi8-r>\xf0\xd2\xc9\xd7\xc5\xd4", "text/html",
         "<META charset=koi8-r>" + russian},
        {"by <meta http-equiv>",
         "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>\xc4\xe3", "",
         "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>\xe4\xbd\xa0"},
        {"the header counts before the <meta>", "<meta charset=koi8-r>\xe9",
         "text/html; charset=iso-8859-1", "<meta charset=koi8-r>\xc3\xa9"},
        {"a byte order mark counts before the header", std::string("\xff\xfeh\0i\0", 6),
         "text/html; charset=windows-1251", "\xef\xbb\xbfhi"},
        {"ISO-8859-1 means windows-1252 on the Web", "\x93x\x94", "text/html; charset=iso-8859-1",
         "\xe2\x80\x9cx\xe2\x80\x9d"},
        {"Shift_JIS", "\x93\xfa\x96\x7b", "text/html; charset=Shift_JIS",
         "\xe6\x97\xa5\xe6\x9c\xac"},
        {"impossible bytes", "a\xff b", "text/html; charset=euc-jp", "a\xef\xbf\xbd b"},
        {"cut within a character", "\xe6\x97\xa5\x93", "text/html; charset=x-unknown",
         "\xe6\x97\xa5\x93"},
        {"a charset that nobody knows stays as it is", "caf\xe9", "text/html; charset=rot13",
         "caf\xe9"},
        {"a <meta> that says UTF-16 cannot have been read as such", "<meta charset=utf-16>x", "",
         "<meta charset=utf-16>x"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(resolvers::http::decoded_body(c.body, c.content_type) == c.expected);
    }
}

TEST_CASE("markers are found in any case, each id once, sorted")
{
    const http::MarkerSearch search({{"seized", "domain has been seized"},
                                     {"code", "error code: 1016"},
                                     {"also-code", "error code"},
                                     {"short", "abc"},
                                     {"empty", ""},
                                     {"twice", "never"},
                                     {"twice", "seized by"},
                                     {"cyrillic", "\xd0\xb1\xd0\xbb\xd0\xbe\xd0\xba"}});
    struct Case {
        std::string why;
        std::string page;
        std::vector<std::string> expected;
    };
    const Case cases[] = {
        {"none", "nothing here", {}},
        {"an empty page", "", {}},
        {"a page shorter than any", "ab", {}},
        {"case is ignored", "This DOMAIN has been SEIZED by", {"seized", "twice"}},
        {"one within another", "Error code: 1016", {"also-code", "code"}},
        {"at the very end", "xxABC", {"short"}},
        {"a prefix is not enough", "error cod", {}},
        {"beyond ASCII, as written", "\xd0\xb1\xd0\xbb\xd0\xbe\xd0\xba", {"cyrillic"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(search.found_in(c.page) == c.expected);
    }
    CHECK(http::MarkerSearch().found_in("anything").empty());
}
