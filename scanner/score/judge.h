// One record held against one label: what was said in a role, and how right that was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/model/record.h"
#include "scanner/score/label.h"
#include "scanner/score/label_names.h"

namespace scanner::score {

/// How right an answer is. What is not named at the threshold is not wrong, but silent.
enum class Mark {
    right,        ///< the labelled product; or the labelled company, if the label names no product
    company,      ///< the labelled company, another product of it
    wrong,        ///< somebody else
    false_alarm,  ///< somebody, where the label says nobody, or that nobody can be seen
    missed,       ///< "none", where the label names somebody
    right_none,   ///< "none" where the label says nobody; silence where it says hidden
    silent,       ///< unknown, or below the threshold
    no_record,    ///< no record for the label
};

std::string_view word(Mark mark);
inline constexpr std::size_t mark_count = 8;

struct Judgement {
    Role role = Role::front;
    Mark mark = Mark::silent;
    /// What the label says: its first name, or "none" or "hidden".
    std::string expected;
    /// Company that the label means, or its folded name; empty for nobody.
    std::string expected_provider;
    /// The catalogue knows nobody of the labelled name: no answer can be right.
    bool label_unknown = false;
    /// What was said, at whatever grade. Empty: nobody was named.
    std::string product;
    std::string provider;
    std::string name;
    Grade grade = Grade::none;
    /// Which finding answered, when it is not the role's own: "platform", "host", "further_front".
    std::string through;
    /// The same without the threshold: right, company or wrong at `grade`. Absent if nobody was
    /// named.
    std::optional<Mark> at_any_grade;
    /// Why it is silent, or what else to know.
    std::string reason;
    /// For hidden hosts of which the label says who they are: was a platform named all the same
    /// (a declared alias may name it), and the right one?
    std::optional<bool> platform_behind;
};

/// One judgement for each role that is labelled.
std::vector<Judgement> judge(const Label& label, const Record& record, const LabelNames& names,
                             const catalogue::Catalogue& catalogue, Grade threshold);

/// The same for a label without a record.
std::vector<Judgement> judge_missing(const Label& label, const LabelNames& names);

}  // namespace scanner::score
