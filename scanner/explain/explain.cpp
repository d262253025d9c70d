#include "scanner/explain/explain.h"

#include <algorithm>

#include "scanner/model/words.h"
#include "scanner/output/escape.h"

namespace scanner::explain {

namespace {

constexpr std::string_view indent = "          ";

const catalogue::Rule* rule_with(const catalogue::Catalogue& catalogue, const std::string& id)
{
    const std::vector<const catalogue::Rule*>& rules = catalogue.rules();
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&](const catalogue::Rule* rule) { return rule->id == id; });
    return found == rules.end() ? nullptr : *found;
}

std::string headline(const Finding& finding)
{
    if (finding.status == FindingStatus::none)
        return finding.grade >= Grade::probable
                   ? "none seen, " + std::string(word(finding.grade))
                   : "none known at this network, possible; no HTTP response was seen";
    if (finding.status != FindingStatus::identified)
        return "unknown: " + std::string(word(finding.reason));
    std::string text = finding.name;
    if (!finding.product.empty())
        text += " (" + finding.product + ")";
    text += ", " + std::string(word(finding.grade));
    if (finding.share < 1.0)
        text += ", at " + std::to_string(static_cast<int>(finding.share * 100 + 0.5)) +
                " % of the addresses";
    return text;
}

void tell_evidence(std::string& out, const Evidence& one, const catalogue::Catalogue& catalogue,
                   std::string_view word_before)
{
    out += indent;
    out += word_before;
    out += one.id + " [" + std::string(word(one.channel)) + ", " + std::string(word(one.strength));
    out += one.forgeable ? ", the operator could fake it] " : "] ";
    out += output::for_terminal(one.seen);
    if (!one.address.empty() && one.seen.find(one.address) == std::string::npos)
        out += " at " + one.address;
    out += "\n";
    if (one.rule.empty())
        return;
    out += std::string(indent) + "   rule " + one.rule;
    if (const catalogue::Rule* rule = rule_with(catalogue, one.rule);
        rule != nullptr && rule->source != nullptr)
        out += "\n" + std::string(indent) + "   from " + rule->source->text() +
               (rule->source->checked.empty() ? "" : ", read " + rule->source->checked);
    out += "\n";
}

void tell_finding(std::string& out, const char* label, const Finding& finding,
                  const Attribution& verdict, const catalogue::Catalogue& catalogue)
{
    std::string head = label;
    head.resize(std::max<std::size_t>(head.size() + 1, 8), ' ');
    out += "  " + head + output::for_terminal(headline(finding)) + "\n";
    const auto tell = [&](const std::vector<std::string>& ids, std::string_view before) {
        for (const std::string& id : ids)
            for (const Evidence& one : verdict.evidence)
                if (one.id == id)
                    tell_evidence(out, one, catalogue, before);
    };
    tell(finding.evidence, "");
    tell(finding.against, "against: ");
}

// What came of the request that only an edge has an answer to.
void tell_edge(std::string& out, const Record& record, const catalogue::Catalogue& catalogue)
{
    for (const resolvers::Probe& probe : record.observation.probes) {
        if (probe.purpose != resolvers::ProbePurpose::edge || !probe.address)
            continue;
        const std::string address = probe.address->text();
        const catalogue::Product* answered = nullptr;
        for (const Evidence& one : record.attribution.evidence)
            if (const catalogue::Rule* rule = rule_with(catalogue, one.rule);
                rule != nullptr && rule->kind == catalogue::RuleKind::edge_path &&
                one.address == address)
                answered = rule->product;
        out += "  edge    " + address + " was asked for ";
        if (!probe.http_facts) {
            out += "what an edge answers itself, and gave no answer\n";
            continue;
        }
        out += output::for_terminal(probe.http_facts->url) + ": status " +
               std::to_string(probe.http_facts->status) +
               (answered == nullptr ? ", which tells nothing"
                                    : ", as the edge of " + answered->name + " answers itself") +
               "\n";
    }
}

void tell_list(std::string& out, const char* label, const std::vector<std::string>& lines)
{
    if (lines.empty())
        return;
    out += std::string("  ") + label + "\n";
    for (const std::string& line : lines)
        out += std::string(indent) + output::for_terminal(line) + "\n";
}

void tell_addressees(std::string& out, const Record& record)
{
    const Attribution& verdict = record.attribution;
    out += "  notice  ";
    if (verdict.notice_ready) {
        out += "in order on this record\n";
    } else {
        out += "not on this record alone";
        for (std::size_t i = 0; i < verdict.notice_reasons.size(); ++i)
            out += (i == 0 ? ": " : "; ") + verdict.notice_reasons[i];
        out += "\n";
    }
    for (const Addressee& to : record.addressees) {
        out += std::string(indent) + std::to_string(to.rank) + ". " + std::string(word(to.kind)) +
               ": " + output::for_terminal(to.name) + " as " + std::string(word(to.role)) + "\n";
        out += std::string(indent) + "   " + output::for_terminal(to.basis) + "\n";
        for (const ContactChannel& channel : to.channels)
            out += std::string(indent) + "   " + std::string(word(channel.type)) + " " +
                   channel.address + " (" + std::string(word(channel.scope)) + ", " +
                   (channel.verified ? "" : "not verified, ") + "read " + channel.checked + ")\n";
        if (to.channels.empty())
            out += std::string(indent) + "   no channel is known\n";
    }
}

}  // namespace

std::string explain(const Record& record, const catalogue::Catalogue& catalogue)
{
    const Attribution& verdict = record.attribution;
    const Subject& subject = record.observation.subject;
    std::string out = output::for_terminal(subject.host.empty() ? subject.text : subject.host);
    out += "\n  state   " + std::string(word(verdict.state));
    if (!verdict.state_reason.empty())
        out += ": " + output::for_terminal(verdict.state_reason);
    out += "\n";
    tell_finding(out, "front", verdict.front, verdict, catalogue);
    tell_finding(out, "host", verdict.host, verdict, catalogue);
    for (const Finding& hop : verdict.chain)
        if (hop.product != verdict.front.product && hop.product != verdict.host.product)
            tell_finding(out, "behind", hop, verdict, catalogue);
    for (const Finding& other : verdict.others)
        if (other.role != Role::platform)
            tell_finding(out, std::string(word(other.role)).c_str(), other, verdict, catalogue);

    if (!verdict.claims.empty()) {
        out += "  claims  ";
        for (std::size_t i = 0; i < verdict.claims.size(); ++i)
            out += (i == 0 ? "" : ", ") + verdict.claims[i];
        out += ": the site says so, and nothing that it could not make up confirms it\n";
        for (const Evidence& one : verdict.evidence)
            if (std::find(verdict.claims.begin(), verdict.claims.end(), one.provider) !=
                verdict.claims.end())
                tell_evidence(out, one, catalogue, "claim: ");
    }
    if (!verdict.flags.empty()) {
        out += "  flags   ";
        for (std::size_t i = 0; i < verdict.flags.size(); ++i)
            out += (i == 0 ? "" : ", ") + std::string(word(verdict.flags[i]));
        out += "\n";
    }
    for (const Evidence& one : verdict.evidence)
        if (one.signal == "views")
            out += "  views   " + output::for_terminal(one.seen) + "\n";
    tell_edge(out, record, catalogue);
    tell_list(out, "not seen", blind_spots(record.observation));
    tell_list(out, "next", next_steps(record));
    tell_addressees(out, record);
    return out;
}

}  // namespace scanner::explain
