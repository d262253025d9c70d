// The address's name in the reverse zone (PTR) lies under a suffix that the provider gives to its
// machines, and that name leads back to the address.
// Proves how the holder of the address names it: an unconfirmed PTR proves nothing, since whoever
// runs the reverse zone can write anybody's name.
#include <algorithm>

#include "resolvers/dnswire/records.h"
#include "scanner/attribute/signals.h"

namespace scanner::attribute {

namespace {

// Did a question for that name's addresses bring this one?
bool leads_back(const Observation& seen, const std::string& name,
                const resolvers::IpAddress& address)
{
    const std::string text = address.text();
    return std::any_of(seen.dns.begin(), seen.dns.end(), [&](const resolvers::DnsAnswer& answer) {
        if (answer.name != name || (answer.type != "A" && answer.type != "AAAA"))
            return false;
        const std::vector<const resolvers::DnsRecord*> records =
            resolvers::dnswire::led_records(answer);
        return std::any_of(records.begin(), records.end(),
                           [&](const auto* record) { return record->data == text; });
    });
}

}  // namespace

void reverse_name(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (std::size_t i = 0; i < sight.addresses.size(); ++i) {
        if (!sight.addresses[i].address)
            continue;
        const resolvers::IpAddress& address = *sight.addresses[i].address;
        const std::string reverse = resolvers::reverse_name(address);
        for (const resolvers::DnsAnswer& answer : sight.observation->dns) {
            if (answer.type != "PTR" || answer.name != reverse)
                continue;
            for (const resolvers::DnsRecord* record : resolvers::dnswire::led_records(answer)) {
                if (!leads_back(*sight.observation, record->data, address))
                    continue;
                const std::vector<const catalogue::Rule*> rules =
                    catalogue.name_rules(catalogue::RuleKind::ptr, record->data);
                if (!rules.empty())
                    sight.signs.push_back({.signal = "reverse_name",
                                           .channel = Channel::network,
                                           .strength = rules.front()->strength,
                                           .rule = rules.front(),
                                           .seen = address.text() + " PTR " + record->data,
                                           .address = i,
                                           .forgeable = false});
            }
        }
    }
}

}  // namespace scanner::attribute
