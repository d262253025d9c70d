// The zone's mail goes to a provider's servers (MX), or may come from its network (SPF).
// A lead to where else the operator rents, never more: mail is often elsewhere than the site, and
// the operator writes these records. Weak, and about no role of the site's.
#include <array>
#include <sstream>

#include "resolvers/dnswire/records.h"
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

namespace {

constexpr std::string_view spf = "v=spf1";

void add(Sight& sight, const catalogue::Catalogue& catalogue, const std::string& name,
         std::string seen)
{
    for (const catalogue::RuleKind kind :
         {catalogue::RuleKind::ptr, catalogue::RuleKind::native, catalogue::RuleKind::cname}) {
        const std::vector<const catalogue::Rule*> rules = catalogue.name_rules(kind, name);
        if (rules.empty())
            continue;
        sight.signs.push_back({.signal = "mail_lead",
                               .channel = Channel::dns,
                               .strength = Strength::weak,
                               .rule = rules.front(),
                               .seen = std::move(seen),
                               .lead = true});
        return;
    }
}

// "10 mail.example.org" -> "mail.example.org".
std::string exchange_of(const std::string& data)
{
    const std::size_t blank = data.find(' ');
    return blank == std::string::npos ? "" : data.substr(blank + 1);
}

}  // namespace

void mail_lead(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (const resolvers::DnsAnswer& answer : sight.observation->dns)
        for (const resolvers::DnsRecord* record : resolvers::dnswire::own_records(answer)) {
            if (record->type == "MX") {
                const std::string exchange = exchange_of(record->data);
                if (!exchange.empty())
                    add(sight, catalogue, exchange, record->name + " MX " + exchange);
            } else if (record->type == "TXT" && record->data.find(spf) != std::string::npos) {
                std::istringstream terms(record->data);
                for (std::string term; terms >> term;)
                    if (const std::size_t at = term.find("include:"); at != std::string::npos) {
                        std::string name = term.substr(at + 8);
                        while (!name.empty() && name.back() == '"')
                            name.pop_back();
                        add(sight, catalogue, name, record->name + " SPF include:" + name);
                    }
            }
        }
}

}  // namespace scanner::attribute
