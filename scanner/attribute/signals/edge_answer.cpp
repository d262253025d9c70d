// An answer that the edge itself makes: its error pages, its challenge, a path that it keeps for
// itself.
// Proves, on the provider's own address, that the edge answered and often why the site did not.
// On other addresses it is a copied page. A path that is not answered so proves nothing.
#include <algorithm>

#include "scanner/attribute/signals.h"

namespace scanner::attribute {

namespace {

// What of the response the rule speaks of, or empty if it does not.
std::string seen_by(const catalogue::Rule& rule, const resolvers::HttpFacts& http,
                    const catalogue::Catalogue& catalogue)
{
    if (rule.http_status != 0 && rule.http_status != http.status)
        return "";
    std::string what;
    if (!rule.key.empty()) {
        for (const auto& [name, value] : http.headers)
            if (what.empty() && name == rule.key && catalogue.answer_matches(rule, value))
                what.append(name).append(": ").append(value);
        if (what.empty())
            return "";
    }
    if (!rule.body.empty()) {
        if (std::find(http.markers.begin(), http.markers.end(), rule.id) == http.markers.end())
            return "";
        what += (what.empty() ? "\"" : ", \"") + rule.body + "\" in the body";
    }
    return what.empty() && rule.http_status != 0 ? "status " + std::to_string(http.status) : what;
}

void add_edge_path(Sight& sight, AddressIndex address, const resolvers::HttpFacts& http,
                   const catalogue::Catalogue& catalogue)
{
    for (const catalogue::Rule* rule : catalogue.edge_path_rules()) {
        const bool answered =
            http.url.ends_with(sight.observation->subject.host + rule->key) &&
            (rule->http_status == 0 || rule->http_status == http.status) &&
            std::find(http.markers.begin(), http.markers.end(), rule->id) != http.markers.end();
        if (answered)
            sight.signs.push_back(edge_path_sign(*rule, address));
    }
}

}  // namespace

Sign edge_path_sign(const catalogue::Rule& rule, AddressIndex address)
{
    return {.signal = "edge_answer",
            .channel = Channel::http,
            .strength = rule.strength,
            .rule = &rule,
            .product = rule.product,
            .seen = rule.key + " answered as the edge itself does",
            .address = address};
}

void edge_answer(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i)
        for (const resolvers::Probe* probe : sight.addresses[i].probes) {
            if (!probe->http_facts)
                continue;
            // Whatever else comes from there is not what the site answers to its visitors.
            if (probe->purpose == resolvers::ProbePurpose::edge) {
                add_edge_path(sight, i, *probe->http_facts, catalogue);
                continue;
            }
            for (const catalogue::Rule* rule : catalogue.answer_rules()) {
                std::string what = seen_by(*rule, *probe->http_facts, catalogue);
                if (!what.empty())
                    sight.signs.push_back({.signal = "edge_answer",
                                           .channel = Channel::http,
                                           .strength = rule->strength,
                                           .rule = rule,
                                           .seen = std::move(what),
                                           .address = i});
            }
        }
}

}  // namespace scanner::attribute
