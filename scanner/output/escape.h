// Strangers' text made fit for where it goes: host names, headers and titles are chosen by people
// who may want to paint on a terminal or run formulas in a spreadsheet.
#pragma once

#include <string>
#include <string_view>

namespace scanner::output {

/// The text with everything visible: control characters and bytes that are not UTF-8 as \xNN;
/// characters that reorder, hide or separate (bidi controls, zero width, line separators, tags) as
/// \uNNNN or \UNNNNNNNN; the backslash doubled. Of combining marks three may stack, further ones
/// are written out too, so that nothing reaches into the lines above.
std::string for_terminal(std::string_view text);

/// Appends a cell by RFC 4180, in quotes where these are needed. Control characters and bidi
/// controls are dropped, those that are white space become a space. What a spreadsheet would take
/// for a formula (= + - @ at the beginning, be it behind white space or quotes, in ASCII or full
/// width) gets an apostrophe in front.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace scanner::output
