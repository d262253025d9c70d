// Adds judgements up, group by group and role by role. What each figure counts is said here; every
// figure is printed with what it was counted over.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scanner/score/judge.h"

namespace scanner::score {

using Count = std::uint64_t;

/// A share with what it was counted over.
struct Share {
    Count part = 0;
    Count whole = 0;
    /// 0 when nothing was counted.
    double value() const
    {
        return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
    }
};

/// How often each mark was given.
struct Marks {
    std::array<Count, mark_count> counts{};

    Count& operator[](Mark mark) { return counts[static_cast<std::size_t>(mark)]; }
    Count operator[](Mark mark) const { return counts[static_cast<std::size_t>(mark)]; }
    Marks& operator+=(const Marks& other);

    /// Somebody was named at the threshold.
    Count named() const;
    Count labels() const;
};

/// What is counted of one role within one group, or of one kind of front.
struct RoleTally {
    /// Labels that name somebody, and those that say nobody (or hidden).
    Marks somebody;
    Marks nobody;

    /// Of all that were named, those of the labelled product (or company, if it names no product).
    Share precision() const;
    /// Of all that were named, those of the labelled company.
    Share company_precision() const;
    /// Of the labels that name somebody, those that were named rightly.
    Share recall() const;
    /// Of the labels that name somebody, those where somebody was named.
    Share coverage() const;
    /// Of all labels, those where nothing was decided: neither a name nor "none".
    Share abstention() const;
};

/// Of one company, over all labels of a role.
struct ProviderTally {
    Count labelled = 0;
    Count right = 0;
    Count company = 0;
    /// Said of somebody else's, or nobody's.
    Count falsely = 0;
    Count silent = 0;
};

/// How often a grade was right, at whatever threshold.
struct GradeTally {
    Count right = 0;
    Count company = 0;
    Count wrong = 0;
    Count all() const { return right + company + wrong; }
};

struct Section {
    std::map<Role, RoleTally> roles;
    /// Of the front alone: what the label says it is.
    std::map<std::string, RoleTally> kinds;
    std::map<std::pair<Role, std::string>, ProviderTally> providers;
    /// (role, expected, said) where they differ; "-" said nothing.
    std::map<std::array<std::string, 3>, Count> confusion;
    std::map<std::pair<Role, Grade>, GradeTally> grades;
    /// Why nothing was said, by role and reason.
    std::map<std::pair<Role, std::string>, Count> silence;
    /// Hosts behind labelled fronts whose truth the label does not know, and how many were named.
    Share unscored_hosts;
    /// Of hidden hosts where a platform was named, how many rightly. No error in itself.
    Share platforms_behind;
};

/// Labels of different origin, and those with and without an address, are apart.
struct SectionKey {
    std::string group;
    bool with_address = false;
    auto operator<=>(const SectionKey&) const = default;
};

struct Disagreement {
    SectionKey section;
    std::string id;
    std::string host;
    std::string kind;
    std::string basis;
    Judgement judgement;
    /// What `servedby explain` says of the record. Empty unless asked for.
    std::string explanation;
};

struct Score {
    Grade threshold = Grade::probable;
    std::map<SectionKey, Section> sections;
    std::vector<Disagreement> disagreements;
    /// Names in labels that the catalogue does not know, with how many labels: nothing that is said
    /// of those can be right.
    std::map<std::string, Count> unknown_names;
    Count labels = 0;
    Count records = 0;
    /// Records that joined no label, and further records of a label that had one.
    Count unlabelled_records = 0;
    Count repeated_records = 0;
    Count unreadable_records = 0;
    Count labels_without_record = 0;
};

/// Must anybody look at it? Wrong names, false alarms, a "none" that is not, and other products.
bool is_disagreement(Mark mark);

/// Adds one judgement of a label to its section.
void add(Section& section, const Label& label, const Judgement& judgement);

}  // namespace scanner::score
