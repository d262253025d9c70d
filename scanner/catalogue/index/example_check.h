// Every rule's example must match that rule, and through the same look-ups as a real observation
// no other product may win it.
#pragma once

#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/index/lookup.h"

namespace scanner::catalogue {

void check_own_examples(const Lookup& lookup, Errors& errors);

}  // namespace scanner::catalogue
