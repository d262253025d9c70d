#include "scanner/cli/wiring/file_clash.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace scanner::cli {

namespace {

struct Identity {
    dev_t device = 0;
    ino_t inode = 0;

    friend bool operator==(const Identity&, const Identity&) = default;
};

// Absent for what is not there yet, and for what is no plain file.
std::optional<Identity> identity_of(const NamedFile& file, int standard_stream)
{
    struct stat status {};
    const bool standard = file.path.empty() || file.path == "-";
    int failed = 0;
    if (file.path == standard_error)
        failed = ::fstat(STDERR_FILENO, &status);
    else
        failed = standard ? ::fstat(standard_stream, &status) : ::stat(file.path.c_str(), &status);
    if (failed != 0 || !S_ISREG(status.st_mode))
        return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

// The path of the file among those that are read that is that one; empty if none is.
std::string path_of(const Identity& identity, const NamedFile& read)
{
    std::error_code failed;
    if (read.path.empty() || !std::filesystem::is_directory(read.path, failed))
        return identity_of(read, STDIN_FILENO) == identity
                   ? (read.path.empty() || read.path == "-" ? "stdin" : read.path)
                   : "";
    for (std::filesystem::recursive_directory_iterator at(read.path, failed), end;
         !failed && at != end; at.increment(failed))
        if (identity_of({"", at->path().string()}, STDIN_FILENO) == identity)
            return at->path().string();
    return "";
}

std::string shown(const NamedFile& file, const char* standard_stream)
{
    return file.path.empty() || file.path == "-" ? standard_stream : file.path;
}

}  // namespace

std::optional<std::string> file_clash(const std::vector<NamedFile>& read,
                                      const std::vector<NamedFile>& written)
{
    for (std::size_t i = 0; i < written.size(); ++i) {
        const NamedFile& out = written[i];
        const std::optional<Identity> its = identity_of(out, STDOUT_FILENO);
        if (!its)
            continue;
        for (const NamedFile& in : read)
            if (const std::string path = path_of(*its, in); !path.empty())
                return out.what + " would overwrite " + in.what + " " + path +
                       "; nothing was written";
        for (std::size_t other = 0; other < i; ++other)
            if (identity_of(written[other], STDOUT_FILENO) == its)
                return out.what + " and " + written[other].what + " are both " +
                       shown(out, "stdout") + "; nothing was written";
    }
    // Two that are not there yet have no identity: their names tell.
    for (std::size_t i = 0; i < written.size(); ++i)
        for (std::size_t other = 0; other < i; ++other)
            if (!written[i].path.empty() && written[i].path != "-" &&
                written[i].path == written[other].path)
                return written[i].what + " and " + written[other].what + " are both " +
                       written[i].path + "; nothing was written";
    return std::nullopt;
}

std::vector<NamedFile> named_inputs(const std::vector<std::string>& paths)
{
    std::vector<NamedFile> files;
    for (const std::string& path : paths)
        files.push_back({"the input", path});
    if (files.empty())
        files.push_back({"the input", ""});
    return files;
}

}  // namespace scanner::cli
