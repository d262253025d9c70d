// A score for people, as tables of plain text, and for machines, as one JSON object. Every share
// stands with what it was counted over.
#pragma once

#include <string>
#include <string_view>

#include "scanner/score/tally.h"

namespace scanner::score {

inline constexpr std::string_view score_format = "servedby.score/1";

/// Tables, then every disagreement. Control characters of strangers are shown as "?".
std::string score_text(const Score& score);

/// One object with a newline at its end.
std::string score_json(const Score& score);

}  // namespace scanner::score
