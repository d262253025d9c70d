#include "resolvers/json/writer.h"
#include "scanner/model/words.h"
#include "scanner/score/interval.h"
#include "scanner/score/report.h"

namespace scanner::score {

namespace {

void put(resolvers::JsonWriter& out, std::string_view name, std::string_view text)
{
    out.key(name);
    out.string(text);
}

void put(resolvers::JsonWriter& out, std::string_view name, Count count)
{
    out.key(name);
    out.number(count);
}

void put_share(resolvers::JsonWriter& out, std::string_view name, const Share& share)
{
    out.key(name);
    out.open_object();
    put(out, "part", share.part);
    put(out, "whole", share.whole);
    out.key("share");
    if (share.whole == 0)
        out.null();
    else
        out.number(share.value());
    const Interval interval = wilson(share.part, share.whole);
    out.key("wilson95");
    out.open_list();
    out.number(interval.low);
    out.number(interval.high);
    out.close_list();
    out.close_object();
}

void put_marks(resolvers::JsonWriter& out, std::string_view name, const Marks& marks)
{
    out.key(name);
    out.open_object();
    for (std::size_t i = 0; i < mark_count; ++i)
        put(out, word(static_cast<Mark>(i)), marks.counts[i]);
    out.close_object();
}

void put_tally(resolvers::JsonWriter& out, std::string_view member, std::string_view name,
               const RoleTally& tally)
{
    out.open_object();
    put(out, member, name);
    put_share(out, "precision", tally.precision());
    put_share(out, "company_precision", tally.company_precision());
    put_share(out, "recall", tally.recall());
    put_share(out, "coverage", tally.coverage());
    put_share(out, "abstention", tally.abstention());
    put_marks(out, "somebody", tally.somebody);
    put_marks(out, "nobody", tally.nobody);
    out.close_object();
}

void put_key(resolvers::JsonWriter& out, const SectionKey& key)
{
    put(out, "group", key.group);
    out.key("with_address");
    out.boolean(key.with_address);
}

void put_grades(resolvers::JsonWriter& out, const Section& section)
{
    out.key("calibration");
    out.open_list();
    for (const auto& [key, tally] : section.grades) {
        out.open_object();
        put(out, "role", word(key.first));
        put(out, "grade", word(key.second));
        put_share(out, "right", {tally.right, tally.all()});
        put(out, "company", tally.company);
        put(out, "wrong", tally.wrong);
        out.close_object();
    }
    out.close_list();
}

void put_providers(resolvers::JsonWriter& out, const Section& section)
{
    out.key("providers");
    out.open_list();
    for (const auto& [key, tally] : section.providers) {
        out.open_object();
        put(out, "role", word(key.first));
        put(out, "provider", key.second);
        put(out, "labelled", tally.labelled);
        put_share(out, "precision", {tally.right, tally.right + tally.company + tally.falsely});
        put_share(out, "recall", {tally.right, tally.labelled});
        put(out, "company", tally.company);
        put(out, "falsely", tally.falsely);
        put(out, "silent", tally.silent);
        out.close_object();
    }
    out.close_list();
}

void put_confusion(resolvers::JsonWriter& out, const Section& section)
{
    out.key("confusion");
    out.open_list();
    for (const auto& [key, count] : section.confusion) {
        out.open_object();
        put(out, "role", key[0]);
        put(out, "expected", key[1]);
        put(out, "said", key[2]);
        put(out, "count", count);
        out.close_object();
    }
    out.close_list();
}

void put_section(resolvers::JsonWriter& out, const SectionKey& key, const Section& section)
{
    out.open_object();
    put_key(out, key);
    out.key("roles");
    out.open_list();
    for (const auto& [role, tally] : section.roles)
        put_tally(out, "role", word(role), tally);
    out.close_list();
    out.key("front_kinds");
    out.open_list();
    for (const auto& [kind, tally] : section.kinds)
        put_tally(out, "kind", kind, tally);
    out.close_list();
    put_share(out, "unscored_hosts_named", section.unscored_hosts);
    put_share(out, "platforms_behind_right", section.platforms_behind);
    put_grades(out, section);
    put_providers(out, section);
    put_confusion(out, section);
    out.key("silence");
    out.open_list();
    for (const auto& [reason, count] : section.silence) {
        out.open_object();
        put(out, "role", word(reason.first));
        put(out, "reason", reason.second);
        put(out, "count", count);
        out.close_object();
    }
    out.close_list();
    out.close_object();
}

void put_disagreement(resolvers::JsonWriter& out, const Disagreement& one)
{
    const Judgement& judgement = one.judgement;
    out.open_object();
    put_key(out, one.section);
    put(out, "case", one.id);
    put(out, "host", one.host);
    put(out, "role", word(judgement.role));
    put(out, "mark", word(judgement.mark));
    put(out, "expected", judgement.expected);
    put(out, "kind", one.kind);
    put(out, "product", judgement.product);
    put(out, "provider", judgement.provider);
    put(out, "name", judgement.name);
    put(out, "grade", word(judgement.grade));
    put(out, "through", judgement.through);
    put(out, "reason", judgement.reason);
    put(out, "basis", one.basis);
    if (!one.explanation.empty())
        put(out, "explanation", one.explanation);
    out.close_object();
}

}  // namespace

std::string score_json(const Score& score)
{
    std::string text;
    {
        resolvers::JsonWriter out(text);
        out.open_object();
        out.key("format");
        out.word(score_format);
        put(out, "grade", word(score.threshold));
        put(out, "labels", score.labels);
        put(out, "records", score.records);
        put(out, "labels_without_record", score.labels_without_record);
        put(out, "unlabelled_records", score.unlabelled_records);
        put(out, "repeated_records", score.repeated_records);
        put(out, "unreadable_records", score.unreadable_records);
        out.key("unknown_names");
        out.open_object();
        for (const auto& [name, count] : score.unknown_names)
            put(out, name, count);
        out.close_object();
        out.key("sections");
        out.open_list();
        for (const auto& [key, section] : score.sections)
            put_section(out, key, section);
        out.close_list();
        out.key("disagreements");
        out.open_list();
        for (const Disagreement& one : score.disagreements)
            put_disagreement(out, one);
        out.close_list();
        out.close_object();
    }
    text += '\n';
    return text;
}

}  // namespace scanner::score
