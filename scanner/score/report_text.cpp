#include <algorithm>
#include <cstdio>

#include "scanner/model/words.h"
#include "scanner/score/interval.h"
#include "scanner/score/report.h"

namespace scanner::score {

namespace {

// What a table shows of strangers' text at most.
constexpr std::size_t widest_cell = 44;

// Text of strangers on a terminal: control characters become '?'.
std::string plain(std::string_view text)
{
    std::string shown(text);
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = '?';
    return shown;
}

std::string cell(std::string_view text, std::size_t width)
{
    std::string shown = plain(text.substr(0, widest_cell));
    shown.resize(std::max(shown.size(), width), ' ');
    return shown;
}

std::string percent(double value)
{
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", value * 100);
    return text;
}

// "99.4 % (512/515)", at a width that lines up.
std::string share_text(const Share& share)
{
    std::string text = share.whole == 0 ? "-" : percent(share.value());
    text += " (" + std::to_string(share.part) + "/" + std::to_string(share.whole) + ")";
    text.resize(std::max<std::size_t>(text.size() + 1, 20), ' ');
    return text;
}

std::string number(Count count, std::size_t width)
{
    std::string text = std::to_string(count);
    return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

void put_role_row(std::string& out, std::string_view name, const RoleTally& tally)
{
    out += "  " + cell(name, 16) + share_text(tally.precision()) +
           share_text(tally.company_precision()) + share_text(tally.recall()) +
           share_text(tally.coverage()) + share_text(tally.abstention());
    out += "nobody: " + std::to_string(tally.nobody[Mark::right_none]) + " right, " +
           std::to_string(tally.nobody[Mark::false_alarm]) + " named, " +
           std::to_string(tally.nobody[Mark::silent] + tally.nobody[Mark::no_record]) +
           " silent of " + std::to_string(tally.nobody.labels());
    if (tally.somebody[Mark::missed] > 0)
        out += "; said none wrongly: " + std::to_string(tally.somebody[Mark::missed]);
    out += "\n";
}

void put_grades(std::string& out, const Section& section)
{
    if (section.grades.empty())
        return;
    out += "\n  how often each grade was right (at any threshold; Wilson 95 %)\n";
    for (const auto& [key, tally] : section.grades) {
        const Interval interval = wilson(tally.right, tally.all());
        out += "  " + cell(word(key.first), 10) + cell(word(key.second), 11) +
               share_text({tally.right, tally.all()}) + percent(interval.low) + " to " +
               percent(interval.high);
        if (tally.company > 0)
            out += "; company right, product not: " + std::to_string(tally.company);
        out += "\n";
    }
}

void put_providers(std::string& out, const Section& section)
{
    if (section.providers.empty())
        return;
    out += "\n  by company    precision           recall              of the labelled\n";
    for (const auto& [key, tally] : section.providers) {
        out += "  " + cell(word(key.first), 9) + cell(key.second, 22) +
               share_text({tally.right, tally.right + tally.company + tally.falsely}) +
               share_text({tally.right, tally.labelled});
        if (tally.company > 0)
            out += "other product " + std::to_string(tally.company) + "  ";
        if (tally.silent > 0)
            out += "silent " + std::to_string(tally.silent) + "  ";
        if (tally.falsely > 0)
            out += "said falsely " + std::to_string(tally.falsely);
        while (out.ends_with(' '))
            out.pop_back();
        out += "\n";
    }
}

void put_confusion(std::string& out, const Section& section)
{
    if (section.confusion.empty())
        return;
    out += "\n  where label and record differ (label -> said; - nothing)\n";
    std::vector<std::pair<std::array<std::string, 3>, Count>> rows(section.confusion.begin(),
                                                                   section.confusion.end());
    std::ranges::stable_sort(rows,
                             [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [key, count] : rows)
        out += "  " + number(count, 5) + "  " + cell(key[0], 9) + cell(key[1], 28) + " -> " +
               cell(key[2], 0) + "\n";
}

void put_silence(std::string& out, const Section& section)
{
    if (section.silence.empty())
        return;
    out += "\n  why nothing was said\n";
    for (const auto& [key, count] : section.silence)
        out += "  " + number(count, 5) + "  " + cell(word(key.first), 9) + key.second + "\n";
}

void put_section(std::string& out, const SectionKey& key, const Section& section)
{
    out += "\n== " + key.group + (key.with_address ? ", with an address" : ", without an address") +
           "\n\n";
    out +=
        "                  precision           of the company      recall              "
        "coverage            abstention\n";
    for (const auto& [role, tally] : section.roles)
        put_role_row(out, word(role), tally);
    if (section.kinds.size() > 1)
        for (const auto& [kind, tally] : section.kinds)
            put_role_row(out, "  " + kind, tally);
    if (section.unscored_hosts.whole > 0)
        out += "  hosts behind fronts that the labels do not know: named " +
               share_text(section.unscored_hosts) + "\n";
    if (section.platforms_behind.whole > 0)
        out += "  platforms named behind fronts that hide the host: right " +
               share_text(section.platforms_behind) + "\n";
    put_grades(out, section);
    put_silence(out, section);
    put_confusion(out, section);
    put_providers(out, section);
}

void put_disagreement(std::string& out, const Disagreement& one)
{
    const Judgement& judgement = one.judgement;
    out += "  " + cell(one.id.empty() ? one.host : one.id + " " + one.host, 0) + ": " +
           std::string(word(judgement.role)) + " " + std::string(word(judgement.mark)) +
           ": label says " + cell(judgement.expected, 0);
    if (!one.kind.empty() && judgement.role == Role::front)
        out += " (" + cell(one.kind, 0) + ")";
    out += ", record says ";
    if (judgement.product.empty() && judgement.name.empty())
        out += "none";
    else
        out += (judgement.product.empty() ? cell(judgement.name, 0) : judgement.product) + ", " +
               std::string(word(judgement.grade));
    if (!judgement.through.empty())
        out += " as " + judgement.through;
    if (!judgement.reason.empty())
        out += " [" + judgement.reason + "]";
    out += "\n      label's basis: " + (one.basis.empty() ? "not said" : plain(one.basis)) + "\n";
    for (std::string_view rest = one.explanation; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        out += "      | " + std::string(rest.substr(0, end)) + "\n";
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
}

}  // namespace

std::string score_text(const Score& score)
{
    std::string out = std::to_string(score.labels) + " labels, " + std::to_string(score.records) +
                      " records; named means: at grade " + std::string(word(score.threshold)) +
                      " or above\n";
    const auto note = [&](Count count, const char* what) {
        if (count > 0)
            out += std::to_string(count) + what + "\n";
    };
    note(score.labels_without_record, " labels have no record; they count as silent");
    note(score.unlabelled_records, " records have no label; they count nowhere");
    note(score.repeated_records, " records are further ones of a label; they count nowhere");
    note(score.unreadable_records, " lines are no records; they count nowhere");
    if (!score.unknown_names.empty()) {
        out += "names of labels that the catalogue does not know:";
        for (const auto& [name, count] : score.unknown_names)
            out += " " + cell(name, 0) + " (" + std::to_string(count) + ")";
        out += "\n";
    }
    for (const auto& [key, section] : score.sections)
        put_section(out, key, section);
    for (const auto& [key, section] : score.sections) {
        const auto count = std::ranges::count(score.disagreements, key, &Disagreement::section);
        if (count == 0)
            continue;
        out += "\n== disagreements: " + key.group +
               (key.with_address ? ", with an address: " : ", without an address: ") +
               std::to_string(count) + "\n\n";
        for (const Disagreement& one : score.disagreements)
            if (one.section == key)
                put_disagreement(out, one);
    }
    return out;
}

}  // namespace scanner::score
