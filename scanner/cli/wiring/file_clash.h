// Keeps a command from writing over what it reads, and from writing two things into one file.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace scanner::cli {

/// A file that a command reads or writes, and how the user said so.
struct NamedFile {
    /// "-o", "--certs"; "the input" for files that are read.
    std::string what;
    /// Empty or "-": stdin of what is read, stdout of what is written. Of what is read also a
    /// directory: all files below it.
    std::string path;
};

/// What is wrong with these, for people; absent if nothing is. Files are told apart by device and
/// inode, so that links and redirections count; pipes, terminals and devices never clash. To be
/// asked before anything is opened for writing.
std::optional<std::string> file_clash(const std::vector<NamedFile>& read,
                                      const std::vector<NamedFile>& written);

/// The path of what is written to stderr, which may be redirected into a file.
inline constexpr const char* standard_error = "/dev/stderr";

/// Each path as "the input".
std::vector<NamedFile> named_inputs(const std::vector<std::string>& paths);

}  // namespace scanner::cli
