// From one piece of text, as people write sites down, to a Subject: names, URLs, addresses, with
// ports, wildcards, disguises and internationalised names. Pure, and safe in several threads.
// Does not ask whether the name exists, nor whether it may be visited.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/model/subject.h"

namespace scanner::input {

/// Longest text kept of a line, in octets.
inline constexpr std::size_t max_subject_text = 2048;

/// Longest URL taken, in octets.
inline constexpr std::size_t max_url = 8192;

/// Always a Subject with `line` and `text`; with `invalid` when the text cannot be read. Text that
/// is no plain name or address but lacks a scheme ("example.com:8080", "example.com/x") becomes an
/// http URL, or an https one for port 443.
Subject read_subject(std::string_view text, std::uint64_t line);

/// The same of text that a machine wrote, say a URL out of a recording: nothing around it is taken
/// off, and nothing in it is a disguise.
Subject read_exact_subject(std::string_view text, std::uint64_t line);

/// A Subject for a line that cannot be read.
Subject unreadable_subject(std::string_view text, std::uint64_t line, std::string why);

}  // namespace scanner::input
