// Lists of sites as a stream of Subjects, one for every line that says anything, in bounded memory.
// What cannot be read is a Subject with `invalid`; nothing stops the list.
#pragma once

#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "scanner/input/lists/line_reader.h"
#include "scanner/model/subject.h"

namespace scanner::input {

enum class Format {
    automatic,  ///< csv when the first rows look like a table, text else (filter lists and hosts
                ///< files too)
    text,       ///< one site a line
    csv,        ///< see csv.h
};

/// "auto", "text", "csv"; absent for another word.
std::optional<Format> list_format_of(std::string_view word);

/// Longest line that is read, in octets; a longer one is invalid. For CSV also the longest row.
inline constexpr std::size_t max_list_line = std::size_t{64} * 1024;

/// Most lines that a row of a CSV table may have (line ends in quotes).
inline constexpr std::size_t max_row_lines = 64;

class SubjectReader {
public:
    virtual ~SubjectReader() = default;

    /// The next subject; false at the end. Blank lines and comments are passed over and counted.
    /// A comment is a line that begins with '#', or, in text, all from a '#' after white space.
    /// A stream that breaks off gives one last, invalid, subject.
    virtual bool next(Subject& subject) = 0;
};

struct ListOptions {
    Format format = Format::automatic;
    /// Title of the CSV column that holds the sites, whatever its case, or its number from 1.
    /// Empty: to be found.
    std::string column;
};

struct List {
    /// Never null.
    std::unique_ptr<SubjectReader> subjects;
    /// What was guessed, for people ("CSV without a header, column 2 (100 of the first 100 rows are
    /// sites)"). Empty where nothing was.
    std::string guess;
};

/// Finds out what the stream holds, for which it may read up to 100 rows ahead. Failure
/// "no_column": a table, and it is not known which column holds the sites; lists the columns. The
/// stream must outlive the reader.
resolvers::Outcome<List> open_list(std::istream& in, const ListOptions& options = {});

}  // namespace scanner::input
