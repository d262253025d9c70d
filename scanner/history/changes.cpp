#include "scanner/history/changes.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "resolvers/base/digest.h"
#include "scanner/model/json.h"
#include "scanner/model/words.h"

namespace scanner::history {

namespace {

std::string text_of(const Finding& finding)
{
    if (finding.status == FindingStatus::none)
        return "none";
    if (finding.status != FindingStatus::identified)
        return "unknown: " + std::string(word(finding.reason));
    std::string text = finding.product.empty() ? finding.name : finding.product;
    return text + ", " + std::string(word(finding.grade));
}

std::string kind_of(const Finding& before, const Finding& after)
{
    const bool named_before = before.status == FindingStatus::identified;
    const bool named_after = after.status == FindingStatus::identified;
    if (named_before != named_after)
        return named_after ? "named" : "lost";
    if (!named_after)
        return "reasoned";
    return before.product != after.product || before.name != after.name ? "renamed" : "regraded";
}

void compare(std::vector<Difference>& differences, std::string what, const Finding& before,
             const Finding& after)
{
    std::string text_before = text_of(before);
    std::string text_after = text_of(after);
    if (text_before != text_after)
        differences.push_back({std::move(what), std::move(text_before), std::move(text_after),
                               kind_of(before, after)});
}

// The findings of a role other than front and host, in a row.
std::string row_of(const std::vector<Finding>& findings, Role role)
{
    std::string row;
    for (const Finding& finding : findings)
        if (finding.role == role)
            row += (row.empty() ? "" : "; ") + text_of(finding);
    return row;
}

std::string chain_text(const std::vector<Finding>& chain)
{
    std::string text;
    for (const Finding& hop : chain)
        text += (text.empty() ? "" : " > ") + std::string(word(hop.role)) + " " + text_of(hop);
    return text;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& one : words)
        text += (text.empty() ? "" : ", ") + one;
    return text;
}

void compare(std::vector<Difference>& differences, std::string what, std::string before,
             std::string after)
{
    if (before != after)
        differences.push_back({std::move(what), std::move(before), std::move(after), ""});
}

std::string row_kind(const Difference& difference)
{
    if (difference.before.empty())
        return "named";
    return difference.after.empty() ? "lost" : "renamed";
}

void compare_others(std::vector<Difference>& differences, const Attribution& before,
                    const Attribution& after)
{
    for (const std::string_view name : words_of<Role>()) {
        const Role role = *value_of<Role>(name);
        const std::size_t had = differences.size();
        // Further fronts and hosts of a multi-CDN.
        const bool further = role == Role::front || role == Role::host;
        compare(differences, (further ? "further " : "") + std::string(name),
                row_of(before.others, role), row_of(after.others, role));
        if (differences.size() > had)
            differences.back().kind = row_kind(differences.back());
    }
}

auto key_of(const Evidence& evidence)
{
    return std::tie(evidence.signal, evidence.rule, evidence.product, evidence.seen,
                    evidence.address, evidence.strength, evidence.role, evidence.side);
}

// Those of `some` that `others` do not have, each as often as it is missing.
std::vector<Evidence> missing(const std::vector<Evidence>& some,
                              const std::vector<Evidence>& others)
{
    std::map<decltype(key_of(some.front())), int> count;
    for (const Evidence& other : others)
        ++count[key_of(other)];
    std::vector<Evidence> found;
    for (const Evidence& one : some)
        if (--count[key_of(one)] < 0)
            found.push_back(one);
    return found;
}

Cause cause_of(const RunVerdict& before, const RunVerdict& after)
{
    if (before.observation_sha256 != after.observation_sha256)
        return Cause::observation;
    return before.provenance.catalogue_sha256 != after.provenance.catalogue_sha256
               ? Cause::catalogue
               : Cause::program;
}

}  // namespace

std::string_view word(Cause cause)
{
    switch (cause) {
        case Cause::observation:
            return "observation";
        case Cause::catalogue:
            return "catalogue";
        case Cause::program:
            break;
    }
    return "program";
}

RunVerdict verdict_of(Record&& record)
{
    std::string bytes;
    write_observation(bytes, record.observation);
    RunVerdict verdict;
    verdict.line = record.observation.subject.line;
    verdict.host = std::move(record.observation.subject.host);
    verdict.observed_at = record.observation.observed_at;
    verdict.observation_sha256 = resolvers::sha256_hex(bytes);
    verdict.attribution = std::move(record.attribution);
    verdict.provenance = std::move(record.provenance);
    return verdict;
}

std::optional<Change> change_between(const RunVerdict& before, const RunVerdict& after)
{
    const Attribution& old = before.attribution;
    const Attribution& now = after.attribution;
    Change change;
    std::vector<Difference>& differences = change.differences;
    compare(differences, "state", std::string(word(old.state)), std::string(word(now.state)));
    compare(differences, "front", old.front, now.front);
    compare(differences, "host", old.host, now.host);
    compare(differences, "chain", chain_text(old.chain), chain_text(now.chain));
    compare_others(differences, old, now);
    compare(differences, "claims", joined(old.claims), joined(now.claims));
    compare(differences, "flags", joined(words_for(old.flags)), joined(words_for(now.flags)));
    compare(differences, "notice", old.notice_ready ? "ready" : joined(old.notice_reasons),
            now.notice_ready ? "ready" : joined(now.notice_reasons));
    change.disappeared = missing(old.evidence, now.evidence);
    change.appeared = missing(now.evidence, old.evidence);
    if (differences.empty() && change.appeared.empty() && change.disappeared.empty())
        return std::nullopt;
    change.cause = cause_of(before, after);
    return change;
}

}  // namespace scanner::history
