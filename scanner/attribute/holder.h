// What the registry says of the networks around the addresses: does the holder of the most specific
// one agree with who announces it (signals.md rows 20 and 21)? Pure.
#pragma once

#include "scanner/attribute/sign.h"
#include "scanner/model/attribution.h"

namespace scanner::attribute {

/// Where holder and announcer are one company, that supports the host: it is evidence, and a host
/// known only by its AS's name, on an address without any front or mark of a cache, becomes
/// probable. Where the holder is a known lessor of addresses and the announcer is another, the
/// address is let: flag "leased_suspected", and the lessor joins `others` in the role network; the
/// host stays the announcer's. Any other difference says nothing: most networks are registered to
/// customers, and many companies have several names. To be called after out.evidence is made.
void add_holders(const Sight& sight, const catalogue::Catalogue& catalogue, Attribution& out);

}  // namespace scanner::attribute
