// The ECH outer name (public_name) in the zone's HTTPS record is one that a provider uses.
// Proves nothing alone: a configuration can be copied into any zone. With the provider's address it
// agrees. Its absence says nothing: resolvers strip it, paid plans leave it out.
#include "resolvers/dnswire/records.h"
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void https_record(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (const resolvers::DnsAnswer& answer : sight.observation->dns)
        for (const resolvers::DnsRecord* record : resolvers::dnswire::led_records(answer)) {
            if (!record->service)
                continue;
            for (const resolvers::EchConfig& config : record->service->ech) {
                if (!config.public_name_valid)
                    continue;
                for (const catalogue::Rule* rule : catalogue.ech_rules(config.public_name))
                    sight.signs.push_back({.signal = "https_record",
                                           .channel = Channel::dns,
                                           .strength = rule->strength,
                                           .rule = rule,
                                           .seen = "ech public_name " + config.public_name});
            }
        }
}

}  // namespace scanner::attribute
