// Reads the corpora of traps and conflicts. Long because the format has many small keys, and each
// is read and refused here.
#include "tests/support/corpus.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>

#include "resolvers/asn/maxmind.h"
#include "scanner/model/words.h"

namespace support {

using namespace resolvers;
using scanner::catalogue::Value;

namespace {

[[noreturn]] void fault(const std::string& file, unsigned line, const std::string& what)
{
    throw std::runtime_error(file + ":" + std::to_string(line) + ": " + what);
}

// One file while it is read: its name for messages, its sets of headers.
struct Source {
    std::string file;
    const Value* headers = nullptr;

    [[noreturn]] void fail(const Value& at, const std::string& what) const
    {
        fault(file, at.line, what);
    }

    std::string text(const Value& value) const
    {
        if (value.kind != Value::Kind::text)
            fail(value, "not a text");
        return value.text;
    }

    /// A text, or an array of texts.
    std::vector<std::string> texts(const Value& value) const
    {
        std::vector<std::string> all;
        if (value.kind != Value::Kind::array)
            return {text(value)};
        for (const Value& item : value.items)
            all.push_back(text(item));
        return all;
    }

    std::string text_or(const Value& table, std::string_view key, std::string other) const
    {
        const Value* value = table.find(key);
        return value == nullptr ? std::move(other) : text(*value);
    }

    std::vector<std::string> texts_or_none(const Value& table, std::string_view key) const
    {
        const Value* value = table.find(key);
        return value == nullptr ? std::vector<std::string>{} : texts(*value);
    }

    void allow(const Value& table, std::initializer_list<std::string_view> keys) const
    {
        for (const scanner::catalogue::Field& field : table.fields)
            if (std::find(keys.begin(), keys.end(), field.key) == keys.end())
                fail(field.value, "unknown key " + field.key);
    }

    template <typename T>
    T word_of(const Value& value) const
    {
        const std::optional<T> found = scanner::value_of<T>(text(value));
        if (!found)
            fail(value, "unknown word " + value.text);
        return *found;
    }

    template <typename T>
    T word_or(const Value& table, std::string_view key, T otherwise) const
    {
        const Value* const value = table.find(key);
        return value != nullptr ? word_of<T>(*value) : otherwise;
    }
};

const asn::MaxmindOrigins& origins()
{
    static const std::unique_ptr<asn::MaxmindOrigins> table = [] {
        auto opened = asn::MaxmindOrigins::open(SERVEDBY_SOURCE_DIR "/data/asn.mmdb");
        if (!opened)
            throw std::runtime_error("data/asn.mmdb: " + opened.error().detail);
        return std::move(*opened);
    }();
    return *table;
}

// "88.198.1.2": announced as in data/asn.mmdb. "192.0.2.1 AS64496 Some Hosting": as said.
// "192.0.2.1 -": by nobody.
scanner::SeenAddress read_address(const Source& source, const Value& at, const std::string& text)
{
    scanner::SeenAddress made;
    const std::size_t space = text.find(' ');
    const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, space));
    if (!address)
        source.fail(at, "not an address: " + text);
    made.address = *address;
    if (space == std::string::npos) {
        made.origin = origins().find(*address);
        return made;
    }
    const std::string announced = text.substr(space + 1);
    if (announced == "-")
        return made;
    if (!announced.starts_with("AS"))
        source.fail(at, "neither an AS nor \"-\": " + text);
    const std::size_t name = announced.find(' ');
    const unsigned long asn = std::stoul(announced.substr(2, name - 2));
    made.origin = Origin{prefix_around(made.address, made.address.is_v4() ? 24 : 48),
                         static_cast<std::uint32_t>(asn),
                         name == std::string::npos ? "" : announced.substr(name + 1)};
    return made;
}

class Reader {
public:
    Reader(const Source& source, const Value& table) : source_(source), table_(table) {}

    scanner::Observation read()
    {
        seen_.subject.line = 1;
        const std::string host = source_.text_or(table_, "host", "example.org");
        seen_.subject.text = source_.text_or(table_, "url", host);
        seen_.subject.url = source_.text_or(table_, "url", "");
        seen_.subject.host = host;
        seen_.subject.is_address = IpAddress::parse(host).has_value();
        std::string domain = host.starts_with("www.") ? host.substr(4) : host;
        if (seen_.subject.is_address)
            domain.clear();
        seen_.subject.registrable_domain = source_.text_or(table_, "domain", domain);
        seen_.subject.invalid = source_.text_or(table_, "invalid", "");
        seen_.observed_at = Timestamp{std::chrono::milliseconds{1'795'315'200'000}};
        seen_.source = source_.text_or(table_, "source", "scan");
        seen_.profile = seen_.source == "scan" ? "standard" : "imported";
        if (const Value* refused = table_.find("refused"))
            seen_.refused = source_.word_of<scanner::Refusal>(*refused);
        seen_.declared = source_.text_or(table_, "declared", "");
        seen_.declared_by = source_.text_or(table_, "declared_by", "");
        seen_.not_observed = source_.texts_or_none(table_, "not_observed");
        read_addresses();
        read_chain();
        read_name_records();
        read_failures();
        if (const Value* views = table_.find("view"))
            for (const Value& view : items(*views))
                read_view(view);
        if (const Value* answers = table_.find("answer"))
            read_answers(*answers);
        if (const Value* probes = table_.find("public_name"))
            for (const Value& probe : items(*probes))
                read_public_name(probe);
        if (const Value* networks = table_.find("registered"))
            for (const Value& network : items(*networks))
                read_network(network);
        if (const Value* redirects = table_.find("redirect"))
            for (const Value& step : items(*redirects))
                read_redirect(step);
        return std::move(seen_);
    }

private:
    static std::vector<Value> items(const Value& value)
    {
        return value.kind == Value::Kind::array ? value.items : std::vector<Value>{value};
    }

    DnsAnswer& answer_for(const std::string& name, const std::string& type)
    {
        for (DnsAnswer& answer : seen_.dns)
            if (answer.name == name && answer.type == type)
                return answer;
        DnsAnswer& made = seen_.dns.emplace_back();
        made.name = name;
        made.type = type;
        made.status = DnsStatus::nodata;
        made.attempts = 1;
        return made;
    }

    void add_record(const std::string& asked, const std::string& type, const std::string& owner,
                    const std::string& record_type, const std::string& data)
    {
        DnsAnswer& answer = answer_for(asked, type);
        answer.status = DnsStatus::noerror;
        answer.records.push_back({owner, record_type, 300, data, {}});
    }

    // "special_purpose:loopback" says as well what the address tells.
    scanner::NotProbed not_probed_of(const Value& value) const
    {
        if (source_.text(value).starts_with("special_purpose:"))
            return scanner::NotProbed::special_purpose;
        return source_.word_of<scanner::NotProbed>(value);
    }

    void read_addresses()
    {
        const Value* value = table_.find("addresses");
        if (value != nullptr)
            for (const Value& item : items(*value)) {
                seen_.addresses.push_back(read_address(source_, item, source_.text(item)));
                if (seen_.source != "scan")
                    seen_.addresses.back().not_probed = scanner::NotProbed::imported;
            }
        const Value* unprobed = table_.find("not_probed");
        if (unprobed != nullptr)
            for (const scanner::catalogue::Field& field : unprobed->fields)
                for (scanner::SeenAddress& one : seen_.addresses)
                    if (one.address.text() == field.key)
                        one.not_probed = not_probed_of(field.value);
        std::stable_sort(seen_.addresses.begin(), seen_.addresses.end(),
                         [](const auto& a, const auto& b) { return a.address < b.address; });
    }

    void read_chain()
    {
        const std::string& host = seen_.subject.host;
        const Value* end = table_.find("chain_end");
        const std::vector<std::string> aliases = source_.texts_or_none(table_, "cname");
        const bool asked = table_.find("addresses") != nullptr || !aliases.empty();
        if (end != nullptr)
            seen_.chain_end = source_.word_of<scanner::ChainEnd>(*end);
        else if (asked)
            seen_.chain_end =
                seen_.addresses.empty() ? scanner::ChainEnd::nodata : scanner::ChainEnd::address;
        if (seen_.chain_end == scanner::ChainEnd::not_observed || seen_.subject.is_address)
            return;
        seen_.chain = {host};
        seen_.chain.insert(seen_.chain.end(), aliases.begin(), aliases.end());
        for (const char* type : {"A", "AAAA"}) {
            answer_for(host, type);
            for (std::size_t i = 1; i < seen_.chain.size(); ++i)
                add_record(host, type, seen_.chain[i - 1], "CNAME", seen_.chain[i]);
            for (const scanner::SeenAddress& one : seen_.addresses)
                if (one.address.is_v4() == (type == std::string_view("A")))
                    add_record(host, type, seen_.chain.back(), type, one.address.text());
        }
    }

    void read_name_records()
    {
        const Subject& subject = seen_.subject;
        const std::string zone =
            subject.registrable_domain.empty() ? subject.host : subject.registrable_domain;
        for (const std::string& name : source_.texts_or_none(table_, "ns"))
            add_record(zone, "NS", zone, "NS", name);
        for (const std::string& name : source_.texts_or_none(table_, "mx"))
            add_record(zone, "MX", zone, "MX", "10 " + name);
        for (const std::string& text : source_.texts_or_none(table_, "spf"))
            add_record(zone, "TXT", zone, "TXT", "\"v=spf1 " + text + "\"");
        if (const Value* value = table_.find("soa"))
            add_record(zone, "SOA", zone, "SOA",
                       source_.text(*value) + " hostmaster." + zone + " 1 7200 3600 1209600 300");
        read_ptr();
        if (const Value* record = table_.find("https_record"))
            read_https_record(*record);
    }

    // Forward-confirmed unless it says otherwise: ptr = { "192.0.2.1" = "name" },
    // unconfirmed_ptr = { ... }.
    void read_ptr()
    {
        for (const char* key : {"ptr", "unconfirmed_ptr"}) {
            const Value* table = table_.find(key);
            if (table == nullptr)
                continue;
            for (const scanner::catalogue::Field& field : table->fields) {
                const std::optional<IpAddress> address = IpAddress::parse(field.key);
                if (!address)
                    source_.fail(field.value, "not an address: " + field.key);
                const std::string reverse = reverse_name(*address);
                const std::string name = source_.text(field.value);
                add_record(reverse, "PTR", reverse, "PTR", name);
                const std::string type = address->is_v4() ? "A" : "AAAA";
                if (key == std::string_view("ptr"))
                    add_record(name, type, name, type, address->text());
                else
                    answer_for(name, type);
            }
        }
    }

    static std::string reverse_name(const IpAddress& address)
    {
        std::string name;
        std::string text = address.text();
        if (!address.is_v4())
            return "0.ip6.arpa";
        while (!text.empty()) {
            const std::size_t dot = text.rfind('.');
            name += text.substr(dot == std::string::npos ? 0 : dot + 1) + ".";
            text = dot == std::string::npos ? "" : text.substr(0, dot);
        }
        return name + "in-addr.arpa";
    }

    void read_https_record(const Value& record)
    {
        source_.allow(record, {"alpn", "ipv4", "ipv6", "ech"});
        add_record(seen_.subject.host, "HTTPS", seen_.subject.host, "HTTPS", "1 . ...");
        ServiceBinding& service =
            answer_for(seen_.subject.host, "HTTPS").records.back().service.emplace();
        service.priority = 1;
        service.target = ".";
        service.alpn = source_.texts_or_none(record, "alpn");
        for (const std::string& hint : source_.texts_or_none(record, "ipv4"))
            service.ipv4_hints.push_back(*IpAddress::parse(hint));
        for (const std::string& hint : source_.texts_or_none(record, "ipv6"))
            service.ipv6_hints.push_back(*IpAddress::parse(hint));
        for (const std::string& name : source_.texts_or_none(record, "ech")) {
            service.has_ech = true;
            EchConfig config;
            config.version = 0xfe0d;
            config.public_name = name;
            config.public_name_valid = true;
            service.ech.push_back(config);
        }
    }

    // dns = [{ type = "AAAA", status = "servfail", ede = 16 }]: questions that failed.
    void read_failures()
    {
        const Value* failures = table_.find("dns");
        if (failures == nullptr)
            return;
        for (const Value& one : items(*failures)) {
            source_.allow(one, {"name", "type", "status", "ede", "text"});
            DnsAnswer& answer = answer_for(source_.text_or(one, "name", seen_.subject.host),
                                           source_.text_or(one, "type", "A"));
            if (const Value* status = one.find("status"))
                answer.status = source_.word_of<DnsStatus>(*status);
            if (answer.status != DnsStatus::noerror)
                answer.records.clear();
            if (const Value* code = one.find("ede"))
                answer.errors.push_back(
                    {static_cast<std::uint16_t>(code->integer), source_.text_or(one, "text", "")});
        }
    }

    // view = { name = "isp", addresses = ["127.0.0.1"] }: what another resolver answered; with
    // `cname` an alias before them, with `status` and `ede` instead of them.
    void read_view(const Value& value)
    {
        source_.allow(value, {"name", "addresses", "cname", "status", "ede", "text", "signs"});
        scanner::View& view = seen_.views.emplace_back();
        view.name = source_.text_or(value, "name", "isp");
        view.resolver = "192.0.2.53:53";
        view.signs = source_.texts_or_none(value, "signs");
        const std::string& host = seen_.subject.host;
        const std::string alias = source_.text_or(value, "cname", "");
        for (const char* type : {"A", "AAAA"}) {
            DnsAnswer& answer = view.answers.emplace_back();
            answer.name = host;
            answer.type = type;
            answer.resolver = view.resolver;
            answer.status = DnsStatus::nodata;
            answer.attempts = 1;
            if (!alias.empty())
                answer.records.push_back({host, "CNAME", 300, alias, {}});
            for (const std::string& text : source_.texts_or_none(value, "addresses")) {
                const std::optional<IpAddress> address = IpAddress::parse(text);
                if (!address)
                    source_.fail(value, "not an address: " + text);
                if (address->is_v4() == (type == std::string_view("A")))
                    answer.records.push_back({alias.empty() ? host : alias, type, 300, text, {}});
            }
            if (!answer.records.empty())
                answer.status = DnsStatus::noerror;
            if (const Value* status = value.find("status"))
                answer.status = source_.word_of<DnsStatus>(*status);
            if (const Value* code = value.find("ede"))
                answer.errors.push_back({static_cast<std::uint16_t>(code->integer),
                                         source_.text_or(value, "text", "")});
        }
    }

    void read_answers(const Value& answers)
    {
        for (const Value& answer : items(answers)) {
            source_.allow(answer, {"at", "scheme", "host", "purpose", "status", "like", "headers",
                                   "certificate", "names", "issuer", "issuer_cn", "subject_o",
                                   "title", "markers", "failed", "path"});
            std::vector<std::string> places = source_.texts_or_none(answer, "at");
            if (places.empty())
                for (const scanner::SeenAddress& one : seen_.addresses)
                    if (!one.not_probed || one.not_probed == scanner::NotProbed::imported)
                        places.push_back(one.address.text());
            if (places.empty())
                places = {""};  // the source did not say where
            for (const std::string& place : places)
                read_answer(answer, place == "unplaced" ? "" : place);
        }
    }

    Probe& probe_at(const std::string& scheme, const std::string& place, const std::string& host,
                    ProbePurpose purpose)
    {
        Probe& probe = seen_.probes.emplace_back();
        probe.scheme = scheme;
        if (!place.empty())
            probe.address = *IpAddress::parse(place);
        probe.port = scheme == "https" ? 443 : 80;
        probe.host = host;
        probe.purpose = purpose;
        return probe;
    }

    void read_answer(const Value& answer, const std::string& place)
    {
        const std::string scheme = source_.text_or(answer, "scheme", "https");
        const std::string host = source_.text_or(answer, "host", seen_.subject.host);
        Probe& probe =
            probe_at(scheme, place, host, source_.word_or(answer, "purpose", ProbePurpose::root));
        if (const Value* failed = answer.find("failed")) {
            probe.tcp.status = source_.word_of<StepStatus>(*failed);
            return;
        }
        probe.tcp.status = probe.http.status = StepStatus::ok;
        const std::string certificate = source_.text_or(answer, "certificate", "valid");
        if (scheme == "https" && certificate != "none") {
            probe.tls.status = StepStatus::ok;
            probe.tls_facts = tls_facts(answer, host, certificate);
        }
        HttpFacts& http = probe.http_facts.emplace();
        http.url = scheme + "://" + host + source_.text_or(answer, "path", "/");
        const Value* status = answer.find("status");
        http.status = status == nullptr ? 200 : static_cast<unsigned>(status->integer);
        http.title = source_.text_or(answer, "title", "");
        http.markers = source_.texts_or_none(answer, "markers");
        for (const std::string& set : source_.texts_or_none(answer, "like"))
            add_set(http, answer, set);
        if (const Value* headers = answer.find("headers"))
            add_headers(http, *headers);
    }

    void add_set(HttpFacts& http, const Value& at, const std::string& set) const
    {
        const Value* found = source_.headers == nullptr ? nullptr : source_.headers->find(set);
        if (found == nullptr)
            source_.fail(at, "no [headers] named " + set);
        add_headers(http, *found);
    }

    // [["name", "value"]...]; "set-cookie" values are redacted as a capture redacts them.
    void add_headers(HttpFacts& http, const Value& list) const
    {
        for (const Value& pair : list.items) {
            const std::vector<std::string> both = source_.texts(pair);
            if (both.size() != 2)
                source_.fail(pair, "not a name and a value");
            http.headers.emplace_back(both[0], both[1]);
        }
    }

    TlsFacts tls_facts(const Value& answer, const std::string& host,
                       const std::string& certificate) const
    {
        TlsFacts tls;
        tls.sni = host;
        tls.version = "TLSv1.3";
        if (certificate != "valid" && certificate != "wrong_name" && certificate != "untrusted")
            source_.fail(answer, "unknown certificate " + certificate);
        tls.trusted = certificate != "untrusted";
        tls.name_matches = certificate == "valid";
        resolvers::Certificate& leaf = tls.chain.emplace_back();
        leaf.names = source_.texts_or_none(answer, "names");
        if (leaf.names.empty())
            leaf.names = {host};
        leaf.names_total = static_cast<unsigned>(leaf.names.size());
        leaf.subject_common_name = leaf.names.front();
        leaf.subject_organisation = source_.text_or(answer, "subject_o", "");
        leaf.issuer_organisation = source_.text_or(answer, "issuer", "Let's Encrypt");
        leaf.issuer_common_name = source_.text_or(answer, "issuer_cn", "");
        return tls;
    }

    // A handshake for the outer name of ECH at the same address, its chain verified.
    void read_public_name(const Value& value)
    {
        source_.allow(value, {"name", "at", "certificate"});
        std::vector<std::string> places = source_.texts_or_none(value, "at");
        if (places.empty())
            for (const scanner::SeenAddress& one : seen_.addresses)
                places.push_back(one.address.text());
        for (const std::string& place : places) {
            const std::string name = source_.text_or(value, "name", "cloudflare-ech.com");
            Probe& probe = probe_at("https", place, name, ProbePurpose::public_name);
            probe.tcp.status = probe.tls.status = StepStatus::ok;
            probe.tls_facts =
                tls_facts(Value{}, name, source_.text_or(value, "certificate", "valid"));
        }
    }

    // What its registry says of the network around an address, or around each of them.
    void read_network(const Value& value)
    {
        source_.allow(value, {"at", "holder", "abuse"});
        const std::vector<std::string> places = source_.texts_or_none(value, "at");
        seen_.registry.asked = {"network"};
        for (const scanner::SeenAddress& one : seen_.addresses) {
            const std::string text = one.address.text();
            if (!places.empty() && std::find(places.begin(), places.end(), text) == places.end())
                continue;
            resolvers::RegisteredNetwork& network = seen_.registry.networks.emplace_back();
            network.addresses = {one.address};
            network.first = network.last = one.address;
            network.holder = source_.text_or(value, "holder", "");
            network.abuse.emails = source_.texts_or_none(value, "abuse");
            network.source = "https://rdap.example/ip/" + text;
        }
    }

    void read_redirect(const Value& value)
    {
        source_.allow(value, {"to", "outcome", "status", "addresses"});
        scanner::Redirect& step = seen_.redirects.emplace_back();
        step.from = "https://" + seen_.subject.host + "/";
        step.to = step.location = source_.text_or(value, "to", "");
        step.outcome = source_.word_or(value, "outcome", scanner::RedirectOutcome::followed);
        step.status = 302;
        for (const std::string& address : source_.texts_or_none(value, "addresses"))
            step.addresses.push_back(read_address(source_, value, address));
    }

    using Subject = scanner::Subject;
    const Source& source_;
    const Value& table_;
    scanner::Observation seen_;
};

Corpus read_corpus(const std::string& file)
{
    const std::string path = std::string(SERVEDBY_SOURCE_DIR "/tests/fixtures/corpora/") + file;
    std::ifstream stream(path);
    std::stringstream text;
    text << stream.rdbuf();
    const scanner::catalogue::Document document = scanner::catalogue::parse_toml(text.str());
    if (!stream || !document.error.empty())
        fault(file, document.error_line, document.error.empty() ? "no such file" : document.error);
    Source source{file, document.root.find("headers")};
    source.allow(document.root, {"headers", "case", "elsewhere"});
    Corpus made;
    std::set<std::string> ids;
    if (const Value* cases = document.root.find("case"))
        for (const Value& table : cases->items) {
            source.allow(table, {"id",           "traps",
                                 "why",          "host",
                                 "domain",       "url",
                                 "invalid",      "source",
                                 "refused",      "declared",
                                 "declared_by",  "not_observed",
                                 "addresses",    "not_probed",
                                 "cname",        "chain_end",
                                 "ns",           "mx",
                                 "spf",          "soa",
                                 "ptr",          "unconfirmed_ptr",
                                 "https_record", "dns",
                                 "answer",       "public_name",
                                 "redirect",     "registered",
                                 "view",         "expect"});
            CorpusCase& one = made.cases.emplace_back();
            one.where = file + ":" + std::to_string(table.line);
            one.id = source.text_or(table, "id", "");
            one.why = source.text_or(table, "why", "");
            if (one.id.empty() || one.why.empty() || !ids.insert(one.id).second)
                source.fail(table, "a case needs an id of its own and a why");
            one.traps = source.texts_or_none(table, "traps");
            one.seen = Reader(source, table).read();
            const Value* expect = table.find("expect");
            if (expect == nullptr)
                source.fail(table, "nothing is expected");
            source.allow(*expect, {"state", "front", "host", "claims", "flags", "not_flags",
                                   "chain", "others", "not_others", "seen", "first", "addressed",
                                   "not_addressed", "notice"});
            for (const char* key : {"state", "front", "host", "first", "notice"})
                if (expect->find(key) == nullptr)
                    source.fail(*expect, std::string("expect has no ") + key);
            one.expect = *expect;
        }
    if (const Value* elsewhere = document.root.find("elsewhere"))
        for (const Value& table : elsewhere->items) {
            source.allow(table, {"trap", "why", "file", "test"});
            made.elsewhere.push_back(
                {source.text_or(table, "trap", ""), source.text_or(table, "why", ""),
                 source.text_or(table, "file", ""), source.text_or(table, "test", "")});
        }
    return made;
}

}  // namespace

void add_origins(scanner::Observation& seen)
{
    for (scanner::SeenAddress& address : seen.addresses)
        if (!address.origin)
            address.origin = origins().find(address.address);
}

const Corpus& corpus(const std::string& file)
{
    static std::map<std::string, Corpus> read;
    const auto known = read.find(file);
    return known != read.end() ? known->second
                               : read.emplace(file, read_corpus(file)).first->second;
}

}  // namespace support
