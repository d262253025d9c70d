// What the registry's record of the domain means: who its registrar is, and whether the name is
// held back. A name that the registry does not know is no verdict by itself: the wrong registry may
// have been asked.
#pragma once

#include <optional>

#include "scanner/attribute/sign.h"
#include "scanner/attribute/states.h"
#include "scanner/model/attribution.h"

namespace scanner::attribute {

/// Adds the finding in the role registrar, if the registry was to be asked: identified, or unknown
/// with a reason. Adds the flag "hold_still_answers" where a held name still serves something.
void add_registration(const Sight& sight, Attribution& out);

/// on_hold if the registry says that the name is held back or about to be deleted (RFC 8056:
/// client hold, server hold, redemption period, pending delete). Locks alone are no hold.
std::optional<StateVerdict> from_registration(const Observation& seen);

}  // namespace scanner::attribute
