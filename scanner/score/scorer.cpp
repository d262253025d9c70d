#include "scanner/score/scorer.h"

#include <algorithm>

namespace scanner::score {

namespace {

const std::string* case_of(const Record& record)
{
    for (const auto& [column, value] : record.observation.subject.extra)
        if (column == "case")
            return &value;
    return nullptr;
}

bool host_is_named(const Record& record, Grade threshold)
{
    const Finding& host = record.attribution.host;
    return host.status == FindingStatus::identified && host.grade >= threshold;
}

}  // namespace

Scorer::Scorer(std::vector<Label> labels, const catalogue::Catalogue& catalogue, Grade threshold,
               Explain explain)
    : labels_(std::move(labels)),
      joined_(labels_.size(), false),
      catalogue_(catalogue),
      names_(catalogue),
      explain_(std::move(explain))
{
    score_.threshold = threshold;
    score_.labels = labels_.size();
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        if (!labels_[i].id.empty())
            by_id_.emplace(labels_[i].id, i);
        by_host_.emplace(labels_[i].host, i);
    }
}

Label* Scorer::label_for(const Record& record, bool& repeated)
{
    std::size_t found = labels_.size();
    if (const std::string* id = case_of(record)) {
        if (const auto at = by_id_.find(*id); at != by_id_.end())
            found = at->second;
    } else {
        const auto [from, to] = by_host_.equal_range(record.observation.subject.host);
        // Of several labels the first that is free, in the order of the file.
        for (auto at = from; at != to; ++at)
            if (!joined_[at->second] && (found == labels_.size() || at->second < found))
                found = at->second;
        repeated = from != to && found == labels_.size();
    }
    if (found == labels_.size())
        return nullptr;
    if (joined_[found]) {
        repeated = true;
        return nullptr;
    }
    joined_[found] = true;
    return &labels_[found];
}

Section& Scorer::section_of(const Label& label, bool record_has_address, SectionKey& key)
{
    key = {label.group, label.has_address || record_has_address};
    return score_.sections[key];
}

void Scorer::add(const Record& record)
{
    ++score_.records;
    bool repeated = false;
    const Label* label = label_for(record, repeated);
    if (label == nullptr) {
        ++(repeated ? score_.repeated_records : score_.unlabelled_records);
        return;
    }
    SectionKey key;
    Section& section = section_of(*label, !record.observation.addresses.empty(), key);
    if (label->host_unscored) {
        ++section.unscored_hosts.whole;
        section.unscored_hosts.part += host_is_named(record, score_.threshold);
    }
    std::string explanation;
    for (Judgement& judgement : judge(*label, record, names_, catalogue_, score_.threshold)) {
        scanner::score::add(section, *label, judgement);
        if (judgement.label_unknown)
            ++score_.unknown_names[judgement.expected];
        if (!is_disagreement(judgement.mark))
            continue;
        if (explain_ && explanation.empty())
            explanation = explain_(record);
        score_.disagreements.push_back({key, label->id, label->host, label->kind, label->basis,
                                        std::move(judgement), explanation});
    }
}

void Scorer::add_unreadable()
{
    ++score_.records;
    ++score_.unreadable_records;
}

Score Scorer::finish()
{
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        if (joined_[i])
            continue;
        ++score_.labels_without_record;
        SectionKey key;
        Section& section = section_of(labels_[i], false, key);
        for (const Judgement& judgement : judge_missing(labels_[i], names_))
            scanner::score::add(section, labels_[i], judgement);
    }
    return std::move(score_);
}

}  // namespace scanner::score
