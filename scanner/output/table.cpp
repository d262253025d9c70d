// One line a record, for people at a terminal: who serves it, and whom to write to. Column widths
// follow from the terminal's width alone, so that lines can be shown as they come. Misses evidence,
// further addressees, and whatever does not fit: "explain" and the other outputs have it.
#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/model/words.h"
#include "scanner/output/display_width.h"
#include "scanner/output/escape.h"
#include "scanner/output/outputs.h"

namespace scanner::output {

namespace {

enum class Colour { plain, bold, dim, green, yellow, red };

std::string_view sequence(Colour colour)
{
    switch (colour) {
        case Colour::bold:
            return "\x1B[1m";
        case Colour::dim:
            return "\x1B[2m";
        case Colour::green:
            return "\x1B[32m";
        case Colour::yellow:
            return "\x1B[33m";
        case Colour::red:
            return "\x1B[31m";
        case Colour::plain:
            break;
    }
    return "";
}

struct Cell {
    /// Fit for a terminal.
    std::string text;
    Colour colour = Colour::plain;
};

constexpr std::size_t columns = 5;
using Row = std::array<Cell, columns>;
using Widths = std::array<std::size_t, columns>;

struct ColumnPlan {
    std::string_view title;
    /// Of the width, in percent.
    std::size_t part;
    /// No content of ours is wider. 0: no limit.
    std::size_t most;
};

// The state's longest word is "blocked_for_vantage".
constexpr ColumnPlan plan[columns] = {
    {"HOST", 24, 0},       {"STATE", 15, 19},         {"FRONT", 18, 28},
    {"HOSTED BY", 20, 28}, {"SEND NOTICE TO", 23, 0},
};
constexpr std::string_view gap = "  ";
constexpr std::size_t least_width = 4;

// Fills the width exactly. Below 28 columns it cannot: then every column has least_width.
Widths widths_for(std::size_t width)
{
    const std::size_t gaps = gap.size() * (columns - 1);
    const std::size_t available = width > gaps ? width - gaps : 0;
    Widths widths{};
    std::size_t used = 0;
    for (std::size_t i = 0; i < columns; ++i) {
        widths[i] = std::max(least_width, available * plan[i].part / 100);
        if (plan[i].most > 0)
            widths[i] = std::min(widths[i], plan[i].most);
        used += widths[i];
    }
    // What rounding and limits left over goes to the column that has most to say; what least_width
    // took too much is taken back where there is something.
    if (used < available)
        widths.back() += available - used;
    while (used > available) {
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest <= least_width)
            break;
        --*widest;
        --used;
    }
    return widths;
}

void append_row(std::string& out, const Row& row, const OutputOptions& options)
{
    const Widths widths = widths_for(options.width);
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
        const std::string_view colour = options.colour ? sequence(row[i].colour) : "";
        if (i > 0)
            line += gap;
        line += colour;
        append_in_width(line, row[i].text, widths[i]);
        if (!colour.empty())
            line += "\x1B[0m";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line;
    out += '\n';
}

// "behind_front" -> "behind front".
std::string in_words(std::string_view code)
{
    std::string text = for_terminal(code);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

// What has a mark is a name; what has none is our own word on why there is no name.
char mark_of(Grade grade)
{
    switch (grade) {
        case Grade::confirmed:
            return '=';
        case Grade::probable:
            return '~';
        case Grade::possible:
            return '?';
        case Grade::none:
            break;
    }
    return ' ';
}

Colour colour_of(Grade grade)
{
    switch (grade) {
        case Grade::confirmed:
            return Colour::green;
        case Grade::probable:
            return Colour::plain;
        default:
            return Colour::yellow;
    }
}

std::string percent(double share)
{
    char digits[32];
    const auto [end, error] =
        std::to_chars(digits, digits + sizeof digits, share * 100, std::chars_format::fixed, 0);
    return error == std::errc{} ? std::string(digits, end) + "%" : std::string();
}

Cell finding_cell(const Finding& finding)
{
    if (finding.status == FindingStatus::none)
        return {"none", Colour::dim};
    if (finding.status != FindingStatus::identified)
        return {in_words(std::string(finding.reason == UnknownReason::none ? word(finding.status)
                                                                           : word(finding.reason))),
                Colour::dim};
    const std::string& label = finding.name.empty() ? finding.product : finding.name;
    std::string text = std::string(1, mark_of(finding.grade)) + " " + for_terminal(label);
    if (finding.share < 1)
        text += " " + percent(finding.share);
    return {text, colour_of(finding.grade)};
}

Cell front_cell(const Attribution& attribution)
{
    Cell cell = finding_cell(attribution.front);
    const auto further =
        std::count_if(attribution.others.begin(), attribution.others.end(), [](const Finding& f) {
            return f.role == Role::front && f.status == FindingStatus::identified;
        });
    if (further > 0)
        cell.text += " +" + std::to_string(further);
    return cell;
}

Cell host_cell(const Subject& subject)
{
    if (subject.host.empty())
        return {for_terminal(subject.text), Colour::red};
    const std::string& shown = subject.unicode.empty() ? subject.host : subject.unicode;
    return {for_terminal(shown), Colour::bold};
}

Cell state_cell(State state)
{
    return {std::string(word(state)), state == State::live ? Colour::plain : Colour::yellow};
}

// Without "https://", which says nothing and takes the room of what does.
std::string shown(const ContactChannel& channel)
{
    std::string_view address = channel.address;
    if (address.starts_with("https://"))
        address.remove_prefix(8);
    return for_terminal(address);
}

Cell notice_cell(const Record& record)
{
    const Attribution& attribution = record.attribution;
    if (!record.routed)
        return {"not routed", Colour::dim};
    if (!attribution.notice_ready) {
        const bool has_reason = !attribution.notice_reasons.empty();
        return {in_words(has_reason ? "no: " + attribution.notice_reasons.front() : "no"),
                Colour::dim};
    }
    if (record.addressees.empty())
        return {"no addressee", Colour::dim};
    const Addressee& first = record.addressees.front();
    std::string text = for_terminal(first.name.empty() ? first.provider : first.name);
    text += ": ";
    if (first.channels.empty())
        text += "no channel";
    else
        text += shown(first.channels.front());
    return {text, Colour::plain};
}

void begin(std::string& out, const OutputOptions& options)
{
    Row row;
    for (std::size_t i = 0; i < columns; ++i)
        row[i] = {std::string(plan[i].title), Colour::bold};
    append_row(out, row, options);
}

void write(std::string& out, const Record& record, const OutputOptions& options)
{
    const Attribution& attribution = record.attribution;
    const Row row = {host_cell(record.observation.subject), state_cell(attribution.state),
                     front_cell(attribution), finding_cell(attribution.host), notice_cell(record)};
    append_row(out, row, options);
}

void end(std::string& out, const OutputOptions& options)
{
    std::string legend;
    append_in_width(legend, "= confirmed  ~ probable  ? possible", options.width);
    legend.erase(legend.find_last_not_of(' ') + 1);
    out += legend + "\n";
}

}  // namespace

const Output table_output = {
    .name = "table",
    .summary = "One line a record for people, as wide as the terminal.",
    .extension = "txt",
    .begin = begin,
    .write = write,
    .end = end,
};

}  // namespace scanner::output
