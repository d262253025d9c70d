// The zone's name servers are the provider's.
// Proves who runs the DNS, and that alone: most names on a CDN's name servers are also behind that
// CDN, many are not (the record can be "DNS only").
#include "resolvers/dnswire/records.h"
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void name_server(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (const resolvers::DnsAnswer& answer : sight.observation->dns) {
        if (answer.type != "NS")
            continue;
        for (const resolvers::DnsRecord* record : resolvers::dnswire::own_records(answer)) {
            const std::vector<const catalogue::Rule*> rules =
                catalogue.name_rules(catalogue::RuleKind::ns, record->data);
            if (!rules.empty())
                sight.signs.push_back({.signal = "name_server",
                                       .channel = Channel::dns,
                                       .strength = rules.front()->strength,
                                       .rule = rules.front(),
                                       .seen = record->name + " NS " + record->data,
                                       .forgeable = false});
        }
    }
}

}  // namespace scanner::attribute
