#include "scanner/input/importers/curl_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace {

using resolvers::Certificate;
using resolvers::HttpFacts;
using resolvers::IpAddress;
using resolvers::Probe;

constexpr std::size_t max_probes = 32;

// What stands after a beginning; absent if the text does not begin so.
std::optional<std::string_view> after(std::string_view text, std::string_view beginning)
{
    if (!text.starts_with(beginning))
        return std::nullopt;
    return text.substr(beginning.size());
}

std::string_view word_of(std::string_view text)
{
    return text.substr(0, text.find(' '));
}

std::uint16_t port_of(std::string_view digits)
{
    unsigned port = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return static_cast<std::uint16_t>(port < 65536 ? port : 0);
}

std::vector<std::string> addresses_of(std::string_view list)
{
    std::vector<std::string> addresses;
    while (!list.empty() && addresses.size() < 64) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (const auto address = read_address(list.substr(0, comma)))
            addresses.push_back(address->text());
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return addresses;
}

// "C=US; O=Let's Encrypt; CN=R3", and with commas in older versions.
std::string attribute_of(std::string_view name, std::string_view key)
{
    std::string_view rest = name;
    while (!rest.empty()) {
        const std::size_t end = std::min(
            rest.find(name.find(';') == std::string_view::npos ? ", " : "; "), rest.size());
        const std::string_view part = resolvers::trim(rest.substr(0, end));
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos && resolvers::trim(part.substr(0, equals)) == key)
            return resolvers::utf8_with_latin1(resolvers::trim(part.substr(equals + 1)));
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return {};
}

}  // namespace

bool looks_like_curl_text(std::string_view first_bytes)
{
    constexpr std::string_view marks[] = {"* Connected to ",
                                          "*   Trying ",
                                          "* Rebuilt URL to: ",
                                          "* Could not resolve host: ",
                                          "* About to connect()",
                                          "* Re-using existing",
                                          "* Host ",
                                          "* Established connection to "};
    std::size_t begin = 0;
    while (begin < first_bytes.size()) {
        const std::size_t end = std::min(first_bytes.find('\n', begin), first_bytes.size());
        const std::string_view line = first_bytes.substr(begin, end - begin);
        for (const std::string_view mark : marks)
            if (line.starts_with(mark))
                return true;
        if (line.starts_with("< HTTP/") || line.starts_with("curl: ("))
            return true;
        begin = end + 1;
    }
    return false;
}

void CurlTextReader::begin_exchange(std::uint64_t line, std::string_view host)
{
    end_exchange();
    now_ = {};
    now_.line = line;
    now_.host = record_name(host);
    open_ = true;
    any_ = true;
}

// Of one connection the last words decide; its exchange joins the Observation of its host.
void CurlTextReader::end_exchange()
{
    if (!open_)
        return;
    open_ = false;
    const std::string host = now_.asked_host.empty() ? now_.host : now_.asked_host;
    const bool tls = now_.tls || (now_.port == 443 && now_.http.status == 0);
    std::string url = (tls ? "https://" : "http://") +
                      (host.find(':') == std::string::npos ? host : "[" + host + "]");
    if (now_.port != 0)
        url += ":" + std::to_string(now_.port);
    url += now_.target.starts_with('/') ? now_.target : "/";

    Subject subject = read_exact_subject(url, now_.line);
    if (seen_ && seen_->subject.host != subject.host)
        flush();
    if (!seen_)
        seen_ = emitter_.begin(std::move(subject));
    Observation& seen = *seen_;
    if (!seen.subject.invalid.empty() || seen.probes.size() >= max_probes)
        return;

    if (seen.dns.empty() && !seen.subject.is_address) {
        ListedRecords lists;
        if (!now_.a.empty() || !now_.aaaa.empty()) {
            lists.a = now_.a;
            lists.aaaa = now_.aaaa;
        }
        // "(none)" is what curl's resolver gave it, which may have asked for one family only.
        if (lists.a && lists.a->empty())
            lists.a.reset();
        if (lists.aaaa && lists.aaaa->empty())
            lists.aaaa.reset();
        if (now_.asked_host.empty() || now_.asked_host == now_.host)
            add_listed_answers(seen, seen.subject.host, lists);
    }
    const std::string full_url = read_exact_subject(url, 0).url;
    // Through a proxy, the address is the proxy's, and no response is no word about the site.
    if (now_.over_proxy && now_.http.status == 0)
        now_.failure = "the proxy brought no response";
    Probe probe =
        recorded_probe(full_url, seen.subject.host, now_.over_proxy ? std::nullopt : now_.address);
    if (now_.http.status != 0) {
        HttpFacts& facts = add_response(probe, full_url, now_.http.status);
        facts.method = now_.method.empty() ? "GET" : now_.method;
        facts.version = now_.http.version;
        facts.headers = std::move(now_.http.headers);
        facts.headers_truncated = now_.http.headers_truncated;
        add_redirect(seen, facts, false);
    } else if (!now_.failure.empty() && !add_failure(seen, probe, now_.failure)) {
        return;
    } else if (now_.failure.empty()) {
        // The text ends before the answer: nothing is known of it.
        if (now_.address)
            probe.tcp = {resolvers::StepStatus::ok, ""};
        else
            return;
    }
    if (now_.certificate && probe.scheme == "https") {
        probe.tls.status = resolvers::StepStatus::ok;
        probe.tls_facts = std::move(now_.tls_facts);
    }
    seen.probes.push_back(std::move(probe));
}

void CurlTextReader::flush()
{
    if (seen_)
        emitter_.finish(std::move(*seen_), true);
    seen_.reset();
}

bool CurlTextReader::finish()
{
    end_exchange();
    flush();
    return any_;
}

void CurlTextReader::read_certificate(std::string_view talk)
{
    if (talk.starts_with("SSL certificate verify ok")) {
        now_.tls_facts.trusted = true;
        return;
    }
    if (const auto result = after(talk, "SSL certificate verify result: ")) {
        now_.tls_facts.trusted = false;
        now_.tls_facts.verify_error =
            resolvers::utf8_with_latin1(result->substr(0, result->find(" (")));
        return;
    }
    if (talk.find(": ") == std::string_view::npos)
        return;
    if (now_.tls_facts.chain.empty())
        now_.tls_facts.chain.emplace_back();
    Certificate& leaf = now_.tls_facts.chain.front();
    if (const auto subject = after(talk, "subject: ")) {
        leaf.subject_common_name = attribute_of(*subject, "CN");
        leaf.subject_organisation = attribute_of(*subject, "O");
    } else if (const auto issuer = after(talk, "issuer: ")) {
        leaf.issuer_common_name = attribute_of(*issuer, "CN");
        leaf.issuer_organisation = attribute_of(*issuer, "O");
        now_.certificate = true;
    } else if (const auto start = after(talk, "start date: ")) {
        leaf.not_before = resolvers::parse_recorded_time(resolvers::trim(*start));
    } else if (const auto expire = after(talk, "expire date: ")) {
        leaf.not_after = resolvers::parse_recorded_time(resolvers::trim(*expire));
    } else if (const auto names = after(talk, "subjectAltName: ")) {
        // host "www.example.com" matched cert's "*.example.com": only that one name is told.
        const std::size_t matched = names->find("matched cert's \"");
        if (matched != std::string_view::npos) {
            const std::string_view name = names->substr(matched + 16);
            leaf.names.push_back(record_name(name.substr(0, name.find('"'))));
            leaf.names_total = static_cast<unsigned>(leaf.names.size());
            now_.tls_facts.name_matches = true;
        }
    }
}

void CurlTextReader::read_talk(std::string_view talk, std::uint64_t line)
{
    const std::string_view text = resolvers::trim(talk);
    if (const auto resolved = after(text, "Host ")) {
        // "Host example.com:443 was resolved."
        const std::string_view endpoint = word_of(*resolved);
        const std::size_t colon = endpoint.rfind(':');
        if (resolved->find("was resolved") != std::string_view::npos &&
            colon != std::string_view::npos) {
            begin_exchange(line, endpoint.substr(0, colon));
            now_.port = port_of(endpoint.substr(colon + 1));
        }
        return;
    }
    if (const auto list = after(text, "IPv4: "); list && open_) {
        now_.a = addresses_of(*list);
        return;
    }
    if (const auto list = after(text, "IPv6: "); list && open_) {
        now_.aaaa = addresses_of(*list);
        return;
    }
    const auto connected = after(text, "Connected to ");
    const auto established = after(text, "Established connection to ");
    if (connected || established) {
        // "example.com (93.184.216.34) port 443 (#0)"; "example.com (93.184.216.34 port 443) from".
        const std::string_view rest = connected ? *connected : *established;
        const std::string_view host = word_of(rest);
        if (!open_ || now_.http.status != 0)
            begin_exchange(line, host);
        if (now_.host != record_name(host)) {
            // Addresses that were printed before belong to another name.
            now_.a.clear();
            now_.aaaa.clear();
            now_.host = record_name(host);
        }
        const std::size_t open = rest.find('(');
        if (open != std::string_view::npos) {
            const std::string_view inside = rest.substr(open + 1);
            now_.address = read_address(inside.substr(0, inside.find_first_of(" )")));
        }
        const std::size_t port = rest.find(" port ");
        if (port != std::string_view::npos)
            now_.port = port_of(rest.substr(port + 6));
        now_.failure.clear();
        return;
    }
    if (text.starts_with("Re-using existing") || text.starts_with("Reusing existing")) {
        const std::size_t host = text.find("with host ");
        const std::size_t proxy = text.find("with proxy ");
        if (host != std::string_view::npos) {
            const std::optional<IpAddress> address = now_.address;
            const std::uint16_t port = now_.port;
            const bool tls = now_.tls;
            const std::string before = now_.host;
            const std::string name = record_name(word_of(text.substr(host + 10)));
            begin_exchange(line, name);
            if (before == name) {
                now_.address = address;
                now_.port = port;
                now_.tls = tls;
            }
        }
        now_.over_proxy = now_.over_proxy || proxy != std::string_view::npos;
        return;
    }
    if (const auto trying = after(text, "Trying ")) {
        if (!open_ || now_.http.status != 0)
            begin_exchange(line, "");
        // The address tried last is the one that a failure is about.
        std::string_view address = trying->substr(0, trying->find("..."));
        now_.address = read_address(address);
        if (!now_.address) {
            const std::size_t colon = address.rfind(':');
            now_.address = read_address(address.substr(0, colon));
            if (colon != std::string_view::npos)
                now_.port = port_of(address.substr(colon + 1));
        }
        return;
    }
    if (text.starts_with("Closing connection") || text.starts_with("closing connection") ||
        text.starts_with("shutting down connection") || text.ends_with("left intact")) {
        end_exchange();
        return;
    }
    if (const auto host = after(text, "Could not resolve host: ")) {
        begin_exchange(line, word_of(*host));
        now_.failure = text;
        return;
    }
    if (!open_)
        return;
    if (text.find("CONNECT tunnel") != std::string_view::npos ||
        text.find("Establish HTTP proxy tunnel to") != std::string_view::npos) {
        now_.over_proxy = true;
        return;
    }
    if (const auto tls = after(text, "SSL connection using ")) {
        now_.tls = true;
        now_.tls_facts.sni = now_.host;
        const std::size_t slash = tls->find(" / ");
        now_.tls_facts.version = resolvers::trim(tls->substr(0, slash));
        if (slash != std::string_view::npos) {
            const std::string_view rest = tls->substr(slash + 3);
            now_.tls_facts.cipher = resolvers::trim(rest.substr(0, rest.find(" / ")));
        }
        return;
    }
    if (text.find("accepted") != std::string_view::npos && text.starts_with("ALPN")) {
        now_.tls_facts.alpn = resolvers::utf8_with_latin1(text.substr(text.rfind(' ') + 1));
        return;
    }
    if (const auto rest = after(text, "Failed to connect to ")) {
        // The summary of what was said before; it alone names the host when nothing connected.
        if (now_.host.empty())
            now_.host = record_name(word_of(*rest));
        if (now_.failure.empty() && now_.http.status == 0)
            now_.failure = text;
        return;
    }
    constexpr std::string_view failures[] = {"connect to ",
                                             "Connection timed out",
                                             "Operation timed out",
                                             "OpenSSL",
                                             "Recv failure",
                                             "TLS connect error",
                                             "SSL certificate problem",
                                             "Empty reply",
                                             "SSL_ERROR",
                                             "Immediate connect fail",
                                             "error:"};
    for (const std::string_view failure : failures)
        if (text.starts_with(failure) && now_.http.status == 0)
            now_.failure = text;
    read_certificate(text);
}

void CurlTextReader::read_request(std::string_view request)
{
    if (const auto host = after(request, "Host:"); host || request.starts_with("host:")) {
        const std::string_view value = resolvers::trim(request.substr(5));
        const Subject named = read_subject(value, 0);
        if (!now_.connecting && named.invalid.empty())
            now_.asked_host = named.host;
        return;
    }
    const std::size_t version = request.rfind(" HTTP/");
    if (version == std::string_view::npos)
        return;
    const std::string_view method = word_of(request);
    now_.connecting = method == "CONNECT";
    if (now_.connecting) {
        // The tunnel's own exchange; what comes through it is the one that counts.
        now_.over_proxy = true;
        const std::string_view endpoint = resolvers::trim(request.substr(8, version - 8));
        const std::size_t colon = endpoint.rfind(':');
        now_.host = record_name(endpoint.substr(0, colon));
        if (colon != std::string_view::npos)
            now_.port = port_of(endpoint.substr(colon + 1));
        now_.a.clear();
        now_.aaaa.clear();
        return;
    }
    // A second request on the same connection, without a word in between.
    if (now_.http.status != 0) {
        Exchange next = now_;
        end_exchange();
        next.http = {};
        next.asked_host.clear();
        next.certificate = false;
        now_ = std::move(next);
        open_ = true;
    }
    now_.method = resolvers::utf8_with_latin1(method);
    if (version <= method.size() + 1)
        return;
    now_.target = resolvers::utf8_with_latin1(
        resolvers::trim(request.substr(method.size() + 1, version - method.size() - 1)));
    // A whole URL in the request line is for a proxy (RFC 9112 section 3.2.2).
    const bool absolute = now_.target.starts_with("http") && now_.target.find("://") < 6;
    if (absolute) {
        now_.over_proxy = true;
        if (const auto url = resolvers::parse_url(now_.target)) {
            now_.port = url->port;
            now_.target = url->target;
        }
    }
}

void CurlTextReader::read_response(std::string_view response)
{
    if (now_.connecting)
        return;
    if (response.starts_with("HTTP/")) {
        // An interim response (1xx) is followed by the real one.
        now_.http = {};
        now_.headers_ended = false;
        now_.http.version = http_version(word_of(response));
        const std::size_t space = response.find(' ');
        const unsigned status =
            space == std::string_view::npos ? 0U : port_of(response.substr(space + 1));
        now_.http.status = status >= 100 && status <= 599 ? status : 0;
        now_.failure.clear();
        return;
    }
    const std::size_t colon = response.find(':');
    now_.headers_ended = now_.headers_ended || resolvers::trim(response).empty();
    // What looks like a header after the blank line is the page's.
    if (colon != std::string_view::npos && now_.http.status != 0 && !now_.headers_ended)
        add_header(now_.http, response.substr(0, colon), response.substr(colon + 1));
}

void CurlTextReader::feed(const Line& line)
{
    const std::string_view text = line.text;
    if (text.starts_with("* ")) {
        talked_ = true;
        read_talk(text.substr(2), line.number);
    } else if (text.starts_with("curl: (")) {
        // Words of the talk before say more than this summary; without them it is all there is.
        for (const std::string_view words : {"resolve host: ", "Failed to connect to "}) {
            const std::size_t found = text.find(words);
            if (found == std::string_view::npos || talked_)
                continue;
            begin_exchange(line.number, word_of(text.substr(found + words.size())));
            now_.failure = text;
            end_exchange();
        }
        if (open_ && now_.http.status == 0 && now_.failure.empty())
            now_.failure = text;
    } else if (open_ && text.starts_with("> ")) {
        read_request(text.substr(2));
    } else if (open_ && text.starts_with("< ")) {
        read_response(text.substr(2));
    }
}

}  // namespace scanner::input
