// Ties products to their companies, once everything is read and stays where it is.
#pragma once

#include "scanner/catalogue/contents.h"

namespace scanner::catalogue {

/// Sets Product::provider and Tenancy::provider, and what Provider and Product derive from products
/// and rules. A registrar whose company has no file gets a company of its own; a tenancy at a
/// company that has none keeps a null pointer. Both are errors that check() reports.
void link_providers(Contents& contents);

}  // namespace scanner::catalogue
