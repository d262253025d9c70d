// Two products that list the same prefix: one of them has to give way, and the data say which.
#pragma once

#include <vector>

#include "scanner/catalogue/address_index.h"
#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"

namespace scanner {

/// Every prefix of the companies' ranges whose kind classifies an address (or, `origin_facing`,
/// of those that do not), as AddressIndex wants them: of the same prefix the winner last. Of one
/// product's own kinds the more telling wins. Where two products claim a prefix and neither yields,
/// or each to the other, that is an error.
std::vector<ListedPrefix> listed_prefixes(Contents& contents, bool origin_facing, Errors& errors);

}  // namespace scanner
