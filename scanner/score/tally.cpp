#include "scanner/score/tally.h"

#include <numeric>

#include "scanner/model/words.h"

namespace scanner::score {

Marks& Marks::operator+=(const Marks& other)
{
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] += other.counts[i];
    return *this;
}

Count Marks::named() const
{
    return (*this)[Mark::right] + (*this)[Mark::company] + (*this)[Mark::wrong] +
           (*this)[Mark::false_alarm];
}

Count Marks::labels() const
{
    return std::accumulate(counts.begin(), counts.end(), Count{0});
}

Share RoleTally::precision() const
{
    return {somebody[Mark::right], somebody.named() + nobody.named()};
}

Share RoleTally::company_precision() const
{
    return {somebody[Mark::right] + somebody[Mark::company], somebody.named() + nobody.named()};
}

Share RoleTally::recall() const
{
    return {somebody[Mark::right], somebody.labels()};
}

Share RoleTally::coverage() const
{
    return {somebody.named(), somebody.labels()};
}

Share RoleTally::abstention() const
{
    const auto silent = [](const Marks& marks) {
        return marks[Mark::silent] + marks[Mark::no_record];
    };
    return {silent(somebody) + silent(nobody), somebody.labels() + nobody.labels()};
}

bool is_disagreement(Mark mark)
{
    return mark == Mark::wrong || mark == Mark::false_alarm || mark == Mark::missed ||
           mark == Mark::company;
}

void add(Section& section, const Label& label, const Judgement& judgement)
{
    const Mark mark = judgement.mark;
    const Role role = judgement.role;
    const bool somebody = !judgement.expected_provider.empty();
    const auto count = [&](RoleTally& tally) {
        ++(somebody ? tally.somebody : tally.nobody)[mark];
    };
    count(section.roles[role]);
    if (role == Role::front)
        count(section.kinds[label.kind.empty() ? "front" : label.kind]);

    if (judgement.platform_behind) {
        ++section.platforms_behind.whole;
        section.platforms_behind.part += *judgement.platform_behind;
    }
    const bool named = mark == Mark::right || mark == Mark::company || mark == Mark::wrong ||
                       mark == Mark::false_alarm;
    if (somebody) {
        ProviderTally& labelled = section.providers[{role, judgement.expected_provider}];
        ++labelled.labelled;
        labelled.right += mark == Mark::right;
        labelled.company += mark == Mark::company;
        labelled.silent += !named;
    }
    if (mark == Mark::wrong || mark == Mark::false_alarm)
        ++section.providers[{role, judgement.provider}].falsely;
    if (named && mark != Mark::right)
        ++section.confusion[{std::string(word(role)), judgement.expected, judgement.product}];
    else if (!named && somebody)
        ++section.confusion[{std::string(word(role)), judgement.expected,
                             mark == Mark::missed ? "none" : "-"}];
    if (!named && mark != Mark::right_none && mark != Mark::missed)
        ++section.silence[{role, judgement.reason}];
    if (judgement.at_any_grade) {
        GradeTally& grade = section.grades[{role, judgement.grade}];
        switch (*judgement.at_any_grade) {
            case Mark::right:
                ++grade.right;
                break;
            case Mark::company:
                ++grade.company;
                break;
            default:
                ++grade.wrong;
        }
    }
}

}  // namespace scanner::score
