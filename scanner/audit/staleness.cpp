#include "scanner/audit/staleness.h"

#include <algorithm>
#include <optional>
#include <set>

#include "resolvers/base/time_text.h"
#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/load/rule_table.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/publisher.h"
#include "scanner/catalogue/words.h"

namespace scanner::audit {

namespace {

// How old it is; absent if fresh enough. What nobody dated is never fresh.
std::optional<std::string> age_beyond(const std::string& checked, std::chrono::days limit,
                                      std::chrono::sys_days today)
{
    const auto day = resolvers::parse_day(checked);
    if (!day)
        return "read on a day that nobody noted";
    if (today - *day <= limit)
        return std::nullopt;
    return "last read on " + checked + ", " + std::to_string((today - *day).count()) +
           " days ago (limit " + std::to_string(limit.count()) + ")";
}

bool is_published(const catalogue::Catalogue& catalogue, const std::string& file)
{
    return std::any_of(catalogue.publishers().begin(), catalogue.publishers().end(),
                       [&](const catalogue::Publisher& list) { return list.file == file; });
}

}  // namespace

std::vector<catalogue::CatalogueError> stale(const catalogue::Catalogue& catalogue,
                                             std::chrono::sys_days today)
{
    catalogue::Errors found;
    for (const catalogue::Rule* rule : catalogue.rules()) {
        // What was given up is history, and stays as it is.
        if (rule->kind != catalogue::RuleKind::range || rule->until)
            continue;
        if (const auto age = age_beyond(rule->source->checked, ranges_fresh_for, today))
            found.add(rule->where, "ranges of " + rule->product->id + " were " + *age + "; " +
                                       (is_published(catalogue, rule->key)
                                            ? "run \"servedby data update " +
                                                  rule->product->provider->id + "\", or "
                                            : "") +
                                       "read " + rule->source->text() + " again");
    }
    for (const catalogue::Product* product : catalogue.products())
        for (std::size_t i = 0; i < product->channels.size(); ++i) {
            const ContactChannel& channel = product->channels[i];
            if (const auto age = age_beyond(channel.checked, channels_fresh_for, today))
                found.add(product->channel_where[i], "channel " + channel.address + " was " + *age +
                                                         "; read " + channel.source + " again");
        }
    return found.sorted();
}

std::vector<catalogue::CatalogueError> check_examples(const catalogue::Catalogue& catalogue,
                                                      const ExampleJudge& judge)
{
    catalogue::Errors found;
    for (const catalogue::Rule* rule : catalogue.rules()) {
        const std::string winner = judge(*rule);
        if (winner != rule->product->id)
            found.add(rule->where, "example \"" + rule->example + "\" of " + rule->id +
                                       " is attributed to " + (winner.empty() ? "nobody" : winner) +
                                       "; it must be its own product's");
    }
    return found.sorted();
}

namespace {

void note_day(Census& census, const std::string& day, const std::string& where)
{
    if (day.empty() || (!census.oldest.empty() && census.oldest <= day))
        return;
    census.oldest = day;
    census.oldest_where = where;
}

void add_one(std::vector<std::pair<std::string, std::size_t>>& counts, std::string_view word)
{
    for (auto& [known, count] : counts)
        if (known == word)
            ++count;
}

}  // namespace

Census count_facts(const catalogue::Catalogue& catalogue)
{
    Census census;
    for (const std::string_view kind : catalogue::rule_kind_words())
        census.facts.emplace_back(kind, 0);
    for (const char* kind : {"channel", "marker", "registrar"})
        census.facts.emplace_back(kind, 0);
    for (const std::string_view kind : words_of<catalogue::SourceKind>())
        census.sources.emplace_back(kind, 0);

    for (const catalogue::Rule* rule : catalogue.rules()) {
        add_one(census.facts, catalogue::kind_word(rule->kind));
        add_one(census.sources, word(rule->source->kind));
        note_day(census, rule->source->checked, rule->where);
        census.prefixes += rule->prefix_count;
    }
    for (const catalogue::StateRule& marker : catalogue.state_rules()) {
        add_one(census.facts, "marker");
        add_one(census.sources, word(marker.source->kind));
        note_day(census, marker.source->checked, marker.where);
    }
    std::set<std::string_view> companies;
    for (const catalogue::Product* product : catalogue.products()) {
        const bool is_registrar = product->id.starts_with("registrar-");
        if (is_registrar) {
            add_one(census.facts, "registrar");
        } else {
            ++census.products;
            companies.insert(product->provider->id);
        }
        for (std::size_t i = 0; i < product->channels.size(); ++i) {
            const ContactChannel& channel = product->channels[i];
            add_one(census.facts, "channel");
            census.verified_channels += channel.verified ? 1 : 0;
            note_day(census, channel.checked, product->channel_where[i]);
        }
    }
    census.companies = companies.size();
    return census;
}

}  // namespace scanner::audit
