// Everything that reads what an HTTP peer writes: head, cookies, charset, title, markers, where it
// sends visitors.
// Checks what must hold for any input; markers are compared with the simplest search.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"
#include "resolvers/http/head.h"
#include "resolvers/http/page_moves.h"
#include "resolvers/http/page_text.h"
#include "resolvers/http/response.h"

namespace {

using namespace resolvers;

void must(bool holds)
{
    if (!holds)
        std::abort();
}

void read_response(std::string_view input)
{
    const http::HeaderLimits limits{.bytes = 2048, .count = 8};
    http::ResponseReader reader(limits, 512);
    // Lines as a transport would hand them over; the rest, once the head is there, is content.
    bool wanted = true;
    while (!input.empty() && wanted && !reader.head().complete()) {
        const std::size_t end = input.find('\n');
        const std::size_t size = end == input.npos ? input.size() : end + 1;
        wanted = reader.add_line(input.substr(0, size));
        input.remove_prefix(size);
    }
    if (reader.head().complete())
        reader.add_content(input);
    static const http::MarkerSearch markers({{"a", "error code"}, {"b", "<t"}, {"c", "xyzzy"}});
    const HttpFacts facts = reader.take_facts("http://a/", &markers);
    must(facts.headers.size() <= limits.count);
    must(facts.status <= 999);
    must(is_utf8(facts.version) && is_utf8(facts.title));
    must(facts.body_length.value_or(0) <= 512);
    for (const auto& [name, value] : facts.headers) {
        must(!name.empty() && is_utf8(name) && is_utf8(value));
        must(name != "set-cookie" || value.find("[redacted]") != value.npos);
    }
}

void read_page(std::string_view input)
{
    const std::string title = resolvers::http::page_title(input);
    must(is_utf8(title));
    std::size_t characters = 0;
    for (const char c : title)
        characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    must(characters <= 200);

    // The first bytes are the markers, the rest is the page.
    const std::string one = to_lower(input.substr(0, 5));
    const std::string two = to_lower(input.substr(0, 2));
    const std::string_view page = input.substr(input.size() < 5 ? input.size() : 5);
    const std::vector<std::string> found =
        http::MarkerSearch({{"1", one}, {"2", two}, {"3", one + two}}).found_in(page);
    const std::string lowered = to_lower(page);
    std::vector<std::string> expected;
    if (!one.empty() && lowered.find(one) != lowered.npos)
        expected.push_back("1");
    if (!two.empty() && lowered.find(two) != lowered.npos)
        expected.push_back("2");
    if (!one.empty() && lowered.find(one + two) != lowered.npos)
        expected.push_back("3");
    must(found == expected);

    const std::size_t half = input.size() / 2;
    resolvers::http::decoded_body(std::string(input.substr(half)), input.substr(0, half));
}

void read_url(std::string_view input)
{
    static const Url base{"https", "www.example.org", 443, "/a/b?c"};
    const Outcome<Url> url = resolvers::http::move_target(base, input);
    if (url.has_error())
        return;
    must(!url->host.empty() && !url->target.empty() && url->target.front() == '/');
    for (const char c : url->target)
        must(c > ' ' && c < '\x7f');
    must(url->host.find_first_of("/?#@ \r\n[]\\") == std::string::npos);
    // What was read is read the same again, unless encoding made it too long.
    const Outcome<Url> again = parse_url(url->text());
    must(url->text().size() > longest_url || (again.has_value() && *again == *url));
}

void read_refresh(std::string_view input)
{
    must(resolvers::http::page_refresh(input).size() <= 2048 &&
         is_utf8(resolvers::http::page_refresh(input)));
    if (const auto reference = resolvers::http::refresh_reference(input))
        must(!reference->empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    read_response(input);
    read_page(input);
    read_url(input);
    read_refresh(input);
    must(is_utf8(utf8_or_latin1(input)));
    must(resolvers::http::redact_cookie(input).find("[redacted]") != std::string::npos);
    return 0;
}
