// The lists of a run, one after the other: each file by itself, with its own format, header, byte
// order mark and line numbers.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/input/lists/line_list.h"
#include "scanner/model/subject.h"

namespace scanner::pipeline {

class ListFiles {
public:
    /// Opens all of them, and finds out what each holds; stdin when no file is named. Failure
    /// "not_found", or open_list()'s, with the file's name in front.
    static resolvers::Outcome<std::unique_ptr<ListFiles>> open(
        const std::vector<std::string>& files, const input::ListOptions& options);

    /// The same of one stream.
    static resolvers::Outcome<std::unique_ptr<ListFiles>> open(std::unique_ptr<std::istream> in,
                                                               const input::ListOptions& options);

    /// The next subject of all files; false at the end of the last one. A file that breaks off
    /// gives one last, invalid, subject, and the next file goes on.
    bool next(Subject& subject);

    /// A line for each file of which something was guessed: "sites.csv: CSV without a header, ...".
    const std::vector<std::string>& guesses() const { return guesses_; }

    /// Why files could not be read to their end, with their names. Empty if all were, so far.
    std::string fault() const;

private:
    struct File {
        /// As the user named it; empty for stdin.
        std::string name;
        std::unique_ptr<std::istream> in;
        std::unique_ptr<input::SubjectReader> subjects;
    };

    resolvers::Outcome<bool> add(std::string name, std::unique_ptr<std::istream> in,
                                 const input::ListOptions& options);

    std::vector<File> files_;
    std::vector<std::string> guesses_;
    std::size_t current_ = 0;
};

}  // namespace scanner::pipeline
