// Undoes what reports do to addresses so that nobody clicks on them: hxxps://www.example[.]com/x.
// Works on the scheme and the authority; a path is touched only when those were defanged.
#pragma once

#include <string>
#include <string_view>

namespace scanner::input {

/// The text with the common disguises undone: hxxp, hXXps, h**p, [.] (.) {.} [dot] (dot) {dot},
/// [:] and [://]. IPv6 literals in brackets stay. Text without disguise comes back as it was.
std::string refanged(std::string_view text);

}  // namespace scanner::input
