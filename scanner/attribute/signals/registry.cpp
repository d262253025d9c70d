// The registry names the registrar of the domain, by IANA's id.
// Proves through whom the name was registered, on the day the registry was asked; nothing about who
// serves it. Misses: registrars that the catalogue does not have, which stay plain names
// (registration.h), and registries without RDAP.
#include <charconv>

#include "scanner/attribute/signals.h"

namespace scanner::attribute {

void registry(Sight& sight, const catalogue::Catalogue& catalogue)
{
    const auto& domain = sight.observation->registry.domain;
    if (!domain)
        return;
    unsigned id = 0;
    const std::string& text = domain->registrar_id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size())
        return;
    if (const catalogue::Product* registrar = catalogue.registrar(id))
        sight.signs.push_back({.signal = "registry",
                               .channel = Channel::registry,
                               .strength = Strength::conclusive,
                               .product = registrar,
                               .seen = domain->name + " registered through " + domain->registrar +
                                       " (IANA id " + text + ")",
                               .forgeable = false});
}

}  // namespace scanner::attribute
