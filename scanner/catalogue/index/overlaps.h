// Two products that list the same prefix: one of them has to give way, and the data say which.
#pragma once

#include <vector>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/index/address_index.h"

namespace scanner::catalogue {

/// What a range is good for: it classifies an address today, or calls origins and classifies none,
/// or classified addresses up to a day.
enum class Listing { standing, origin_facing, former };

Listing listing_of(const Rule& rule);

/// Every prefix of the companies' ranges of one listing, as AddressIndex wants them: of the same
/// prefix the winner last. Of one product's own kinds the more telling wins. Where two products
/// claim a prefix and neither yields, or each to the other, that is an error.
std::vector<ListedPrefix> listed_prefixes(Contents& contents, Listing listing, Errors& errors);

}  // namespace scanner::catalogue
