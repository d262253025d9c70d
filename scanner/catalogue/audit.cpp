#include "scanner/catalogue/audit.h"

#include <optional>

#include "scanner/catalogue/calendar_day.h"
#include "scanner/catalogue/errors.h"

namespace scanner {

namespace {

// How old it is; absent if fresh enough. What nobody dated is never fresh.
std::optional<std::string> age_beyond(const std::string& checked, std::chrono::days limit,
                                      std::chrono::sys_days today)
{
    const auto day = parse_day(checked);
    if (!day)
        return "read on a day that nobody noted";
    if (today - *day <= limit)
        return std::nullopt;
    return "last read on " + checked + ", " + std::to_string((today - *day).count()) +
           " days ago (limit " + std::to_string(limit.count()) + ")";
}

}  // namespace

std::vector<CatalogueError> stale(const Catalogue& catalogue, std::chrono::sys_days today)
{
    Errors found;
    for (const Rule* rule : catalogue.rules()) {
        if (rule->kind != RuleKind::range)
            continue;
        if (const auto age = age_beyond(rule->source->checked, ranges_fresh_for, today))
            found.add(rule->where, "ranges of " + rule->product->id + " were " + *age +
                                       "; run \"servedby data update " + rule->product->provider +
                                       "\", or read " + rule->source->text() + " again");
    }
    for (const Product* product : catalogue.products())
        for (std::size_t i = 0; i < product->channels.size(); ++i) {
            const ContactChannel& channel = product->channels[i];
            if (const auto age = age_beyond(channel.checked, channels_fresh_for, today))
                found.add(product->channel_where[i], "channel " + channel.address + " was " + *age +
                                                         "; read " + channel.source + " again");
        }
    return found.sorted();
}

std::vector<CatalogueError> check_examples(const Catalogue& catalogue, const ExampleJudge& judge)
{
    Errors found;
    for (const Rule* rule : catalogue.rules()) {
        const std::string winner = judge(*rule);
        if (winner != rule->product->id)
            found.add(rule->where, "example \"" + rule->example + "\" of " + rule->id +
                                       " is attributed to " + (winner.empty() ? "nobody" : winner) +
                                       "; it must be its own product's");
    }
    return found.sorted();
}

}  // namespace scanner
