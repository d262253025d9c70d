// Where records go: every way of writing them is a row of one table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scanner/model/record.h"

namespace scanner::output {

/// What the place that is written to can show. For outputs for people only.
struct OutputOptions {
    /// Columns of the terminal.
    unsigned width = 100;
    /// May escape sequences for colours be written?
    bool colour = false;
};

/// A way of writing records. Each function appends to `out`; none keeps anything between records,
/// so that a run of any length takes the memory of one.
struct Output {
    /// What users call it: the word behind --format.
    std::string_view name;
    /// One sentence for help.
    std::string_view summary;
    /// Of file names, without the dot.
    std::string_view extension;
    void (*begin)(std::string& out, const OutputOptions& options);
    void (*write)(std::string& out, const Record& record, const OutputOptions& options);
    void (*end)(std::string& out, const OutputOptions& options);
};

extern const Output csv_output;
extern const Output jsonl_output;
extern const Output table_output;

/// All of them, in the order in which help lists them.
std::span<const Output* const> outputs();

/// Null if there is none of that name.
const Output* find_output(std::string_view name);

/// The columns of the CSV output as a Markdown table, for the README.
std::string csv_column_docs();

}  // namespace scanner::output
