#include "scanner/history/change_report.h"

#include "resolvers/base/time_text.h"
#include "resolvers/json/writer.h"
#include "scanner/model/words.h"

namespace scanner::history {

namespace {

// Strangers' text in a report that may go to a terminal.
std::string plain(std::string_view text)
{
    std::string shown(text);
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = '?';
    return shown;
}

std::string cause_text(Cause cause, const RunVerdict& before, const RunVerdict& after)
{
    switch (cause) {
        case Cause::observation:
            return "something else was seen (" + resolvers::time_text(before.observed_at) + " -> " +
                   resolvers::time_text(after.observed_at) + ")";
        case Cause::catalogue:
            return "the same was seen, the catalogue is another";
        case Cause::program:
            break;
    }
    return "the same was seen and known, servedby decides otherwise";
}

void put_evidence(std::string& out, std::string_view sign, const std::vector<Evidence>& evidence)
{
    for (const Evidence& one : evidence) {
        out += "    " + std::string(sign) + " " + one.signal + ": " + plain(one.seen);
        if (!one.address.empty() && one.seen.find(one.address) == std::string::npos)
            out += " at " + one.address;
        out += " (" + (one.rule.empty() ? one.product : one.rule) + ")\n";
    }
}

std::string change_text(const RunVerdict& before, const RunVerdict& after, const Change& change)
{
    std::string out = plain(after.host) + " (line " + std::to_string(after.line) +
                      "): " + cause_text(change.cause, before, after) + "\n";
    const auto shown = [](const std::string& text) {
        return text.empty() ? std::string("nothing") : plain(text);
    };
    for (const Difference& one : change.differences) {
        std::string what = one.what;
        what.resize(std::max<std::size_t>(what.size() + 1, 10), ' ');
        out += "  " + what + shown(one.before) + " -> " + shown(one.after) + "\n";
    }
    put_evidence(out, "+", change.appeared);
    put_evidence(out, "-", change.disappeared);
    return out;
}

void put(resolvers::JsonWriter& out, std::string_view name, std::string_view text)
{
    out.key(name);
    out.string(text);
}

void put(resolvers::JsonWriter& out, std::string_view name, std::uint64_t count)
{
    out.key(name);
    out.number(count);
}

void put_knowledge(resolvers::JsonWriter& out, std::string_view name, std::string_view tool,
                   std::string_view date, std::string_view sha256)
{
    out.key(name);
    out.open_object();
    put(out, "tool", tool);
    put(out, "catalogue_date", date);
    put(out, "catalogue_sha256", sha256);
    out.close_object();
}

void put_evidence(resolvers::JsonWriter& out, std::string_view name,
                  const std::vector<Evidence>& evidence)
{
    out.key(name);
    out.open_list();
    for (const Evidence& one : evidence) {
        out.open_object();
        put(out, "signal", one.signal);
        put(out, "role", word(one.role));
        put(out, "product", one.product);
        put(out, "strength", word(one.strength));
        put(out, "rule", one.rule);
        put(out, "seen", one.seen);
        put(out, "address", one.address);
        out.close_object();
    }
    out.close_list();
}

std::string change_json(const RunVerdict& before, const RunVerdict& after, const Change& change)
{
    std::string text;
    {
        resolvers::JsonWriter out(text);
        out.open_object();
        put(out, "format", change_format);
        put(out, "line", after.line);
        put(out, "host", after.host);
        put(out, "what", change.differences.empty() ? "evidence" : "verdict");
        put(out, "cause", word(change.cause));
        out.key("differences");
        out.open_list();
        for (const Difference& one : change.differences) {
            out.open_object();
            put(out, "what", one.what);
            put(out, "kind", one.kind);
            put(out, "before", one.before);
            put(out, "after", one.after);
            out.close_object();
        }
        out.close_list();
        put_evidence(out, "appeared", change.appeared);
        put_evidence(out, "disappeared", change.disappeared);
        const auto knowledge = [&](std::string_view name, const Provenance& provenance) {
            put_knowledge(out, name, provenance.tool, provenance.catalogue_date,
                          provenance.catalogue_sha256);
        };
        knowledge("before", before.provenance);
        knowledge("after", after.provenance);
        out.close_object();
    }
    return text + "\n";
}

}  // namespace

std::string ChangeReport::compared(const RunVerdict& before, const RunVerdict& after)
{
    ++compared_;
    const Provenance& old = before.provenance;
    const Provenance& now = after.provenance;
    ++knowledge_[{old.tool, old.catalogue_date, old.catalogue_sha256, now.tool, now.catalogue_date,
                  now.catalogue_sha256}];
    const std::optional<Change> change = change_between(before, after);
    if (!change)
        return {};
    if (change->differences.empty()) {
        ++evidence_only_;
        return json_ ? change_json(before, after, *change) : std::string();
    }
    ++changed_;
    ++causes_[word(change->cause)];
    for (const Difference& one : change->differences)
        ++differences_[{one.what, one.kind}];
    return json_ ? change_json(before, after, *change) : change_text(before, after, *change);
}

std::string ChangeReport::one_sided(const RunVerdict& verdict, const char* what)
{
    if (!json_)
        return plain(verdict.host) + " (line " + std::to_string(verdict.line) + "): " + what + "\n";
    std::string text;
    {
        resolvers::JsonWriter out(text);
        out.open_object();
        put(out, "format", change_format);
        put(out, "line", verdict.line);
        put(out, "host", verdict.host);
        put(out, "what", what);
        out.close_object();
    }
    return text + "\n";
}

std::string ChangeReport::only_before(const RunVerdict& verdict)
{
    ++gone_;
    return one_sided(verdict, "gone");
}

std::string ChangeReport::only_after(const RunVerdict& verdict)
{
    ++added_;
    return one_sided(verdict, "added");
}

std::string ChangeReport::summary() const
{
    std::string text;
    if (json_) {
        {
            resolvers::JsonWriter out(text);
            out.open_object();
            put(out, "format", change_summary_format);
            put(out, "compared", compared_);
            put(out, "changed", changed_);
            put(out, "evidence_only", evidence_only_);
            put(out, "gone", gone_);
            put(out, "added", added_);
            out.key("causes");
            out.open_object();
            for (const auto& [cause, count] : causes_)
                put(out, cause, count);
            out.close_object();
            out.key("differences");
            out.open_list();
            for (const auto& [key, count] : differences_) {
                out.open_object();
                put(out, "what", key.first);
                put(out, "kind", key.second);
                put(out, "count", count);
                out.close_object();
            }
            out.close_list();
            out.key("knowledge");
            out.open_list();
            for (const auto& [key, count] : knowledge_) {
                out.open_object();
                put(out, "records", count);
                put_knowledge(out, "before", key[0], key[1], key[2]);
                put_knowledge(out, "after", key[3], key[4], key[5]);
                out.close_object();
            }
            out.close_list();
            out.close_object();
        }
        return text + "\n";
    }
    text = std::to_string(changed_) + " of " + std::to_string(compared_) + " records differ; " +
           std::to_string(evidence_only_) + " more only in their evidence; " +
           std::to_string(added_) + " added, " + std::to_string(gone_) + " gone\n";
    for (const auto& [cause, count] : causes_)
        text += "  " + std::to_string(count) + " by the " + std::string(cause) + "\n";
    for (const auto& [key, count] : differences_)
        text += "  " + std::to_string(count) + " " + key.first +
                (key.second.empty() ? "" : " " + key.second) + "\n";
    for (const auto& [key, count] : knowledge_)
        text += "  " + std::to_string(count) + " records: " + key[0] + ", catalogue of " + key[1] +
                " (" + key[2].substr(0, 12) + ") -> " + key[3] + ", catalogue of " + key[4] + " (" +
                key[5].substr(0, 12) + ")\n";
    return text;
}

}  // namespace scanner::history
