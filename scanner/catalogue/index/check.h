// What no single file can show to be wrong: ids and suffixes claimed twice, references into
// nowhere, examples that another product wins, mailboxes that must not be written to.
#pragma once

#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/index/lookup.h"

namespace scanner::catalogue {

void check(const Lookup& lookup, Errors& errors);

}  // namespace scanner::catalogue
