// What is wrong with a data file is said with file, line and remedy. Long because it is one table
// of faults, each with the data that has it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/catalogue_files.h"

namespace {

using test::acme;
using test::acme_lines;
using test::CatalogueFiles;

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

// The one complaint about the catalogue must stand at that place and hold that text.
void check_only_fault(const std::string& faults, const std::string& where, const std::string& part)
{
    CAPTURE(faults);
    CHECK(lines_of(faults).size() == 1);
    CHECK(faults.substr(0, where.size() + 2) == where + ": ");
    CHECK(faults.find(part) != std::string::npos);
}

// A company whose product "<id>-x" lists 25.1.0.0/24 and its neighbour.
std::string company(const std::string& id, const std::string& yields_to)
{
    return "id = \"" + id + "\"\nname = \"X\"\n[sources.s]\nkind = \"primary\"\n" +
           "url = \"https://a.example/\"\nchecked = 2026-01-01\n[[product]]\nid = \"" + id +
           "-x\"\nname = \"" + id + " X\"\nroles = [\"host\"]\n[[product.range]]\n" +
           "prefixes = [\"25.1.0.0/24\", \"25.1.1.0/24\"]\nkind = \"edge\"\nsource = \"s\"\n" +
           "yields_to = [" + yields_to + "]\nexample = \"25.1.0.1\"\n";
}

}  // namespace

TEST_CASE("the files that faults are planted in are right without them")
{
    CatalogueFiles files;
    files.write("providers/acme.toml", acme).write("providers/other.toml", test::other);
    CHECK(files.faults() == "");
}

TEST_CASE("each fault in a product's tables is told once, at its file and line")
{
    struct Case {
        const char* why;
        // Added to the product "acme-front".
        const char* block;
        // Line of the block, from 1.
        unsigned line;
        const char* part;
    };
    const Case cases[] = {
        // ---- fields
        {"an unknown field, nearly right",
         "[[product.header]]\nname = \"x-acme\"\nmach = \"present\"\nmatch = \"present\"\n"
         "side = \"edge\"\nsource = \"page\"\nexample = \"1\"\n",
         3, "unknown field \"mach\" in [[product.header]]; did you mean \"match\"?"},
        {"an unknown field like no other",
         "[[product.asn]]\nnumber = 64999\nprecision = \"company\"\ncolour = \"red\"\n"
         "source = \"page\"\nexample = \"AS64999\"\n",
         4, "unknown field \"colour\" in [[product.asn]]; known are: number precision"},
        {"an unknown kind of rule", "[[product.cnames]]\nsuffix = \"a.acme.example\"\n", 1,
         "unknown field \"cnames\" in [[product]]; did you mean \"cname\"?"},
        {"a rule without a source",
         "[[product.cname]]\nsuffix = \"a.acme.example\"\nexample = \"x.a.acme.example\"\n", 1,
         "[[product.cname]] has no \"source\"; add it"},
        {"a source that is not there",
         "[[product.cname]]\nsuffix = \"a.acme.example\"\nsource = \"pgae\"\n"
         "example = \"x.a.acme.example\"\n",
         3, "no source is called \"pgae\"; did you mean \"page\"?"},
        {"a rule without an example",
         "[[product.cname]]\nsuffix = \"a.acme.example\"\nsource = \"page\"\n", 1,
         "[[product.cname]] has no \"example\"; add it"},
        {"a number where a text belongs",
         "[[product.cname]]\nsuffix = 7\nsource = \"page\"\nexample = \"x.a.acme.example\"\n", 2,
         "\"suffix\" must be a text, not a number"},
        {"a text where a number belongs",
         "[[product.asn]]\nnumber = \"AS64999\"\nprecision = \"company\"\nsource = \"page\"\n"
         "example = \"AS64999\"\n",
         2, "\"number\" must be a number, not a text"},
        {"a text where a list belongs",
         "[[product.range]]\nprefixes = \"25.2.0.0/16\"\nkind = \"edge\"\nsource = \"page\"\n"
         "example = \"25.2.0.1\"\n",
         2, "\"prefixes\" must be a list, not a text"},
        {"an empty text",
         "[[product.cname]]\nsuffix = \"a.acme.example\"\nsource = \"page\"\nexample = \"\"\n", 4,
         "\"example\" is empty"},
        {"a control character, which a terminal would obey",
         "[[product.header]]\nname = \"server\"\nmatch = \"contains\"\nvalue = \"acme\"\n"
         "side = \"edge\"\nsource = \"page\"\nexample = \"acme\\u001b[2J\"\n",
         7, "control character"},

        // ---- words
        {"given up on no day",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"edge\"\nuntil = 2024\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         4, "until"},
        {"a range of callers given up",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"origin_facing\"\n"
         "until = 2024-06-30\nsource = \"page\"\nexample = \"25.2.0.1\"\n",
         4, "decides nothing, then or now"},
        {"an unknown kind of range",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"egde\"\nsource = \"page\"\n"
         "example = \"25.2.0.1\"\n",
         3, "unknown kind \"egde\"; did you mean \"edge\"?"},
        {"an unknown strength",
         "[[product.cname]]\nsuffix = \"a.acme.example\"\nstrength = \"proof\"\nsource = \"page\"\n"
         "example = \"x.a.acme.example\"\n",
         3, "unknown strength \"proof\"; known are: weak partial strong conclusive"},
        {"an unknown way to match",
         "[[product.header]]\nname = \"server\"\nmatch = \"substring\"\nvalue = \"acme\"\n"
         "side = \"edge\"\nsource = \"page\"\nexample = \"acme\"\n",
         3, "unknown match \"substring\""},
        {"an unknown side",
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"present\"\nside = \"front\"\n"
         "source = \"page\"\nexample = \"1\"\n",
         4, "unknown side \"front\"; known are: edge origin"},
        {"an unknown field of a certificate",
         "[[product.certificate]]\nfield = \"san\"\nvalue = \"acme.example\"\nsource = \"page\"\n"
         "example = \"acme.example\"\n",
         2, "unknown field \"san\""},
        {"an unknown state",
         "[[product.answer]]\nid = \"gone\"\nstate = \"dead\"\nbody = \"gone\"\nsource = \"page\"\n"
         "example = \"gone\"\n",
         3, "unknown state \"dead\""},
        {"an unknown precision",
         "[[product.asn]]\nnumber = 64999\nprecision = \"exact\"\nsource = \"page\"\n"
         "example = \"AS64999\"\n",
         3, "unknown precision \"exact\""},

        // ---- prefixes
        {"everything",
         "[[product.range]]\nprefixes = [\n    \"25.2.0.0/16\",\n    \"0.0.0.0/0\",\n]\n"
         "kind = \"edge\"\nsource = \"page\"\nexample = \"25.2.0.1\"\n",
         4, "\"0.0.0.0/0\" is wider than /8"},
        {"a /7",
         "[[product.range]]\nprefixes = [\"24.0.0.0/7\", \"25.2.0.0/16\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"24.0.0.0/7\" is wider than /8"},
        {"all of IPv6",
         "[[product.range]]\nprefixes = [\"::/0\", \"25.2.0.0/16\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"::/0\" is wider than /19"},
        {"an IPv6 /18",
         "[[product.range]]\nprefixes = [\"2d00::/18\", \"25.2.0.0/16\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"2d00::/18\" is wider than /19"},
        {"host bits",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"25.3.0.1/24\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"25.3.0.1/24\" has host bits set; write 25.3.0.0/24"},
        {"an address without a length",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"25.3.0.1\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"25.3.0.1\" has no length; write 25.3.0.1/32"},
        {"a length too long",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"25.3.0.0/33\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"25.3.0.0/33\" has a length that no such address can have"},
        {"no address at all",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"acme/24\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "\"acme/24\" is not a prefix"},
        {"private space",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"10.1.0.0/16\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "special-purpose space (private)"},
        {"a block that swallows private space",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"172.0.0.0/8\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "special-purpose space (private)"},
        {"a block that swallows shared space",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"100.0.0.0/8\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "special-purpose space (shared)"},
        {"private space in an IPv6 disguise",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"::ffff:10.0.0.0/104\"]\nkind = "
         "\"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n",
         2, "special-purpose space (private)"},
        {"neither prefixes nor a file",
         "[[product.range]]\nkind = \"edge\"\nsource = \"page\"\nexample = \"25.2.0.1\"\n", 1,
         "needs either \"prefixes\" or \"file\""},
        {"a file that is not there",
         "[[product.range]]\nfile = \"acme.txt\"\nkind = \"edge\"\nsource = \"page\"\n"
         "example = \"25.2.0.1\"\n",
         1, "there is no file \"ranges/acme.txt\""},
        {"an example outside of the range",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"edge\"\nsource = \"page\"\n"
         "example = \"25.3.0.1\"\n",
         1, "example \"25.3.0.1\" does not match its own rule"},
        {"an example that is no address",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"edge\"\nsource = \"page\"\n"
         "example = \"25.2.0.0/16\"\n",
         1, "example \"25.2.0.0/16\" is not an address"},
        {"an example that another product's longer prefix wins",
         "[[product.range]]\nprefixes = [\"25.0.0.0/8\"]\nkind = \"edge\"\nsource = \"page\"\n"
         "example = \"25.1.7.9\"\n",
         1, "example \"25.1.7.9\" goes to other-host, whose 25.1.7.0/24 (providers/other.toml:11)"},
        {"a prefix that another product lists as well",
         "[[product.range]]\nprefixes = [\"25.1.0.0/16\"]\nkind = \"edge\"\nsource = \"page\"\n"
         "example = \"25.1.1.1\"\n",
         0,
         "prefix 25.1.0.0/16 is listed by acme-front (providers/acme.toml:24) as well; say which "
         "gives way: yields_to = [\"acme-front\"]"},
        {"yielding to nobody",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"edge\"\nsource = \"page\"\n"
         "yields_to = [\"other-hots\"]\nexample = \"25.2.0.1\"\n",
         1, "yields_to names \"other-hots\", which is no product; did you mean \"other-host\"?"},

        // ---- AS numbers
        {"no AS number",
         "[[product.asn]]\nprecision = \"company\"\nsource = \"page\"\n"
         "example = \"AS64999\"\n",
         1, "[[product.asn]] has no \"number\""},
        {"an AS number too large",
         "[[product.asn]]\nnumber = 4294967296\nprecision = \"company\"\nsource = \"page\"\n"
         "example = \"AS4294967296\"\n",
         2, "4294967296 is not an AS number"},
        {"another AS as example",
         "[[product.asn]]\nnumber = 64999\nprecision = \"company\"\nsource = \"page\"\n"
         "example = \"AS64998\"\n",
         1, "example \"AS64998\" is not this AS; write \"AS64999\""},

        // ---- names
        {"a suffix that another product has",
         "[[product.cname]]\nsuffix = \"cname.other.example\"\nsource = \"page\"\n"
         "example = \"y.cname.other.example\"\n",
         0,
         "suffix \"cname.other.example\" is claimed by acme-front (providers/acme.toml:24) as "
         "well; a suffix has one owner"},
        {"a CNAME suffix that is another product's native one",
         "[[product.cname]]\nsuffix = \"native.other.example\"\nsource = \"page\"\n"
         "example = \"y.native.other.example\"\n",
         0, "suffix \"native.other.example\" is claimed by acme-front"},
        {"the same rule twice",
         "[[product.ns]]\nsuffix = \"ns.acme.example\"\nsource = \"page\"\n"
         "example = \"a.ns.acme.example\"\n"
         "[[product.ns]]\nsuffix = \"ns.acme.example\"\nsource = \"page\"\n"
         "example = \"b.ns.acme.example\"\n",
         5, "the same rule stands in providers/acme.toml:24 already"},
        {"a wildcard for a suffix",
         "[[product.cname]]\nsuffix = \"*.acme.example\"\nsource = \"page\"\n"
         "example = \"x.acme.example\"\n",
         2, "\"*.acme.example\" is not a plain suffix"},
        {"a suffix in upper case",
         "[[product.cname]]\nsuffix = \"Acme.example\"\nsource = \"page\"\n"
         "example = \"x.acme.example\"\n",
         2, "\"Acme.example\" is not a plain suffix"},
        {"a suffix with a dot before it",
         "[[product.cname]]\nsuffix = \".acme.example\"\nsource = \"page\"\n"
         "example = \"x.acme.example\"\n",
         2, "\".acme.example\" is not a plain suffix"},
        {"a whole top-level domain",
         "[[product.cname]]\nsuffix = \"example\"\nsource = \"page\"\nexample = \"acme.example\"\n",
         2, "\"example\" is a whole top-level domain"},
        {"an expression that is none",
         "[[product.cname]]\nsuffix = \"acme.example\"\npattern = \"(\"\nsource = \"page\"\n"
         "example = \"x.acme.example\"\n",
         3, "\"(\" is not an RE2 expression: missing )"},
        {"an expression with a back-reference, which RE2 has not",
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"regex\"\nvalue = \"(a)\\\\1\"\n"
         "side = \"edge\"\nsource = \"page\"\nexample = \"aa\"\n",
         4, "is not an RE2 expression"},
        {"an example that the pattern refuses",
         "[[product.cname]]\nsuffix = \"acme.example\"\npattern = \"^[0-9]+[.]acme\"\n"
         "source = \"page\"\nexample = \"x.acme.example\"\n",
         1, "example \"x.acme.example\" does not match its own rule"},
        {"an example that only ends in the same letters",
         "[[product.cname]]\nsuffix = \"cdn.acme.example\"\nsource = \"page\"\n"
         "example = \"evilcdn.acme.example\"\n",
         1, "example \"evilcdn.acme.example\" does not match its own rule"},
        {"an example that another product's longer suffix wins",
         "[[product.cname]]\nsuffix = \"other.example\"\nsource = \"page\"\n"
         "example = \"x.cname.other.example\"\n",
         1,
         "example \"x.cname.other.example\" goes to other-host (providers/other.toml:21), which "
         "is more specific"},
        {"an example that another product's pattern wins",
         "[[product.cname]]\nsuffix = \"other.example\"\nsource = \"page\"\n"
         "example = \"x.p1.other.example\"\n",
         1, "goes to other-host (providers/other.toml:25), which is more specific"},
        {"an example that another product's pattern matches too",
         "[[product.cname]]\nsuffix = \"other.example\"\npattern = \"[.]p1[.]\"\nsource = "
         "\"page\"\n"
         "example = \"x.p1.other.example\"\n",
         1, "matches a pattern of other-host (providers/other.toml:25) under the same suffix"},
        {"an example that is no name",
         "[[product.ptr]]\nsuffix = \"acme.example\"\nsource = \"page\"\n"
         "example = \"X y.acme.example\"\n",
         1, "is not a host name in lower case"},

        // ---- headers, cookies, certificates, ECH
        {"a header name in upper case",
         "[[product.header]]\nname = \"X-Acme\"\nmatch = \"present\"\nside = \"edge\"\n"
         "source = \"page\"\nexample = \"1\"\n",
         2, "\"X-Acme\" is not a header name; write it in lower case"},
        {"no way to match",
         "[[product.header]]\nname = \"x-acme\"\nside = \"edge\"\nsource = \"page\"\n"
         "example = \"1\"\n",
         1, "[[product.header]] has no \"match\""},
        {"a value that is not compared",
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"present\"\nvalue = \"1\"\nside = "
         "\"edge\"\n"
         "source = \"page\"\nexample = \"1\"\n",
         4, "match \"present\" takes no value"},
        {"nothing to compare with",
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"equals\"\nside = \"edge\"\n"
         "source = \"page\"\nexample = \"1\"\n",
         1, "[[product.header]] has no \"value\""},
        {"an example of another value",
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"prefix\"\nvalue = \"a-\"\nside = "
         "\"edge\"\n"
         "source = \"page\"\nexample = \"b-1\"\n",
         1, "example \"b-1\" does not match its own rule"},
        {"a header that another product has",
         "[[product.header]]\nname = \"server\"\nmatch = \"contains\"\nvalue = \"othe\"\n"
         "side = \"edge\"\nsource = \"page\"\nexample = \"Other\"\n",
         1, "example \"Other\" matches a rule of other-host (providers/other.toml:42) as well"},
        {"a cookie that another product has",
         "[[product.cookie]]\nname = \"other_x\"\nmatch = \"equals\"\nside = \"edge\"\n"
         "source = \"page\"\nexample = \"other_x\"\n",
         1, "example \"other_x\" matches a rule of other-host (providers/other.toml:49) as well"},
        {"a cookie that is merely there",
         "[[product.cookie]]\nname = \"acme\"\nmatch = \"present\"\nside = \"edge\"\n"
         "source = \"page\"\nexample = \"acme\"\n",
         3, "unknown match \"present\"; known are: equals prefix regex"},
        {"a certificate that another product has",
         "[[product.certificate]]\nfield = \"subject_o\"\nvalue = \"other, inc.\"\n"
         "source = \"page\"\nexample = \"Other, Inc.\"\n",
         1, "matches a rule of other-host (providers/other.toml:60) as well"},
        {"a certificate's suffix that another product has",
         "[[product.certificate]]\nfield = \"san_suffix\"\nvalue = \"cert.other.example\"\n"
         "source = \"page\"\nexample = \"y.cert.other.example\"\n",
         0, "suffix \"cert.other.example\" is claimed by acme-front"},
        {"an ECH name that another product has",
         "[[product.ech]]\npublic_name = \"ech.other.example\"\nsource = \"page\"\n"
         "example = \"ech.other.example\"\n",
         1, "matches a rule of other-host (providers/other.toml:65) as well"},

        // ---- answers
        {"an answer by its status alone",
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nstatus = 530\nsource = \"page\"\n"
         "example = \"530\"\n",
         1, "needs a \"header\" or a \"body\""},
        {"an answer with a body in upper case",
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nbody = \"Error\"\nsource = \"page\"\n"
         "example = \"Error\"\n",
         4, "write \"body\" in lower case"},
        {"an answer that is not in its example",
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nbody = \"acme error\"\n"
         "source = \"page\"\nexample = \"Acme: error\"\n",
         1, "does not match its own rule"},
        {"no HTTP status",
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nstatus = 53\nbody = \"acme\"\n"
         "source = \"page\"\nexample = \"acme\"\n",
         4, "53 is not an HTTP status"},
        // ---- edge paths
        {"an edge path without its slash",
         "[[product.edge_path]]\npath = \"trace\"\nbody = \"edge=\"\nsource = \"page\"\n"
         "example = \"edge=1\"\n",
         2, "\"trace\" is not a plain path"},
        {"an edge path with a query",
         "[[product.edge_path]]\npath = \"/trace?x=1\"\nbody = \"edge=\"\nsource = \"page\"\n"
         "example = \"edge=1\"\n",
         2, "is not a plain path"},
        {"an edge path that names another host",
         "[[product.edge_path]]\npath = \"//other.example/\"\nbody = \"edge=\"\nsource = \"page\"\n"
         "example = \"edge=1\"\n",
         2, "is not a plain path"},
        {"an edge path without the text of its answer",
         "[[product.edge_path]]\npath = \"/trace\"\nsource = \"page\"\nexample = \"edge=1\"\n", 1,
         "has no \"body\""},
        {"an edge path that is not in its example",
         "[[product.edge_path]]\npath = \"/trace\"\nbody = \"edge=\"\nsource = \"page\"\n"
         "example = \"404 not found\"\n",
         1, "does not match its own rule"},
        {"two answers of one id",
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nbody = \"acme\"\nsource = \"page\"\n"
         "example = \"acme\"\n"
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nbody = \"acme 2\"\nsource = \"page\"\n"
         "example = \"acme 2\"\n",
         7, "the same rule stands in providers/acme.toml:24 already"},

        // ---- channels
        {"a channel without a source",
         "[[product.channel]]\ntype = \"email\"\naddress = \"abuse@acme.example\"\n"
         "scope = \"general\"\n",
         1, "[[product.channel]] has no \"source\""},
        {"a channel without a date",
         "[[product.channel]]\ntype = \"email\"\naddress = \"abuse@acme.example\"\n"
         "scope = \"general\"\nsource = \"rumour\"\n",
         5, "a channel needs a date"},
        {"a channel of no known type",
         "[[product.channel]]\ntype = \"fax\"\naddress = \"+1 555\"\nscope = \"general\"\n"
         "source = \"page\"\n",
         2, "unknown type \"fax\"; known are: email form api post agent"},
        {"no mail address",
         "[[product.channel]]\ntype = \"email\"\naddress = \"Abuse <abuse@acme.example>\"\n"
         "scope = \"general\"\nsource = \"page\"\n",
         3, "is not a mail address"},
        {"a mail address at one label",
         "[[product.channel]]\ntype = \"email\"\naddress = \"abuse@localhost\"\n"
         "scope = \"general\"\nsource = \"page\"\n",
         3, "\"abuse@localhost\" is not a mail address"},
        {"a form that is no URL",
         "[[product.channel]]\ntype = \"form\"\naddress = \"acme.example/abuse\"\n"
         "scope = \"general\"\nsource = \"page\"\n",
         3, "\"acme.example/abuse\" is not a URL"},
        {"a form that a browser would run",
         "[[product.channel]]\ntype = \"form\"\naddress = \"javascript:alert(1)\"\n"
         "scope = \"general\"\nsource = \"page\"\n",
         3, "is not a URL"},
        {"an unknown scope",
         "[[product.channel]]\ntype = \"form\"\naddress = \"https://acme.example/\"\n"
         "scope = \"dmca\"\nsource = \"page\"\n",
         4, "unknown scope \"dmca\"; known are: copyright general"},
        {"an unknown practice",
         "[[product.channel]]\ntype = \"form\"\naddress = \"https://acme.example/\"\n"
         "scope = \"general\"\npractice = [\"removes\", \"forward_to_host\"]\nsource = \"page\"\n",
         5, "unknown practice \"forward_to_host\"; did you mean \"forwards_to_host\"?"},
        {"an unknown constraint",
         "[[product.channel]]\ntype = \"form\"\naddress = \"https://acme.example/\"\n"
         "scope = \"general\"\nconstraints = [\n    \"needs_ip\",\n    \"max_many_urls\",\n]\n"
         "source = \"page\"\n",
         7, "unknown constraints \"max_many_urls\""},
        {"the mailbox of a registry, in another dress",
         "[[product.channel]]\ntype = \"email\"\naddress = \"Abuse+1@RIR.example\"\n"
         "scope = \"general\"\nsource = \"page\"\n",
         1, "is on the deny list"},
        {"any mailbox at a denied domain",
         "[[product.channel]]\ntype = \"email\"\naddress = \"joe@x.denied.example\"\n"
         "scope = \"general\"\nsource = \"page\"\n",
         1, "is on the deny list"},
        {"verified, by nobody",
         "[[product.channel]]\ntype = \"form\"\naddress = \"https://acme.example/\"\n"
         "scope = \"general\"\nsource = \"dated-rumour\"\nverified = true\n"
         "[sources.dated-rumour]\nkind = \"unverified\"\nchecked = 2026-01-01\n",
         6, "cannot be verified"},

        // ---- products
        {"a second product of the same id",
         "[[product]]\nid = \"acme-front\"\nname = \"Again\"\nroles = [\"front\"]\n", 1,
         "product id \"acme-front\" is taken by providers/acme.toml:19"},
        {"a product of another company's name",
         "[[product]]\nid = \"acne-front\"\nname = \"Again\"\nroles = [\"front\"]\n", 2,
         "product \"acne-front\" must begin with \"acme-\""},
        {"an id that is none",
         "[[product]]\nid = \"acme_front\"\nname = \"Again\"\nroles = [\"front\"]\n", 2,
         "\"acme_front\" is not an id"},
        {"an unknown role",
         "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = [\"front\", \"hoster\"]\n", 4,
         "unknown role \"hoster\"; did you mean \"host\"?"},
        {"no role", "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = []\n", 4,
         "a product needs at least one role"},
        {"an unknown status",
         "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = [\"front\"]\nstatus = \"dead\"\n",
         5, "unknown status \"dead\"; known are: active retiring defunct handed_over"},
        {"an unknown kind of storage",
         "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = [\"platform\"]\nstorage = "
         "\"s3\"\n",
         5, "unknown storage \"s3\""},
        {"looking like a product that is not there",
         "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = [\"front\"]\n"
         "undetermined_with = [\"acme-tree\"]\n",
         1, "undetermined_with names \"acme-tree\", which is no product"},
        {"looking like another company's product",
         "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = [\"front\"]\n"
         "undetermined_with = [\"other-host\"]\n",
         1, "which is not another product of the same company"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CatalogueFiles files;
        files.write("providers/acme.toml", std::string(acme) + c.block)
            .write("providers/other.toml", test::other)
            .write("deny.toml",
                   "mailboxes = [\"abuse@rir.example\"]\ndomains = [\"denied.example\"]\n");
        const std::string faults = files.faults();
        CAPTURE(faults);
        CHECK(lines_of(faults).size() == 1);
        // Line 0: the complaint stands at the other file, which comes later.
        const std::string where =
            c.line == 0 ? "providers/other.toml:"
                        : "providers/acme.toml:" + std::to_string(acme_lines + c.line) + ": ";
        CHECK(faults.substr(0, where.size()) == where);
        CHECK(faults.find(c.part) != std::string::npos);
    }
}

TEST_CASE("what looks like a fault and is none")
{
    struct Case {
        const char* why;
        const char* block;
    };
    const Case cases[] = {
        {"a prefix shared with a product that it yields to",
         "[[product.range]]\nprefixes = [\"25.1.0.0/16\", \"25.2.0.0/16\"]\nkind = \"edge\"\n"
         "source = \"page\"\nyields_to = [\"other-host\"]\nexample = \"25.2.0.1\"\n"},
        {"a prefix shared that only calls origins",
         "[[product.range]]\nprefixes = [\"25.1.0.0/16\"]\nkind = \"origin_facing\"\n"
         "source = \"page\"\nexample = \"25.1.0.1\"\n"},
        {"a prefix that another product has given up",
         "[[product.range]]\nprefixes = [\"25.1.0.0/16\"]\nkind = \"edge\"\nuntil = 2024-06-30\n"
         "source = \"page\"\nexample = \"25.1.0.1\"\n"},
        {"a prefix twice in one product",
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\", \"25.2.0.0/16\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n"
         "[[product.range]]\nprefixes = [\"25.2.0.0/16\"]\nkind = \"from_routing\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n"},
        {"a /8 and a /19, which are the widest",
         "[[product.range]]\nprefixes = [\"25.0.0.0/8\", \"2d00:2000::/19\"]\nkind = \"edge\"\n"
         "source = \"page\"\nexample = \"25.2.0.1\"\n"},
        {"a suffix that another product's pattern narrows",
         "[[product.cname]]\nsuffix = \"other.example\"\nsource = \"page\"\n"
         "example = \"www.other.example\"\n"},
        {"one suffix for the names given out and for CNAMEs",
         "[[product.cname]]\nsuffix = \"a.acme.example\"\nsource = \"page\"\n"
         "example = \"x.a.acme.example\"\n"
         "[[product.native]]\nsuffix = \"a.acme.example\"\nsource = \"page\"\n"
         "example = \"x.a.acme.example\"\n"},
        {"a top-level domain that a pattern narrows",
         "[[product.ns]]\nsuffix = \"example\"\npattern = \"^ns-[0-9]+[.]acme[0-9]+[.]example$\"\n"
         "source = \"page\"\nexample = \"ns-1.acme7.example\"\n"},
        {"a day in quotes",
         "[sources.quoted]\nkind = \"primary\"\nurl = \"https://a.example/\"\n"
         "checked = \"2026-08-22\"\n"},
        {"another limit of URLs",
         "[[product.channel]]\ntype = \"form\"\naddress = \"https://acme.example/\"\n"
         "scope = \"general\"\nconstraints = [\"max_25_urls\"]\nsource = \"page\"\n"},
        {"a header shared by products that say that they look the same",
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"present\"\nside = \"edge\"\n"
         "source = \"page\"\nexample = \"1\"\n"
         "[[product]]\nid = \"acme-two\"\nname = \"Two\"\nroles = [\"platform\"]\n"
         "undetermined_with = [\"acme-front\"]\n"
         "[[product.header]]\nname = \"x-acme\"\nmatch = \"present\"\nside = \"edge\"\n"
         "source = \"page\"\nexample = \"1\"\n"},
        {"an answer by header, status and body together",
         "[[product.answer]]\nid = \"a\"\nstate = \"edge\"\nstatus = 503\nheader = \"server\"\n"
         "value = \"acme\"\nbody = \"acme error\"\nsource = \"page\"\nexample = \"Acme error "
         "7\"\n"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CatalogueFiles files;
        files.write("providers/acme.toml", std::string(acme) + c.block)
            .write("providers/other.toml", test::other);
        CHECK(files.faults() == "");
    }
}

TEST_CASE("two products that each yield to the other settle nothing")
{
    {
        CatalogueFiles files;
        files.write("providers/a.toml", company("a", "\"b-x\""))
            .write("providers/b.toml", company("b", "\"a-x\""));
        check_only_fault(files.faults(), "providers/b.toml:11",
                         "prefix 25.1.0.0/24 and 1 more is listed by a-x (providers/a.toml:11) as "
                         "well; their yields_to go round in a circle");
    }
    {
        CatalogueFiles files;
        files.write("providers/a.toml", company("a", "\"b-x\""))
            .write("providers/b.toml", company("b", "\"c-x\""))
            .write("providers/c.toml", company("c", "\"a-x\""));
        const std::string faults = files.faults();
        CAPTURE(faults);
        CHECK(faults.find("their yields_to go round in a circle") != std::string::npos);
    }
}

TEST_CASE("three products on one prefix come in the order in which they yield")
{
    CatalogueFiles files;
    files.write("providers/a.toml", company("a", "\"b-x\""))
        .write("providers/b.toml", company("b", ""))
        .write("providers/c.toml", company("c", "\"a-x\", \"b-x\""));
    const auto loaded = files.load();
    REQUIRE(loaded.has_value());
    std::string order;
    for (const auto& hit : loaded->ranges_of(*resolvers::IpAddress::parse("25.1.0.1")))
        order += hit.rule->product->id + " ";
    CHECK(order == "b-x a-x c-x ");
}

TEST_CASE("an AS that serves one product alone cannot be another's as well")
{
    struct Case {
        const char* why;
        const char* precision;
        bool fault;
    };
    const Case cases[] = {
        {"both say that it is theirs alone", "product", true},
        {"one says alone, the other knows better", "company", true},
        {"and shared is no less a contradiction", "shared", true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CatalogueFiles files;
        files
            .write("providers/acme.toml",
                   std::string(acme) + "[[product.asn]]\nnumber = 64501\nprecision = \"" +
                       c.precision + "\"\nsource = \"page\"\nexample = \"AS64501\"\n")
            .write("providers/other.toml", test::other);
        const std::string faults = files.faults();
        CAPTURE(faults);
        CHECK(lines_of(faults).size() == 1);
        CHECK((faults.find("AS64501 is ") != std::string::npos) == c.fault);
    }
}

TEST_CASE("each fault at the head of a provider's file is told at its line")
{
    struct Case {
        const char* why;
        const char* from;
        const char* to;
        unsigned line;
        const char* part;
    };
    const Case cases[] = {
        {"no id", "id = \"acme\"\n", "", 1, "a provider's file has no \"id\""},
        {"an id that is not the file's name", "id = \"acme\"", "id = \"acmes\"", 1,
         "id \"acmes\" is not the file's name; call the file acmes.toml"},
        {"no name", "name = \"Acme\"\n", "", 1, "a provider's file has no \"name\""},
        {"a source without a URL", "url = \"https://acme.example/ips\"\n", "", 4,
         "[sources.page] has no \"url\""},
        {"a source whose URL is none", "https://acme.example/ips", "acme.example/ips", 6,
         "\"acme.example/ips\" is not a URL"},
        {"a source without a day", "checked = 2026-08-20\n", "", 4,
         "[sources.page] has no \"checked\""},
        {"a day that never was", "checked = 2026-08-20", "checked = \"2026-02-30\"", 7,
         "\"2026-02-30\" is not a day"},
        {"a repository without a commit", "commit = \"abc123\"\n", "", 9,
         "[sources.repo] is a repository and has no \"commit\""},
        {"a source of no known kind", "kind = \"primary\"", "kind = \"official\"", 5,
         "unknown kind \"official\""},
        {"an unknown field of a source", "commit = \"abc123\"",
         "comit = \"x\"\ncommit = \"abc123\"", 12,
         "unknown field \"comit\" in [sources.repo]; did you mean \"commit\"?"},
        {"an unknown field of a company", "name = \"Acme\"", "name = \"Acme\"\nhomepage = \"x\"", 3,
         "unknown field \"homepage\" in a provider's file"},
        {"no TOML", "kind = \"primary\"", "kind = primary", 5, "not TOML: "},
        {"the same key twice", "name = \"Acme\"", "name = \"Acme\"\nname = \"Acme\"", 3,
         "not TOML: "},
        {"bytes that are no text", "name = \"Acme\"", "name = \"\xFF\"", 2, "not TOML: "},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        std::string text(acme);
        const std::size_t at = text.find(c.from);
        REQUIRE(at != std::string::npos);
        text.replace(at, std::string_view(c.from).size(), c.to);
        CatalogueFiles files;
        files.write("providers/acme.toml", text);
        const std::string faults = files.faults();
        const std::string where = "providers/acme.toml:" + std::to_string(c.line) + ": ";
        CAPTURE(faults);
        // Losing its id, a file loses what hangs on it, so here the first fault is what counts.
        CHECK(faults.substr(0, where.size()) == where);
        CHECK(faults.find(c.part) != std::string::npos);
    }
}

TEST_CASE("each fault in a range file is told at its line")
{
    const std::string head =
        "# url: https://acme.example/ips\n# fetched: 2026-08-22\n# kind: primary\n";
    struct Case {
        const char* why;
        std::string text;
        const char* where;
        const char* part;
    };
    const Case cases[] = {
        {"host bits", head + "25.2.0.0/16\n25.3.0.9/24\n", "5", "host bits set; write 25.3.0.0/24"},
        {"everything", head + "25.2.0.0/16\n0.0.0.0/0\n", "5", "wider than /8"},
        {"a page instead of a list", head + "25.2.0.0/16\n<html>\n", "5",
         "\"<html>\" is not a prefix"},
        {"no address of the list", "# fetched: 2026-08-22\n# kind: primary\n25.2.0.0/16\n", "1",
         "no line \"# url: ...\" at the top"},
        {"no day", "# url: https://acme.example/ips\n# kind: primary\n25.2.0.0/16\n", "1",
         "no line \"# fetched: ...\" at the top"},
        {"a broken day",
         "# url: https://acme.example/ips\n# fetched: today\n# kind: primary\n"
         "25.2.0.0/16\n",
         "2", "\"today\" is not a day"},
        {"an unknown kind",
         "# url: https://acme.example/ips\n# fetched: 2026-08-22\n# kind: edge\n"
         "25.2.0.0/16\n",
         "3", "unknown kind \"edge\""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CatalogueFiles files;
        files
            .write("providers/acme.toml",
                   std::string(acme) +
                       "[[product.range]]\nfile = \"acme.txt\"\nkind = \"edge\"\n"
                       "source = \"page\"\nexample = \"25.2.0.1\"\n")
            .write("ranges/acme.txt", c.text);
        const std::string faults = files.faults();
        CAPTURE(faults);
        const std::string where = std::string("ranges/acme.txt:") + c.where + ": ";
        CHECK(faults.substr(0, where.size()) == where);
        CHECK(faults.find(c.part) != std::string::npos);
    }
}

TEST_CASE("an empty list is a fault and no absence of one")
{
    CatalogueFiles files;
    files.write("providers/acme.toml", acme)
        .write("ranges/acme.txt",
               "# url: https://acme.example/ips\n# fetched: 2026-08-22\n# kind: primary\n");
    check_only_fault(files.faults(), "ranges/acme.txt:1", "the list is empty");
}

TEST_CASE("a wrong file of a hundred lines is told in eleven")
{
    std::string text = "# url: https://acme.example/ips\n# fetched: 2026-08-22\n# kind: primary\n";
    for (int i = 0; i < 100; ++i)
        text += "<p>\n";
    CatalogueFiles files;
    files.write("providers/acme.toml", acme).write("ranges/acme.txt", text);
    const std::vector<std::string> lines = lines_of(files.faults());
    CHECK(lines.size() == 11);
    CHECK(
        lines.front() ==
        "ranges/acme.txt:1: 100 lines are no usable prefixes, of which the first 10 are listed; is "
        "this the right file?");
}

TEST_CASE("each fault in a states' file is told at its line")
{
    const std::string head =
        "[sources.s]\nkind = \"observation\"\nurl = \"https://s.example/\"\nchecked = 2026-01-01\n"
        "[[marker]]\nid = \"one\"\nstate = \"parked\"\nkind = \"ns\"\nkey = \"ns.park.example\"\n"
        "source = \"s\"\nexample = \"a.ns.park.example\"\n";
    struct Case {
        const char* why;
        const char* block;
        unsigned line;
        const char* part;
    };
    const Case cases[] = {
        {"an id taken",
         "[[marker]]\nid = \"one\"\nstate = \"parked\"\nkind = \"body\"\nkey = \"parked\"\n"
         "source = \"s\"\nexample = \"Parked\"\n",
         1, "marker id \"one\" is taken by states/x.toml:5"},
        {"a marker twice",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"ns\"\nkey = \"ns.park.example\"\n"
         "source = \"s\"\nexample = \"b.ns.park.example\"\n",
         1, "ns \"ns.park.example\" is marked by states/x.toml:5 already"},
        {"an unknown state",
         "[[marker]]\nid = \"two\"\nstate = \"sold\"\nkind = \"ns\"\nkey = \"ns.two.example\"\n"
         "source = \"s\"\nexample = \"b.ns.two.example\"\n",
         3, "unknown state \"sold\"; known are: parked seized blocked_for_vantage tampered"},
        {"an unknown kind",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"mx\"\nkey = \"mx.two.example\"\n"
         "source = \"s\"\nexample = \"mx.two.example\"\n",
         4, "unknown kind \"mx\""},
        {"a key in upper case",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"title\"\nkey = \"For Sale\"\n"
         "source = \"s\"\nexample = \"For Sale\"\n",
         5, "write \"key\" in lower case"},
        {"an address with host bits",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"address\"\nkey = \"25.0.0.1/24\"\n"
         "source = \"s\"\nexample = \"25.0.0.1\"\n",
         5, "neither an address nor a prefix without host bits"},
        {"an example of something else",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"cname\"\nkey = \"park.example\"\n"
         "source = \"s\"\nexample = \"carpark.example\"\n",
         7, "example \"carpark.example\" does not match its own marker"},
        {"no source",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"cname\"\nkey = \"park.example\"\n"
         "example = \"a.park.example\"\n",
         1, "[[marker]] has no \"source\""},
        {"an unknown field",
         "[[marker]]\nid = \"two\"\nstate = \"parked\"\nkind = \"cname\"\nkey = \"park.example\"\n"
         "sufficent = true\nsource = \"s\"\nexample = \"a.park.example\"\n",
         6, "unknown field \"sufficent\" in [[marker]]; did you mean \"sufficient\"?"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CatalogueFiles files;
        files.write("providers/acme.toml", acme).write("states/x.toml", head + c.block);
        const std::string faults = files.faults();
        CAPTURE(faults);
        const std::string where = "states/x.toml:" + std::to_string(11 + c.line) + ": ";
        CHECK(faults.substr(0, where.size()) == where);
        CHECK(faults.find(c.part) != std::string::npos);
    }
}

TEST_CASE("each fault in registrars.toml and deny.toml is told at its line")
{
    struct Case {
        const char* why;
        const char* file;
        const char* text;
        const char* where;
        const char* part;
    };
    const Case cases[] = {
        {"no IANA id", "registrars.toml", "[[registrar]]\nname = \"R\"\n", "registrars.toml:1",
         "[[registrar]] has no \"iana_id\""},
        {"an id twice", "registrars.toml",
         "[[registrar]]\niana_id = 1\nname = \"R\"\n[[registrar]]\niana_id = 1\nname = \"S\"\n",
         "registrars.toml:4", "product id \"registrar-1\" is taken by registrars.toml:1"},
        {"a company that is not there", "registrars.toml",
         "[[registrar]]\niana_id = 1\nname = \"R\"\nprovider = \"acmee\"\n", "registrars.toml:1",
         "provider \"acmee\" has no file in providers/; did you mean \"acme\"?"},
        {"a channel without a source", "registrars.toml",
         "[[registrar]]\niana_id = 1\nname = \"R\"\n[[registrar.channel]]\ntype = \"email\"\n"
         "address = \"abuse@r.example\"\nscope = \"general\"\n",
         "registrars.toml:4", "[[registrar.channel]] has no \"source\""},
        {"a denied mailbox that is none", "deny.toml", "mailboxes = [\n    \"ripe\",\n]\n",
         "deny.toml:2", "\"ripe\" is not a mail address"},
        {"a denied domain that is none", "deny.toml", "domains = [\"*.ripe.example\"]\n",
         "deny.toml:1", "\"*.ripe.example\" is not a domain name"},
        {"a misspelt list", "deny.toml", "domain = [\"ripe.example\"]\n", "deny.toml:1",
         "unknown field \"domain\" in the deny file; did you mean \"domains\"?"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CatalogueFiles files;
        files.write("providers/acme.toml", acme).write(c.file, c.text);
        check_only_fault(files.faults(), c.where, c.part);
    }
}

TEST_CASE("all faults are told at once, by file and line")
{
    CatalogueFiles files;
    files
        .write("providers/acme.toml",
               std::string(acme) +
                   "[[product.cname]]\nsuffix = \"a.acme.example\"\n"
                   "source = \"page\"\n[[product.asn]]\nnumber = 0\n"
                   "precision = \"company\"\nsource = \"page\"\nexample = \"AS0\"\n")
        .write("providers/zulu.toml", "id = \"zulu\"\n")
        .write("ranges/r.txt", "nothing\n");
    const std::vector<std::string> lines = lines_of(files.faults());
    std::vector<std::string> places;
    for (const std::string& line : lines)
        places.push_back(line.substr(0, line.find(": ")));
    CHECK(places == std::vector<std::string>{"providers/acme.toml:24", "providers/acme.toml:28",
                                             "providers/zulu.toml:1", "providers/zulu.toml:1",
                                             "ranges/r.txt:1", "ranges/r.txt:1", "ranges/r.txt:1",
                                             "ranges/r.txt:1"});
}

TEST_CASE("a folder that is no catalogue says so")
{
    CatalogueFiles files;
    CHECK(files.faults() == "providers: no provider files in " + files.dir() +
                                "/providers; is this the data folder?");
    const auto loaded = files.load();
    REQUIRE(!loaded.has_value());
    CHECK(loaded.error().code == "catalogue");
}
