#include "scanner/input/subject_text.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>
#include "resolvers/base/utf8.h"

using scanner::Subject;
using scanner::input::read_subject;

TEST_CASE("A line that names a site is read, however it is written")
{
    struct Case {
        std::string why;
        std::string text;
        std::string host;
        std::string url;
    };
    const std::string label63(63, 'a');
    const std::string longest =
        label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
    const Case cases[] = {
        {"a name", "example.com", "example.com", ""},
        {"upper case and a final dot", "WWW.Example.COM.", "www.example.com", ""},
        {"blanks and tabs around", " \t example.com\t ", "example.com", ""},
        {"a carriage return at the end", "example.com\r", "example.com", ""},
        {"quotation marks", "\"example.com\"", "example.com", ""},
        {"typographic quotation marks",
         "\xE2\x80\x9C"
         "example.com\xE2\x80\x9D",
         "example.com", ""},
        {"angle brackets of a mail", "<https://example.com/x>", "example.com",
         "https://example.com/x"},
        {"a comma left from a list", "'example.com',", "example.com", ""},
        {"a no-break space",
         "\xC2\xA0"
         "example.com",
         "example.com", ""},
        {"a byte order mark",
         "\xEF\xBB\xBF"
         "example.com",
         "example.com", ""},
        {"a single label", "localhost", "localhost", ""},
        {"a public suffix", "co.uk", "co.uk", ""},
        {"underscores are of the DNS", "_dmarc.my_host.example.com", "_dmarc.my_host.example.com",
         ""},
        {"hyphens at the edges exist", "-a-.example.com", "-a-.example.com", ""},
        {"two hyphens in the middle exist", "r3---sn-x.example.com", "r3---sn-x.example.com", ""},
        {"the longest label", label63 + ".com", label63 + ".com", ""},
        {"the longest name", longest, longest, ""},
        {"the longest name with a final dot", longest + ".", longest, ""},
        {"an https URL", "https://example.com/a/b?c=d", "example.com",
         "https://example.com/a/b?c=d"},
        {"an http URL without path", "http://example.com", "example.com", "http://example.com/"},
        {"upper case in scheme and host alone", "HTTPS://EXAMPLE.com/Path", "example.com",
         "https://example.com/Path"},
        {"the usual port goes", "https://example.com:443/", "example.com", "https://example.com/"},
        {"another port stays", "https://example.com:8443/", "example.com",
         "https://example.com:8443/"},
        {"the other scheme's port stays", "http://example.com:443/", "example.com",
         "http://example.com:443/"},
        {"user and password go", "https://user:pass@example.com/", "example.com",
         "https://example.com/"},
        {"an @ in the password", "https://u:p@ss@example.com/", "example.com",
         "https://example.com/"},
        {"the fragment goes", "https://example.com/a#b", "example.com", "https://example.com/a"},
        {"a query without path", "https://example.com?a=b", "example.com",
         "https://example.com/?a=b"},
        {"a space in the path", "https://example.com/a b", "example.com",
         "https://example.com/a%20b"},
        {"letters beyond ASCII in the path", "https://example.com/\xC3\xA9", "example.com",
         "https://example.com/%C3%A9"},
        {"octets that are no UTF-8 in the path", "https://example.com/\xE9", "example.com",
         "https://example.com/%E9"},
        {"backslashes, as browsers take them", "http:\\\\example.com\\x", "example.com",
         "http://example.com/x"},
        {"one slash", "https:/example.com/x", "example.com", "https://example.com/x"},
        {"no slash", "http:example.com", "example.com", "http://example.com/"},
        {"a URL without scheme", "//example.com/a", "example.com", "http://example.com/a"},
        {"a path without scheme", "example.com/a", "example.com", "http://example.com/a"},
        {"a lone slash says nothing", "example.com/", "example.com", ""},
        {"a port", "example.com:8080", "example.com", "http://example.com:8080/"},
        {"port 443 says https", "example.com:443", "example.com", "https://example.com/"},
        {"an empty port", "example.com:", "example.com", ""},
        {"a single label with a port", "localhost:8080", "localhost", "http://localhost:8080/"},
        {"percent signs in a URL's host", "https://ex%61mple.com/", "example.com",
         "https://example.com/"},
        {"hxxp", "hxxp://example.com/", "example.com", "http://example.com/"},
        {"hXXps and [.]", "hXXps://www.example[.]com/x", "www.example.com",
         "https://www.example.com/x"},
        {"(.)", "www(.)example(.)com", "www.example.com", ""},
        {"{.}", "www{.}example.com", "www.example.com", ""},
        {"[dot] and (dot)", "www[dot]example(DOT)com", "www.example.com", ""},
        {"[:]//", "hxxps[:]//example[.]com/a", "example.com", "https://example.com/a"},
        {"[://]", "hxxp[://]example.com/a", "example.com", "http://example.com/a"},
        {"half a disguise", "example[.com", "example.com", ""},
        {"h**p", "h**ps://example.com", "example.com", "https://example.com/"},
        {"a path under a defanged host", "hxxp://a[.]example/x[.]html", "a.example",
         "http://a.example/x.html"},
        {"a path under a plain host stays", "http://a.example/x(.)y", "a.example",
         "http://a.example/x(.)y"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CAPTURE(c.text);
        const Subject subject = read_subject(c.text, 7);
        CHECK(subject.invalid == "");
        CHECK(subject.host == c.host);
        CHECK(subject.url == c.url);
        CHECK(subject.line == 7);
        CHECK_FALSE(subject.is_address);
        CHECK_FALSE(subject.wildcard);
    }
}

TEST_CASE("The line is kept as it stood")
{
    CHECK(read_subject(" Example.COM. ", 1).text == " Example.COM. ");
    CHECK(read_subject("hxxp://example[.]com", 1).text == "hxxp://example[.]com");
    CHECK(read_subject("a\xFF"
                       "b.example",
                       1)
              .text ==
          "a\xEF\xBF\xBD"
          "b.example");
    const std::string mark = "\xE2\x82\xAC";  // three octets
    std::string many;
    while (many.size() < 5000)
        many += mark;
    const Subject subject = read_subject(many, 1);
    CHECK(subject.text.size() == 2046);
    CHECK(resolvers::is_utf8(subject.text));
}

TEST_CASE("Addresses are read as such")
{
    struct Case {
        std::string why;
        std::string text;
        std::string host;
        std::string url;
    };
    const Case cases[] = {
        {"IPv4", "192.0.2.1", "192.0.2.1", ""},
        {"IPv4 with a port", "192.0.2.1:8080", "192.0.2.1", "http://192.0.2.1:8080/"},
        {"IPv4 in a URL", "https://192.0.2.1/x", "192.0.2.1", "https://192.0.2.1/x"},
        {"defanged IPv4", "192[.]0[.]2[.]1", "192.0.2.1", ""},
        {"IPv6 is written in its usual form", "2001:DB8:0:0::1", "2001:db8::1", ""},
        {"IPv6 in brackets", "[2001:db8::1]", "2001:db8::1", ""},
        {"IPv6 with a port", "[2001:db8::1]:8443", "2001:db8::1", "http://[2001:db8::1]:8443/"},
        {"IPv6 in a URL", "https://[2001:db8::1]/x", "2001:db8::1", "https://[2001:db8::1]/x"},
        {"IPv6 in a URL without brackets", "https://2001:db8::1/x", "2001:db8::1",
         "https://[2001:db8::1]/x"},
        {"IPv4 in IPv6", "::ffff:192.0.2.1", "::ffff:192.0.2.1", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Subject subject = read_subject(c.text, 1);
        CHECK(subject.invalid == "");
        CHECK(subject.is_address);
        CHECK(subject.host == c.host);
        CHECK(subject.url == c.url);
        CHECK(subject.registrable_domain == "");
        CHECK(subject.public_suffix == "");
    }
}

TEST_CASE("Internationalised names are asked of the DNS in A-labels and kept in Unicode")
{
    struct Case {
        std::string why;
        std::string text;
        std::string host;
        std::string unicode;
    };
    const Case cases[] = {
        {"plain",
         "b\xC3\xBC"
         "cher.example",
         "xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example"},
        {"upper case",
         "B\xC3\x9C"
         "CHER.example",
         "xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example"},
        {"decomposed letters",
         "bu\xCC\x88"
         "cher.example",
         "xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example"},
        {"sharp s stays: not transitional",
         "stra\xC3\x9F"
         "e.example",
         "xn--strae-oqa.example",
         "stra\xC3\x9F"
         "e.example"},
        {"A-labels get their Unicode form", "xn--bcher-kva.example", "xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example"},
        {"A-labels in upper case", "XN--BCHER-KVA.example", "xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example"},
        {"beside an underscore",
         "_x.b\xC3\xBC"
         "cher.example",
         "_x.xn--bcher-kva.example",
         "_x.b\xC3\xBC"
         "cher.example"},
        {"beside two hyphens",
         "r3---sn.b\xC3\xBC"
         "cher.example",
         "r3---sn.xn--bcher-kva.example",
         "r3---sn.b\xC3\xBC"
         "cher.example"},
        {"a symbol, as registered under .ws", "i\xE2\x9D\xA4.ws", "xn--i-7iq.ws",
         "i\xE2\x9D\xA4.ws"},
        {"ideographic full stops",
         "a\xE3\x80\x82"
         "example",
         "a.example", ""},
        {"full-width letters", "\xEF\xBD\x81.example", "a.example", ""},
        {"an A-label that is none: the DNS does not mind", "xn--a.example", "xn--a.example", ""},
        {"in a URL",
         "https://b\xC3\xBC"
         "cher.example/x",
         "xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Subject subject = read_subject(c.text, 1);
        CHECK(subject.invalid == "");
        CHECK(subject.host == c.host);
        CHECK(subject.unicode == c.unicode);
    }
    CHECK(read_subject("https://b\xC3\xBC"
                       "cher.example/x",
                       1)
              .url == "https://xn--bcher-kva.example/x");
}

TEST_CASE("A wildcard stands for what is below the name")
{
    for (const std::string text : {"*.example.com", "*.EXAMPLE.com.", ".example.com",
                                   "https://*.example.com/*", "*.example.com:443"}) {
        CAPTURE(text);
        const Subject subject = read_subject(text, 1);
        CHECK(subject.invalid == "");
        CHECK(subject.wildcard);
        CHECK(subject.host == "example.com");
        CHECK(subject.url == "");
    }
}

TEST_CASE("The registrable domain is told by the Public Suffix List, private section included")
{
    struct Case {
        std::string text;
        std::string domain;
        std::string suffix;
    };
    const Case cases[] = {
        {"www.example.com", "example.com", "com"},
        {"example.com", "example.com", "com"},
        {"com", "", "com"},
        {"a.b.example.co.uk", "example.co.uk", "co.uk"},
        {"co.uk", "", "co.uk"},
        {"someone.github.io", "someone.github.io", "github.io"},
        {"github.io", "", "github.io"},
        {"x.blogspot.com", "x.blogspot.com", "blogspot.com"},
        {"www.ck", "www.ck", "ck"},                              // an exception of the rule *.ck
        {"a.b.c.ck", "b.c.ck", "c.ck"},                          // the rule itself
        {"x.y.unlisted-tld", "y.unlisted-tld", "unlisted-tld"},  // the default rule
        {"xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai", "xn--p1ai"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const Subject subject = read_subject(c.text, 1);
        CHECK(subject.registrable_domain == c.domain);
        CHECK(subject.public_suffix == c.suffix);
    }
}

TEST_CASE("What cannot be read says why, and nothing else")
{
    struct Case {
        std::string text;
        std::string why;
    };
    std::string umlauts;
    for (int i = 0; i < 60; ++i)
        umlauts += "\xC3\xBC";
    const Case cases[] = {
        {"", "there is nothing on the line"},
        {" \t ", "there is nothing on the line"},
        {"\"\"", "there is nothing on the line"},
        {std::string("exam\0ple.com", 12), "contains a NUL octet (UTF-16 text? Save it as UTF-8)"},
        {"example .com", "contains a space"},
        {"0.0.0.0 example.com", "contains a space"},
        {"a\rb.example", "contains a carriage return (line ends of old Macintosh computers?)"},
        {"a\x01"
         "b.example",
         "contains a control character"},
        {"a\xFF"
         "b.example",
         "is not valid UTF-8"},
        {"\xED\xA0\x80.example", "is not valid UTF-8"},
        {std::string(64, 'a') + ".com", "a label is longer than 63 octets"},
        {umlauts + ".example", "a label is longer than 63 octets"},
        {std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." +
             std::string(62, 'b'),
         "the name is longer than 253 octets"},
        {"a..example.com", "a label is empty (two dots in a row)"},
        {"example.com..", "a label is empty (two dots in a row)"},
        {".", "is the root of the DNS, not a host name"},
        {"a.*.example.com", "a * stands elsewhere than in front"},
        {"*", "a * stands elsewhere than in front"},
        {"*.", "has no host name"},
        {"exam,ple.com", "contains the character \",\""},
        {"||example.com^", "contains the character \"|\""},
        {"\xE2\x84\x80.com", "contains the character \"/\""},  // maps to "a/c"
        {"300.1.1.1", "looks like an IPv4 address, and is not one"},
        {"1.2.3", "looks like an IPv4 address, and is not one"},
        {"3232235777", "looks like an IPv4 address, and is not one"},
        {"0x7f.1", "looks like an IPv4 address, and is not one"},
        {"192.0.2.0/24", "is a range of addresses, not one address"},
        {"*.192.0.2.1", "a * cannot stand before an address"},
        {"2001:db8::g", "looks like an IPv6 address, and is not one"},
        {"12:34", "looks like an IPv4 address, and is not one"},
        {"1:2:3", "looks like an IPv6 address, and is not one"},
        {"fe80::1%eth0", "looks like an IPv6 address, and is not one"},
        {"[fe80::1%eth0]", "an address with a zone means nothing elsewhere"},
        {"[2001:db8::1", "a [ is not closed"},
        {"[2001:db8::1]x", "something other than a port follows the ]"},
        {"[example.com]", "looks like an IPv6 address, and is not one"},
        {"example.com:0", "the port \"0\" is not a number from 1 to 65535"},
        {"example.com:65536", "the port \"65536\" is not a number from 1 to 65535"},
        {"example.com:http", "the port \"http\" is not a number from 1 to 65535"},
        {"user@example.com", "looks like a mail address"},
        {"https://", "has no host name"},
        {"https://?a=b", "has no host name"},
        {"https://:443/", "has no host name"},
        {"https://user@/", "has no host name"},
        {"ftp://example.com/", "ftp: is not a web address"},
        {"FTP://example.com/", "ftp: is not a web address"},
        {"magnet:?xt=urn:btih:0123", "magnet: is not a web address"},
        {"mailto:someone@example.com", "mailto: is not a web address"},
        {"javascript:alert(1)", "javascript: is not a web address"},
        {"data:text/html,x", "data: is not a web address"},
        {"tel:+491234", "tel: is not a web address"},
        {"wss://example.com/", "wss: is not a web address"},
        {"https://example.com/" + std::string(9000, 'a'), "the URL is longer than 8192 octets"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const Subject subject = read_subject(c.text, 3);
        CHECK(subject.invalid == c.why);
        CHECK(subject.line == 3);
        CHECK(subject.host == "");
        CHECK(subject.url == "");
        CHECK(subject.registrable_domain == "");
        CHECK_FALSE(subject.wildcard);
        CHECK_FALSE(subject.is_address);
    }
}

TEST_CASE("What was read is read as the same again")
{
    for (const std::string text : {"B\xC3\x9C"
                                   "CHER.example",
                                   "hxxps://u@www.example[.]com:8443/a b?c#d", "*.x.co.uk.",
                                   "[2001:DB8::1]:443", "i\xE2\x9D\xA4.ws"}) {
        CAPTURE(text);
        const Subject once = read_subject(text, 1);
        REQUIRE(once.invalid == "");
        CHECK(read_subject(once.host, 1).host == once.host);
        if (!once.url.empty()) {
            CHECK(read_subject(once.url, 1).url == once.url);
            CHECK(read_subject(once.url, 1).host == once.host);
        }
        if (!once.unicode.empty())
            CHECK(read_subject(once.unicode, 1).host == once.host);
    }
}

TEST_CASE("Reading is safe in several threads at once")
{
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&wrong] {
            for (int i = 0; i < 500; ++i) {
                const Subject subject = read_subject(
                    "www.b\xC3\xBC"
                    "cher.co.uk",
                    1);
                if (subject.registrable_domain != "xn--bcher-kva.co.uk")
                    ++wrong;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("What a machine wrote is taken as it stands")
{
    // For people's lists the comma is the list's; in a recording it is the URL's.
    CHECK(read_subject("https://example.com/a,", 1).url == "https://example.com/a");
    CHECK(scanner::input::read_exact_subject("https://example.com/a,", 1).url ==
          "https://example.com/a,");
    CHECK(scanner::input::read_exact_subject("example[.]com", 1).invalid ==
          "contains the character \"[\"");
    CHECK(scanner::input::read_exact_subject(" example.com", 1).invalid == "contains a space");
}
