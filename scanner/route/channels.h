// Which of a provider's channels to use for a notice in a role, best first.
#pragma once

#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace scanner::route {

/// The product's own channels, else those of a product of the same company with that role.
/// Mailboxes on the deny-list are left out; guesses come last. Empty when none is known.
std::vector<ContactChannel> channels_for(const catalogue::Product& product, Role role,
                                         const catalogue::Catalogue& catalogue);

}  // namespace scanner::route
