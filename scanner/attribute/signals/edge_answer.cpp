// An answer that the edge itself makes: its error pages, its challenge.
// Proves, on the provider's own address, that the edge answered and often why the site did not.
// On other addresses it is a copied page.
#include <algorithm>
#include <cctype>

#include "scanner/attribute/signals.h"

namespace scanner {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
               return std::tolower(x) == std::tolower(y);
           });
}

bool starts_ignoring_case(std::string_view text, std::string_view beginning)
{
    return text.size() >= beginning.size() &&
           equal_ignoring_case(text.substr(0, beginning.size()), beginning);
}

bool value_matches(const Rule& rule, std::string_view value)
{
    switch (rule.match) {
        case TextMatch::present:
            return true;
        case TextMatch::prefix:
            return starts_ignoring_case(value, rule.value);
        case TextMatch::contains:
            for (std::size_t at = 0; at + rule.value.size() <= value.size(); ++at)
                if (starts_ignoring_case(value.substr(at), rule.value))
                    return true;
            return false;
        default:
            return equal_ignoring_case(value, rule.value);
    }
}

// What of the response the rule speaks of, or empty if it does not.
std::string seen_by(const Rule& rule, const resolvers::HttpFacts& http)
{
    if (rule.http_status != 0 && rule.http_status != http.status)
        return "";
    if (!rule.key.empty()) {
        for (const auto& [name, value] : http.headers)
            if (name == rule.key && value_matches(rule, value))
                return name + ": " + value;
        return "";
    }
    if (!rule.body.empty()) {
        if (std::find(http.markers.begin(), http.markers.end(), rule.id) == http.markers.end())
            return "";
        return "\"" + rule.body + "\" in the body";
    }
    return rule.http_status == 0 ? "" : "status " + std::to_string(http.status);
}

}  // namespace

void edge_answer(Sight& sight, const Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i)
        for (const resolvers::Probe* probe : sight.addresses[i].probes) {
            if (!probe->http_facts)
                continue;
            for (const Rule* rule : catalogue.answer_rules()) {
                std::string what = seen_by(*rule, *probe->http_facts);
                if (!what.empty())
                    sight.signs.push_back({.signal = "edge_answer",
                                           .channel = Channel::http,
                                           .strength = rule->strength,
                                           .rule = rule,
                                           .seen = std::move(what),
                                           .address = static_cast<int>(i)});
            }
        }
}

}  // namespace scanner
