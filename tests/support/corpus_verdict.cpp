#include <algorithm>

#include "scanner/attribute/attribute.h"
#include "scanner/model/json.h"
#include "scanner/model/words.h"
#include "scanner/route/route.h"
#include "tests/support/corpus.h"
#include "tests/support/observed.h"

namespace support {

using scanner::AddresseeKind;
using scanner::FindingStatus;
using scanner::UnknownReason;
using scanner::catalogue::Value;

namespace {

// A text, or an array of them; empty without the key.
std::vector<std::string> texts_in(const Value& table, std::string_view key)
{
    const Value* value = table.find(key);
    if (value == nullptr)
        return {};
    if (value->kind == Value::Kind::text)
        return {value->text};
    std::vector<std::string> all;
    for (const Value& item : value->items)
        all.push_back(item.text);
    return all;
}

std::vector<std::string> split(const std::string& text, const std::string& by)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t at = text.find(by); at != std::string::npos; at = text.find(by, from)) {
        parts.push_back(text.substr(from, at - from));
        from = at + by.size();
    }
    parts.push_back(text.substr(from));
    return parts;
}

// Cuts the last word off, if it is there.
bool take_end(std::string& text, const std::string& word)
{
    if (text == word)
        text.clear();
    else if (text.ends_with(" " + word))
        text.resize(text.size() - word.size() - 1);
    else
        return false;
    return true;
}

bool is_called(const std::string& wanted, const std::string& provider, const std::string& product,
               const std::string& name)
{
    return wanted == provider || wanted == product || wanted == name;
}

// "possible", "at least probable", "at most probable" at the end of the text, or no word of it.
bool grade_holds(std::string& text, scanner::Grade grade)
{
    for (const scanner::Grade bound :
         {scanner::Grade::possible, scanner::Grade::probable, scanner::Grade::confirmed})
        if (take_end(text, std::string(scanner::word(bound)))) {
            if (take_end(text, "at least"))
                return grade >= bound;
            if (take_end(text, "at most"))
                return grade <= bound;
            return grade == bound;
        }
    return true;
}

bool role_holds(std::string& text, scanner::Role role)
{
    for (const std::string_view word : scanner::words_of<scanner::Role>())
        if (take_end(text, std::string(word)))
            return scanner::word(role) == word;
    return true;
}

bool finding_holds(const scanner::Finding& finding, std::string wanted)
{
    if (wanted == "any")
        return true;
    if (wanted == "none")
        return finding.status == FindingStatus::none;
    if (wanted == "not identified")
        return finding.status != FindingStatus::identified;
    if (wanted == "unknown")
        return finding.status == FindingStatus::unknown;
    if (wanted.starts_with("unknown "))
        return finding.status == FindingStatus::unknown && word(finding.reason) == wanted.substr(8);
    if (wanted.starts_with("not ")) {
        for (const std::string& name : split(wanted.substr(4), ", "))
            if (is_called(name, finding.provider, finding.product, finding.name))
                return false;
        return true;
    }
    if (finding.status != FindingStatus::identified || !grade_holds(wanted, finding.grade))
        return false;
    // Some names end in a word that is a role as well ("... province network").
    return is_called(wanted, finding.provider, finding.product, finding.name) ||
           (role_holds(wanted, finding.role) &&
            is_called(wanted, finding.provider, finding.product, finding.name));
}

bool any_holds(const scanner::Finding& finding, const std::string& wanted)
{
    for (const std::string& alternative : split(wanted, " | "))
        if (finding_holds(finding, alternative))
            return true;
    return false;
}

bool addressee_holds(const scanner::Addressee& to, std::string wanted)
{
    if (const std::size_t bar = wanted.find(" | "); bar != std::string::npos)
        return addressee_holds(to, wanted.substr(0, bar)) ||
               addressee_holds(to, wanted.substr(bar + 3));
    for (const std::string_view kind : scanner::words_of<AddresseeKind>())
        if (take_end(wanted, std::string(kind)) && word(to.kind) != kind)
            return false;
    return is_called(wanted, to.provider, to.product, to.name) ||
           (role_holds(wanted, to.role) && is_called(wanted, to.provider, to.product, to.name));
}

std::string list_of(const std::vector<std::string>& words)
{
    std::string text = "[";
    for (const std::string& word : words)
        text += (text.size() > 1 ? ", " : "") + word;
    return text + "]";
}

std::string line_of(const scanner::Addressee& to)
{
    return (to.product.empty() ? to.name : to.product) + " " + std::string(word(to.role)) + " " +
           std::string(word(to.kind)) + " " + std::string(word(to.grade));
}

std::string lines_of(const std::vector<scanner::Addressee>& all)
{
    std::vector<std::string> made;
    for (const scanner::Addressee& to : all)
        made.push_back(line_of(to));
    return list_of(made);
}

}  // namespace

std::string text_of(const scanner::Finding& finding)
{
    if (finding.status != FindingStatus::identified)
        return std::string(word(finding.status)) + (finding.reason == UnknownReason::none
                                                        ? ""
                                                        : " " + std::string(word(finding.reason)));
    return (finding.product.empty() ? finding.name : finding.product) + " " +
           std::string(word(finding.role)) + " " + std::string(word(finding.grade));
}

namespace {

std::vector<std::string> disagreements(const CorpusCase& one,
                                       const scanner::Attribution& attribution,
                                       const std::vector<scanner::Addressee>& addressees)
{
    std::vector<std::string> found;
    const auto differ = [&](const std::string& what, const std::string& wanted,
                            const std::string& got) {
        found.push_back(what + ": expected " + wanted + ", got " + got);
    };
    const auto list = [&](const char* key) { return texts_in(one.expect, key); };

    const std::vector<std::string> states = list("state");
    const std::string state(word(attribution.state));
    if (std::find(states.begin(), states.end(), state) == states.end() &&
        states != std::vector<std::string>{"any"})
        differ("state", list_of(states), state + " (" + attribution.state_reason + ")");

    const std::pair<const char*, const scanner::Finding*> roles[] = {{"front", &attribution.front},
                                                                     {"host", &attribution.host}};
    for (const auto& [key, finding] : roles) {
        const std::string wanted = texts_in(one.expect, key).front();
        if (!any_holds(*finding, wanted))
            differ(key, wanted, text_of(*finding));
    }

    const std::vector<std::string> claims = list("claims");
    if (claims != attribution.claims && claims != std::vector<std::string>{"any"})
        differ("claims", list_of(claims), list_of(attribution.claims));

    const std::vector<std::string> flags = scanner::words_for(attribution.flags);
    const auto has_flag = [&](const std::string& flag) {
        return std::find(flags.begin(), flags.end(), flag) != flags.end();
    };
    for (const std::string& flag : list("flags"))
        if (!has_flag(flag))
            differ("flags", flag, list_of(flags));
    for (const std::string& flag : list("not_flags"))
        if (has_flag(flag))
            differ("flags", "no " + flag, list_of(flags));

    const auto texts = [](const std::vector<scanner::Finding>& all) {
        std::vector<std::string> made;
        for (const scanner::Finding& finding : all)
            made.push_back(text_of(finding));
        return list_of(made);
    };
    const auto contains = [](const std::vector<scanner::Finding>& all, const std::string& wanted) {
        return std::any_of(all.begin(), all.end(), [&](const scanner::Finding& finding) {
            return any_holds(finding, wanted);
        });
    };
    for (const std::string& wanted : list("chain"))
        if (!contains(attribution.chain, wanted))
            differ("chain", wanted, texts(attribution.chain));
    for (const std::string& wanted : list("others"))
        if (!contains(attribution.others, wanted))
            differ("others", wanted, texts(attribution.others));
    for (const std::string& wanted : list("not_others"))
        if (contains(attribution.others, wanted))
            differ("others", "no " + wanted, texts(attribution.others));

    for (const std::string& rule : list("seen"))
        if (std::none_of(
                attribution.evidence.begin(), attribution.evidence.end(),
                [&](const scanner::Evidence& seen) { return seen.rule.starts_with(rule); }))
            found.push_back("no evidence by " + rule);

    const std::vector<std::string> first = list("first");
    const bool primary =
        std::any_of(addressees.begin(), addressees.end(),
                    [](const scanner::Addressee& to) { return to.kind == AddresseeKind::primary; });
    const bool first_holds =
        std::any_of(first.begin(), first.end(), [&](const std::string& wanted) {
            if (wanted == "any")
                return true;
            if (wanted == "none")
                return addressees.empty();
            if (wanted == "no primary")
                return !primary;
            return !addressees.empty() && addressee_holds(addressees.front(), wanted);
        });
    if (!first_holds)
        differ("first", list_of(first), lines_of(addressees));
    const auto is_addressed = [&](const std::string& wanted) {
        return std::any_of(addressees.begin(), addressees.end(), [&](const scanner::Addressee& to) {
            return addressee_holds(to, wanted);
        });
    };
    for (const std::string& wanted : list("addressed"))
        if (!is_addressed(wanted))
            differ("addressed", wanted, lines_of(addressees));
    for (const std::string& wanted : list("not_addressed"))
        if (is_addressed(wanted))
            differ("addressed", "not " + wanted, lines_of(addressees));

    const bool any_notice = texts_in(one.expect, "notice") == std::vector<std::string>{"any"};
    const bool notice = one.expect.find("notice")->boolean;
    if (!any_notice && notice != attribution.notice_ready)
        differ("notice", notice ? "ready" : "not ready", list_of(attribution.notice_reasons));
    return found;
}

}  // namespace

std::vector<std::string> breaches(const scanner::Attribution& attribution,
                                  const std::vector<scanner::Addressee>& addressees)
{
    std::vector<std::string> found;
    std::vector<const scanner::Finding*> findings = {&attribution.front, &attribution.host};
    for (const auto* list : {&attribution.chain, &attribution.others})
        for (const scanner::Finding& finding : *list)
            findings.push_back(&finding);
    for (const scanner::Finding* finding : findings) {
        const std::string text = text_of(*finding);
        const bool identified = finding->status == FindingStatus::identified;
        if (identified &&
            (finding->grade == scanner::Grade::none || finding->reason != UnknownReason::none ||
             (finding->name.empty() && finding->provider.empty())))
            found.push_back("identified without grade or name, or with a reason: " + text);
        if (!identified && (!finding->provider.empty() || !finding->product.empty()))
            found.push_back("not identified, and yet a name: " + text);
        // "None" is a claim like any other.
        if (!identified &&
            (finding->status == FindingStatus::none) != (finding->grade != scanner::Grade::none))
            found.push_back("a grade without a claim, or none without a grade: " + text);
        if (finding->status == FindingStatus::unknown && finding->reason == UnknownReason::none)
            found.push_back("unknown without a reason: " + text);
        if (!(finding->share > 0.0 && finding->share <= 1.0))
            found.push_back("a share out of bounds: " + text);
    }
    // A front that only passes through is no host (signals.md 0).
    if (attribution.host.status == FindingStatus::identified && !attribution.host.product.empty() &&
        attribution.host.product == attribution.front.product)
        found.push_back("the front's product named as host: " + text_of(attribution.host));
    unsigned rank = 0;
    for (const scanner::Addressee& to : addressees) {
        ++rank;
        if (to.rank != rank)
            found.push_back("ranks out of order: " + line_of(to));
        // Nobody is written to above the grade at which he was found.
        const bool found_so =
            std::any_of(findings.begin(), findings.end(), [&](const scanner::Finding* finding) {
                return finding->status == FindingStatus::identified && finding->role == to.role &&
                       finding->product == to.product && finding->provider == to.provider &&
                       finding->grade >= to.grade;
            });
        if (!found_so)
            found.push_back("an addressee that no finding bears out: " + line_of(to));
        if (to.kind == AddresseeKind::primary && to.grade < scanner::Grade::probable)
            found.push_back("a primary addressee below probable: " + line_of(to));
        for (const scanner::ContactChannel& channel : to.channels)
            if (channel.address.empty())
                found.push_back("a channel that leads nowhere: " + line_of(to));
    }
    if (attribution.notice_ready != attribution.notice_reasons.empty())
        found.push_back("notice_ready and its reasons differ");
    const bool reachable =
        std::any_of(addressees.begin(), addressees.end(), [](const scanner::Addressee& to) {
            return to.kind == AddresseeKind::primary && !to.channels.empty();
        });
    if (attribution.notice_ready && !reachable)
        found.push_back("a notice in order, and nobody to send it to");
    return found;
}

std::string differences(const CorpusCase& one)
{
    std::string line;
    scanner::write_observation(line, one.seen);
    const auto stored = scanner::read_observation(line);
    if (!stored)
        return "\n    cannot be stored: " + stored.error().detail;
    std::string wrong;
    if (*stored != one.seen)
        wrong += "\n    comes back from its JSON as something else";
    scanner::Record record;
    record.attribution = scanner::attribute::attribute(*stored, shipped_catalogue());
    record.observation = *stored;
    scanner::route::route_record(record, shipped_catalogue());
    const scanner::Attribution& verdict = record.attribution;
    const std::vector<scanner::Addressee>& to = record.addressees;
    for (const std::string& difference : disagreements(one, verdict, to))
        wrong += "\n    " + difference;
    for (const std::string& breach : breaches(verdict, to))
        wrong += "\n    " + breach;
    return wrong;
}

}  // namespace support
