// data/deny.toml: mailboxes that must never receive a notice (registries, placeholders).
#pragma once

#include <string>
#include <string_view>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

/// Adds to `deny`: an overlay can forbid more, never less.
void read_deny_file(const std::string& file, std::string_view text, DenyList& deny, Errors& errors);

/// Is it on the list, below a denied domain, or no mailbox at all ("REDACTED FOR PRIVACY")?
/// A "mailto:" before it, white space around it and a "+tag" in it make no difference.
bool denies(const DenyList& deny, std::string_view mailbox);

}  // namespace scanner::catalogue
