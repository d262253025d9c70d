// Turns lines into lines on several threads, in order: the pure stages over stored data.
#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>

#include "scanner/pipeline/line_writer.h"

namespace scanner::pipeline {

/// Called from several threads: appends what becomes of a line, with "\n" at its end, or nothing.
/// `number` counts the input's lines from 1.
using LineFunction =
    std::function<void(std::string_view line, std::uint64_t number, std::string& out)>;

/// Reads lines (a missing last newline is fine, "\r" before it dropped, empty lines skipped) until
/// the input ends or the writer fails. The same bytes come out whatever `threads` is.
void map_lines(std::istream& in, LineWriter& writer, unsigned threads,
               const LineFunction& function);

}  // namespace scanner::pipeline
