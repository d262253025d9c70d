// What must not matter, and what may only matter in one direction, over every observation that the
// tests have: the corpora, the importers' fixtures, the stored records.
//
// Left out, with the reason: of a verdict that is a conflict, a lost signal may well settle the
// quarrel; and what a response says of the subject's state (parked, tampered) is no grade.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "scanner/attribute/attribute.h"
#include "scanner/model/json.h"
#include "scanner/model/words.h"
#include "scanner/route/route.h"
#include "tests/input/importers/imported.h"
#include "tests/support/corpus.h"
#include "tests/support/observed.h"

using namespace scanner;

namespace {

struct Known {
    std::string id;
    Observation seen;
};

const std::vector<Known>& everything()
{
    static const std::vector<Known> all = [] {
        std::vector<Known> made;
        for (const char* file : {"traps.toml", "conflicts.toml"})
            for (const support::CorpusCase& one : support::corpus(file).cases)
                made.push_back({one.id, one.seen});
        std::ifstream records(SERVEDBY_SOURCE_DIR "/tests/golden/records.jsonl");
        for (std::string line; std::getline(records, line);) {
            const auto record = read_record(line);
            REQUIRE(record.has_value());
            made.push_back({"record " + record->observation.subject.host, record->observation});
        }
        std::vector<std::string> files;
        for (const auto& file :
             std::filesystem::directory_iterator(SERVEDBY_SOURCE_DIR "/tests/fixtures/input"))
            files.push_back(file.path().filename().string());
        std::sort(files.begin(), files.end());
        for (const std::string& file : files) {
            const std::string text = test::fixture(file);
            const input::Importer* importer =
                scanner::input::sniff(text.substr(0, input::sniff_bytes));
            REQUIRE(importer != nullptr);
            for (Observation& seen : test::import_text(importer->name, text).observations) {
                support::add_origins(seen);
                made.push_back({file + " " + seen.subject.host, std::move(seen)});
            }
        }
        return made;
    }();
    return all;
}

Attribution judged(const Observation& seen)
{
    return scanner::attribute::attribute(seen, support::shipped_catalogue());
}

std::string quoted(const Attribution& verdict, const std::vector<std::string>& ids)
{
    std::set<std::string> seen;
    for (const std::string& id : ids)
        for (const Evidence& one : verdict.evidence)
            if (one.id == id)
                seen.insert(one.rule + " " + one.seen + " " + one.address);
    std::string text;
    for (const std::string& one : seen)
        text += "\n        " + one;
    return text;
}

// Everything that a verdict says, without the numbering of its evidence, which follows the order in
// which things were seen.
std::string essence(const Attribution& verdict)
{
    std::string text(word(verdict.state));
    const auto add = [&](const char* what, const Finding& finding) {
        text += std::string("\n    ") + what + " " + support::text_of(finding) + " share " +
                std::to_string(finding.share) + " score " + std::to_string(finding.score) + " for" +
                quoted(verdict, finding.evidence) + " against" + quoted(verdict, finding.against);
    };
    add("front", verdict.front);
    add("host", verdict.host);
    for (const Finding& hop : verdict.chain)
        add("chain", hop);
    for (const Finding& other : verdict.others)
        add("other", other);
    for (const Flag flag : verdict.flags)
        text += "\n    flag " + std::string(word(flag));
    for (const std::string& claim : verdict.claims)
        text += "\n    claim " + claim;
    std::vector<AddressVerdict> places = verdict.addresses;
    std::sort(places.begin(), places.end(), [](const AddressVerdict& a, const AddressVerdict& b) {
        return a.address < b.address;
    });
    for (const AddressVerdict& one : places) {
        text += "\n    at " + one.address.text() + " of " + one.owner;
        add("front", one.front);
        add("host", one.host);
    }
    for (const Addressee& to : scanner::route::route(verdict, support::shipped_catalogue()))
        text += "\n    to " + std::string(word(to.kind)) + " " + std::string(word(to.role)) + " " +
                to.product + " " + to.name + " " + std::string(word(to.grade));
    return text + (verdict.notice_ready ? "\n    notice" : "");
}

// The first line in which two texts differ, of each.
std::string difference(const std::string& before, const std::string& after)
{
    std::istringstream a(before);
    std::istringstream b(after);
    std::string of_a;
    std::string of_b;
    while (of_a == of_b && (a || b)) {
        std::getline(a, of_a);
        std::getline(b, of_b);
    }
    return of_a + " becomes " + of_b;
}

// The attribution as it would be printed: its bytes.
std::string bytes_of(const Attribution& verdict)
{
    Record record;
    record.attribution = verdict;
    record.routed = true;
    record.addressees = scanner::route::route(verdict, support::shipped_catalogue());
    std::string line;
    write_record(line, record);
    return line;
}

// ---- What can be lost ---------------------------------------------------------------------------

struct Loss {
    std::string what;
    Observation left;
    /// A whole probe: an address may then be one that nobody looked at.
    bool probe = false;
};

bool is_named(const resolvers::DnsRecord& record, const Observation& seen)
{
    // Addresses and the chain stand in fields of their own; the records are only where from.
    return record.type == "NS" || record.type == "MX" || record.type == "TXT" ||
           record.type == "HTTPS" || record.type == "PTR" || record.type == "SOA" ||
           (record.type == "CNAME" && seen.chain.empty());
}

// Every observation that has one signal less.
std::vector<Loss> losses(const Observation& seen)
{
    std::vector<Loss> all;
    const auto lose = [&](const std::string& what, const std::function<void(Observation&)>& how) {
        Loss& loss = all.emplace_back(Loss{what, seen});
        how(loss.left);
    };
    for (std::size_t p = 0; p < seen.probes.size(); ++p) {
        const resolvers::Probe& probe = seen.probes[p];
        if (probe.http_facts) {
            for (std::size_t h = 0; h < probe.http_facts->headers.size(); ++h)
                lose("header " + probe.http_facts->headers[h].first, [&](Observation& left) {
                    auto& headers = left.probes[p].http_facts->headers;
                    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(h));
                });
            if (!probe.http_facts->markers.empty())
                lose("markers",
                     [&](Observation& left) { left.probes[p].http_facts->markers.clear(); });
        }
        if (probe.tls_facts && !probe.tls_facts->chain.empty() &&
            probe.purpose != resolvers::ProbePurpose::public_name)
            lose("names of the certificate", [&](Observation& left) {
                resolvers::Certificate& leaf = left.probes[p].tls_facts->chain.front();
                leaf.names.clear();
                leaf.subject_common_name.clear();
                leaf.subject_organisation.clear();
                leaf.issuer_organisation.clear();
                leaf.issuer_common_name.clear();
            });
    }
    for (std::size_t a = 0; a < seen.dns.size(); ++a)
        for (std::size_t r = 0; r < seen.dns[a].records.size(); ++r)
            if (is_named(seen.dns[a].records[r], seen))
                lose("record " + seen.dns[a].records[r].type, [&](Observation& left) {
                    auto& records = left.dns[a].records;
                    records.erase(records.begin() + static_cast<std::ptrdiff_t>(r));
                });
    for (std::size_t c = 1; c < seen.chain.size(); ++c)
        lose("alias " + seen.chain[c], [&](Observation& left) {
            left.chain.erase(left.chain.begin() + static_cast<std::ptrdiff_t>(c));
            for (resolvers::DnsAnswer& answer : left.dns)
                std::erase_if(answer.records, [&](const resolvers::DnsRecord& record) {
                    return record.type == "CNAME" && record.data == seen.chain[c];
                });
        });
    return all;
}

std::vector<Loss> lost_probes(const Observation& seen)
{
    std::vector<Loss> all;
    for (std::size_t p = 0; p < seen.probes.size(); ++p) {
        Loss& loss = all.emplace_back(
            Loss{std::string(word(seen.probes[p].purpose)) + " probe of " +
                     (seen.probes[p].address ? seen.probes[p].address->text() : "no address"),
                 seen});
        loss.left.probes.erase(loss.left.probes.begin() + static_cast<std::ptrdiff_t>(p));
    }
    return all;
}

// Every finding by its role and by that, or by its name where it has none.
std::map<std::string, Grade> grades_by(std::string Finding::*whom, const Attribution& verdict)
{
    std::map<std::string, Grade> grades;
    const auto add = [&](const Finding& finding) {
        if (finding.status != FindingStatus::identified)
            return;
        const std::string& who = (finding.*whom).empty() ? finding.name : finding.*whom;
        Grade& known = grades[std::string(word(finding.role)) + " " + who];
        known = std::max(known, finding.grade);
    };
    add(verdict.front);
    add(verdict.host);
    for (const auto* list : {&verdict.chain, &verdict.others})
        for (const Finding& finding : *list)
            add(finding);
    return grades;
}

std::map<std::string, Grade> grades_of(const Attribution& verdict)
{
    return grades_by(&Finding::provider, verdict);
}

// Who is named at all, in whatever role.
std::set<std::string> names_of(const Attribution& verdict)
{
    std::set<std::string> names;
    for (const auto& [key, grade] : grades_of(verdict))
        names.insert(key.substr(key.find(' ') + 1));
    return names;
}

bool is_server(const std::string& who)
{
    return who.starts_with("front ") || who.starts_with("platform ") || who.starts_with("host ");
}

// The companies that front, store or host.
std::set<std::string> servers_of(const Attribution& verdict)
{
    std::set<std::string> servers;
    for (const auto& [who, grade] : grades_of(verdict))
        if (is_server(who))
            servers.insert(who.substr(who.find(' ') + 1));
    return servers;
}

std::map<std::string, Grade> product_grades_of(const Attribution& verdict)
{
    return grades_by(&Finding::product, verdict);
}

Grade front_grade_of(const Attribution& verdict)
{
    return verdict.front.status == FindingStatus::identified ? verdict.front.grade : Grade::none;
}

// What got surer by a loss; empty when nothing did. Two things may happen all the same: a front
// that fades leaves whoever holds or carries the address in plain view; and an alias that is lost
// may have singled out one product of a company, of which less (it is their edge, it is their
// machine) was surer all the time.
std::string surer(const Attribution& before, const Attribution& after)
{
    std::string found;
    const std::map<std::string, Grade> had = product_grades_of(before);
    const std::set<std::string> servers = servers_of(before);
    const std::set<std::string> servers_now = servers_of(after);
    const bool front_fades = front_grade_of(after) < front_grade_of(before);
    for (const auto& [who, grade] : product_grades_of(after)) {
        const auto known = had.find(who);
        const bool was_behind = who.starts_with("host ") || who.starts_with("platform ") ||
                                who.starts_with("scrubber ");
        if (was_behind && front_fades)
            continue;
        if (known == had.end() && is_server(who) && servers == servers_now)
            continue;
        const Grade old = known == had.end() ? Grade::none : known->second;
        if (grade > old)
            found +=
                who + " from " + std::string(word(old)) + " to " + std::string(word(grade)) + "; ";
    }
    if (before.front.status == FindingStatus::unknown && after.front.status == FindingStatus::none)
        found += "front from unknown to none; ";
    if (before.host.status == FindingStatus::unknown && after.host.status == FindingStatus::none)
        found += "host from unknown to none; ";
    if (before.front.status == FindingStatus::unknown && after.front.grade == Grade::confirmed)
        found += "front from unknown to confirmed; ";
    if (before.host.status == FindingStatus::unknown && after.host.grade == Grade::confirmed &&
        !front_fades)
        found += "host from unknown to confirmed; ";
    return found;
}

bool is_conflict(const Attribution& verdict)
{
    return verdict.front.reason == UnknownReason::conflict;
}

// ---- What can be added --------------------------------------------------------------------------

struct Mark {
    const char* provider;
    const char* name;
    const char* value;
};

// One strong mark each of fronts and platforms, as anybody can send them.
constexpr Mark marks[] = {
    {"cloudflare", "server", "cloudflare"},
    {"cloudflare", "cf-ray", "8f3c2a1b4d5e6f70-FRA"},
    {"cloudflare", "set-cookie", "__cf_bm=[redacted]; path=/"},
    {"aws", "x-amz-cf-id", "Zy3xQ1w2E4r5T6y7U8i9O0pAsDfGhJkLzXcVbNm1Qw2Er3Ty4Ui5Op=="},
    {"aws", "server", "AmazonS3"},
    {"fastly", "x-timer", "S1795315200.123456,VS0,VE1"},
    {"akamai", "akamai-grn", "0.4b0a4b68.1795315200.1a2b3c4d"},
    {"ddos-guard", "server", "ddos-guard"},
    {"ddos-guard", "set-cookie", "__ddg1_=[redacted]; path=/"},
    {"imperva", "x-iinfo", "1-2-3 NNNN CT(1 2 0) RT(1795315200 0)"},
    {"imperva", "set-cookie", "visid_incap_1=[redacted]; path=/"},
    {"sucuri", "x-sucuri-id", "12005"},
    {"qrator", "server", "QRATOR"},
    {"vercel", "x-vercel-id", "fra1::abcde-1795315200000-0123456789ab"},
    {"github", "x-github-request-id", "1A2B:3C4D5E:6F7081:92A3B4:67401234"},
    {"shopify", "x-shopid", "12345678"},
};

// Does the site have to do with the company anyway, by address, name or declaration?
bool is_at_home(const Observation& seen, const std::string& provider)
{
    const catalogue::Catalogue& catalogue = support::shipped_catalogue();
    for (const SeenAddress& address : seen.addresses) {
        for (const catalogue::RangeHit& hit : catalogue.ranges_of(address.address))
            if (hit.rule->product->provider->id == provider)
                return true;
        if (address.origin)
            for (const catalogue::Rule* rule : catalogue.asn_rules(address.origin->asn))
                if (rule->product->provider->id == provider)
                    return true;
    }
    const Attribution verdict = judged(seen);
    return names_of(verdict).count(provider) != 0;
}

std::vector<std::string> addressees_of(const Attribution& verdict)
{
    std::vector<std::string> all;
    for (const Addressee& to : scanner::route::route(verdict, support::shipped_catalogue()))
        all.push_back(std::string(word(to.role)) + " " +
                      (to.provider.empty() ? to.name : to.provider));
    return all;
}

template <typename T>
void turn(std::vector<T>& list, std::size_t by)
{
    if (!list.empty())
        std::rotate(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(by % list.size()),
                    list.end());
}

}  // namespace

TEST_CASE("the order of answers, headers, addresses and probes does not matter")
{
    std::string faults;
    for (const auto& [id, seen] : everything()) {
        const std::string before = essence(judged(seen));
        for (const std::size_t by : {1U, 2U, 5U}) {
            Observation turned = seen;
            turn(turned.dns, by);
            for (resolvers::DnsAnswer& answer : turned.dns)
                turn(answer.records, by);
            turn(turned.addresses, by);
            turn(turned.probes, by);
            for (resolvers::Probe& probe : turned.probes)
                if (probe.http_facts)
                    turn(probe.http_facts->headers, by);
            std::string after = essence(judged(turned));
            if (after != before)
                faults += "\n    " + id + " turned: " + difference(before, after);
            std::reverse(turned.probes.begin(), turned.probes.end());
            std::reverse(turned.addresses.begin(), turned.addresses.end());
            after = essence(judged(turned));
            if (after != before)
                faults += "\n    " + id + " reversed: " + difference(before, after);
        }
    }
    CHECK(faults == "");
}

TEST_CASE("headers that mean nothing change no byte")
{
    std::string faults;
    for (const auto& [id, seen] : everything()) {
        const std::string before = bytes_of(judged(seen));
        Observation more = seen;
        for (resolvers::Probe& probe : more.probes)
            if (probe.http_facts) {
                auto& headers = probe.http_facts->headers;
                headers.insert(headers.begin(), {"date", "Sun, 22 Nov 2026 06:00:00 GMT"});
                headers.emplace_back("x-films-build", "7");
                headers.emplace_back("x-frame-options", "SAMEORIGIN");
                headers.emplace_back("strict-transport-security", "max-age=31536000");
                headers.emplace_back("set-cookie", "session=[redacted]; path=/");
                headers.emplace_back("link", "<https://cdn.example.net/a.css>; rel=preload");
            }
        if (bytes_of(judged(more)) != before)
            faults += "\n" + id;
    }
    CHECK(faults == "");
}

TEST_CASE("an address, a record or a probe that comes twice counts once")
{
    std::string faults;
    for (const auto& [id, seen] : everything()) {
        const std::string before = bytes_of(judged(seen));
        Observation twice = seen;
        twice.addresses.insert(twice.addresses.end(), seen.addresses.begin(), seen.addresses.end());
        twice.probes.insert(twice.probes.end(), seen.probes.begin(), seen.probes.end());
        twice.dns.insert(twice.dns.end(), seen.dns.begin(), seen.dns.end());
        for (std::size_t i = 0; i < seen.dns.size(); ++i)
            twice.dns[i].records.insert(twice.dns[i].records.end(), seen.dns[i].records.begin(),
                                        seen.dns[i].records.end());
        if (bytes_of(judged(twice)) != before)
            faults +=
                "\n" + id + ": " + essence(judged(seen)) + "\n  twice: " + essence(judged(twice));
    }
    CHECK(faults == "");
}

TEST_CASE("the case of header names is gone before anything is judged")
{
    const auto recording = [](const char* server, const char* ray, const char* cookie) {
        return std::string(R"({"log":{"version":"1.2","creator":{"name":"x","version":"1"},)"
                           R"("entries":[{"startedDateTime":"2026-11-22T06:00:00.000Z",)"
                           R"("serverIPAddress":"104.16.1.1","request":{"method":"GET",)"
                           R"("url":"https://www.example.org/","headers":[]},"response":)"
                           R"({"status":200,"statusText":"OK","httpVersion":"h2","headers":[)"
                           R"({"name":")") +
               server + R"(","value":"cloudflare"},{"name":")" + ray +
               R"(","value":"8f3c2a1b4d5e6f70-FRA"},{"name":")" + cookie +
               R"(","value":"__cf_bm=x; path=/"}],"content":{"size":0}}}]}})";
    };
    const auto read = [](const std::string& text) {
        const test::Imported made = test::import_text("har", text);
        REQUIRE(made.observations.size() == 1);
        return made.observations.front();
    };
    const Observation lower = read(recording("server", "cf-ray", "set-cookie"));
    CHECK(judged(lower).front.product == "cloudflare-proxy");
    CHECK(read(recording("Server", "CF-RAY", "Set-Cookie")) == lower);
    CHECK(read(recording("SERVER", "Cf-Ray", "SET-COOKIE")) == lower);
}

TEST_CASE("a signal less never makes anybody surer, nor turns what is unknown into none")
{
    std::string faults;
    unsigned tried = 0;
    for (const auto& [id, seen] : everything()) {
        const Attribution before = judged(seen);
        if (is_conflict(before))
            continue;
        for (const Loss& loss : losses(seen)) {
            const Attribution after = judged(loss.left);
            ++tried;
            const std::string found = surer(before, after);
            if (!found.empty() && after.state == before.state)
                faults += "\n    " + id + " without " + loss.what + ": " + found;
        }
    }
    CHECK(faults == "");
    CHECK(tried > 500);
}

TEST_CASE("a probe less names nobody new, and makes nobody surer")
{
    std::string faults;
    unsigned tried = 0;
    for (const auto& [id, seen] : everything()) {
        const Attribution before = judged(seen);
        if (is_conflict(before))
            continue;
        const std::set<std::string> known = names_of(before);
        for (const Loss& loss : lost_probes(seen)) {
            const Attribution after = judged(loss.left);
            ++tried;
            for (const std::string& name : names_of(after))
                if (known.count(name) == 0 && after.state == before.state)
                    faults += "\n    " + id + " without " + loss.what + " names " + name;
            const std::string found = surer(before, after);
            if (!found.empty() && after.state == before.state)
                faults += "\n    " + id + " without " + loss.what + ": " + found;
        }
    }
    CHECK(faults == "");
    CHECK(tried > 100);
}

TEST_CASE("a forged header adds no addressee and does not change the first one")
{
    std::string faults;
    for (const auto& [id, seen] : everything()) {
        const Attribution before = judged(seen);
        const std::vector<std::string> plain = addressees_of(before);
        // Behind a front a platform's mark is what a notice to two goes by: it may come in second.
        const bool fronted = before.front.grade >= Grade::probable;
        for (const Mark& mark : marks) {
            if (is_at_home(seen, mark.provider))
                continue;
            Observation more = seen;
            for (resolvers::Probe& probe : more.probes)
                if (probe.http_facts)
                    probe.http_facts->headers.emplace_back(mark.name, mark.value);
            const std::vector<std::string> after = addressees_of(judged(more));
            const bool first_stays =
                plain.empty() ? after.empty() : !after.empty() && after.front() == plain.front();
            if (!first_stays || (!fronted && after != plain))
                faults += "\n    " + id + " with " + mark.name + ": " + mark.value + ": " +
                          test::joined(plain) + " becomes " + test::joined(after);
        }
    }
    CHECK(faults == "");
}
