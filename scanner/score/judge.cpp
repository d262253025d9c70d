#include "scanner/score/judge.h"

#include <algorithm>

#include "scanner/model/words.h"

namespace scanner::score {

namespace {

constexpr std::string_view mark_words[] = {"right",  "company",    "wrong",  "false_alarm",
                                           "missed", "right_none", "silent", "no_record"};
static_assert(std::size(mark_words) == mark_count);

bool is_named(const Finding& finding, Grade least)
{
    return finding.status == FindingStatus::identified && finding.grade >= least;
}

// Somebody who may have given the answer, and as what.
struct Candidate {
    const Finding* finding = nullptr;
    const char* through = "";
    /// Has a role of its own: it may show that the label is right, and never that this role's
    /// answer was wrong.
    bool only_helps = false;
};

void add_platforms(std::vector<Candidate>& candidates, const Attribution& verdict,
                   bool only_helps = false)
{
    for (const Finding& hop : verdict.chain)
        if (hop.role == Role::platform)
            candidates.push_back({&hop, "platform", only_helps});
    for (const Finding& other : verdict.others)
        if (other.role == Role::platform)
            candidates.push_back({&other, "platform", only_helps});
}

// Whose word counts for a role, the first who names somebody first. What follows may still show
// that the label is right (a further front of a multi-CDN, a platform that is the edge as well).
std::vector<Candidate> candidates_of(const Label& label, Role role, const Attribution& verdict)
{
    std::vector<Candidate> candidates;
    const bool one_service = label.kind == "platform";
    if (role == Role::platform || (role == Role::front && one_service))
        add_platforms(candidates, verdict);
    if (role == Role::platform)
        return candidates;
    if (role == Role::front) {
        candidates.push_back({&verdict.front, ""});
        for (const Finding& other : verdict.others)
            if (other.role == Role::front)
                candidates.push_back({&other, "further_front"});
        // A label that names a load balancer or a company's own edge says who answers.
        if (one_service || label.kind == "own_edge" || label.kind == "lb") {
            if (!one_service)
                add_platforms(candidates, verdict, true);
            candidates.push_back({&verdict.host, "host", true});
        }
        return candidates;
    }
    if (role == Role::host) {
        candidates.push_back({&verdict.host, ""});
        // Behind a front the label's host is hidden; what is stored there has a role of its own.
        if (!expected_of(label, role)->hidden && !expected_of(label, role)->names.empty())
            add_platforms(candidates, verdict);
        return candidates;
    }
    for (const Finding& other : verdict.others)
        if (other.role == role)
            candidates.push_back({&other, ""});
    return candidates;
}

Mark mark_of(const Finding& said, const Meaning& meaning, const catalogue::Catalogue& catalogue)
{
    if (meaning.companies.contains(said.provider) || meaning.products.contains(said.product))
        return Mark::right;
    if (meaning.is_unknown()) {
        const bool same = meaning.texts.contains(folded(said.name)) ||
                          meaning.texts.contains(folded(said.provider));
        return same ? Mark::right : Mark::wrong;
    }
    if (meaning.companies_of_products.contains(said.provider)) {
        // Products that look the same on a customer's domain: the record says so by a flag.
        const catalogue::Product* product = catalogue.product(said.product);
        if (product != nullptr &&
            std::ranges::any_of(product->undetermined_with, [&](const std::string& other) {
                return meaning.products.contains(other);
            }))
            return Mark::right;
        return Mark::company;
    }
    return Mark::wrong;
}

void fill(Judgement& judgement, const Candidate& candidate)
{
    judgement.product = candidate.finding->product;
    judgement.provider = candidate.finding->provider;
    judgement.name = candidate.finding->name;
    judgement.grade = candidate.finding->grade;
    judgement.through = candidate.through;
}

Judgement begin(const Expected& expected, Role role, const Meaning& meaning)
{
    Judgement judgement;
    judgement.role = role;
    if (expected.hidden)
        judgement.expected = "hidden";
    else if (expected.names.empty())
        judgement.expected = role == Role::host ? "hidden" : "none";
    else
        judgement.expected = expected.names.front();
    if (!expected.hidden && !expected.names.empty()) {
        judgement.label_unknown = meaning.is_unknown();
        if (!meaning.companies.empty())
            judgement.expected_provider = *meaning.companies.begin();
        else if (!meaning.companies_of_products.empty())
            judgement.expected_provider = *meaning.companies_of_products.begin();
        else
            judgement.expected_provider = folded(expected.names.front());
    }
    return judgement;
}

// The label says that nobody is there, or that nobody can be seen.
void judge_nobody(Judgement& judgement, const std::vector<Candidate>& candidates,
                  const Finding& own, bool hidden, Grade threshold)
{
    for (const Candidate& candidate : candidates)
        if (is_named(*candidate.finding, Grade::possible)) {
            fill(judgement, candidate);
            judgement.at_any_grade = Mark::false_alarm;
            judgement.mark = judgement.grade >= threshold ? Mark::false_alarm : Mark::silent;
            if (judgement.mark == Mark::silent)
                judgement.reason = "below_threshold";
            if (judgement.mark == Mark::silent && hidden)
                judgement.mark = Mark::right_none;
            return;
        }
    judgement.mark = hidden || own.status == FindingStatus::none ? Mark::right_none : Mark::silent;
    judgement.reason = word(own.reason);
}

void judge_somebody(Judgement& judgement, const std::vector<Candidate>& candidates,
                    const Finding& own, bool third_party, bool or_nobody, const Meaning& meaning,
                    const catalogue::Catalogue& catalogue, Grade threshold)
{
    const auto best = [&](Grade least) -> std::pair<const Candidate*, Mark> {
        const Candidate* first = nullptr;
        Mark first_mark = Mark::wrong;
        for (const Candidate& candidate : candidates) {
            if (!is_named(*candidate.finding, least))
                continue;
            const Mark mark = mark_of(*candidate.finding, meaning, catalogue);
            if (mark == Mark::right)
                return {&candidate, mark};
            if (candidate.only_helps && mark == Mark::wrong)
                continue;
            if (first == nullptr || (mark == Mark::company && first_mark == Mark::wrong)) {
                first = &candidate;
                first_mark = mark;
            }
        }
        return {first, first_mark};
    };
    if (const auto [any, mark] = best(Grade::possible); any != nullptr) {
        fill(judgement, *any);
        judgement.at_any_grade = mark;
    }
    if (const auto [sure, mark] = best(threshold); sure != nullptr) {
        fill(judgement, *sure);
        judgement.at_any_grade = mark;
        judgement.mark = mark;
        if (judgement.label_unknown && mark == Mark::wrong)
            judgement.reason = "label_not_in_catalogue";
        return;
    }
    if (own.status == FindingStatus::none && or_nobody && !judgement.at_any_grade) {
        judgement.mark = Mark::right_none;
        return;
    }
    // "No front" does not speak against a platform or a load balancer.
    if (own.status == FindingStatus::none && third_party && !judgement.at_any_grade) {
        judgement.mark = Mark::missed;
        return;
    }
    judgement.mark = Mark::silent;
    judgement.reason = judgement.at_any_grade              ? "below_threshold"
                       : own.reason == UnknownReason::none ? "not_said"
                                                           : std::string(word(own.reason));
}

// Absent if no platform was named.
std::optional<bool> platform_is_right(const Attribution& verdict, const Meaning& meaning,
                                      const catalogue::Catalogue& catalogue, Grade threshold)
{
    std::vector<Candidate> platforms;
    add_platforms(platforms, verdict);
    for (const Candidate& platform : platforms)
        if (is_named(*platform.finding, threshold))
            return mark_of(*platform.finding, meaning, catalogue) == Mark::right;
    return std::nullopt;
}

}  // namespace

std::string_view word(Mark mark)
{
    return mark_words[static_cast<std::size_t>(mark)];
}

std::vector<Judgement> judge(const Label& label, const Record& record, const LabelNames& names,
                             const catalogue::Catalogue& catalogue, Grade threshold)
{
    static const Finding nothing{};
    const Attribution& verdict = record.attribution;
    const bool third_party =
        label.kind != "platform" && label.kind != "lb" && label.kind != "own_edge";
    // Without a connection a host that is known by its network is no more than possible: then it is
    // counted from there on, as "none" is.
    const catalogue::Product* host = catalogue.product(verdict.host.product);
    const bool by_network_alone =
        host != nullptr && host->has(Role::host) &&
        std::ranges::find(verdict.flags, Flag::not_connected) != verdict.flags.end();
    std::vector<Judgement> judgements;
    for (const Role role : labelled_roles) {
        const Expected* expected = expected_of(label, role);
        if (expected == nullptr)
            continue;
        const Grade least = role == Role::host && by_network_alone
                                ? std::min(threshold, Grade::possible)
                                : threshold;
        const Meaning meaning = names.find(expected->names);
        Judgement judgement = begin(*expected, role, meaning);
        const std::vector<Candidate> candidates = candidates_of(label, role, verdict);
        const Finding& own = role == Role::front  ? verdict.front
                             : role == Role::host ? verdict.host
                                                  : nothing;
        if (expected->hidden || expected->names.empty())
            judge_nobody(judgement, candidates, own, role == Role::host, least);
        else
            judge_somebody(judgement, candidates, own, third_party, expected->or_nobody, meaning,
                           catalogue, least);
        if (expected->hidden && !expected->names.empty())
            judgement.platform_behind = platform_is_right(verdict, meaning, catalogue, threshold);
        judgements.push_back(std::move(judgement));
    }
    return judgements;
}

std::vector<Judgement> judge_missing(const Label& label, const LabelNames& names)
{
    std::vector<Judgement> judgements;
    for (const Role role : labelled_roles)
        if (const Expected* expected = expected_of(label, role)) {
            Judgement judgement = begin(*expected, role, names.find(expected->names));
            judgement.mark = Mark::no_record;
            judgement.reason = "no_record";
            judgements.push_back(std::move(judgement));
        }
    return judgements;
}

}  // namespace scanner::score
